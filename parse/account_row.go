package parse

import (
	"slices"
	"strconv"
	"strings"
)

// maxCells bounds the cells that an account shows.
const maxCells = 100

// heading is the heading of a column, empty where it has none.
func (s *schema) heading(column int) string {
	if column < 0 || column >= len(s.header.texts) {
		return ""
	}
	return clean(s.header.texts[column])
}

// tableRows gives the accounts of the rows of a table, in two passes: the rows that are asked for, and then what else the
// table says of their bibs.
func (w *wanted) tableRows() {
	var found []*rowAccount
	bibs := map[string]bool{}
	w.eachRow(func(r *rowAccount, last int) {
		if !w.wantsRow(r, last) {
			return
		}
		r.rec.cells = slices.Clone(r.rec.cells)
		found = append(found, r)
		bibs[r.bibText()] = true
	})
	delete(bibs, "")
	others := map[string][]otherRow{}
	if len(bibs) > 0 {
		w.eachRow(func(r *rowAccount, _ int) {
			if bib := r.bibText(); bibs[bib] {
				others[bib] = append(others[bib], r.outcome())
			}
		})
	}
	texts := map[int]string{}
	if w.kept.table.book.lines != nil {
		texts = w.texts()
	}
	for _, r := range found {
		r.others = others[r.bibText()]
		r.fill(texts)
		w.end(r.account)
	}
}

// eachRow visits the rows below the header of a table that can be taken apart. last is the last line of a row that
// runs over several.
func (w *wanted) eachRow(visit func(r *rowAccount, last int)) {
	t := *w.kept.table // judging again must not change what was judged
	for split := newSplitter(t.data, t.schema.delim, false); split.next(); {
		if split.rec.line <= t.schema.line && t.book.lines != nil {
			continue // the headings of a sheet are no row of the file
		}
		visit(&rowAccount{table: t, rec: split.rec, line: t.book.lineOf(split.rec.line), format: w.reading.Format, written: w.written}, split.line)
	}
}

// wantsRow reports whether a row is asked for, and begins its account.
func (w *wanted) wantsRow(r *rowAccount, last int) bool {
	asked := w.lines[r.line]
	if r.table.book.lines == nil {
		for n := r.line + 1; n <= last; n++ {
			if w.lines[n] {
				asked = true
				delete(w.lines, n)
			}
		}
	}
	if !asked && !w.wants(Bib(r.bibText())) {
		return false
	}
	r.account = w.begin(r.line)
	if r.account == nil {
		return false
	}
	w.lines[r.line] = true
	return true
}

// rowAccount derives the account of one row from the schema and the row.
type rowAccount struct {
	table   table
	rec     record
	line    int // of the file
	format  string
	written map[[2]int]string
	account *Account
	others  []otherRow // of the same bib

	at   []byte
	time timeCell
	said statusWord
}

// otherRow is a row of the same bib and what it says by itself: a mark, or why it has none.
type otherRow struct {
	line int
	mark Mark
	says string
}

// readable reports whether the row is one of those whose cells mean something.
func (r *rowAccount) readable() bool {
	return r.rec.fault == sound && r.rec.line > r.table.schema.line && !blankRow(&r.rec) && !commentRow(&r.rec)
}

func (r *rowAccount) bibText() string {
	if !r.readable() {
		return ""
	}
	return string(r.table.bib(&r.rec))
}

// look reads the time and the status as the judge does.
func (r *rowAccount) look() {
	t := &r.table
	r.at = t.cell(&r.rec, t.schema.time)
	r.time = readTime(r.at)
	if r.time.kind == bareNumber && t.rules.TimeUnit != "" {
		r.time = unitTime(r.at, t.rules.TimeUnit)
	}
	r.time = t.sinceStart(r.at, r.time)
	r.said = t.status(&r.rec, r.at, r.time)
}

// outcome is what a row says by itself, for the account of another one; nothing where it is not of this race.
func (r *rowAccount) outcome() otherRow {
	o := otherRow{line: r.line}
	if _, out := r.table.filteredOut(&r.rec); out {
		return o
	}
	r.look()
	var reason string
	o.mark, reason = r.table.mark(&r.rec, r.at, r.time, r.said)
	switch {
	case r.table.otherColumn(&r.rec) != "":
		o.mark, o.says = Mark{}, ", held: "+r.table.otherColumn(&r.rec)
	case reason != "":
		o.says = ", held: " + reason
	case !o.mark.IsZero():
		o.says = " with " + o.mark.String()
	default:
		o.says = " without a time"
	}
	return o
}

