package campaign

import (
	"bytes"
	"os"
	"path/filepath"
	"time"
)

// chunks cuts text into a few pieces, anywhere.
func (p *player) chunks(text []byte) [][]byte {
	var pieces [][]byte
	for len(text) > 0 {
		n := min(len(text), 1+p.random.IntN(len(text)/2+200))
		pieces = append(pieces, text[:n])
		text = text[n:]
	}
	return pieces
}

// gap is usually short, and sometimes long enough for the program to believe what is there.
func (p *player) gap() time.Duration {
	if p.random.IntN(8) == 0 {
		return 150 * time.Millisecond
	}
	return 8 * time.Millisecond
}

func (p *player) inChunks(e *export) error {
	return p.open(e, os.O_TRUNC|os.O_CREATE|os.O_WRONLY, func(f *os.File) error {
		return p.write(e, f, p.chunks(e.render()), p.gap(), 10*settle)
	})
}

func (p *player) renameOver(e *export) error {
	temporary := filepath.Join(p.dir, e.name+".tmp")
	e.disk = e.render()
	if err := os.WriteFile(temporary, e.disk, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, p.path(e))
}

// copyOver writes the new file over the old one, as some copy programs do: in between its beginning is new and its end old,
// and a line in the middle is neither. That must not last as long as settle.
func (p *player) copyOver(e *export) error {
	return p.open(e, os.O_CREATE|os.O_WRONLY, func(f *os.File) error {
		text, at, began := e.render(), 0, time.Now()
		for _, piece := range p.chunks(text) {
			if at > 0 {
				p.pause(4 * time.Millisecond)
			}
			before, start := e.disk, time.Now()
			if _, err := f.WriteAt(piece, int64(at)); err != nil {
				return err
			}
			at += len(piece)
			e.disk = append(bytes.Clone(text[:at]), before[min(at, len(before)):]...)
			if at > len(piece) {
				p.excuse(e, before, began, settle)
			}
			began = start
		}
		p.pause(4 * time.Millisecond)
		err := f.Truncate(int64(len(text)))
		p.excuse(e, e.disk, began, settle)
		e.disk = text
		return err
	})
}

func (p *player) truncateFirst(e *export) error {
	return p.open(e, os.O_TRUNC|os.O_CREATE|os.O_WRONLY, func(f *os.File) error {
		p.pause(p.gap())
		text := e.render()
		return p.write(e, f, [][]byte{text[:len(e.header)], text[len(e.header):]}, p.gap(), 10*settle)
	})
}

// shrink cuts the file anywhere and puts back what was there; only then comes what is new.
func (p *player) shrink(e *export) error {
	if old := e.disk; len(old) > 0 {
		n := p.random.IntN(len(old))
		err := p.open(e, os.O_WRONLY|os.O_APPEND, func(f *os.File) error {
			began := time.Now()
			if err := f.Truncate(int64(n)); err != nil {
				return err
			}
			e.disk = old[:n]
			p.pause(p.gap())
			err := p.write(e, f, p.chunks(old[n:]), p.gap(), 10*settle)
			p.excuse(e, old[:n], began, 10*settle)
			return err
		})
		if err != nil {
			return err
		}
	}
	return p.renameOver(e)
}

func (p *player) deleteFirst(e *export) error {
	if err := os.Remove(p.path(e)); err != nil && !os.IsNotExist(err) {
		return err
	}
	e.disk = nil
	p.pause(p.gap())
	return p.inChunks(e)
}
