package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// growCSV opens delimited text.
func growCSV(d *decoded, rules *Rules, tail Tail, r *Reading) (grower, *FileError) {
	r.Format = "csv"
	if len(trim(d.data)) == 0 {
		return nil, nil
	}
	if err := oeInWords(d, rules); err != nil {
		return nil, err
	}
	s, err := detect(d, rules, tail == TailGrowing)
	if s == nil {
		return nil, err
	}
	if err := unnamedChips(s, rules); err != nil {
		return nil, err
	}
	return openTable(d, rules, s, tail, r), nil
}

// openTable names delimiter and columns in the reading and returns the table below them.
func openTable(d *decoded, rules *Rules, s *schema, tail Tail, r *Reading) *table {
	r.Delimiter, r.Columns = string(s.delim), s.columns
	return newTable(d, rules, s, tail)
}

func newTable(d *decoded, rules *Rules, s *schema, tail Tail) *table {
	t := &table{
		decoded: d, rules: rules, schema: s, tail: tail, split: splitter{delim: s.delim, growing: tail == TailGrowing},
		book: newBook(d.data), words: make(map[string]statusWord), ranking: newRanking(&s.header),
	}
	for _, i := range s.races {
		t.races = append(t.races, s.raceColumn(i))
	}
	d.kept.judges(t)
	return t
}

// more implements [grower].
func (t *table) more(d *decoded, from int) int {
	t.decoded = d
	t.codes = codesIn(d.data[from:])
	t.split.resume(d.data, from)
	for t.split.next() {
		t.row(&t.split.rec)
	}
	return t.split.pos
}

// whole implements [grower].
func (t *table) whole(r *Reading) *FileError {
	t.book.close(r)
	if len(r.Finishes) == 0 && len(r.Held) == 0 {
		t.noTimeYet(r)
	}
	return t.nothingClear(r)
}

// news implements [grower].
func (t *table) news(r *Reading) { t.book.news(r) }

// sure implements [grower]: the columns are known, and a result has shown that they are right.
func (t *table) sure() bool { return t.book.entered }

// table reads the rows of one export with a schema that is settled.
type table struct {
	*decoded
	rules  *Rules
	schema *schema
	tail   Tail
	split  splitter
	book   *book
	words  map[string]statusWord // status words looked up before

	begun     bool // a row with a bib and a time or a status was seen
	foreign   int  // the line of another header, below which the columns mean something else; else 0
	underSix  bool // a time under six hours was seen: the column does not hold times of day
	fields    int8 // the most fields and decimals that a time had
	decimals  int8
	above     int64 // hundredths of the time above; 0 where there is none
	bibLength int   // of the row before

	codes     bool // DNF or the like stands somewhere in the text
	longTimes bool // a time from ten hours on had seconds

	ranking ranking
	races   []raceColumn
	section section
	point   string // the heading of a column that says in the first row that it is a passing

	timesOfDay, bareNumbers int    // rows held for that
	bareNumber              string // the first one
	clock                   wallClock
}

// row reads one row into the book.
func (t *table) row(rec *record) {
	switch {
	case rec.fault != sound:
		t.faulty(rec)
		return
	case rec.line < t.schema.line:
		t.title(rec)
		t.book.ignore(rec.line, "above the header")
		return
	case rec.line == t.schema.line:
		t.book.ignore(rec.line, "header")
		return
	}
	at := t.cell(rec, t.schema.time)
	time := readTime(at)
	if commentRow(rec) {
		time.kind = notATime // whatever stands in it; but it may be a header
	}
	if time.kind == bareNumber && t.rules.TimeUnit != "" {
		time = unitTime(at, t.rules.TimeUnit)
	}
	if !t.rules.Start.IsZero() {
		time = t.sinceStart(at, time)
	}
	if time.kind != clearTime && t.notARow(rec) {
		return
	}
	if t.foreign > 0 {
		t.book.hold(rec.line, "", "below another header (line "+strconv.Itoa(t.book.lineOf(t.foreign))+"); export this table alone")
		return
	}
	if len(t.schema.where) > 0 {
		if reason, out := t.filteredOut(rec); out {
			t.book.ignore(rec.line, reason)
			return
		}
	}
	t.result(rec, at, time)
}

