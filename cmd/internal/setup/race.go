package setup

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"finishwatch/parse"
)

// race is one [[race]] as it will be written.
type race struct {
	files []string // patterns
	from  string   // the export that was read
	event string   // eventid
	round int      // 0 for not said
	heat  int
	lynx  *parse.Heat // what its first line says, where it is of FinishLynx

	rules   parse.Rules       // as they will be written
	tried   parse.Rules       // the same with a value for what is open, to see what else is asked
	chips   string            // the chip map, a path below the folder
	remarks map[string]string // why a key was set, by its name
	open    []setting         // keys that a person has to choose
	dated   bool              // a start with its date was tried
	about   []string          // further remarks
	reading *parse.Reading    // nil while something is open
}

// setting is a key that a person has to choose. It is written switched off, but for one without which the export would be
// read: that one has a value under which nothing is.
type setting struct {
	key   string // such as "columns.bib"
	value string // as TOML
	why   string
	on    bool
}

// baseRules are the rules of a [[race]] that says nothing.
func baseRules() parse.Rules {
	return parse.Rules{Format: "auto", Encoding: "auto", Statuses: []parse.Code{parse.DNF, parse.DNS, parse.DQ}}
}

func newRace(file string) *race {
	return &race{files: []string{exact(file)}, from: file, rules: baseRules(), tried: baseRules(), remarks: map[string]string{}}
}

// with is a copy whose rows have this value in a column.
func (r *race) with(column, value string) *race {
	c := *r
	c.rules.Where, c.tried.Where = maps.Clone(r.rules.Where), maps.Clone(r.tried.Where)
	c.remarks, c.open, c.about = maps.Clone(r.remarks), slices.Clone(r.open), slices.Clone(r.about)
	c.set("where."+column, value)
	return &c
}

// maxQuestions bounds how many keys one export may need.
const maxQuestions = 8

// settle reads an export and answers what it asks, until it can be read or a person has to choose. The error says why where
// the file is no export; there are several races where the export holds several.
func (r *race) settle(data []byte, chips []chipMap) ([]*race, error) {
	for range maxQuestions {
		reading, err := parse.Read(data, r.tried, parse.TailStill)
		if err == nil {
			r.reading = reading
			break
		}
		refused, ok := errors.AsType[*parse.FileError](err)
		if !ok || refused.Key == "" || r.asked(refused.Key) {
			if len(r.open) > 0 {
				break
			}
			return nil, err
		}
		if list, err := r.answer(data, refused, chips); list != nil || err != nil {
			return list, err
		}
	}
	switch {
	case len(r.open) > 0:
		r.reading = nil
		return []*race{r}, nil
	case r.reading == nil:
		return nil, errors.New("it leaves too many questions; write a [[race]] for it by hand")
	}
	return r.apart(data, chips)
}

// asked reports whether a key is open and trying a value has not helped.
func (r *race) asked(key string) bool {
	return slices.ContainsFunc(r.open, func(s setting) bool { return s.key == key }) && (key != "start" || r.dated)
}

// maxApart is how many races one export may hold.
const maxApart = 20

// raceWords are headings under which the races of one export have their names, in small letters.
var raceWords = strings.Fields(`race racename event eventname contest contestname distance distancename course coursename
	wettbewerb bewerb strecke streckenname distanz lauf rennen disziplin epreuve parcours distans afstand onderdeel matka sarja
	distancia distanza gara carrera prueba dystans bieg trasa trat zavod`)

// raceColumn is the column that says to which of several races a row belongs.
func (r *race) raceColumn(data []byte) (found parse.Column, ok bool) {
	columns, err := parse.Survey(data, r.rules)
	if err != nil {
		return parse.Column{}, false
	}
	best := len(raceWords)
	for _, c := range columns {
		if _, set := r.rules.Where[c.Name]; set || c.Name == r.reading.Columns.Bib || c.Name == r.reading.Columns.Time {
			continue
		}
		if rank := wordRank(c.Name); rank < best && c.More || rank < best && len(named(c.Values)) > 1 {
			best, found, ok = rank, c, true
		}
	}
	return found, ok
}

func wordRank(heading string) int {
	letters := strings.ToLower(strings.Map(func(r rune) rune {
		if letter.MatchString(string(r)) {
			return r
		}
		return -1
	}, heading))
	for i, w := range raceWords {
		if w == letters {
			return i
		}
	}
	return len(raceWords)
}

