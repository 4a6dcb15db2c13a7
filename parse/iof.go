package parse

import (
	"encoding/xml"
	"maps"
	"slices"
	"strings"
)

// readIOF reads a ResultList of IOF XML, version 3 (seconds) or 2 (mm:ss). Only the children of a runner's own Result
// count: split times, overall results and courses use the same element names.
func readIOF(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	if err := xmlText(d, rules); err != nil {
		return nil, err
	}
	list := &iofList{}
	if err := walkXML(d.data, list); err != nil {
		return nil, err
	}
	if err := list.refuse(rules); err != nil {
		return nil, err
	}
	s := newSheet(0, "BibNumber", "Time", "Status", "Class", "Race", "ControlCard")
	s.roles = []role{bibRole, timeRole, statusRole, otherRole, otherRole, otherRole}
	s.elapsed = true
	for i, r := range list.results {
		s.add(i+1, r.bib, r.time, r.status, r.class, r.race, r.card)
		d.kept.wrote(i+1, 1, r.written)
	}
	return s.read("iof", d, rules, tail)
}

func recogniseIOF(d *decoded) bool { return xmlRoot(d.data) == "ResultList" }

// iofResult is one Result element as cells of a table.
type iofResult struct {
	bib, time, status, class, race, card string
	written                              string // the time as it stands in the document
	team                                 bool
}

// iofList collects the results of a document.
type iofList struct {
	root    string
	version string
	delta   bool // holds what changed, and nobody else
	class   string
	results []iofResult

	person     int    // how many results there were in front of this runner's
	personBib  string // in front of or behind the results, as some programs write it
	depth      int    // of the Result that is open, else 0
	timeFormat string // version 2
	raceID     string // version 2
}

func (l *iofList) open(path []string, attrs []xml.Attr) {
	name := path[len(path)-1]
	switch {
	case len(path) == 1:
		l.root, l.version = name, l.rootVersion(attrs)
		l.delta = strings.EqualFold(attr(attrs, "status"), "Delta")
	case under(path, "ResultList", "IOFVersion"):
		l.version = attr(attrs, "version")
	case name == "ClassResult":
		l.class = ""
	case name == "PersonResult" || name == "TeamMemberResult":
		l.person, l.personBib = len(l.results), ""
	case name == "RaceResult":
		l.raceID = "?"
	case len(l.results) > maxRecords:
	case l.depth == 0 && name == "Result" && (under(path, "PersonResult", "Result") ||
		under(path, "RaceResult", "Result") || under(path, "TeamMemberResult", "Result")):
		l.depth = len(path)
		l.results = append(l.results, iofResult{
			class: l.class, race: raceNumber(attrs), team: slices.Contains(path, "TeamResult"),
		})
	case l.depth > 0 && len(path) == l.depth+1 && name == "CompetitorStatus":
		l.last().status = attr(attrs, "value")
	case l.depth > 0 && len(path) == l.depth+1 && name == "Time":
		l.timeFormat = attr(attrs, "timeFormat")
	}
}

// rootVersion reads the version 3 attribute or name space. Version 2 has an element for it.
func (l *iofList) rootVersion(attrs []xml.Attr) string {
	if v := attr(attrs, "iofVersion"); v != "" {
		return v
	}
	// The declaration of the name space, with or without a prefix.
	if slices.ContainsFunc(attrs, func(a xml.Attr) bool {
		return (a.Name.Local == "xmlns" || a.Name.Space == "xmlns") && strings.HasSuffix(a.Value, "/datastandard/3.0")
	}) {
		return "3.0"
	}
	return ""
}

func raceNumber(attrs []xml.Attr) string {
	if n := attr(attrs, "raceNumber"); n != "" {
		return n
	}
	return "1"
}

func (l *iofList) last() *iofResult { return &l.results[len(l.results)-1] }

