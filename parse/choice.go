package parse

import (
	"strconv"
	"strings"
)

// Choice is one of the ways to read a file that was refused because there are several. A person chooses.
type Choice struct {
	Key     string // what to write into [[race]], such as `clock = "gun"`
	Column  string // such as `column "Gun Time" (2)`
	Example string // what the column has in the first row that shows all choices, or empty

	column int // from 0
}

// choice is the column as one that a person may choose.
func (h *header) choice(column int, key string) Choice {
	return Choice{Key: key, Column: h.place(column), column: column}
}

// place names a column for a person, with its number.
func (h *header) place(column int) string {
	number := strconv.Itoa(column + 1)
	if column < 0 || column >= len(h.texts) || h.texts[column] == "" {
		return "column " + number
	}
	return "column " + quote(h.texts[column]) + " (" + number + ")"
}

// key is what names a column in the configuration: its heading where no other column has it, or its number.
func (h *header) key(what string, column int) string {
	name := strconv.Itoa(column + 1)
	if column < len(h.texts) {
		text := h.texts[column]
		_, number := columnNumber(text)
		if at, err := h.find(text); err == nil && at == column && !number && text != "" && plainText(text) {
			name = text
		}
	}
	return "[race.columns] " + what + ` = "` + name + `"`
}

// exampleRows is in how many rows an example is looked for.
const exampleRows = 200

// exemplify gives each choice what its column has in one row, so that a person can see which one is meant: the first
// row that has them all, or else the one that has the most.
func (e *FileError) exemplify(d *decoded, from int, delim byte) {
	if len(e.Choices) == 0 {
		return
	}
	rows := newSplitter(d.data[min(from, len(d.data)):], delim, false)
	e.fill(func() (func(int) string, bool) {
		return func(column int) string {
			if rows.rec.fault != sound {
				return ""
			}
			return d.text(rows.rec.trimmed(column), rows.rec.bytes)
		}, rows.next()
	})
}

// fill takes the examples from the rows that next moves through.
func (e *FileError) fill(next func() (cell func(column int) string, ok bool)) {
	best := 0
	for range exampleRows {
		cell, ok := next()
		if !ok || best == len(e.Choices) {
			return
		}
		filled := 0
		for _, c := range e.Choices {
			if cell(c.column) != "" {
				filled++
			}
		}
		if filled <= best {
			continue
		}
		best = filled
		for i := range e.Choices {
			c := &e.Choices[i]
			c.Example = clean(cell(c.column))
		}
	}
}

// exemplify takes the examples from the rows below a header of fixed-width text.
func (f *fixedReader) exemplify(e *FileError, p *page, header int) {
	if len(e.Choices) == 0 {
		return
	}
	under := *p
	under.keys = make([]bool, len(p.headings))
	var rows []*placed
	textLines(f.data, func(l textLine) bool {
		if words := wordsOf(f.text(l.bytes, l.bytes), characters); l.number > header && len(words) > 1 && len(words) <= maxWords {
			rows = append(rows, under.place(words))
		}
		return len(rows) < exampleRows
	})
	e.fill(func() (func(int) string, bool) {
		if len(rows) == 0 {
			return nil, false
		}
		row := rows[0]
		rows = rows[1:]
		return row.cell, true
	})
}

// plainText reports whether a heading can be written between quotes as it is.
func plainText(text string) bool { return clean(text) == text && !strings.ContainsAny(text, "\"\\") }

// units are what the first bare number of a table is in each unit in which it can be a time.
func (t *table) units() (choices []Choice) {
	h := &t.schema.header
	for _, unit := range []string{"seconds", "minutes", "days", "m.ss"} {
		time := unitTime([]byte(t.bareNumber), unit)
		m, err := TimeMark(time.hundredths, int(time.decimals))
		if time.kind != clearTime || err != nil {
			continue
		}
		c := h.choice(t.schema.time, `time_unit = "`+unit+`"`)
		c.Example = clean(t.bareNumber) + ", which is " + m.String()
		choices = append(choices, c)
	}
	return choices
}
