package parse

import (
	"slices"
	"strconv"
	"strings"
)

// readRaceResult reads an answer of RACE RESULT's list service: rows of cells in groups, and apart from them the names
// of the columns. A column has an expression, such as BIB or TimeOrStatus([ChipTime]), and perhaps a label.
func readRaceResult(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	answer, err := readAnswer(d.data)
	if err != nil {
		return nil, err
	}
	columns, err := answer.columns()
	if err != nil {
		return nil, err
	}
	answer.chooseBib(columns, rules)
	answer.chooseTime(columns, rules)
	rules = named(rules, columns)
	return answer.sheet(columns, rules, d.kept).read("raceresult-json", d, rules, tail)
}

// recogniseRaceResult takes every JSON object for one: the names that tell may stand at its end, and what is none is
// refused by the reader.
func recogniseRaceResult(d *decoded) bool {
	object, _ := jsonObject(d.data)
	return object != nil
}

// rrColumn is a column of the list.
type rrColumn struct {
	expression string
	label      string
	role       role
	unnamed    bool // stands in front of the columns that Fields names
}

// heading is what people see: the label where there is one.
func (c rrColumn) heading() string {
	if strings.TrimSpace(c.label) != "" {
		return c.label
	}
	return c.expression
}

// rrRow is one athlete's cells, and the groups around them from the outermost in.
type rrRow struct {
	groups []string
	cells  []string
	odd    bool // holds something else than texts and numbers
}

// rrAnswer is a document as it was read.
type rrAnswer struct {
	fields     []rrColumn // with labels
	dataFields []string   // expressions of all cells of a row
	rows       []rrRow
	problem    string // what the service answers instead
}

// columns says what each cell of a row is. Without DataFields a row may have a leading cell that Fields does not name:
// the bib.
func (a *rrAnswer) columns() ([]rrColumn, *FileError) {
	switch {
	case a.problem != "":
		return nil, &FileError{
			Reason: "this is no list, but an error that RACE RESULT answered: " + quote(a.problem),
			Fix:    "check the address and the key of the list, and fetch it again",
		}
	case len(a.dataFields) == 0 && len(a.fields) == 0:
		return nil, &FileError{
			Reason: "this is JSON, but no list of RACE RESULT: neither DataFields nor Fields names the columns",
			Fix:    "give the answer of a RACE RESULT list, or export the results as CSV",
		}
	}
	if len(a.dataFields) > 0 {
		return a.labelled(), nil
	}
	columns := slices.Clone(a.fields)
	switch extra := a.width() - len(columns); {
	case len(a.rows) == 0 || extra == 0:
	case extra == 1:
		columns = append([]rrColumn{{expression: "BIB", unnamed: true}}, columns...)
	default:
		return nil, &FileError{
			Reason: "the rows have " + strconv.Itoa(a.width()) + " cells, and Fields names " + strconv.Itoa(len(columns)),
			Fix:    "give an answer with DataFields, or export the results as CSV",
		}
	}
	return withRoles(columns), nil
}

// labelled gives DataFields the labels of the Fields with the same expressions.
func (a *rrAnswer) labelled() []rrColumn {
	labels := make(map[string]string, len(a.fields))
	for _, f := range a.fields {
		if _, again := labels[f.expression]; !again {
			labels[f.expression] = f.label
		}
	}
	var columns []rrColumn
	for _, expression := range a.dataFields {
		columns = append(columns, rrColumn{expression: expression, label: labels[expression]})
	}
	return withRoles(columns)
}

// width is the number of cells that most of the first rows have.
func (a *rrAnswer) width() int {
	counts, best := map[int]int{}, 0
	for _, r := range a.rows[:min(len(a.rows), 1000)] {
		n := len(r.cells)
		if counts[n]++; counts[n] > counts[best] {
			best = n
		}
	}
	return best
}

