package parse

import (
	"slices"
	"strconv"
)

// guess is what the cells of one row without a header could be.
type guess struct {
	bibs, times []int
	ages        []int // of the bibs, those that could be somebody's age
	width       int
}

// maxGuess bounds the columns of a file whose columns are guessed.
const maxGuess = 256

// guessRow looks at every filled cell.
func guessRow(rec *record) guess {
	g := guess{width: widthOf(rec)}
	for i := range min(len(rec.cells), maxGuess) {
		b := rec.trimmed(i)
		switch {
		case readTime(b).kind == clearTime:
			g.times = append(g.times, i)
		case figureBib(b):
			g.bibs = append(g.bibs, i)
			if n, figures := number(b, 3); i > 0 && figures == len(b) && n <= 99 {
				g.ages = append(g.ages, i)
			}
		}
	}
	return g
}

// figureBib reports a short word with a figure in it and nothing else that could be a bib: 349, 001002, W1, 1005-0000723.
// It is meant to find too many: two such columns are a question to a person.
func figureBib(b []byte) bool {
	figure := false
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			figure = true
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == '_', c == '/':
		default:
			return false
		}
	}
	return figure && len(b) <= maxBib
}

// rowsNeeded is how many rows it takes to guess columns. A bib and a time with a TAB between is what phone timers
// write, and clear from the first row on; otherwise a title such as "2026, 10:00" must not pass as a row.
func rowsNeeded(g guess, delim byte) int {
	switch {
	case g.width > 2:
		return 3
	case delim == '\t':
		return 1
	}
	return 2
}

// guessed looks at a row of a table without a header.
func (f *detector) guessed(rec *record) {
	g := guessRow(rec)
	if len(f.window) == 0 {
		if len(g.times) == 0 || len(g.bibs) == 0 {
			return
		}
		if f.texts > 1 && f.texts == g.width {
			f.blocked = true
			return
		}
	}
	f.found.rows++
	f.window = append(f.window, g)
	if len(f.window) < rowsNeeded(f.window[0], f.split.delim) {
		return
	}
	f.found.schema, f.found.err = f.fromWindow(rec)
}

// fromWindow decides when exactly one column had a bib in any of the rows, and exactly one a time.
func (f *detector) fromWindow(rec *record) (*schema, *FileError) {
	bibs, times := map[int]bool{}, map[int]bool{}
	for _, g := range f.window {
		for _, i := range g.bibs {
			bibs[i] = true
		}
		for _, i := range g.times {
			times[i] = true
			delete(bibs, i)
		}
	}
	if n, ok := columnNumber(f.rules.Columns.Time); ok {
		times = map[int]bool{n: true}
	}
	if len(times) != 1 {
		return nil, undecided("time", times, rec)
	}
	if n, ok := columnNumber(f.rules.Columns.Bib); ok {
		bibs = map[int]bool{n: true}
	}
	if len(bibs) != 1 {
		return nil, undecided("bib", bibs, rec)
	}
	s := &schema{delim: f.split.delim, width: f.window[0].width, other: -1, status: -1}
	for i := range bibs {
		s.bib = i
	}
	other := func(g guess) bool { return slices.Contains(g.bibs, s.bib) && !slices.Contains(g.ages, s.bib) }
	if s.width > 2 && f.rules.Columns.Bib == "" && !slices.ContainsFunc(f.window, other) {
		return nil, &FileError{
			Reason: "there is no header, and the numbers in column " + strconv.Itoa(s.bib+1) + " could be bibs and could be ages",
			Fix:    "if they are bibs, say so: [race.columns] bib = " + strconv.Itoa(s.bib+1),
			Key:    "columns.bib", Values: []string{strconv.Itoa(s.bib + 1)},
		}
	}
	for i := range times {
		s.time = i
	}
	return s, s.finish(f.rules)
}

