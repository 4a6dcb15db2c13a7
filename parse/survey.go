package parse

import (
	"bytes"
	"slices"
	"strconv"
)

// Column is one column of an export, as [Survey] finds it.
type Column struct {
	Name   string   // the heading, or the number from 1 where there is none or another column has the same
	Values []string // the first few different values that stand in rows with a result, in file order, without blanks around them
	More   bool     // there are others
}

// maxValues is how many different values of a column are listed, and maxValue the longest that is; together with
// maxSurveyed they bound what a survey keeps.
const maxValues, maxValue, maxSurveyed = 40, 200, 128

// Survey returns the columns of an export that [Read] can read with these rules, so that a person can be shown by which of
// them races lie apart. Reader logs have none. Of fixed-width text only those rows count in which every cell is clear.
func Survey(data []byte, rules Rules) ([]Column, error) {
	f, d, err := recognised(data, &rules)
	if err != nil {
		return nil, err
	}
	d.survey = &survey{}
	if _, err := f.readAll(&d, &rules, TailStill); err != nil {
		return nil, err
	}
	return d.survey.columns, nil
}

// survey collects columns while a table is read.
type survey struct{ columns []Column }

// row takes in a row that has a result.
func (s *survey) row(t *table, rec *record) {
	if s.columns == nil {
		for i := range min(max(t.schema.width, len(t.schema.header.texts)), maxSurveyed) {
			s.columns = append(s.columns, Column{Name: t.schema.header.nameFor(i)})
		}
	}
	for i := range s.columns[:min(len(s.columns), len(rec.cells))] {
		c := &s.columns[i]
		if c.More {
			continue
		}
		value := t.text(t.cell(rec, i), rec.bytes)
		if slices.Contains(c.Values, value) {
			continue
		}
		if c.More = len(c.Values) == maxValues || len(value) > maxValue; !c.More {
			c.Values = append(c.Values, value)
		}
	}
}

// nameFor is how a person names a column, with or without a header.
func (h *header) nameFor(column int) string {
	if column >= len(h.texts) || h.texts[column] == "" {
		return strconv.Itoa(column + 1)
	}
	return h.spelled(column)
}

// NamesBib reports whether a heading means a bib and nothing else. "No" may also head the places: such a column is
// refused while it counts 1, 2, 3, … unless a person names it.
func NamesBib(heading string) bool { return headerRole(heading) == bibRole }

// Heat is what the first line of a FinishLynx result file says about the race.
type Heat struct {
	Event, Round, Heat string // as they stand there: numbers mostly, but a round may be "Final"
	Name               string // of the event
}

// HeatOf returns the heat of a FinishLynx result file.
func HeatOf(data []byte) (Heat, bool) {
	d, err := decode(data, "")
	if err != nil {
		return Heat{}, false
	}
	head := headOf(&d, firstLineBytes)
	delim, ok := lifDelimiter(head)
	if !ok {
		return Heat{}, false
	}
	line := firstTextLine(head)
	cells := bytes.Split(line, []byte{delim}) // ten at least
	text := func(i int) string { return d.text(trim(cells[i]), line) }
	return Heat{Event: text(0), Round: text(1), Heat: text(2), Name: text(3)}, true
}
