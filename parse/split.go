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

// cell is one cell of a row as it stands in the file, without the quotes around it.
type cell struct {
	raw     []byte
	escaped bool // holds doubled or escaped quotes
}

// text returns the content with the quotes unescaped.
func (c cell) text() []byte {
	if !c.escaped {
		return c.raw
	}
	out := make([]byte, 0, len(c.raw))
	for i := 0; i < len(c.raw); i++ {
		if next := i + 1; next < len(c.raw) && c.raw[next] == '"' && (c.raw[i] == '"' || c.raw[i] == '\\') {
			i++
		}
		out = append(out, c.raw[i])
	}
	return out
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
	cells        []cell
	fault        fault
	irregular    bool // has quotes in quoted cells that the rules of CSV do not allow
	bare         bool // has quotes in cells that none opens
	unterminated bool // no newline ends it
}

// splitter cuts text into records. It copies nothing: the cells point into the data.
type splitter struct {
	data    []byte
	delim   byte
	growing bool
	nuls    bool // there is a NUL somewhere
	pos     int
	line    int
	torn    int // the line at which a growing file ends inside a quoted cell, else 0
	rec     record
}

func newSplitter(data []byte, delim byte, growing bool) *splitter {
	return &splitter{data: data, delim: delim, growing: growing, nuls: bytes.IndexByte(data, 0) >= 0}
}

// resume goes on at a place in data, where a line begins that is not read yet.
func (s *splitter) resume(data []byte, from int) {
	s.data, s.pos, s.torn = data, from, 0
	s.nuls = bytes.IndexByte(data[from:], 0) >= 0
}

// next moves to the next record; false at the end, or where a growing file is torn inside a quoted cell.
func (s *splitter) next() bool {
	if s.pos >= len(s.data) {
		return false
	}
	end, after := s.lineEnd(s.pos)
	rec := &s.rec
	rec.line, rec.start, rec.bytes, rec.cells = s.line+1, s.pos, s.data[s.pos:end], rec.cells[:0]
	rec.fault, rec.irregular, rec.bare, rec.unterminated = sound, false, false, after == end
	lines := 1
	switch {
	case end-s.pos > maxLine:
		rec.fault = tooLong
	case s.nuls && bytes.IndexByte(rec.bytes, 0) >= 0:
		rec.fault = hasNUL
	case bytes.IndexByte(rec.bytes, '"') < 0:
		s.plain(s.pos, end)
	default:
		after, lines = s.quoted(end, after)
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

// plain splits what stands between two places of a line, without quotes.
func (s *splitter) plain(at, end int) {
	line, delim, cells := s.data[at:end], s.delim, s.rec.cells
	from := 0
	for i, c := range line {
		if c == delim {
			cells = append(cells, cell{raw: line[from:i]})
			from = i + 1
		}
	}
	s.rec.cells = append(cells, cell{raw: line[from:]})
}

// plainBefore splits the cells in front of the one in which the next quote stands, and returns where that one begins;
// past end where no quote is left.
func (s *splitter) plainBefore(at, end int) int {
	quote := bytes.IndexByte(s.data[at:end], '"')
	if quote < 0 {
		s.plain(at, end)
		return end + 1
	}
	last := bytes.LastIndexByte(s.data[at:at+quote], s.delim)
	if last < 0 {
		return at
	}
	s.plain(at, at+last)
	return at + last + 1
}

// quoted splits a row with quotes that begins on the line from pos to end, and joins following lines where a quoted
// cell is properly closed on one of them. It returns where the next row begins and how many lines this one has; none
// where the data ends too early to say.
func (s *splitter) quoted(end, after int) (int, int) {
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
		content := s.data[open:closing]
		s.rec.cells = append(s.rec.cells, cell{raw: content, escaped: bytes.Contains(content, []byte(`""`))})
		lines += joined
		end, after = s.lineEnd(closing)
		at = s.skipClosed(closing+1, end)
		if at > end {
			s.rec.bytes, s.rec.unterminated = s.data[s.pos:end], after == end
			return after, lines
		}
	}
}

// skipClosed goes from behind a closing quote to the cell behind the next delimiter; past end where there is none.
func (s *splitter) skipClosed(at, end int) int {
	for at < end && s.data[at] != s.delim {
		at++
	}
	return at + 1
}

// breakOff makes the first line alone the row. Its last cell runs to the end of the line.
func (s *splitter) breakOff(end, after int) {
	s.rec.cells = s.rec.cells[:0]
	s.rec.irregular = false
	s.rec.bytes, s.rec.unterminated = s.data[s.pos:end], after == end
	if open := s.cellsUntil(s.pos, end); open >= 0 {
		s.rec.cells = append(s.rec.cells, cell{raw: s.data[open:end]})
	}
	s.rec.fault = neverEnds
}

// cellsUntil appends the cells between two places of one line. Where a quoted cell is still open at the end it
// returns where its content begins, else -1. A cell such as "Joe" Smith begins with a quote that is no more than a
// character; the number of cells tells whether that was right.
func (s *splitter) cellsUntil(at, end int) (open int) {
	for {
		if at = s.plainBefore(at, end); at > end {
			return -1
		}
		from := s.quoteAt(at, end)
		closing := -1
		if from >= 0 {
			before := s.rec.irregular
			closing = s.closingInLine(from, end)
			if closing < 0 && s.rec.irregular == before {
				return from
			}
		}
		if closing >= 0 {
			content := s.data[from:closing]
			s.rec.cells = append(s.rec.cells, cell{raw: content, escaped: bytes.IndexByte(content, '"') >= 0})
			at = s.skipClosed(closing+1, end)
		} else {
			at = s.bareCell(at, end)
		}
		if at > end {
			return -1
		}
	}
}

// bareCell appends a cell that no quote opens and returns where the next one begins. A quote inside is a character
// like any other, but it makes the row suspicious where it has too many cells.
func (s *splitter) bareCell(at, end int) int {
	line, stop := s.data[:end], at
	for stop < len(line) && line[stop] != s.delim {
		if line[stop] == '"' {
			s.rec.bare = true
		}
		stop++
	}
	s.rec.cells = append(s.rec.cells, cell{raw: line[at:stop]})
	return stop + 1
}

// quoteAt returns where the content of a quoted cell begins, or -1. Blanks in front of the quote are allowed, because
// people write a blank behind a comma.
func (s *splitter) quoteAt(at, end int) int {
	for at < end && s.data[at] == ' ' {
		at++
	}
	if at < end && s.data[at] == '"' {
		return at + 1
	}
	return -1
}

// closingInLine returns the place of the quote that closes a cell: one that a delimiter or the line end follows. Any
// other quote is content: doubled, escaped by a backslash, or left alone by a program that does not escape.
func (s *splitter) closingInLine(at, end int) int {
	start := at
	for at < end {
		i := bytes.IndexByte(s.data[at:end], '"')
		if i < 0 {
			return -1
		}
		at += i
		switch {
		case at > start && s.data[at-1] == '\\':
			s.rec.irregular = true
		case at+1 < end && s.data[at+1] == '"':
			at++
		case s.endsCell(at+1, end):
			return at
		default:
			s.rec.irregular = true
		}
		at++
	}
	return -1
}

// endsCell reports whether nothing but blanks stands between a quote and the next delimiter or line end.
func (s *splitter) endsCell(at, end int) bool {
	for at < end && (s.data[at] == ' ' || s.data[at] == '\r') && s.data[at] != s.delim {
		at++
	}
	return at == end || s.data[at] == s.delim
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
		if end-at > maxLine || s.nuls && bytes.IndexByte(s.data[at:end], 0) >= 0 {
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