// withRoles says what the columns are for. What a person called a column is believed first.
func withRoles(columns []rrColumn) []rrColumn {
	for i := range columns {
		c := &columns[i]
		own := expressionRole(c.expression)
		c.label = translated(c.label)
		c.role = headerRole(c.label)
		switch {
		case strings.EqualFold(c.expression, "BIB"):
			c.role = bibRole
		case strings.EqualFold(c.expression, "ID"):
			c.role = otherRole // counts athletes; is often equal to the bib
		case strings.TrimSpace(c.label) == "":
			c.role = own
		case c.role == timeRole && (own == chipRole || own == gunRole):
			c.role = own
		case c.role == noRole && own.isTime() && !numberedTime(c.expression) && !strings.ContainsAny(c.label, "0123456789"):
			c.role = own
		case c.role == noRole && (own == statusRole || own == placeRole):
			c.role = own
		}
	}
	return columns
}

// translated chooses among the translations of a label, {DE:Zeit|EN:Time}, the first one that we know.
func translated(label string) string {
	inside, ok := strings.CutPrefix(strings.TrimSpace(label), "{")
	if !ok || !strings.HasSuffix(inside, "}") {
		return label
	}
	var texts []string
	for text := range strings.SplitSeq(strings.TrimSuffix(inside, "}"), "|") {
		if language, own, ok := strings.Cut(text, ":"); ok && len(language) == 2 {
			text = own
		}
		texts = append(texts, text)
	}
	known := slices.IndexFunc(texts, func(text string) bool { return headerRole(text) != noRole })
	return texts[max(known, 0)]
}

// expressionRole reads an expression of RACE RESULT. Numbered times are results or splits that the timer defined; only
// a label can say more.
func expressionRole(expression string) role {
	name := innermost(expression)
	switch lower := strings.ToLower(strings.TrimRight(name, "0123456789")); {
	case lower == "status" || lower == "statustext":
		return statusRole
	case lower == "time" || lower == "timetext":
		return timeRole
	case showsStatus(expression) && !headerRole(name).isTime(),
		strings.HasSuffix(lower, "rank") || strings.HasPrefix(lower, "autorank") || lower == "rank":
		return placeRole
	}
	return headerRole(name)
}

// numberedTime reports TIME1, TIME2, … Where a person called it something that we do not know it may be a split.
func numberedTime(expression string) bool {
	name := strings.ToLower(innermost(expression))
	field := strings.TrimRight(name, "0123456789")
	return field != name && (field == "time" || field == "timetext")
}

// showsStatus reports a function that shows the status where there is no value: WithStatus([Rank]), MitStatus,
// OuStatut.
func showsStatus(expression string) bool {
	function, _, ok := strings.Cut(strings.ToLower(expression), "(")
	return ok && strings.Contains(function, "statu")
}

// innermost is the field inside functions of one argument: TimeOrStatus([ChipTime]) shows ChipTime. An expression with
// conditions is itself.
func innermost(expression string) string {
	open, end := strings.IndexByte(expression, '['), strings.LastIndexByte(expression, ']')
	if open < 0 || end < open || strings.ContainsAny(expression[open+1:end], "[]") {
		return expression
	}
	function, _, _ := strings.Cut(expression[:open], "(")
	if strings.EqualFold(function, "iif") || strings.EqualFold(function, "if") {
		return expression
	}
	return expression[open+1 : end]
}

// chooseBib leaves one bib column where several say the same in every row. A cell in front of a list that names its
// bibs itself counts something else.
func (a *rrAnswer) chooseBib(columns []rrColumn, rules *Rules) {
	at := columnsOf(columns, func(r role) bool { return r == bibRole })
	if rules.Columns.Bib != "" || len(at) < 2 {
		return
	}
	if columns[at[0]].unnamed && slices.ContainsFunc(columns[1:], func(c rrColumn) bool { return strings.EqualFold(c.expression, "BIB") }) {
		columns[at[0]].role = otherRole
		at = at[1:]
	}
	for _, other := range at[1:] {
		if a.all(func(cells []string) bool { return plainBib(cells[at[0]]) == plainBib(cells[other]) }, len(columns)) {
			columns[other].role = otherRole
		}
	}
}

