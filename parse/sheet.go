package parse

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sheet is a table as a format other than delimited text holds it: one heading a column, and rows of text. Every such
// format becomes a sheet, and [sheet.read] judges its rows with the rules of delimited text, so that a bib, a time or a
// status means the same in all of them.
type sheet struct {
	text  bytes.Buffer // the table as TAB-delimited UTF-8: headings, then rows
	lines []int        // of the file, for each line of text
	torn  bool         // no newline ends the file's last row

	roles   []role // of the columns, where the format knows better than their headings; nil: as headed
	elapsed bool   // the format has no times of day

	held    []Held    // rows that the format itself holds
	ignored []Ignored // lines that are no rows of the table
}

// hold holds a row that the format cannot cut into cells.
func (s *sheet) hold(line int, bib, reason string) {
	s.held = append(s.held, Held{Line: line, Bib: Bib(clean(bib)), Reason: reason})
}

// ignore leaves out a line that is no row of the table.
func (s *sheet) ignore(line int, reason string) {
	s.ignored = append(s.ignored, Ignored{Line: line, Reason: reason})
}

// newSheet begins a sheet with its headings. They should be header words (words.go), so that columns, where and status
// work as in delimited text; line is where they stand in the file, 0 where the format has none.
func newSheet(line int, headings ...string) *sheet {
	s := &sheet{}
	s.add(line, headings...)
	return s
}

// add adds a row. Line ends and TABs inside a cell become blanks; a cell that is longer than a line may be is cut, and
// the row is then held as too long.
func (s *sheet) add(line int, cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			s.text.WriteByte('\t')
		}
		s.text.WriteString(plainCell(cell))
	}
	s.text.WriteByte('\n')
	s.lines = append(s.lines, line)
}

// plainCell is a cell as it can stand between TABs.
func plainCell(cell string) string {
	if strings.ContainsAny(cell, "\t\r\n\"") {
		cell = strings.Map(func(r rune) rune {
			switch r {
			case '\t', '\r', '\n':
				return ' '
			case '"':
				return '″' // a quote would begin a quoted cell; as a sign of seconds this one is as good
			}
			return r
		}, cell)
	}
	return strings.TrimSpace(cell)
}

// read judges the rows. The reading has the format's name and encoding and the lines of the file.
func (s *sheet) read(format string, d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	reading := &Reading{Format: format, Encoding: d.name}
	text := &decoded{data: s.text.Bytes(), name: d.name, kept: d.kept, survey: d.survey}
	if s.torn {
		text.data = bytes.TrimSuffix(text.data, []byte{'\n'})
	}
	split := newSplitter(text.data, '\t', false)
	if !split.next() {
		return reading, nil
	}
	h := text.readHeader(&split.rec)
	if len(s.roles) == len(h.roles) {
		h.roles = s.roles
	}
	schema, refused := headed(h, &split.rec, rules, '\t')
	if refused != nil {
		refused.exemplify(text, split.pos, '\t')
		return nil, refused
	}
	schema.elapsed = schema.elapsed || s.elapsed
	reading.Columns = schema.columns
	t := newTable(text, rules, schema, tail)
	t.book.lines = s.lines
	for split.next() {
		t.row(&split.rec)
	}
	t.book.held = append(t.book.held, s.held...)
	// What the format holds may explain more than a stray number does.
	strays := t.clock.problem == "" && t.point == "" && t.timesOfDay+t.bareNumbers < len(s.held)
	if refused := t.whole(reading); refused != nil && !strays {
		return nil, refused
	}
	if len(s.ignored) > 0 {
		reading.Ignored = append(reading.Ignored, s.ignored...)
		slices.SortStableFunc(reading.Ignored, func(a, b Ignored) int { return cmp.Compare(a.Line, b.Line) })
	}
	return reading, nil
}

// clockText writes a time as h:mm:ss with so many decimals, as a cell that can mean nothing else.
func clockText(hundredths int64, decimals int) string {
	seconds := hundredths / 100
	text := fmt.Sprintf("%d:%02d:%02d.%02d", seconds/3600, seconds/60%60, seconds%60, hundredths%100)
	return strings.TrimSuffix(text[:len(text)-2+min(max(decimals, 0), 2)], ".")
}