// namedByText reports whether a person named columns by their headings: then there is a header to wait for.
func namedByText(rules *Rules) bool {
	for _, name := range []string{rules.Columns.Bib, rules.Columns.Time, rules.Columns.Status} {
		if _, number := columnNumber(name); name != "" && !number {
			return true
		}
	}
	return false
}

// undecided says which columns of a table without a header could be the same thing.
func undecided(what string, columns map[int]bool, rec *record) *FileError {
	var names []string
	var choices []Choice
	none := header{}
	for i := range rec.cells {
		if columns[i] {
			names = append(names, strconv.Itoa(i+1))
			choice := none.choice(i, none.key(what, i))
			choice.Example = clean(string(rec.trimmed(i)))
			choices = append(choices, choice)
		}
	}
	reason := "there is no header, and more than one column could be the " + what + ": " + list(names)
	if len(columns) == 0 {
		reason = "there is no header, and no column is surely the " + what
	}
	return &FileError{
		Reason: reason, Fix: "name it by number: [race.columns] bib = …, time = …", Choices: choices,
		Key: "columns." + what, Values: names,
	}
}

// numbered looks at a row of a table whose columns a person gave by number. The first row that has a bib and a time
// at these places says which delimiter it is.
func (f *detector) numbered(rec *record) {
	bib, _ := columnNumber(f.rules.Columns.Bib)
	time, _ := columnNumber(f.rules.Columns.Time)
	if bib >= len(rec.cells) || time >= len(rec.cells) || !figureBib(rec.trimmed(bib)) {
		return
	}
	at := rec.trimmed(time)
	t := readTime(at)
	_, dated := readStamp(at)
	dated = dated && !f.rules.Start.IsZero()
	if t.kind != clearTime && (t.kind != bareNumber || f.rules.TimeUnit == "") && !dated {
		return
	}
	s := &schema{
		delim: f.split.delim, bib: bib, time: time, other: -1, status: -1,
		header: f.head, line: f.headRec.line, width: max(f.headRec.width, widthOf(rec)), named: true,
	}
	err := s.statusColumns(f.rules)
	if err == nil {
		err = s.finish(f.rules)
	}
	if err != nil {
		f.found.err = err
		return
	}
	f.found.schema = s
}

// resultRow reports whether a row has something like a bib and a time or a status: at least every row that can be
// published.
func resultRow(rec *record, s *schema) bool {
	if rec.fault != sound || max(s.bib, s.time) >= len(rec.cells) || blankRow(rec) || commentRow(rec) {
		return false
	}
	if bibProblem(rec.trimmed(s.bib)) != "" {
		return false
	}
	at := rec.trimmed(s.time)
	switch readTime(at).kind {
	case noTime:
		return false
	case notATime:
		return statusOf(string(at)).verdict == saysCode
	}
	return true
}

// uncounted makes sure that the column is no place where nothing says "bib" or "place": bibs do not count 1, 2, 3, …
// down the file. It reads on until the count breaks; a file that counts to its end is refused.
func (f *detector) uncounted() {
	s := f.found.schema
	if s.named || f.rules.Columns.Bib != "" || s.line > 0 && (s.hasPlace() || s.header.roles[s.bib] == bibRole) {
		return
	}
	rows, tied := 0, ""
	again := newSplitter(f.d.data, s.delim, f.split.growing)
	for again.next() {
		rec := &again.rec
		if rec.line <= s.line || !resultRow(rec, s) {
			continue
		}
		rows++
		at := string(rec.trimmed(s.bib))
		if at != strconv.Itoa(rows) && at != tied { // two runners may share a place
			return
		}
		tied = at
	}
	if rows > 0 {
		f.found.schema = nil
		f.found.err = &FileError{
			Reason: "column " + quote(s.columns.Bib) + " counts 1, 2, 3 … like places",
			Fix:    "if these are bibs, say so: [race.columns] bib = …; in a file that is still short, wait for more rows",
			Key:    "columns.bib", Values: []string{s.columns.Bib},
		}
	}
}