// chooseTime leaves one time column where several say the same. The one that also shows the status is the result of the
// list. Two clocks stay two: they may be equal so far.
func (a *rrAnswer) chooseTime(columns []rrColumn, rules *Rules) {
	at := columnsOf(columns, role.isTime)
	clocks := columnsOf(columns, func(r role) bool { return r == chipRole || r == gunRole })
	if rules.Columns.Time != "" || rules.Clock != "" || len(at) < 2 || len(clocks) > 1 {
		return
	}
	best := at[0]
	shows := slices.IndexFunc(at, func(i int) bool {
		return strings.Contains(strings.ToLower(columns[i].expression), "status")
	})
	if shows >= 0 {
		best = at[shows]
	}
	for _, other := range at {
		if other != best && a.sameTimes(best, other, len(columns), shows >= 0) {
			columns[other].role = otherRole
		}
	}
}

// sameTimes reports whether two columns never contradict one another as times, and whether any row confirms it where
// nothing else does.
func (a *rrAnswer) sameTimes(one, other, width int, confirmed bool) bool {
	return a.all(func(cells []string) bool {
		x, y := readTime([]byte(cells[one])), readTime([]byte(cells[other]))
		both := x.kind == clearTime && y.kind == clearTime
		confirmed = confirmed || both
		return !both || x.hundredths == y.hundredths
	}, width) && confirmed
}

func (a *rrAnswer) all(holds func(cells []string) bool, width int) bool {
	return !slices.ContainsFunc(a.rows, func(r rrRow) bool { return len(r.cells) == width && !holds(r.cells) })
}

func columnsOf(columns []rrColumn, wanted func(role) bool) []int {
	var at []int
	for i, c := range columns {
		if wanted(c.role) {
			at = append(at, i)
		}
	}
	return at
}

// sheet makes a table of the rows, with the groups behind the cells, and behind them what places and groups say about
// the status.
func (a *rrAnswer) sheet(columns []rrColumn, rules *Rules, k *kept) *sheet {
	depth := 0
	for _, r := range a.rows {
		depth = max(depth, len(r.groups))
	}
	var headings []string
	var roles []role
	for _, c := range columns {
		headings, roles = append(headings, c.heading()), append(roles, c.role)
	}
	for i := range depth {
		headings, roles = append(headings, "Group "+strconv.Itoa(i+1)), append(roles, noteRole)
	}
	for i, notes := 0, 0; i < len(roles); i++ {
		if roles[i] != placeRole && roles[i] != noteRole {
			continue
		}
		if notes++; notes >= maxNotes {
			roles[i] = otherRole // the last column speaks for it
		}
	}
	headings, roles = append(headings, "Place or group"), append(roles, noteRole)
	s := newSheet(0, headings...)
	s.roles = roles
	for i, r := range a.rows {
		if len(r.cells) != len(columns) || r.odd {
			s.hold(i+1, "", "cells out of place: this row has "+strconv.Itoa(len(r.cells))+", the list "+strconv.Itoa(len(columns))+fixTorn)
			continue
		}
		cells := make([]string, 0, len(headings))
		for j, c := range columns {
			cells = append(cells, c.plain(r.cells[j], rules.Columns.Time == strconv.Itoa(j+1)))
		}
		cells = append(cells, r.groups...)
		cells = append(cells, make([]string, depth-len(r.groups))...)
		s.add(i+1, append(cells, a.standing(r, columns))...)
		for j, cell := range r.cells {
			k.wrote(i+1, j, cell)
		}
	}
	return s
}

// named lets a person name a column by its expression as well as by its label.
func named(rules *Rules, columns []rrColumn) *Rules {
	r := *rules
	number := func(name string) string {
		for i, c := range columns {
			if name != "" && strings.EqualFold(strings.TrimSpace(c.expression), strings.TrimSpace(name)) {
				return strconv.Itoa(i + 1)
			}
		}
		return name
	}
	r.Columns = Columns{Bib: number(r.Columns.Bib), Time: number(r.Columns.Time), Status: number(r.Columns.Status)}
	r.Where = nil
	for name, value := range rules.Where {
		if r.Where == nil {
			r.Where = make(map[string]string, len(rules.Where))
		}
		r.Where[number(name)] = value
	}
	return &r
}
