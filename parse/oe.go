package parse

import (
	"bytes"
	"strconv"
	"strings"
)

// SportSoftware's exports for orienteering have the same columns in every language, and their headings are translated.
// So the columns are told by where they stand: the headings Num1, Num2, Num3, Text1, Text2, Text3, whose figures no
// language changes, say which version of the table it is. The headings must not contradict it.
type oeLayout struct {
	name string
	num1 int // where the six numbered headings begin, or -1
	code bool

	bib, nc, start, finish, time, class int // -1 where there is no such column
	place                               int
	width                               int // of the table in front of the punches, which are as many as the course has
}

// oeLayouts are the versions of the table. The code in the first heading, such as OE0014, came with OE2010.
func oeLayouts() []oeLayout {
	return []oeLayout{
		{name: "OE2003", num1: 20, bib: 0, nc: 8, start: 9, finish: 10, time: 11, class: 12, place: 43, width: 46},
		{name: "OE2003, one name", num1: 18, bib: 0, nc: 6, start: 7, finish: 8, time: 9, class: 10, place: 41, width: 44},
		{name: "OE2010", num1: 32, code: true, bib: 1, nc: 10, start: 11, finish: 12, time: 13, class: 14, place: 57, width: 60},
		{name: "OS2003", num1: 15, bib: 0, nc: 3, start: 4, finish: -1, time: 5, class: 6, place: -1, width: 23},
	}
}

// oeShort is OE2003 without the columns behind the class, as other programs write it. It has no numbered headings, and
// is known by the words for start, finish, time and classifier, side by side.
const oeShort = 20

// oeWords are the headings of the classifier, as [headerTokens] joins them.
var oeWords = map[string]bool{
	"classifier": true, "wertung": true, "status": true, "evaluation": true, "clasificador": true, "classificazione": true,
	"classificatore": true, "statut": true, "estado": true, "tila": true, "bewertung": true,
}

// recogniseOE knows the table by its first line.
func recogniseOE(d *decoded) bool {
	_, _, ok := oeHeader(d, headOf(d, maxLine+1))
	return ok
}

// oeHeader finds the delimiter and the headings, if it is such a table at all.
func oeHeader(d *decoded, text []byte) (delim byte, h header, ok bool) {
	line := firstTextLine(text)
	for _, delim := range []byte(";,\t") {
		if bytes.Count(line, []byte{delim}) < oeShort-2 {
			continue
		}
		split := newSplitter(line, delim, false)
		if !split.next() || split.rec.fault != sound {
			continue
		}
		h := d.readHeader(&split.rec)
		if oeCode(&h) || numbered(&h) >= 0 || oeWordsAt(&h, 9) {
			return delim, h, true
		}
	}
	return 0, header{}, false
}

// oeCode reports whether the first heading is the code of a kind of export.
func oeCode(h *header) bool {
	code := h.texts[0]
	return len(code) >= 6 && (strings.HasPrefix(code, "OE") || strings.HasPrefix(code, "OS")) &&
		strings.ContainsAny(code, "0123456789") && bibProblem([]byte(code)) == ""
}

// numbered returns where six headings stand that are two words with the figures 1, 2, 3, or -1.
func numbered(h *header) int {
	stem := func(i int, figure string) string {
		s, ok := strings.CutSuffix(h.texts[i], figure)
		if !ok {
			return ""
		}
		return s
	}
	for i := 0; i+5 < len(h.texts); i++ {
		a, b := stem(i, "1"), stem(i+3, "1")
		if a != "" && b != "" && a != b && stem(i+1, "2") == a && stem(i+2, "3") == a && stem(i+4, "2") == b && stem(i+5, "3") == b {
			return i
		}
	}
	return -1
}

// oeWordsAt reports whether the words for start, finish, time and classifier begin at a column.
func oeWordsAt(h *header, start int) bool {
	if start+3 >= len(h.texts) || h.roles[0] != bibRole {
		return false
	}
	return h.roles[start] == startRole && h.roles[start+1].isTime() && h.roles[start+2] == timeRole &&
		oeWords[strings.Join(headerTokens(h.texts[start+3]), "")]
}

// oeLayoutOf finds the version of the table.
func oeLayoutOf(h *header) (oeLayout, *FileError) {
	at, code := numbered(h), oeCode(h)
	for _, l := range oeLayouts() {
		if at == l.num1 && code == l.code {
			return l, l.contradiction(h)
		}
	}
	for i := range h.texts {
		if i > 1 && oeWordsLoose(h, i) {
			return oeByWords(h, i)
		}
	}
	return oeLayout{}, &FileError{
		Reason: "this is a SportSoftware export whose columns are not known (" + clean(h.texts[0]) + ")",
		Fix:    "export the results of one stage, or name the columns: [race.columns] bib = …, time = …, status = …",
	}
}