// named leaves out the blank.
func named(values []string) (list []string) {
	for _, v := range values {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}

// apart makes one race of each name in the column of the races, where there is one.
func (r *race) apart(data []byte, chips []chipMap) ([]*race, error) {
	column, ok := r.raceColumn(data)
	if !ok {
		r.pin(data)
		return []*race{r}, nil
	}
	values := named(column.Values)
	if !writable(column.Name) || column.Name == "0" {
		return nil, errors.New("it holds several races, and the heading of their column cannot be written; correct it in the timing program")
	}
	if column.More || len(values) > maxApart {
		r.manyRaces(column, values)
		return []*race{r}, nil
	}
	r.remarks["where"] = "column " + column.Name + " names " + counted(len(values), "race", "races") +
		"; rows with another value are not this race"
	if len(values) < len(column.Values) {
		r.remarks["where"] += ", and neither are those with none"
	}
	return r.each(column.Name, values, data, chips)
}

// manyRaces takes no row until somebody says which ones: read as one race, the file would be a wrong result.
func (r *race) manyRaces(column parse.Column, values []string) {
	key, nothing := "where."+column.Name, "CHOOSE"
	why := "column " + column.Name + " names many races, such as " + literal(first(values)) +
		"; write the one of this race, and copy this [[race]] for each further one"
	r.open = append(r.open, setting{key: key, value: literal(nothing), why: why, on: true})
	r.set(key, nothing)
	r.reading = nil
}

// each settles one race for each value of a column.
func (r *race) each(column string, values []string, data []byte, chips []chipMap) ([]*race, error) {
	var list []*race
	skipped := 0
	for _, value := range values {
		c := r.with(column, value)
		c.reading = nil
		if !writable(value) {
			skipped++
			continue
		}
		settled, err := c.settle(data, chips)
		if err != nil {
			return nil, err
		}
		if list = append(list, settled...); len(list) > maxApart {
			return nil, errors.New("it holds more than " + counted(maxApart, "race", "races") + "; write [[race]] tables for it by hand")
		}
	}
	if skipped > 0 && list != nil {
		list[0].about = append(list[0].about, counted(skipped, "further race is", "further races are")+" left out: the name in column "+
			column+" cannot be written; correct it in the timing program")
	}
	if list == nil {
		return nil, errors.New("the names of its races have characters that cannot be written; correct them in the timing program")
	}
	return list, nil
}

// pin writes down what was recognised, where the export is read in the same way then: another kind of export, or one whose
// time comes from another column, is refused then and not taken for these results. A column of bibs is named only where its heading can
// mean nothing else, because naming it ends the doubt whether it holds places.
func (r *race) pin(data []byte) {
	found := r.reading
	if found.Columns == (parse.Columns{}) && len(found.Finishes) == 0 && len(found.Held) == 0 {
		return // nothing in it yet
	}
	headed := found.Columns.Time != "" && !columnNumber.MatchString(found.Columns.Time)
	if found.Format == "csv" && !headed {
		return // other kinds of text without a header look like it
	}
	format := r.rules
	format.Format = found.Format
	pinned := format
	if headed && namesColumns(found.Format) {
		if pinned.Columns.Time == "" && pinned.Clock == "" {
			pinned.Columns.Time = found.Columns.Time
		}
		if pinned.Columns.Status == "" {
			pinned.Columns.Status = found.Columns.Status
		}
		if pinned.Columns.Bib == "" && parse.NamesBib(found.Columns.Bib) {
			pinned.Columns.Bib = found.Columns.Bib
		}
	}
	for _, rules := range []parse.Rules{pinned, format} {
		again, err := parse.Read(data, rules, parse.TailStill)
		if err == nil && writableColumns(rules.Columns) && sameReading(found, again) {
			r.rules, r.tried, r.reading = rules, rules, again
			return
		}
	}
}

// namesColumns reports whether the exports of a format have headings that may differ from one to the next.
func namesColumns(format string) bool {
	return format == "csv" || format == "xlsx" || format == "fixed" || format == "raceresult-json"
}

func writableColumns(c parse.Columns) bool {
	return writable(c.Bib) && writable(c.Time) && writable(c.Status)
}
