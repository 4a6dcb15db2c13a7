package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// header is a row of a table as if it were the headings of its columns.
type header struct {
	texts []string // as they stand in the file, trimmed
	roles []role
	known int // how many say something to us
}

// readHeader looks every cell up.
func (d *decoded) readHeader(rec *record) header {
	h := header{texts: make([]string, 0, len(rec.cells)), roles: make([]role, 0, len(rec.cells))}
	for i := range rec.cells {
		text := strings.Join(strings.Fields(d.text(rec.trimmed(i), rec.bytes)), " ")
		r := headerRole(text)
		if r != noRole {
			h.known++
		}
		h.texts = append(h.texts, text)
		h.roles = append(h.roles, r)
	}
	return h
}

// couldHead is a quick look at a row: a header has more than one filled cell, and no time among them.
func couldHead(rec *record) bool {
	filled := 0
	for i := range rec.cells {
		b := trim(rec.raw(i))
		if len(b) == 0 {
			continue
		}
		filled++
		if bytes.IndexByte(b, ':') > 0 && readTime(b).kind == clearTime {
			return false
		}
	}
	return filled >= 2
}

// is reports whether any column has the role.
func (h *header) is(wanted func(role) bool) bool {
	return slices.ContainsFunc(h.roles, wanted)
}

