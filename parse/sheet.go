package parse

import (
	"bytes"
	"strings"
)

// sheet is a table as a format other than delimited text holds it: one heading a column, and rows of text. Every such
// format becomes a sheet, and [sheet.read] judges its rows with the rules of delimited text, so that a bib, a time or a
// status means the same in all of them.
type sheet struct {
	text  bytes.Buffer // the table as TAB-delimited UTF-8: headings, then rows
	lines []int        // of the file, for each line of text
	torn  bool         // no newline ends the file's last row
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
	text := &decoded{data: s.text.Bytes(), name: d.name}
	if s.torn {
		text.data = bytes.TrimSuffix(text.data, []byte{'\n'})
	}
	split := newSplitter(text.data, '\t', false)
	if !split.next() {
		return reading, nil
	}
	h := text.readHeader(&split.rec)
	schema, refused := headed(h, &split.rec, rules, '\t')
	if refused != nil {
		return nil, refused
	}
	reading.Columns = schema.columns
	t := newTable(text, rules, schema, tail)
	t.book.lines = s.lines
	for split.next() {
		t.row(&split.rec)
	}
	if err := t.close(reading); err != nil {
		return nil, err
	}
	return reading, nil
}