// oeWordsLoose is oeWordsAt for any column.
func oeWordsLoose(h *header, start int) bool {
	return start+3 < len(h.texts) && h.roles[start] == startRole && h.roles[start+1].isTime() && h.roles[start+2] == timeRole &&
		oeWords[strings.Join(headerTokens(h.texts[start+3]), "")]
}

// oeByWords is the layout of a table whose start, finish, time and classifier stand side by side.
func oeByWords(h *header, start int) (oeLayout, *FileError) {
	bib, err := h.bibColumn("")
	if err != nil {
		return oeLayout{}, err
	}
	l := oeLayout{bib: bib, nc: start - 1, start: start, finish: start + 1, time: start + 2, class: start + 3, place: -1, width: len(h.texts)}
	return l, l.contradiction(h)
}

// contradiction refuses a table one of whose headings says clearly that the column is something else.
func (l oeLayout) contradiction(h *header) *FileError {
	for _, c := range []struct {
		at   int
		what string
		fits func(role) bool
	}{
		{l.bib, "bib", role.isBib},
		{l.time, "time", role.isTime},
		{l.class, "status", func(r role) bool { return r == classRole || r == statusRole || r == noteRole }},
	} {
		if c.at >= len(h.texts) || h.roles[c.at] != noRole && !c.fits(h.roles[c.at]) {
			return &FileError{
				Reason: "this looks like a SportSoftware export, but column " + strconv.Itoa(c.at+1) + " is not the " + c.what,
				Fix:    `set format = "csv" and name the columns: [race.columns] bib = …, time = …, status = …`,
			}
		}
	}
	return nil
}

// roles are what the columns are for.
func (l oeLayout) roles(width int) []role {
	roles := make([]role, width)
	for i := range roles {
		roles[i] = otherRole
	}
	for _, c := range []struct {
		at   int
		role role
	}{
		{l.bib, bibRole}, {l.nc, ncRole}, {l.start, startRole}, {l.time, timeRole}, {l.class, classRole}, {l.place, placeRole},
	} {
		if c.at >= 0 && c.at < width {
			roles[c.at] = c.role
		}
	}
	return roles
}

// oeReader reads the rows of such an export.
type oeReader struct {
	*decoded
	layout oeLayout
	split  *splitter
	sheet  *sheet
	width  int  // columns that are read
	bib    int  // the column of the bib, which a person may have named
	own    bool // a person did
	rows   int  // with a time or a status
	bibs   int  // of them with a bib
	unit   bool // a person said what bare numbers are
}

// readOE reads a results export of SportSoftware OE.
func readOE(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	d.data = unixLines(d.data)
	if tail == TailGrowing {
		d.data = completeLines(d.data)
	}
	reading := &Reading{Format: "oe", Encoding: d.name}
	if len(trim(d.data)) == 0 || bytes.IndexByte(d.data, '\n') < 0 {
		return reading, nil
	}
	delim, h, ok := oeHeader(d, d.data[:min(len(d.data), maxLine+1)])
	if !ok {
		return nil, notOf("the first line has not the headings of a SportSoftware export")
	}
	o, refused := newOEReader(d, rules, delim, &h, tail)
	if refused != nil {
		return nil, refused
	}
	for o.split.next() {
		o.row(&o.split.rec)
	}
	if o.rows > 0 && o.bibs == 0 && !o.own {
		return nil, &FileError{
			Reason: "no row has a start number (column " + quote(h.texts[o.bib]) + ")",
			Fix:    "name the column of the bib: [race.columns] bib = …",
			Key:    "columns.bib", Values: oeCards(&h),
		}
	}
	reading, err := o.sheet.read("oe", d, rules, tail)
	if err != nil {
		return nil, err
	}
	reading.Delimiter = string(delim)
	return reading, nil
}

// oeCards are the headings of the cards, which are the bibs where nobody gave out start numbers.
func oeCards(h *header) (cards []string) {
	for _, name := range []string{"Chipno", "Chipnr", "SI card"} {
		if h.has(name) {
			cards = append(cards, name)
		}
	}
	return cards
}

