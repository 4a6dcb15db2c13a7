package parse

import (
	"slices"
	"strings"
)

// Several races may stand in one table: 5K and 10K in a column "Race", or under lines that say so. The first result of the
// file says which race it is; rows of another distance are held, because nobody said that they belong here. Names that
// are no distances, such as "Men", "Wave 2" or a club, say nothing.

// maxRaces bounds the columns that are looked at.
const maxRaces = 3

// raceColumn is a column that may say which race a row belongs to.
type raceColumn struct {
	column int
	bare   bool // headed as a distance: 10 is ten kilometres

	first string // the cell of the first result that says a distance, as bytes of the file
	began distance
	known [256]seenDistance
}

// raceColumns finds the columns that may tell races apart and that the rules do not decide about.
func (s *schema) raceColumns(rules *Rules) {
	if rules.Mixed {
		return
	}
	s.races = s.undecided(raceRole)
}

// undecided returns the columns of a role that the rules neither read nor filter by: the first few.
func (s *schema) undecided(wanted role) []int {
	at := s.header.columnsOf(func(r role) bool { return r == wanted })
	at = slices.DeleteFunc(at, func(i int) bool {
		return i == s.bib || i == s.time || i == s.status ||
			slices.ContainsFunc(s.where, func(f filter) bool { return f.column == i })
	})
	return at[:min(len(at), maxRaces)]
}

// onCourse says that a row was taken at another point than the finish, or nothing.
func (t *table) onCourse(rec *record) string {
	for _, i := range t.schema.sites {
		b := t.cell(rec, i)
		if len(b) == 0 {
			continue
		}
		at := t.text(b, rec.bytes)
		point := slices.ContainsFunc(headerTokens(at), func(w string) bool { return pointWords[w] })
		if saysFinish(at) || !point && measuredDistance(strings.ToLower(at), false) <= 0 {
			continue
		}
		name := t.schema.nameOf(i)
		return "taken at another point than the finish: " + name + " is " + quote(at) +
			"; set [race.where] " + name + ` = "Finish" or whatever it is called`
	}
	return ""
}

// pointWords are in the names of points on a course.
var pointWords = map[string]bool{
	"start": true, "split": true, "mat": true, "cp": true, "checkpoint": true, "halfway": true, "turnaround": true,
}

// distanceWords are beginnings of headings under which a number without a unit is a distance.
var distanceWords = []string{"dist", "strecke", "afstand", "matka", "dystans", "trat", "tavolsag", "дистанц"}

func (s *schema) raceColumn(i int) raceColumn {
	heading := strings.Join(headerTokens(s.header.texts[i]), "")
	bare := slices.ContainsFunc(distanceWords, func(w string) bool { return strings.HasPrefix(heading, w) })
	return raceColumn{column: i, bare: bare}
}

// elsewhere says that a row belongs to another race, or to another point than the finish, or nothing.
func (t *table) elsewhere(rec *record) string {
	other := t.otherRace(rec)
	if other == "" && len(t.schema.sites) > 0 {
		other = t.onCourse(rec)
	}
	return other
}

// otherRace says why a row does not belong to the race with which the file began, or nothing.
func (t *table) otherRace(rec *record) string {
	if other := t.otherColumn(rec); other != "" {
		return other
	}
	t.section.begun = true
	if t.section.other == "" {
		return ""
	}
	return "another race: the line above says " + quote(t.section.other) + ", and this file began with " + quote(t.section.first) +
		"; export each race into a file of its own"
}

// otherColumn is otherRace by the columns.
func (t *table) otherColumn(rec *record) string {
	for i := range t.races {
		c := &t.races[i]
		b := t.cell(rec, c.column)
		if len(b) == 0 || string(b) == c.first {
			continue
		}
		d := c.read(t, b, rec)
		switch {
		case d == 0:
		case c.began == 0:
			c.first, c.began = string(b), d
		case !d.same(c.began):
			name := t.schema.nameOf(c.column)
			first := quote(t.text([]byte(c.first), rec.bytes))
			return "another race: " + name + " is " + quote(t.text(b, rec.bytes)) + ", and this file began with " + first +
				"; set [race.where] " + name + " = " + first + `, or = "*" to take all`
		}
	}
	return ""
}

// read reads the distance of a cell. Nearly all rows say one of a few, which are remembered where they were met last.
func (c *raceColumn) read(t *table, b []byte, rec *record) distance {
	slot := uint32(len(b))
	for _, x := range b[:min(len(b), 12)] {
		slot = slot*31 + uint32(x)
	}
	seen := &c.known[slot%uint32(len(c.known))]
	if seen.text == string(b) {
		return seen.distance
	}
	d := distanceOf(t.text(b, rec.bytes), c.bare)
	if ascii(b) {
		seen.text, seen.distance = string(b), d
	}
	return d
}

// seenDistance is a cell that was read before. Nothing is never asked for, so that the zero value is no entry.
type seenDistance struct {
	text     string
	distance distance
}

// section is what lines between the rows say about the race below them.
type section struct {
	first string // the race with which the file began
	began distance
	begun bool   // there was a result
	other string // the race of the rows below, where it is another one
}

// title looks at a line with one filled cell: "10 km" above the rows of that race.
func (t *table) title(rec *record) {
	if t.rules.Mixed || len(t.rules.Where) > 0 {
		return
	}
	var only []byte
	for i := range rec.cells {
		if b := trim(rec.raw(i)); len(b) > 0 {
			if only != nil {
				return
			}
			only = b
		}
	}
	if !mayBeDistance(only) {
		return
	}
	s := &t.section
	text := t.text(only, rec.bytes)
	d := distanceOf(text, false)
	switch {
	case d == 0 || strings.Contains(text, ":"):
	case !s.begun:
		s.first, s.began = text, d
	case s.began > 0 && !d.same(s.began):
		s.other = text
	case s.began > 0:
		s.other = ""
	}
}