// cell returns the content of a column without blanks around it, nothing where the row has no such column.
func (t *table) cell(rec *record, column int) []byte {
	if column < 0 || column >= len(rec.cells) {
		return nil
	}
	b := rec.raw(column)
	if len(b) > 0 && visible(b[0]) && visible(b[len(b)-1]) && b[0] != '=' && !rec.cells[column].escaped {
		return b // nearly every cell
	}
	b = rec.text(column)
	// Spreadsheets are kept from eating leading noughts by ="007".
	if len(b) > 3 && b[0] == '=' && b[1] == '"' && b[len(b)-1] == '"' {
		b = b[2 : len(b)-1]
	}
	return trim(b)
}

// bib returns the trimmed content of the bib column in UTF-8.
func (t *table) bib(rec *record) []byte {
	b := t.cell(rec, t.schema.bib)
	if ascii(b) {
		return b
	}
	return []byte(t.text(b, rec.bytes))
}

// nothingClear refuses a file in which no row has a result and the time column explains it: then it is the rules that
// want changing and not the rows.
func (t *table) nothingClear(r *Reading) *FileError {
	switch {
	case t.point != "":
		return severalPoints(t.point)
	case t.book.entered:
		return nil
	case t.clock.problem != "":
		return &FileError{Reason: "column " + quote(r.Columns.Time) + ": " + t.clock.problem, Fix: t.clock.fix, Key: "start"}
	case t.timesOfDay > 0:
		return &FileError{
			Reason: "column " + quote(r.Columns.Time) + " seems to hold times of day",
			Fix:    `set start = "10:00:00", or name the column of the race times: [race.columns] time = …; if these are race times, set slowest`,
			Key:    "start",
		}
	case t.bareNumbers > 0:
		return &FileError{
			Reason:  "column " + quote(r.Columns.Time) + " holds bare numbers",
			Fix:     `say what they are: time_unit = "seconds", "minutes", "days" or "m.ss"`,
			Choices: t.units(),
			Key:     "time_unit", Values: []string{"seconds", "minutes", "days", "m.ss"},
		}
	}
	return nil
}

// faulty holds a row that cannot be split.
func (t *table) faulty(rec *record) {
	if rec.line <= t.schema.line {
		t.book.ignore(rec.line, "above the header")
		return
	}
	reasons := [...]string{
		tooLong:    "line longer than 64 KiB",
		hasNUL:     "NUL bytes in the line" + fixTorn,
		neverEnds:  "a quote is never closed" + fixCell,
		runsAcross: "a quoted cell runs over several lines" + fixCell,
	}
	var bib []byte
	if t.schema.bib < len(rec.cells)-1 && rec.fault == neverEnds {
		bib = t.bib(rec)
	}
	t.book.hold(rec.line, Bib(clean(string(bib))), reasons[rec.fault])
}

// notARow ignores blank lines, comments and headers, and notes where another table begins.
func (t *table) notARow(rec *record) bool {
	switch {
	case blankRow(rec):
		t.book.ignore(rec.line, "blank")
	case !digits(t.cell(rec, t.schema.bib)) && couldHead(rec) && t.headerAgain(rec):
		t.book.ignore(rec.line, "header")
	case commentRow(rec):
		t.book.ignore(rec.line, "comment")
	default:
		return false
	}
	return true
}

// headerAgain reports whether a row is a header. Where it puts the bib or the time into other columns than the first
// one, the rows below belong to another table: of teams, of splits, of another race.
func (t *table) headerAgain(rec *record) bool {
	if len(rec.cells) > 4*maxGuess {
		return false
	}
	h := t.readHeader(rec)
	if h.known < 2 || 2*h.known < len(h.filled()) && !h.satisfies(t.rules) && !t.sameTexts(&h) {
		return false
	}
	if t.schema.line == 0 && !t.begun {
		return true
	}
	t.foreign = rec.line
	if t.sameTexts(&h) || t.sameColumns(&h) {
		t.foreign = 0
	}
	return true
}

// digits reports a cell of figures only: it has a bib, and the row is no header.
func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

func (t *table) sameTexts(h *header) bool {
	first := &t.schema.header
	return len(first.texts) > 0 && slices.EqualFunc(first.filled(), h.filled(), strings.EqualFold)
}

// sameColumns reports whether a header says the same about every column that is read, in another language perhaps.
func (t *table) sameColumns(h *header) bool {
	bib, err := h.bibColumn(t.rules.Columns.Bib)
	if err != nil || bib != t.schema.bib {
		return false
	}
	time, _, err := h.timeColumn(t.rules)
	if err != nil || time != t.schema.time {
		return false
	}
	status := h.columnsOf(func(r role) bool { return r == statusRole || r == classRole })
	return len(status) == 0 || slices.Equal(status, []int{t.schema.status})
}

