package state

import (
	"slices"
	"time"

	"finishwatch/parse"
)

// entry is what the ledger remembers of one bib in one unit. Only the ledger's methods change it, under its lock, and
// the fields of [record] only after they are on disk.
type entry struct {
	bib parse.Bib
	record

	said    []said    // what each file says now; not stored, the files say it again after a start
	heard   bool      // some file has said something since the start
	touched bool      // is in its unit's list of those to look at again
	queued  bool      // is in its unit's queue
	kept    bool      // the hold or the release is from before the start; one file alone cannot end it (see Conclude)
	since   time.Time // when it became pending; zero when it is not
}

// said is what one file says of one bib.
type said struct {
	file *file
	look int32
	line int32
	mark parse.Mark // zero when the row is held
	rows *heldRows  // nil when it is not
}

// heldRows are the rows of one bib that one file has and parse holds.
type heldRows struct {
	reason string
	rows   []heldRow
	heard  int // so many of the rows are what the file says now; the others are kept for their room
}

type heldRow struct {
	mark parse.Mark // zero where nobody can tell
	line int32
}

// maxHeldRows is how many rows of one bib and file are remembered for a person to choose from.
const maxHeldRows = 16

func (h *heldRows) add(row heldRow) {
	for i := range h.rows[:h.heard] {
		if h.rows[i].line == row.line {
			h.rows[i] = row
			return
		}
	}
	switch {
	case h.heard < len(h.rows):
		h.rows[h.heard] = row
	case h.heard == maxHeldRows:
		return
	default:
		h.rows = append(h.rows, row)
	}
	h.heard++
}

// before reports the order of sending: finishers before DNF, DNS and DQ, then first sight.
func (e *entry) before(o *entry) int {
	if a, b := e.seen.Code() != parse.NoCode, o.seen.Code() != parse.NoCode; a != b {
		if b {
			return -1
		}
		return 1
	}
	if e.seq < o.seq {
		return -1
	}
	return 1
}

// word returns what a file says; nil when it says nothing.
func (e *entry) word(f *file) *said {
	for i := range e.said {
		if e.said[i].file == f {
			return &e.said[i]
		}
	}
	return nil
}

// finishedIn reports whether the file's latest words make this bib a finish.
func (e *entry) finishedIn(f *file) bool {
	s := e.word(f)
	return s != nil && s.look == f.look && s.rows == nil
}

// hear puts a finish in the place of what the file said before and reports whether the bib must be looked at again.
func (e *entry) hear(f *file, finish parse.Finish) bool {
	s := e.listen(f)
	s.mark, s.line, s.rows = finish.Mark, int32(finish.Line), nil
	return len(e.said) > 1 || !e.agrees(*s)
}

// hearHeld is hear for a held row. Rows of one bib that are held in one reading are heard together.
func (e *entry) hearHeld(f *file, held parse.Held) bool {
	s := e.word(f)
	more := s != nil && s.look == f.look && s.rows != nil
	s = e.listen(f)
	if s.rows == nil {
		s.rows = &heldRows{}
	}
	if !more {
		s.rows.heard = 0
	}
	if s.rows.reason != held.Reason {
		s.rows.reason = held.Reason
	}
	s.rows.add(heldRow{mark: held.Mark, line: int32(held.Line)})
	s.mark, s.line = parse.Mark{}, int32(held.Line)
	return len(e.said) > 1 || !e.agrees(*s)
}

// listen returns the place for what a file says of the bib now.
func (e *entry) listen(f *file) *said {
	e.heard = true
	s := e.word(f)
	if s == nil {
		e.said = append(e.said, said{file: f, look: f.look - 1})
		s = &e.said[len(e.said)-1]
		f.words++
	}
	if s.look != f.look {
		f.fresh++
	}
	s.look = f.look
	return s
}

// agrees reports whether the stored record is what this one word alone makes of it.
func (e *entry) agrees(s said) bool {
	if s.rows != nil {
		return s.rows.reason == e.held && e.released.IsZero()
	}
	return e.held == "" && s.mark.Same(e.seen) && !e.corrects() && (e.released.IsZero() || s.mark.Same(e.released) && !e.chosen)
}

// present are the words that count: those of files that are there or, where none of these has the bib, of files that are
// gone. A program that numbers its exports must not make every correction a dispute with a file that nobody has any more.
func (e *entry) present() []said {
	if len(e.said) < 2 || !slices.ContainsFunc(e.said, func(s said) bool { return s.file.gone }) {
		return e.said
	}
	there := slices.DeleteFunc(slices.Clone(e.said), func(s said) bool { return s.file.gone })
	if len(there) == 0 {
		return e.said
	}
	return there
}
