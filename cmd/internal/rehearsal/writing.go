package rehearsal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"finishwatch/cmd/internal/borrow"
)

// writing is one export as it is written into the watched folder.
type writing struct {
	*export
	path      string
	paper     paper
	next      int       // the event that comes next
	notBefore time.Time // when it may be written again
	rows      int       // written by themselves
	exports   int       // times it was written anew
	started   bool      // it exists
}

// hand writes as a timing program does. Its methods return early, without an error, when ctx ends.
type hand struct {
	style    Style
	settle   time.Duration // of the daemon
	interval time.Duration // between two whole exports
	random   func(n int) int
	start    time.Time
}

// turns are the styles of [StyleMixed], each for a while.
func turns() []Style {
	return []Style{StyleAppend, StyleRewrite, StylePieces, StyleRename, StyleAppend, StyleCopy, StyleShrink}
}

const turn = 1500 * time.Millisecond

// now is the style at this moment.
func (h *hand) now() Style {
	if h.style != StyleMixed {
		return h.style
	}
	all := turns()
	return all[int(time.Since(h.start)/turn)%len(all)]
}

// write writes what has come about: changed says that it is not only behind what is there.
func (h *hand) write(ctx context.Context, w *writing, changed bool, behind [][]byte) error {
	style := h.now()
	var err error
	switch {
	case !w.started || !changed && !style.anew():
		err = h.add(ctx, w, style, behind)
	case !style.anew():
		err = h.anew(ctx, w, StyleRewrite)
		w.notBefore = time.Now().Add(lead) // the program writes on when the export is done and not before
	default:
		err = h.anew(ctx, w, style)
		w.notBefore = time.Now().Add(h.interval)
	}
	w.started = true
	return err
}

const (
	// crowd is how many rows at once are too many to be written one by one.
	crowd = 200
	// tearing is how many rows are written whole for one in two parts.
	tearing = 50
)

// add writes behind what is there.
func (h *hand) add(ctx context.Context, w *writing, style Style, lines [][]byte) error {
	if w.whole {
		return h.addDocument(ctx, w, lines)
	}
	if len(lines) > crowd {
		return add(w.path, bytes.Join(lines, nil))
	}
	for _, line := range lines {
		var err error
		switch w.rows++; {
		case style == StylePieces:
			err = h.addPieces(ctx, w, line)
		case w.rows%tearing == 0:
			err = h.addTorn(ctx, w, line, len(line)-4)
		default:
			err = add(w.path, line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addTorn writes a row cut in the middle of its time, as programs do that flush their buffers.
func (h *hand) addTorn(ctx context.Context, w *writing, line []byte, cut int) error {
	cut = max(0, cut)
	if err := add(w.path, line[:cut]); err != nil {
		return err
	}
	wait(ctx, 4*pace)
	return add(w.path, line[cut:])
}

// addPieces writes a row in up to four writes.
func (h *hand) addPieces(ctx context.Context, w *writing, line []byte) error {
	for len(line) > 0 {
		n := min(len(line), 1+h.random(1+len(line)/2))
		if err := add(w.path, line[:n]); err != nil {
			return err
		}
		if line = line[n:]; len(line) > 0 {
			wait(ctx, pace/8)
		}
	}
	return nil
}

// addDocument writes a document in four pieces: it is read when it is complete.
func (h *hand) addDocument(ctx context.Context, w *writing, lines [][]byte) error {
	data := bytes.Join(lines, nil)
	for i := range 4 {
		if err := add(w.path, data[len(data)*i/4:len(data)*(i+1)/4]); err != nil || !wait(ctx, 2*pace) {
			return err
		}
	}
	return nil
}

// anew writes the whole export.
func (h *hand) anew(ctx context.Context, w *writing, style Style) error {
	w.exports++
	switch style {
	case StyleRename:
		other := w.path + ".tmp"
		return errors.Join(os.WriteFile(other, w.paper.text, 0o644), borrow.Replace(other, w.path))
	case StyleCopy:
		return copyOver(w.path, w.paper.text)
	case StyleShrink:
		if w.exports%3 == 1 && !w.whole {
			if err := os.WriteFile(w.path, w.paper.half(), 0o644); err != nil || !wait(ctx, min(2*h.settle+lead, 5*time.Second)) {
				return err // long enough to be believed
			}
		}
	case StyleAppend, StylePieces, StyleRewrite, StyleMixed:
	}
	return os.WriteFile(w.path, w.paper.text, 0o644)
}

// copyOver gives the file its new size and then fills it from the front.
func copyOver(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	err = f.Truncate(int64(len(data)))
	const block = 1 << 20
	for from := 0; from < len(data) && err == nil; from += block {
		_, err = f.Write(data[from:min(from+block, len(data))])
	}
	return errors.Join(err, f.Close())
}

// add opens, writes behind what is there, and closes.
func add(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func newWriting(folder string, e *export) (*writing, error) {
	path := filepath.Join(folder, filepath.FromSlash(e.name))
	return &writing{export: e, path: path}, os.MkdirAll(filepath.Dir(path), 0o755)
}

// wait lasts for d; false when ctx ended before.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
