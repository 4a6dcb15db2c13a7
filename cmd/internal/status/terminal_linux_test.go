package status

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo-terminal of a size: what a program writes to the screen is read from the other end.
func openTerminal(t *testing.T, width, height int) (far, screen *os.File) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { far.Close() })
	number, err := unix.IoctlGetInt(int(far.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(far.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(far.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(width), Row: uint16(height)})
	}
	if err == nil {
		screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	return far, screen
}

// glass shows what a terminal would: it knows the sequences that screen.go sends, and takes any other for a mistake.
type glass struct {
	width, height int

	mu      sync.Mutex
	pending []byte
	cells   [2][][]rune // the first screen and the other one
	other   int
	x, y    int
	hidden  bool
	bells   int
	wrong   string
	whole   string // the picture when one had been drawn to its end
}

func newGlass(width, height int) *glass {
	g := &glass{width: width, height: height}
	for i := range g.cells {
		for range height {
			g.cells[i] = append(g.cells[i], []rune(strings.Repeat(" ", width)))
		}
	}
	return g
}

// Write takes what the program has written.
func (g *glass) Write(data []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pending = append(g.pending, data...)
	for len(g.pending) > 0 && g.next() {
	}
	return len(data), nil
}

// next takes one character or sequence; false when it is not whole yet.
func (g *glass) next() bool {
	for sequence, do := range map[string]func(){
		"\x1b[?1049h": func() { g.other, g.x, g.y = 1, 0, 0 },
		"\x1b[?1049l": func() { g.other, g.x, g.y = 0, 0, 0 },
		"\x1b[?25l":   func() { g.hidden = true },
		"\x1b[?25h":   func() { g.hidden = false },
		"\x1b[H":      func() { g.x, g.y = 0, 0 },
		"\x1b[K":      func() { g.blank(g.y, g.x) },
		"\x1b[J": func() {
			g.blank(g.y, g.x)
			for y := g.y + 1; y < g.height; y++ {
				g.blank(y, 0)
			}
			g.whole = g.picture()
		},
		"\a": func() { g.bells++ },
		"\r": func() { g.x = 0 },
		"\n": g.down,
	} {
		if bytes.HasPrefix(g.pending, []byte(sequence)) {
			do()
			g.pending = g.pending[len(sequence):]
			return true
		}
	}
	if g.pending[0] == '\x1b' {
		if len(g.pending) > 8 {
			g.wrong = fmt.Sprintf("%q", g.pending[:8])
			g.pending = g.pending[1:]
			return true
		}
		return false
	}
	return g.put()
}

// put shows one character; a line that is full goes on in the next.
func (g *glass) put() bool {
	r, size := rune(g.pending[0]), 1
	if r >= 0x80 {
		runes := []rune(string(g.pending))
		if r = runes[0]; r == 0xfffd && len(g.pending) < 4 {
			return false
		}
		size = len(string(r))
	}
	g.pending = g.pending[size:]
	if g.x == g.width {
		g.x = 0
		g.down()
	}
	g.cells[g.other][g.y][g.x] = r
	g.x++
	return true
}

// down goes to the next line; at the edge everything moves up.
func (g *glass) down() {
	if g.y++; g.y < g.height {
		return
	}
	g.y--
	lines := g.cells[g.other]
	copy(lines, lines[1:])
	lines[g.height-1] = []rune(strings.Repeat(" ", g.width))
}

func (g *glass) blank(y, x int) {
	for ; x < g.width; x++ {
		g.cells[g.other][y][x] = ' '
	}
}

// picture is what is to be seen, without the time at the bottom.
func (g *glass) picture() string {
	var text strings.Builder
	for _, line := range g.cells[g.other] {
		text.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	before, after, found := strings.Cut(text.String(), "   Ctrl-C ends")
	if found {
		before = before[:len(before)-len(time.TimeOnly)] + "hh:mm:ss   Ctrl-C ends"
	}
	return strings.TrimRight(before+after, "\n") + "\n"
}

// shown is the last whole picture, or what is on the first screen.
func (g *glass) shown() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.other == 1 {
		return g.whole
	}
	return g.picture()
}

// await waits until a text is to be seen.
func (g *glass) await(t *testing.T, text string) string {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for {
		picture := g.shown()
		if strings.Contains(picture, text) {
			return picture
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("%q is not to be seen:\n%s", text, picture)
		}
	}
}

// A real terminal, from the first picture over an outage to Ctrl-C. The pictures are in testdata/screens.txtar.
func TestWatchingOnATerminal(t *testing.T) {
	const width, height = 72, 20
	t.Setenv("TERM", "xterm")
	far, file := openTerminal(t, width, height)
	g := newGlass(width, height)
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		buffer := make([]byte, 4096)
		for {
			n, err := far.Read(buffer)
			if err != nil {
				return
			}
			_, _ = g.Write(buffer[:n])
		}
	}()
	fmt.Fprint(file, "$ finishwatch status --watch\r\n")

	var mu sync.Mutex
	s, cannot := fresh(twoRaces), error(nil)
	show := func(next Status, err error) {
		mu.Lock()
		defer mu.Unlock()
		s, cannot = next, err
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- View{Commands: shell, every: 5 * time.Millisecond}.Watch(ctx, file, func() (Status, error) {
			mu.Lock()
			defer mu.Unlock()
			return s, cannot
		})
	}()
	got := map[string]string{"1 all is well": g.await(t, "Ctrl-C ends")}
	show(fresh(twoRaces, pictures()["the network is gone"]), nil)
	got["2 the network is gone"] = g.await(t, "STALLED")
	show(fresh(twoRaces), nil)
	got["3 it is back"] = g.await(t, "LIVE")
	show(Status{}, errors.New("read status: damaged"))
	got["4 the status cannot be read"] = g.await(t, "damaged")
	show(many(12), nil)
	got["5 more races than fit"] = g.await(t, "shows all")
	show(fresh(twoRaces), nil)
	g.await(t, "R2/1/1")
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, "$ \r\n")
	got["6 after Ctrl-C"] = g.await(t, "\n$\n")
	g.mu.Lock()
	if g.bells != 1 || g.hidden || g.wrong != "" {
		t.Errorf("the bell rang %d times; the cursor is hidden: %t; not understood: %s", g.bells, g.hidden, g.wrong)
	}
	g.mu.Unlock()
	compareScreens(t, got)
	_ = file.Close()
	_ = far.Close()
	<-copied
}