// filteredOut applies Rules.Where.
func (t *table) filteredOut(rec *record) (string, bool) {
	for _, f := range t.schema.where {
		b := t.cell(rec, f.column)
		if f.value != anyValue && string(b) != f.value && (ascii(b) || t.text(b, rec.bytes) != f.value) {
			return "not in this race: " + clean(f.name) + " is " + quote(t.text(b, rec.bytes)) + ", and this race takes " + quote(f.value), true
		}
	}
	return "", false
}

// result reads a row that is one: its status, its time, its bib.
func (t *table) result(rec *record, at []byte, time timeCell) {
	said := t.status(rec, at, time)
	mark, reason := t.mark(rec, at, time, said)
	if mark.IsZero() && reason == "" {
		t.title(rec)
		t.book.ignore(rec.line, t.nothing(rec, said))
		return
	}
	bib := t.bib(rec)
	if !t.begun && !t.begins(rec, mark, bib) {
		t.book.ignore(rec.line, "above the first row")
		return
	}
	if rec.unterminated && !t.complete(rec, time) {
		// Without its bib: that may be torn as well, and would hold the athlete whose bib it happens to look like.
		if t.tail == TailStill {
			t.book.hold(rec.line, "", "the last line is not complete"+fixLast)
		} else {
			t.book.ignore(rec.line, "the last line is not complete yet")
		}
		return
	}
	t.note(time, bib)
	if wrong := bibProblem(bib); wrong != "" {
		t.book.hold(rec.line, "", wrong+fixCell)
		return
	}
	claims := said.verdict == needsPerson || mark.Code() != NoCode
	if reason == "" {
		if reason = t.misplaced(rec); reason != "" {
			mark = Mark{} // read from another column perhaps
		}
	}
	if unranked := t.unranked(rec, mark); reason == "" && mark.Code() == NoCode {
		reason = unranked
	}
	if t.survey != nil {
		t.survey.row(t, rec)
	}
	if other := t.elsewhere(rec); other != "" {
		t.book.holdMark(rec.line, Bib(bib), mark, other)
		return
	}
	switch {
	case reason == "":
		t.book.finish(rec.line, bib, mark)
	case claims, !mark.IsZero() && !t.rules.outside(mark):
		// What is only doubted may be right, and then another row of the same bib is wrong. What a person has bounded is wrong.
		t.book.claim(rec.line, string(bib), mark, reason)
	default:
		t.book.holdMark(rec.line, Bib(bib), mark, reason)
	}
}

// begins reports whether a row without a header above it is the first row of results and not a heading.
func (t *table) begins(rec *record, mark Mark, bib []byte) bool {
	t.begun = t.schema.line > 0 || !mark.IsZero() && bibProblem(bib) == ""
	if t.begun {
		t.point = t.passedAt(rec)
	}
	return t.begun
}

// note remembers how times are written, to judge a last line that may be torn.
func (t *table) note(time timeCell, bib []byte) {
	if time.kind == clearTime {
		t.fields, t.decimals = max(t.fields, time.fields), max(t.decimals, time.decimals)
		t.above = time.hundredths
	}
	t.bibLength = len(bib)
}

// nothing says why a row without a result has none.
func (t *table) nothing(rec *record, said statusWord) string {
	switch {
	case t.schema.bib >= len(rec.cells) || t.schema.time >= len(rec.cells):
		return "too short for a row"
	case said.verdict == stillOut:
		return "has not finished"
	}
	return noTimeReason
}

// complete reports whether a last line without a newline is a whole row: all columns are there, no quote is open,
// and what stands last cannot be the beginning of something longer.
func (t *table) complete(rec *record, time timeCell) bool {
	s := t.schema
	if len(rec.cells) < s.width || rec.irregular {
		return false
	}
	if t.tail == TailStill {
		return true
	}
	last := len(rec.cells) - 1
	switch {
	case last == s.time && time.kind == clearTime:
		// At the full hour the beginning of a time has the form of those above it: 1:02 of 1:02:33 below 59:40. It
		// shows by being less than the one above; where nothing stands above, nothing can be compared.
		return t.fields > 0 && time.fields >= t.fields && time.decimals >= t.decimals && time.hundredths >= t.above
	case last == s.bib:
		return t.bibLength > 0 && len(trim(rec.raw(last))) >= t.bibLength
	case last == s.status || bytes.ContainsRune([]byte("-"), rune(s.delim)):
		return len(trim(rec.raw(last))) > 0
	}
	return true
}