// fill writes the account up to the verdict.
func (r *rowAccount) fill(texts map[int]string) {
	a, t := r.account, &r.table
	text, ok := texts[r.line]
	if !ok && t.book.lines == nil {
		text = t.text(r.rec.bytes, r.rec.bytes)
	}
	a.Text = lineText(text)
	if !r.readable() {
		return
	}
	a.Cells = r.cells()
	if heading := a.Verdict == IsIgnored && a.Reason == "header"; heading {
		return
	}
	if bib := t.bib(&r.rec); a.Bib == "" && bibProblem(bib) == "" {
		a.Bib = Bib(bib)
	}
	a.step("bib", r.where(t.schema.bib)+": "+r.content(t.schema.bib))
	if !r.filters() {
		return
	}
	r.look()
	r.timeStep()
	r.statusStep()
	r.rounding()
	r.again()
}

// cells are the cells of the row that are filled or were looked at.
func (r *rowAccount) cells() []Cell {
	s := r.table.schema
	width := min(max(len(r.rec.cells), s.bib+1, s.time+1, s.status+1), maxCells)
	var cells []Cell
	for i := range width {
		c := Cell{Column: i + 1, Heading: s.heading(i), Text: clean(r.text(i)), Taken: s.taken(i)}
		if was, ok := r.was(i); ok {
			c.Written = clean(was)
		}
		// Of fixed-width text only what is read was put under its heading.
		if c.Taken != "" || c.Text != "" && r.format != "fixed" {
			cells = append(cells, c)
		}
	}
	return cells
}

// taken says what a column is read as.
func (s *schema) taken(column int) string {
	var as []string
	for _, c := range []struct {
		is bool
		as string
	}{
		{column == s.bib, "bib"},
		{column == s.time, "time"},
		{column == s.status, "status"},
		{column == s.other, "other clock"},
		{slices.Contains(s.notes, column), "place or note"},
		{slices.Contains(s.flags, column), "flag"},
		{slices.ContainsFunc(s.where, func(f filter) bool { return f.column == column }), "where"},
	} {
		if c.is {
			as = append(as, c.as)
		}
	}
	return strings.Join(as, ", ")
}

func (r *rowAccount) text(column int) string {
	return r.table.text(trim(r.table.cell(&r.rec, column)), r.rec.bytes)
}

// was is what stands in the file, where the table has it in other words.
func (r *rowAccount) was(column int) (string, bool) {
	text, ok := r.written[[2]int{r.line, column}]
	return text, ok && strings.TrimSpace(text) != r.text(column)
}

// content shows a cell between quotes, with what stands in the file where that is something else.
func (r *rowAccount) content(column int) string {
	text := r.text(column)
	if was, ok := r.was(column); ok {
		return quote(was) + ", read as " + quote(text) + ","
	}
	if text == "" {
		return "blank"
	}
	return quote(text)
}

// where names what a cell is from.
func (r *rowAccount) where(column int) string {
	heading := quote(r.table.schema.heading(column))
	switch {
	case r.format == "iof":
		return "element " + heading
	case r.format == "clax" && slices.Contains(claxAttributes(), strings.Trim(heading, `"`)):
		return "attribute " + heading
	case r.format == "clax":
		return "field " + heading
	}
	return r.table.schema.header.place(column)
}

// claxAttributes are the headings that are attributes of an element E or R.
func claxAttributes() []string { return []string{"d", "t", "tr", "re", "p", "ca", "x"} }

// filters says what [race.where] made of the row, and whether it is of this race.
func (r *rowAccount) filters() bool {
	for _, f := range r.table.schema.where {
		text := r.text(f.column)
		if f.value == anyValue {
			r.account.step("where", r.where(f.column)+" is "+quote(text)+", and this race takes any")
			continue
		}
		if text != f.value {
			r.account.step("where", r.where(f.column)+" is "+quote(text)+", and this race takes "+quote(f.value))
			return false
		}
		r.account.step("where", r.where(f.column)+" is "+quote(text)+", as this race wants")
	}
	return true
}

// again says where else the bib stands.
func (r *rowAccount) again() {
	const most = 5
	n, own := 0, r.outcome().mark
	rule, unit := "bib "+string(r.account.Bib), "line"
	if document(r.format) {
		unit = "record"
	}
	for _, o := range r.others {
		if o.line == r.line || o.says == "" {
			continue
		}
		if n++; n > most {
			r.account.step(rule, "and in more "+unit+"s")
			return
		}
		text := "also in " + unit + " " + strconv.Itoa(o.line) + o.says
		switch {
		case own.IsZero() || o.mark.IsZero():
		case own.Same(o.mark):
			text += ": the same mark"
		default:
			text += ": two times"
		}
		r.account.step(rule, text)
	}
}
