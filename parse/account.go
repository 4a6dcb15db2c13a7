package parse

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Ask says which rows somebody wants an account of. The zero value asks for nothing.
type Ask struct {
	Lines []int // from 1; in documents the numbers of the records
	Bibs  []Bib // every row of these bibs
}

func (a Ask) empty() bool { return len(a.Lines)+len(a.Bibs) == 0 }

// Account says how one row came by its verdict. All of its texts are fit for a terminal: bounded, and without control
// and bidirectional characters.
type Account struct {
	Line  int    // as in [Finish.Line]; 0 where a bib was asked for that no row has
	Above string // in fixed-width text the line of the headings; else empty
	Text  string // the line as it stands in the file; empty in documents
	Bib   Bib    // empty where the row has none
	Cells []Cell // of a table, those that are filled or were looked at
	Steps []Step // the rules in the order in which they were applied; the last one is the verdict

	Verdict Verdict
	Mark    Mark   // of a finish; of a held row as in [Held.Mark]
	Reason  string // of any other verdict than finish
}

// Verdict is which list of a [Reading] a row is in.
type Verdict string

// The verdicts.
const (
	IsFinish  Verdict = "finish"
	IsHeld    Verdict = "held"
	IsIgnored Verdict = "ignored"
	NoRow     Verdict = "no row" // nothing of the file is what was asked for
)

// Cell is one cell of a row.
type Cell struct {
	Column  int    // from 1
	Heading string // empty where the column has none
	Text    string // as it is read
	Written string // as it stands in the file, where that is not Text
	Taken   string // what it was taken as: "bib", "time", "status", "place or note", "flag", "other clock", "where"; empty: not read
}

// Step is one rule and what it made of the row.
type Step struct {
	Rule string // "bib", "where", "time", "status", "rounding", …; of the last one "finish", "HELD" or "ignored"
	Text string
}

// Explain is [Read], and gives an account of the rows that are asked for, in the order of their lines. Their verdicts
// are those of the reading. It costs a second pass over the file.
func Explain(data []byte, rules Rules, tail Tail, ask Ask) (*Reading, []Account, error) {
	if ask.empty() {
		reading, err := Read(data, rules, tail)
		return reading, nil, err
	}
	k := &kept{}
	reading, err := read(data, &rules, tail, k)
	if err != nil {
		return nil, nil, err
	}
	return reading, k.accounts(reading, ask), nil
}

// document reports whether the rows are records of a document and no lines.
func document(format string) bool {
	return slices.Contains([]string{"iof", "clax", "raceresult-json", "xlsx"}, format)
}

// accounts finds the rows that are asked for.
func (k *kept) accounts(reading *Reading, ask Ask) []Account {
	w := &wanted{ask: ask, reading: reading, kept: k, rows: map[int]*Account{}, lines: map[int]bool{}}
	w.find()
	w.judge()
	switch {
	case k.log != nil:
		w.logReads()
	case k.table != nil:
		w.tableRows()
	}
	w.remaining()
	var list []Account
	for _, a := range w.rows {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b Account) int { return cmp.Compare(a.Line, b.Line) })
	return append(list, w.missing(list)...)
}

// wanted collects accounts.
type wanted struct {
	*kept
	ask     Ask
	reading *Reading
	rows    map[int]*Account
	lines   map[int]bool // for which there is no account yet

	verdicts map[int]Account // without anything else
}

// find notes the lines that the lists of the reading and the question name.
func (w *wanted) find() {
	for _, n := range w.ask.Lines {
		w.lines[n] = true
	}
	for _, f := range w.reading.Finishes {
		if w.wants(f.Bib) {
			w.lines[f.Line] = true
		}
	}
	for _, h := range w.reading.Held {
		if w.wants(h.Bib) {
			w.lines[h.Line] = true
		}
	}
}

func (w *wanted) wants(bib Bib) bool { return bib != "" && slices.Contains(w.ask.Bibs, bib) }

// judge looks up what the reading says of its lines.
func (w *wanted) judge() {
	r := w.reading
	w.verdicts = make(map[int]Account, len(r.Finishes)+len(r.Held)+len(r.Ignored))
	for _, f := range r.Finishes {
		w.verdicts[f.Line] = Account{Line: f.Line, Bib: f.Bib, Verdict: IsFinish, Mark: f.Mark}
	}
	for _, h := range r.Held {
		w.verdicts[h.Line] = Account{Line: h.Line, Bib: h.Bib, Verdict: IsHeld, Mark: h.Mark, Reason: h.Reason}
	}
	for _, i := range r.Ignored {
		w.verdicts[i.Line] = Account{Line: i.Line, Verdict: IsIgnored, Reason: i.Reason}
	}
}

// begin begins the account of a line with its verdict; nil where the reading has no such line.
func (w *wanted) begin(line int) *Account {
	a, ok := w.verdicts[line]
	if !ok {
		return nil
	}
	return &a
}

