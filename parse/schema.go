package parse

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// schema says which column is what. It is decided once, from the first lines of a file, and never again: what stands
// further down cannot change how the rows above it were read.
type schema struct {
	delim  byte
	width  int // cells of the header, or of the first row where there is none
	line   int // of the header, 0 where there is none
	header header

	bib, time int
	other     int   // a second clock beside the chosen one, or -1
	status    int   // a column of which every word counts, or -1
	notes     []int // columns that may hold a status: places, remarks
	flags     []int // nc, dnf, dns, dq, finished
	where     []filter
	races     []int // columns that tell races apart, about which no rule decides
	sites     []int // columns that may name a point on the course, about which no rule decides

	elapsed bool // the header rules out times of day
	named   bool // columns were given by number
	columns Columns
}

// filter is one pair of Rules.Where.
type filter struct {
	column int
	name   string
	value  string
}

// anyValue in Rules.Where takes every row.
const anyValue = "*"

// maxNotes bounds the columns of which each row is searched for a status.
const maxNotes = 12

// headed makes the schema of a table with a header.
func headed(h header, rec *record, rules *Rules, delim byte) (*schema, *FileError) {
	s := &schema{delim: delim, width: widthOf(rec), line: rec.line, header: h, status: -1}
	var err *FileError
	if s.bib, err = h.bibColumn(rules.Columns.Bib); err != nil {
		return nil, err
	}
	if s.time, s.other, err = h.timeColumn(rules); err != nil {
		return nil, err
	}
	if err := s.statusColumns(rules); err != nil {
		return nil, err
	}
	return s, s.finish(rules)
}

// statusColumns finds everything that may say DNF.
func (s *schema) statusColumns(rules *Rules) *FileError {
	if rules.Columns.Status != "" {
		at, err := s.header.find(rules.Columns.Status)
		if err != nil {
			return err
		}
		s.status = at
	}
	for i, r := range s.header.roles {
		switch {
		case i == s.bib || i == s.time || i == s.status:
		case r == statusRole || r == classRole:
			if s.status >= 0 && rules.Columns.Status == "" {
				return s.header.twoColumns("status", []int{s.status, i})
			}
			if s.status < 0 {
				s.status = i
			}
		case (r == placeRole || r == noteRole) && len(s.notes) < maxNotes:
			s.notes = append(s.notes, i)
		case r == ncRole || r == dnfRole || r == dnsRole || r == dqRole || r == finishedRole:
			s.flags = append(s.flags, i)
		}
	}
	return nil
}

// finish checks what does not depend on there being a header, and names the columns.
func (s *schema) finish(rules *Rules) *FileError {
	if s.bib == s.time || s.status >= 0 && (s.status == s.bib || s.status == s.time) {
		return &FileError{Reason: "one column cannot be two things", Fix: "check [race.columns]"}
	}
	for _, name := range slices.Sorted(maps.Keys(rules.Where)) {
		at, err := s.header.find(name)
		if err != nil {
			err.Reason += " (where)"
			return err
		}
		s.where = append(s.where, filter{at, name, strings.TrimSpace(rules.Where[name])})
	}
	if err := s.onePoint(); err != nil {
		return err
	}
	s.raceColumns(rules)
	s.sites = s.undecided(siteRole)
	s.elapsed = s.time < len(s.header.texts) && saysElapsed(s.header.texts[s.time])
	s.columns = Columns{Bib: s.nameOf(s.bib), Time: s.nameOf(s.time), Status: s.nameOf(s.status)}
	return nil
}

// onePoint refuses a list of passings in which nobody said which point is the finish: the first rows of an athlete
// are splits.
func (s *schema) onePoint() *FileError {
	for _, i := range s.header.columnsOf(func(r role) bool { return r == pointRole }) {
		if !slices.ContainsFunc(s.where, func(f filter) bool { return f.column == i }) {
			return severalPoints(s.nameOf(i))
		}
	}
	return nil
}

func severalPoints(heading string) *FileError {
	return &FileError{
		Reason: "the rows of this export are passings at several points (" + heading + ")",
		Fix:    "say which one is the finish: [race.where] " + heading + ` = …, or = "*" where each athlete has one row`,
		Key:    "where." + heading,
	}
}

// passedWords are the headings of columns in which other exports have a time, and lists of passings the name of a point
// or its number.
var passedWords = map[string]bool{"split": true, "leg": true, "lap": true, "point": true, "mat": true, "station": true}

// passedAt returns the heading of a column that says of a row that it is a passing: a split such as "5K", a leg. A lap
// beside a place is how far somebody is.
func (t *table) passedAt(rec *record) string {
	s := t.schema
	for i, text := range s.header.texts {
		word := strings.Join(headerTokens(text), "")
		if !passedWords[word] || word == "lap" && s.hasPlace() || slices.ContainsFunc(s.where, func(f filter) bool { return f.column == i }) {
			continue
		}
		b := t.cell(rec, i)
		kind := readTime(b).kind
		if kind == bareNumber || kind == notATime && statusOf(t.text(b, rec.bytes)).verdict == unknownWord {
			return s.nameOf(i)
		}
	}
	return ""
}

// nameOf returns the heading of a column, or its number from 1 where it has none.
func (s *schema) nameOf(column int) string {
	switch {
	case column < 0:
		return ""
	case column < len(s.header.texts) && s.header.texts[column] != "":
		return clean(s.header.texts[column])
	}
	return strconv.Itoa(column + 1)
}

// roleOf is what the heading of a column says, nothing where there is no heading.
func (s *schema) roleOf(column int) role {
	if column < 0 || column >= len(s.header.roles) {
		return noRole
	}
	return s.header.roles[column]
}

// hasPlace reports whether another column than the bib is headed as a place.
func (s *schema) hasPlace() bool {
	return s.header.is(func(r role) bool { return r == placeRole })
}

// widthOf counts cells up to the last one that is not blank.
func widthOf(rec *record) int {
	n := len(rec.cells)
	for n > 0 && len(trim(rec.raw(n-1))) == 0 {
		n--
	}
	return n
}