func (l *iofList) close(path []string, text string) {
	name := path[len(path)-1]
	switch {
	case under(path, "ClassResult", "Class", "Name"), under(path, "ClassResult", "ClassShortName"),
		under(path, "ClassResult", "EventClass", "ClassShortName"):
		l.class = text
	case under(path, "PersonResult", "BibNumber"), under(path, "PersonResult", "Person", "BibNumber"):
		l.personBib = text
	case l.depth > 0 && len(path) == l.depth+1:
		l.field(name, text)
	case len(path) == l.depth:
		l.depth = 0
		if l.last().team {
			l.last().status = "a relay leg" // its time may be the leg's or the team's
		}
	case name == "EventRaceId" && slices.Contains(path, "RaceResult"):
		l.raceID = text
	case name == "RaceResult" && len(l.results) > l.person:
		l.last().race = l.raceID
	case name == "PersonResult":
		l.spreadBib()
	}
}

// field is a child of the open Result.
func (l *iofList) field(name, text string) {
	r := l.last()
	switch name {
	case "BibNumber":
		r.bib = text
	case "Time":
		r.time, r.written = l.time(text), text
	case "Status":
		r.status = text
	case "ControlCard", "CCardId":
		r.card = text
	}
}

// time makes clear what a Time says: version 3 has seconds, version 2 says which format where it is not h:mm:ss.
func (l *iofList) time(text string) string {
	format := strings.ToUpper(l.timeFormat)
	l.timeFormat = ""
	switch {
	case strings.HasPrefix(l.version, "3"), format == "SS", format == "S", strings.HasPrefix(format, "SECOND"):
		return secondsText(text)
	case format == "HH:MM" || format == "H:MM":
		return text + " (" + format + ")" // 2:58 is nearly three hours; as a remark it is held
	}
	return text
}

// secondsText writes seconds as h:mm:ss. What is no number stays what it is.
func secondsText(text string) string {
	if readTime([]byte(text)).kind != bareNumber {
		return text
	}
	t := unitTime([]byte(text), "seconds")
	if t.kind != clearTime {
		return text + " s"
	}
	return clockText(t.hundredths, int(t.decimals))
}

// spreadBib gives the runner's own bib to the results without one.
func (l *iofList) spreadBib() {
	for i := range l.results[l.person:] {
		r := &l.results[l.person+i]
		switch {
		case r.bib == "":
			r.bib = l.personBib
		case l.personBib != "" && l.personBib != r.bib:
			r.bib = "" // two bibs are none
		}
	}
}

// refuse says why the list as a whole is no result of single runners in one race.
func (l *iofList) refuse(rules *Rules) *FileError {
	teams, bibs, races := 0, 0, map[string]bool{}
	for _, r := range l.results {
		if r.team {
			teams++
			continue
		}
		races[r.race] = true
		if r.bib != "" {
			bibs++
		}
	}
	switch {
	case l.root != "ResultList":
		return &FileError{Reason: "this is XML, but no IOF result list: " + quote(l.root), Fix: `set format = "auto" or export a ResultList`}
	case len(l.results) > maxRecords:
		return tooLarge()
	case l.delta:
		return &FileError{
			Reason: `this list holds only what has changed (status="Delta"), and everybody else would seem to have vanished`,
			Fix:    "export the whole list",
		}
	case len(l.results) > 0 && teams == len(l.results):
		return &FileError{
			Reason: "this is a result list of relays, and nothing says whether a leg or the team is the result",
			Fix:    "export the results as CSV and name the columns in [race.columns]",
		}
	case (len(races) > 1 || races["?"]) && !filters(rules, "Race"):
		return &FileError{
			Reason: "this list has the results of several races: " + list(slices.Sorted(maps.Keys(races))),
			Fix:    `say which one: [race.where] Race = "…"`,
			Key:    "where.Race", Values: slices.Sorted(maps.Keys(races)),
		}
	case len(races) > 0 && bibs == 0 && rules.Columns.Bib == "":
		return &FileError{
			Reason: "no result has a BibNumber (a control card or a person's number is not a bib)",
			Fix:    `export with bib numbers, or, if the cards are the bibs, name them: [race.columns] bib = "ControlCard"`,
			Key:    "columns.bib", Values: []string{"ControlCard"},
		}
	}
	return nil
}

// filters reports whether the race keeps only some values of a column.
func filters(rules *Rules, column string) bool {
	for name := range rules.Where {
		if strings.EqualFold(strings.TrimSpace(name), column) {
			return true
		}
	}
	return false
}