// newOEReader reads the header. Columns that a person named are believed more than the layout.
func newOEReader(d *decoded, rules *Rules, delim byte, h *header, tail Tail) (*oeReader, *FileError) {
	o := &oeReader{decoded: d, split: newSplitter(d.data, delim, tail == TailGrowing), unit: rules.TimeUnit != ""}
	named := rules.Columns
	var err *FileError
	if o.layout, err = oeLayoutOf(h); err != nil {
		// Without the layout nothing but the headings says which rows do not compete.
		if named.Bib == "" || named.Time == "" || named.Status == "" {
			return nil, err
		}
		o.layout = oeLayout{bib: -1, nc: -1, start: -1, finish: -1, time: -1, class: -1, place: -1, width: len(h.texts)}
	}
	o.bib, o.own, o.width = o.layout.bib, named.Bib != "", min(o.layout.width, len(h.texts))
	if o.own {
		if o.bib, err = h.find(named.Bib); err != nil {
			return nil, err
		}
	}
	for o.split.next() {
		rec := &o.split.rec
		if !blankRow(rec) {
			o.sheet = newSheet(rec.line, h.texts[:o.width]...)
			o.sheet.ignore(rec.line, "header")
			if o.layout.time >= 0 {
				o.sheet.roles, o.sheet.elapsed = o.layout.roles(o.width), true
			}
			break
		}
	}
	if o.sheet == nil {
		return nil, notOf("there is no header")
	}
	return o, nil
}

// row adds one row to the table: its punches are left out, and what is in the wrong column is held.
func (o *oeReader) row(rec *record) {
	switch {
	case rec.fault != sound:
		o.sheet.hold(rec.line, "", "the row cannot be split: a quote is not closed, or it is too long or torn")
		return
	case blankRow(rec):
		o.sheet.ignore(rec.line, "blank")
		return
	}
	bib := rec.trimmed(o.bib)
	if bibProblem(bib) != "" {
		bib = nil
	}
	reason := o.outOfPlace(rec)
	switch {
	case rec.unterminated && !o.whole(rec):
		o.sheet.hold(rec.line, "", "the last line is not complete"+fixLast)
		return
	case reason != "":
		o.sheet.hold(rec.line, string(bib), reason)
		return
	}
	if readTime(rec.trimmed(o.layout.time)).kind != noTime || len(rec.trimmed(o.layout.class)) > 0 {
		o.rows++
		if len(bib) > 0 {
			o.bibs++
		}
	}
	texts := make([]string, o.width)
	for i := range texts {
		texts[i] = o.text(rec.trimmed(i), rec.bytes)
	}
	o.sheet.add(rec.line, texts...)
}

// whole reports whether a last line without a newline has all columns in front of the punches, and another one behind
// those that are read, so that none of them is torn.
func (o *oeReader) whole(rec *record) bool {
	return len(rec.cells) >= o.width && o.bib < len(rec.cells)-1 && o.layout.time < len(rec.cells)-1 && !rec.irregular
}

// outOfPlace says why the cells of a row cannot stand under their headings, or nothing: the number of cells says
// nothing, because every row has as many punches as it likes.
func (o *oeReader) outOfPlace(rec *record) string {
	l := o.layout
	for _, at := range []int{l.start, l.finish} {
		if t := readTime(rec.trimmed(at)); t.kind != clearTime && t.kind != noTime {
			return "cells out of place: no time of day in column " + strconv.Itoa(at+1)
		}
	}
	start, finish, time := readTime(rec.trimmed(l.start)), readTime(rec.trimmed(l.finish)), readTime(rec.trimmed(l.time))
	if start.kind == clearTime && time.kind == clearTime && finish.kind == clearTime && time.hundredths == finish.hundredths {
		return "the time is the time of day of the finish; write the time since the start"
	}
	if nc := rec.trimmed(l.nc); len(nc) > 1 && nc[0] >= '0' && nc[0] <= '9' {
		return "cells out of place: column " + strconv.Itoa(l.nc+1) + " does not say whether the row competes"
	}
	if t := rec.trimmed(l.time); digits(t) && !o.unit {
		return "cells out of place: a number without a colon in the column of the time"
	}
	if class := rec.trimmed(l.class); readTime(class).kind == clearTime {
		return "cells out of place: a time in the column of the classifier"
	}
	return ""
}

// oeInWords refuses to read such an export as plain delimited text where its classifier is headed in a language that
// nothing here knows: the mispunched and the disqualified have times like all others.
func oeInWords(d *decoded, rules *Rules) *FileError {
	if rules.Columns.Status != "" {
		return nil
	}
	_, h, ok := oeHeader(d, d.data[:min(len(d.data), maxLine+1)])
	if !ok || h.is(func(r role) bool { return r == classRole || r == statusRole }) {
		return nil
	}
	return &FileError{
		Reason: "this is a SportSoftware export, and no heading says which column is the classifier",
		Fix:    `set format = "oe", or name the column: [race.columns] status = …`,
	}
}
