package parse

import "bytes"

const (
	// maxLine bounds a row in bytes. A longer line is not a row of an export; it costs itself only.
	maxLine = 64 << 10
	// maxCellLines is over how many lines one quoted cell may run.
	maxCellLines = 4
	// maxRowLines is over how many lines all cells of one row may run. Both bounds keep the work linear where every
	// line opens a quote that nothing closes, and keep a growing file from waiting long for a quote that never comes.
	maxRowLines = 16
)

// cell is where one cell stands in the data, without the quotes around it.
type cell struct {
	from, to int
	escaped  bool // holds doubled or escaped quotes
}

// fault is what is wrong with the shape of a row.
type fault uint8

const (
	sound      fault = iota
	tooLong          // longer than maxLine
	hasNUL           // a torn or preallocated part of a file
	neverEnds        // a quoted cell is never closed; the row is its first line
	runsAcross       // a quoted cell holds line ends and delimiters: one row, or several with stray quotes
)

// record is one row with its cells. The cells are overwritten by the next row.
type record struct {
	line         int // from 1
	start        int // in the data
	bytes        []byte
	data         []byte // in which the cells are
	cells        []cell
	fault        fault
	irregular    bool // has quotes in quoted cells that the rules of CSV do not allow
	bare         bool // has quotes in cells that none opens
	unterminated bool // no newline ends it
}

// raw returns a cell as it stands in the file, without the quotes around it.
func (r *record) raw(i int) []byte { return r.data[r.cells[i].from:r.cells[i].to] }

// text returns a cell with the quotes unescaped.
func (r *record) text(i int) []byte {
	if r.cells[i].escaped {
		return unescaped(r.raw(i))
	}
	return r.raw(i)
}

func unescaped(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if next := i + 1; next < len(raw) && raw[next] == '"' && (raw[i] == '"' || raw[i] == '\\') {
			i++
		}
		out = append(out, raw[i])
	}
	return out
}

// trimmed returns a cell without blanks around it, nothing where the row has no such cell.
func (r *record) trimmed(i int) []byte {
	if i < 0 || i >= len(r.cells) {
		return nil
	}
	return trim(r.text(i))
}

// splitter cuts text into records. It copies nothing: the cells point into the data.
type splitter struct {
	data    []byte
	delim   byte
	growing bool
	clean   int // up to where there is no NUL, as far as that is known
	pos     int
	line    int
	torn    int // the line at which a growing file ends inside a quoted cell, else 0
	rec     record
}

func newSplitter(data []byte, delim byte, growing bool) *splitter {
	return &splitter{data: data, delim: delim, growing: growing}
}

// resume goes on at a place in data, where a line begins that is not read yet.
func (s *splitter) resume(data []byte, from int) {
	s.data, s.pos, s.torn, s.clean = data, from, 0, from
}

// nulIn reports whether there is a NUL between two places of a line. Most files have none, and are looked through in
// large steps.
func (s *splitter) nulIn(from, to int) bool {
	if to <= s.clean {
		return false
	}
	s.clean = min(max(to, from+maxLine), len(s.data))
	if i := bytes.IndexByte(s.data[from:s.clean], 0); i >= 0 {
		s.clean = from + i
	}
	return s.clean < to
}

// next moves to the next record; false at the end, or where a growing file is torn inside a quoted cell.
func (s *splitter) next() bool {
	if s.pos >= len(s.data) {
		return false
	}
	end, after := s.lineEnd(s.pos)
	rec := &s.rec
	rec.line, rec.start, rec.bytes, rec.data, rec.cells = s.line+1, s.pos, s.data[s.pos:end], s.data, rec.cells[:0]
	rec.fault, rec.irregular, rec.bare, rec.unterminated = sound, false, false, after == end
	lines := 1
	switch {
	case end-s.pos > maxLine:
		rec.fault = tooLong
	case s.nulIn(s.pos, end):
		rec.fault = hasNUL
	default:
		after, lines = s.row(end, after)
		if lines == 0 {
			s.torn = s.line + 1
			return false
		}
	}
	s.pos = after
	s.line += lines
	return true
}

// lineEnd returns where the line that begins at pos ends, and where the next one begins.
func (s *splitter) lineEnd(pos int) (end, after int) {
	if i := bytes.IndexByte(s.data[pos:], '\n'); i >= 0 {
		return pos + i, pos + i + 1
	}
	return len(s.data), len(s.data)
}

// row splits a row that begins on the line from pos to end, and joins following lines where a quoted cell is properly
// closed on one of them. It returns where the next row begins and how many lines this one has; none where the data ends
// too early to say.
func (s *splitter) row(end, after int) (int, int) {
	firstEnd, firstAfter := end, after
	at, lines := s.pos, 1
	for {
		open := s.cellsUntil(at, end)
		if open < 0 {
			s.rec.bytes, s.rec.unterminated = s.data[s.pos:end], after == end
			return after, lines
		}
		closing, joined := s.closing(after, maxRowLines-lines)
		switch {
		case closing < 0 && joined < 0:
			if s.growing {
				return 0, 0
			}
			fallthrough
		case closing < 0 || closing-s.pos > maxLine:
			s.breakOff(firstEnd, firstAfter)
			return firstAfter, 1
		}
		if bytes.IndexByte(s.data[after:closing], s.delim) >= 0 {
			s.rec.fault = runsAcross
		}
		s.add(open, closing, bytes.Contains(s.data[open:closing], []byte(`""`)))
		lines += joined
		end, after = s.lineEnd(closing)
		at = s.skipClosed(closing+1, end)
		if at > end {
			s.rec.bytes, s.rec.unterminated = s.data[s.pos:end], after == end
			return after, lines
		}
	}
}

// breakOff makes the first line alone the row. Its last cell runs to the end of the line.
func (s *splitter) breakOff(end, after int) {
	s.rec.cells = s.rec.cells[:0]
	s.rec.irregular = false
	s.rec.bytes, s.rec.unterminated = s.data[s.pos:end], after == end
	if open := s.cellsUntil(s.pos, end); open >= 0 {
		s.add(open, end, false)
	}
	s.rec.fault = neverEnds
}

// closing looks for the end of a quoted cell on the lines behind the one that opened it, by the rules of CSV and
// nothing laxer: the first quote that is not doubled must be followed by a delimiter or the line end. It returns the
// place of the quote and on how many further lines it stood; -1 and 0 where there is none within the bounds, -1 and
// -1 where the data ends before that is known.
func (s *splitter) closing(at, most int) (place, lines int) {
	for n := 1; n < maxCellLines && n <= most; n++ {
		if at >= len(s.data) {
			return -1, -1
		}
		end, after := s.lineEnd(at)
		if end-at > maxLine || s.nulIn(at, end) {
			return -1, 0
		}
		if i, ok := s.strictQuote(at, end); i >= 0 {
			if !ok {
				return -1, 0
			}
			return i, n
		}
		at = after
	}
	return -1, 0
}

// strictQuote returns the first quote between two places that is not doubled, and whether it ends a cell.
func (s *splitter) strictQuote(at, end int) (int, bool) {
	for at < end {
		i := bytes.IndexByte(s.data[at:end], '"')
		if i < 0 {
			return -1, false
		}
		at += i
		if at+1 < end && s.data[at+1] == '"' {
			at += 2
			continue
		}
		return at, s.endsCell(at+1, end)
	}
	return -1, false
}