// filled returns the headings that are not blank.
func (h *header) filled() []string {
	var out []string
	for _, t := range h.texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// columnNumber reads a 1-based column number that a person gave; the result counts from 0.
func columnNumber(name string) (int, bool) {
	name = strings.TrimSpace(name)
	if !digits([]byte(name)) {
		return 0, false
	}
	n, err := strconv.Atoi(name)
	return n - 1, err == nil && n > 0
}

// find returns the column that a person named by its heading or number.
func (h *header) find(name string) (int, *FileError) {
	if n, ok := columnNumber(name); ok {
		return n, nil
	}
	found := -1
	for i, t := range h.texts {
		if !strings.EqualFold(t, strings.Join(strings.Fields(name), " ")) {
			continue
		}
		if found >= 0 {
			return -1, &FileError{
				Reason: "two columns are headed " + quote(t),
				Fix:    "give the column's number instead: " + strconv.Itoa(found+1) + " or " + strconv.Itoa(i+1),
			}
		}
		found = i
	}
	if found < 0 {
		return -1, &FileError{
			Reason: "no column is headed " + quote(name),
			Fix:    "name one of: " + list(h.filled()),
		}
	}
	return found, nil
}

// has reports whether a column that a person named can be found.
func (h *header) has(name string) bool {
	n, err := h.find(name)
	return err == nil && n < len(h.texts)
}

// satisfies reports whether the row is the header that the rules need: a bib word or the named bib column, and the
// same for the time.
func (h *header) satisfies(rules *Rules) bool {
	if _, number := columnNumber(rules.Columns.Bib); number {
		if _, both := columnNumber(rules.Columns.Time); both {
			return h.known >= 2
		}
	}
	return h.offers(rules.Columns.Bib, role.isBib) && h.offers(rules.Columns.Time, role.isTime)
}

func (h *header) offers(named string, wanted func(role) bool) bool {
	if named != "" {
		return h.has(named)
	}
	return h.is(wanted)
}

// bibColumn chooses the bib by the rank of the words: "Bib" before "No".
func (h *header) bibColumn(named string) (int, *FileError) {
	if named != "" {
		return h.find(named)
	}
	for _, rank := range []role{bibRole, numberRole} {
		at := h.columnsOf(func(r role) bool { return r == rank })
		if len(at) == 1 {
			return at[0], nil
		}
		if len(at) > 1 {
			return -1, h.twoColumns("bib", at)
		}
	}
	return -1, h.noColumn("bib")
}

// timeColumn chooses the time. other is the column of the other clock, or -1.
func (h *header) timeColumn(rules *Rules) (at, other int, err *FileError) {
	if rules.Columns.Time != "" {
		if at, err = h.find(rules.Columns.Time); err != nil {
			return -1, -1, err
		}
		return at, h.otherClock(at), nil
	}
	chips := h.columnsOf(func(r role) bool { return r == chipRole })
	guns := h.columnsOf(func(r role) bool { return r == gunRole })
	times := h.columnsOf(func(r role) bool { return r == timeRole })
	times = h.withoutSeconds(h.withoutLegs(h.withoutTimesOfDay(times)))
	doubts := h.columnsOf(func(r role) bool { return r == doubtRole })
	switch {
	case rules.Clock == "chip" && len(chips)+len(guns) > 0:
		return h.clockColumn("chip", chips, append(guns, times...))
	case rules.Clock == "gun" && len(chips)+len(guns) > 0:
		return h.clockColumn("gun", guns, append(chips, times...))
	case len(chips) == 1 && len(guns) == 1 && len(times) == 0:
		return -1, -1, h.twoClocks(guns[0], chips[0])
	}
	all := slices.Concat(guns, chips, times)
	switch {
	case len(all) == 1 && len(doubts) > 0:
		return -1, -1, h.twoColumns("time", append(all, doubts...))
	case len(all) == 1:
		return all[0], -1, nil
	case len(all) == 0:
		return -1, -1, h.noColumn("time")
	case len(chips) == 1 && len(guns) == 1:
		return -1, -1, h.twoClocks(guns[0], chips[0])
	}
	return -1, -1, h.twoColumns("time", all)
}

// otherClock returns a gun or chip column beside the one that a person named, or -1.
func (h *header) otherClock(named int) int {
	for _, i := range h.columnsOf(func(r role) bool { return r == chipRole || r == gunRole }) {
		if i != named {
			return i
		}
	}
	return -1
}

// withoutTimesOfDay leaves out "Finish" where a column gives the start as well and another one the time between them.
func (h *header) withoutTimesOfDay(times []int) []int {
	if !h.is(func(r role) bool { return r == startRole }) {
		return times
	}
	return slices.DeleteFunc(times, func(i int) bool {
		switch strings.Join(headerTokens(h.texts[i]), "") {
		case "finish", "finishtime", "ziel", "zielzeit", "arrivee", "arrivo", "llegada", "maal", "mal", "maltid":
			return true
		}
		return false
	})
}

// withoutLegs leaves out the run where other columns give the swim or the ride before it.
func (h *header) withoutLegs(times []int) []int {
	if !slices.ContainsFunc(h.texts, func(t string) bool {
		return slices.ContainsFunc(headerTokens(t), func(w string) bool { return otherLegs[w] })
	}) {
		return times
	}
	return slices.DeleteFunc(times, func(i int) bool {
		words := headerTokens(h.texts[i])
		return slices.Contains(words, "run") || slices.Contains(words, "running") || runLegs[strings.Join(words, "")]
	})
}

// withoutSeconds leaves out "Time (s)" beside a time that is written out: it is the same time for a computer.
func (h *header) withoutSeconds(times []int) []int {
	bare := func(i int) bool {
		words := headerTokens(h.texts[i])
		last := words[len(words)-1]
		return len(words) == 2 && (last == "s" || last == "sec")
	}
	if len(times) < 2 || !slices.ContainsFunc(times, func(i int) bool { return !bare(i) }) {
		return times
	}
	return slices.DeleteFunc(times, bare)
}

// clockColumn is the column of the clock that a person chose.
func (h *header) clockColumn(clock string, own, others []int) (at, other int, err *FileError) {
	switch {
	case len(own) > 1:
		return -1, -1, h.twoColumns("time", own)
	case len(own) == 0:
		return -1, -1, &FileError{
			Reason: "this export has no column that says it is the " + clock + " time, only " + list(h.named(others)),
			Fix:    "name the column: [race.columns] time = …",
		}
	case len(others) == 0:
		return own[0], -1, nil
	}
	return own[0], others[0], nil
}

func (h *header) columnsOf(wanted func(role) bool) []int {
	var at []int
	for i, r := range h.roles {
		if wanted(r) {
			at = append(at, i)
		}
	}
	return at
}

func (h *header) named(columns []int) []string {
	var names []string
	for _, i := range columns {
		names = append(names, h.texts[i])
	}
	return names
}

func (h *header) twoClocks(gun, chip int) *FileError {
	return &FileError{
		Reason:  "this export has " + clean(h.texts[gun]) + " and " + clean(h.texts[chip]),
		Fix:     `set clock = "gun" or clock = "chip"`,
		Choices: []Choice{h.choice(gun, `clock = "gun"`), h.choice(chip, `clock = "chip"`)},
		Key:     "clock", Values: []string{"gun", "chip"},
	}
}

func (h *header) twoColumns(what string, at []int) *FileError {
	var names, values []string
	var choices []Choice
	for _, i := range at {
		names = append(names, h.texts[i]+" (column "+strconv.Itoa(i+1)+")")
		choices = append(choices, h.choice(i, h.key(what, i)))
		values = append(values, h.spelled(i))
	}
	return &FileError{
		Reason:  "more than one column could be the " + what + ": " + list(names),
		Fix:     "name the right one: [race.columns] " + what + " = …",
		Choices: choices,
		Key:     "columns." + what, Values: values,
	}
}

// spelled is how a person names a column: by its heading, or by its number where another one has the same.
func (h *header) spelled(column int) string {
	if at, err := h.find(h.texts[column]); err == nil && at == column {
		return h.texts[column]
	}
	return strconv.Itoa(column + 1)
}

func (h *header) noColumn(what string) *FileError {
	reason := "no " + what + " column among " + list(h.filled())
	switch {
	case what == "bib" && h.is(func(r role) bool { return r == placeRole }):
		reason += " (a place is not a bib)"
	case what == "time":
		reason += " (a start list?)"
	}
	return &FileError{Reason: reason, Fix: "name it: [race.columns] " + what + " = …", Key: "columns." + what}
}

// missing says why a row that looks like a header is not the one that is needed.
func (h *header) missing(rules *Rules) *FileError {
	for _, name := range []string{rules.Columns.Bib, rules.Columns.Time} {
		if name == "" {
			continue
		}
		if _, err := h.find(name); err != nil {
			return err
		}
	}
	if _, err := h.bibColumn(rules.Columns.Bib); err != nil {
		return err
	}
	_, _, err := h.timeColumn(rules)
	return err
}

// teamTitle reports a line with one filled cell in which a word for teams stands, such as "Team Results".
func (d *decoded) teamTitle(rec *record) bool {
	filled := 0
	var title []byte
	for i := range rec.cells {
		if b := rec.trimmed(i); len(b) > 0 {
			title = b
			filled++
		}
	}
	return filled == 1 && slices.ContainsFunc(headerTokens(d.text(title, rec.bytes)), teamWord)
}

func teamWord(w string) bool {
	for _, stem := range []string{"team", "mannschaft", "equipe", "equipo", "squadr", "joukkue", "druzyn", "druzst"} {
		if strings.HasPrefix(w, stem) {
			return true
		}
	}
	return false
}

// ofTeams refuses a table below a title about teams that has teams and no people: its "No" may count the runners of a team.
func (s *schema) ofTeams(rules *Rules) *FileError {
	h := &s.header
	if rules.Columns.Bib != "" || h.roles[s.bib] != numberRole {
		return nil
	}
	teams := false
	for i, t := range h.texts {
		team := slices.ContainsFunc(headerTokens(t), teamWord)
		if !team && i != s.bib && textColumn(t) {
			return nil
		}
		teams = teams || team
	}
	if !teams {
		return nil
	}
	return &FileError{
		Reason: "a table of teams stands first, and " + quote(h.texts[s.bib]) + " may be a team's number or how many it has",
		Fix:    "if these are the results, say so: [race.columns] bib = …; if not, export the runners alone",
		Key:    "columns.bib", Values: []string{h.texts[s.bib]},
	}
}
