// Package terminal writes for a person who waits at a terminal: one line that says what is waited for, redrawn in place and
// gone at the end. Use [On], then [Line.While]; what is printed meanwhile goes through [Line.Above].
//
// Its one idea: where nobody watches there is nothing of it. On a pipe or in a file only the plain lines arrive that the
// command has to say in any case, and nothing needs to be filtered out of a log.
package terminal

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"

	"finishwatch/cmd/internal/logging"
)

// Line is the line at the bottom of what has been printed. The zero Line shows nothing. It is safe for concurrent use.
type Line struct {
	f *os.File // nil where nobody watches

	mu    sync.Mutex
	text  string // what is meant to be shown; empty for nothing
	drawn int    // how many columns of the screen's line are taken
}

// On returns a line on f, normally standard error, which shows nothing where f is no terminal.
func On(f *os.File) *Line {
	if !term.IsTerminal(int(f.Fd())) {
		return &Line{}
	}
	return &Line{f: f}
}

// Show puts a text into the place of the one before. It is cut where the terminal ends, so that it stays one line. What
// comes from a file is cleaned.
func (l *Line) Show(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = logging.Clean(text)
	l.draw()
}

// Clear takes the line away.
func (l *Line) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = ""
	l.draw()
}

// draw writes the text over what stands there. It needs no escape sequences, which not every console knows.
func (l *Line) draw() {
	if l.f == nil || l.text == "" && l.drawn == 0 {
		return
	}
	shown := cut(l.text, l.columns()-1)
	rest := strings.Repeat(" ", max(0, l.drawn-Columns(shown)))
	out := "\r" + shown + rest
	if shown == "" {
		out += "\r"
	}
	_, _ = io.WriteString(l.f, out) // where even the terminal is gone, there is nobody left to tell
	l.drawn = Columns(shown)
}

// columns is how wide the terminal is now: a person may change it.
func (l *Line) columns() int {
	if columns, _, err := term.GetSize(int(l.f.Fd())); err == nil && columns > 0 {
		return columns
	}
	return 80
}

// Above returns a writer whose text stands above the line, where w is a terminal as well. What is written appears when its
// line ends. Anything else than a terminal is returned as it is.
func (l *Line) Above(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); l.f != nil && ok && term.IsTerminal(int(f.Fd())) {
		return &above{line: l, w: w}
	}
	return w
}

type above struct {
	line *Line
	w    io.Writer
	rest []byte // the beginning of a line that has not ended; guarded by the mutex of the line
}

// Write implements [io.Writer].
func (a *above) Write(p []byte) (int, error) {
	a.line.mu.Lock()
	defer a.line.mu.Unlock()
	a.rest = append(a.rest, p...)
	end := bytes.LastIndexByte(a.rest, '\n') + 1
	if end == 0 {
		return len(p), nil
	}
	text := a.line.text
	a.line.text = ""
	a.line.draw()
	_, err := a.w.Write(a.rest[:end])
	a.rest = bytes.Clone(a.rest[end:])
	a.line.text = text
	a.line.draw()
	return len(p), err
}

// glance is how often the line is redrawn. What takes less time shows nothing at all.
const glance = 250 * time.Millisecond

// While shows what say says while work is done, and how long it has taken from the third second on; then it takes the line
// away and returns what work does.
func (l *Line) While(say func() string, work func() error) error {
	if l.f == nil {
		return work()
	}
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	return l.while(ticker.C, time.Now(), say, work)
}

func (l *Line) while(ticks <-chan time.Time, began time.Time, say func() string, work func() error) error {
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		for {
			select {
			case <-done:
				return
			case now := <-ticks:
				text := say()
				if took := now.Sub(began).Truncate(time.Second); took >= 3*time.Second && text != "" {
					text += ", " + took.String()
				}
				l.Show(text)
			}
		}
	}()
	defer l.Clear()
	defer func() { <-gone }()
	defer close(done)
	return work()
}

// cut shortens a text to so many columns of a terminal.
func cut(text string, columns int) string {
	if Columns(text) <= columns {
		return text
	}
	end, taken := 0, 0
	for i, r := range text {
		if taken += Columns(string(r)); taken > columns-1 {
			break
		}
		end = i + len(string(r))
	}
	return text[:end] + "…"
}

// Columns is how many columns of a terminal a text takes: none for a mark on the letter before it, two for the wide
// letters of East Asia.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