// A terminal that says that it knows no sequences gets lines.
func TestWatchingOnATerminalThatKnowsNoSequences(t *testing.T) {
	t.Setenv("TERM", "dumb")
	far, file := openTerminal(t, 80, 24)
	ctx, stop := context.WithCancel(t.Context())
	err := View{Commands: shell, every: time.Millisecond}.Watch(ctx, file, func() (Status, error) {
		stop()
		return fiveK(), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	n, err := far.Read(buffer)
	if got := string(buffer[:n]); err != nil || strings.Contains(got, "\x1b") || !strings.Contains(got, "LIVE  read 412") {
		t.Errorf("%q %v", got, err)
	}
}

// fresh is a status of which nothing on the picture changes while the test runs.
func fresh(race func(...func(*Status)) Status, like ...Status) Status {
	return race(func(s *Status) {
		for _, l := range like {
			s.State, s.Outage, s.LastError, s.Connection = l.State, l.Outage, l.LastError, l.Connection
			s.Connection.Down = time.Time{}
		}
		for i := range s.Units {
			s.Units[i].LastRead, s.Units[i].LastConfirmed, s.Units[i].VerifiedAt = time.Time{}, time.Time{}, time.Time{}
		}
		s.ChangedFile, s.Started, s.Connection.Answered = "", time.Time{}, time.Now().Add(time.Hour)
	})
}

func many(n int) Status {
	s := fresh(twoRaces)
	for i := range n {
		s.Units = append(s.Units, Unit{Unit: fmt.Sprintf("R%d/1/1", i+3)})
	}
	return s
}

func compareScreens(t *testing.T, got map[string]string) {
	t.Helper()
	const path = "testdata/screens.txtar"
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		writeArchive(t, path, got)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