// end closes the account with its verdict.
func (w *wanted) end(a *Account) {
	switch a.Verdict {
	case IsFinish:
		a.step("finish", string(a.Bib)+" "+a.Mark.String())
	case IsHeld:
		a.step("HELD", a.Reason)
	default:
		a.step("ignored", a.Reason)
	}
	if w.reading.Format == "fixed" && a.Verdict != NoRow {
		a.Above = lineText(w.headings(a.Line))
	}
	w.rows[a.Line] = a
	delete(w.lines, a.Line)
}

func (a *Account) step(rule, text string) { a.Steps = append(a.Steps, Step{rule, text}) }

// remaining gives the lines that no reader took apart their text and their verdict.
func (w *wanted) remaining() {
	var accounts []*Account
	for line := range w.lines {
		if a := w.begin(line); a != nil {
			accounts = append(accounts, a)
		}
	}
	texts := w.texts()
	for _, a := range accounts {
		a.Text = lineText(texts[a.Line])
		if w.kept.table != nil && w.reading.Delimiter != "" && a.Verdict == IsHeld {
			a.Cells = w.untaken(texts[a.Line])
		}
		w.end(a)
	}
}

// headings is the last line of headings above a line.
func (w *wanted) headings(line int) (text string) {
	heads := 0
	for _, i := range w.reading.Ignored {
		if i.Line < line && strings.HasSuffix(i.Reason, "header") {
			heads = i.Line
		}
	}
	textLines(w.file.data, func(l textLine) bool {
		if l.number == heads {
			text = w.file.text(l.bytes, l.bytes)
		}
		return l.number < heads
	})
	return text
}

// untaken are the cells of a line that was held before it came to be judged.
func (w *wanted) untaken(text string) []Cell {
	split := newSplitter([]byte(text), w.reading.Delimiter[0], false)
	if !split.next() {
		return nil
	}
	var cells []Cell
	for i := range min(len(split.rec.cells), maxCells) {
		if b := split.rec.trimmed(i); len(b) > 0 {
			cells = append(cells, Cell{Column: i + 1, Heading: w.kept.table.schema.heading(i), Text: clean(string(b))})
		}
	}
	return cells
}

// texts are the lines of the file for which there is no account yet.
func (w *wanted) texts() map[int]string {
	texts := map[int]string{}
	if document(w.reading.Format) {
		return texts
	}
	textLines(w.file.data, func(l textLine) bool {
		if w.lines[l.number] {
			texts[l.number] = w.file.text(l.bytes, l.bytes)
		}
		return len(texts) < len(w.lines)
	})
	return texts
}

// missing says that there is no row of what was asked for.
func (w *wanted) missing(list []Account) (missing []Account) {
	last, what := w.last(), "line"
	if document(w.reading.Format) {
		what = "record"
	}
	for _, n := range w.ask.Lines {
		if !w.lines[n] {
			continue
		}
		a := Account{Line: n, Verdict: NoRow, Reason: "nothing is read in " + what + " " + strconv.Itoa(n)}
		if n > last {
			a.Reason = "there is no " + what + " " + strconv.Itoa(n) + ": the last one that is read is " + strconv.Itoa(last)
		}
		missing = append(missing, a)
	}
	for _, bib := range w.ask.Bibs {
		if slices.ContainsFunc(list, func(a Account) bool { return a.Bib == bib }) {
			continue
		}
		shown := clean(string(bib))
		missing = append(missing, Account{Bib: Bib(shown), Verdict: NoRow, Reason: "no row of this file has the bib " + shown + w.similar(bib)})
	}
	for i := range missing {
		missing[i].step("no row", missing[i].Reason)
	}
	return missing
}

// similar names a bib that differs in its noughts or its capitals only.
func (w *wanted) similar(bib Bib) string {
	plain := func(b Bib) string { return strings.ToLower(strings.TrimLeft(string(b), "0")) }
	for _, f := range w.reading.Finishes {
		if plain(f.Bib) == plain(bib) {
			return ", but " + string(f.Bib) + " is there (line " + strconv.Itoa(f.Line) + "): bibs are spelled as in the file"
		}
	}
	return ""
}

// last is the last line of which the reading says something.
func (w *wanted) last() int {
	last := 0
	r := w.reading
	if n := len(r.Finishes); n > 0 {
		last = max(last, r.Finishes[n-1].Line)
	}
	if n := len(r.Held); n > 0 {
		last = max(last, r.Held[n-1].Line)
	}
	if n := len(r.Ignored); n > 0 {
		last = max(last, r.Ignored[n-1].Line)
	}
	return last
}

// maxLineText is how many characters of a line an account shows.
const maxLineText = 240

// lineText is a line of the file, fit for a terminal. TABs and line ends inside are shown as signs.
func lineText(line string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimRight(line, "\r\n") {
		switch {
		case n == maxLineText:
			b.WriteRune('…')
			return b.String()
		case r == '\t':
			r = '⇥'
		case r == '\n':
			r = '⏎'
		case !showable(r):
			r = '·'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
