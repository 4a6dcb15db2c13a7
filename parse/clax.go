package parse

import (
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
)

// readClax reads a Wiclax event. A result is R/@t, the time that the program shows; @re is another clock, whose
// meaning differs from event to event, and is taken only where a person names it.
func readClax(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	if err := xmlText(d, rules); err != nil {
		return nil, err
	}
	e := &claxEvent{entrants: map[claxBib]claxEntrant{}, named: map[string]bool{}}
	if err := walkXML(d.data, e); err != nil {
		return nil, err
	}
	if err := e.refuse(rules); err != nil {
		return nil, err
	}
	s := newSheet(0, "d", "t", "tr", "re", "p", "ca", "x", "Race", "Category", "Stage")
	s.roles = []role{
		bibRole, timeRole, statusRole, otherRole, otherRole, otherRole, otherRole, otherRole, otherRole, otherRole,
	}
	s.elapsed = true
	shown := e.fractions(func(r claxResult) string { return r.t })
	other := e.fractions(func(r claxResult) string { return r.re })
	for i, r := range e.results {
		who := e.entrant(r.claxBib)
		s.add(i+1, r.bib, shown.clock(r.t), r.status(), other.clock(r.re), who.race, who.category, who.sex, who.race,
			who.category, e.stages[r.stage])
		d.kept.wrote(i+1, 1, r.t)
		if r.tr != "" {
			d.kept.wrote(i+1, 2, r.tr)
		}
		d.kept.wrote(i+1, 3, r.re)
	}
	return s.read("clax", d, rules, tail)
}

func recogniseClax(d *decoded) bool { return xmlRoot(d.data) == "Epreuve" }

// claxBib is a bib of one stage. Results that stand outside any stage are of stage 0.
type claxBib struct {
	stage int
	bib   string
}

type claxEntrant struct{ race, category, sex string }

// claxResult is one R element.
type claxResult struct {
	claxBib
	t, tr, re string
}

// claxEvent collects entrants and results, which stand apart.
type claxEvent struct {
	root     string
	stages   []string // by number; the first is outside of any
	named    map[string]bool
	entrants map[claxBib]claxEntrant
	results  []claxResult
}

func (e *claxEvent) open(path []string, attrs []xml.Attr) {
	switch {
	case len(path) == 1:
		e.root, e.stages = path[0], []string{""}
	case under(path, "Epreuve", "Etapes", "Etape"):
		e.beginStage(attr(attrs, "nom"))
	case max(len(e.results), len(e.entrants), len(e.stages)) > maxRecords:
	case inStage(path, "Engages", "E"):
		e.entrants[claxBib{e.stage(path), attr(attrs, "d")}] = claxEntrant{
			race: attr(attrs, "p"), category: attr(attrs, "ca"), sex: attr(attrs, "x"),
		}
	case inStage(path, "Resultats", "R"):
		e.results = append(e.results, claxResult{
			claxBib: claxBib{e.stage(path), attr(attrs, "d")},
			t:       attr(attrs, "t"), tr: attr(attrs, "tr"), re: attr(attrs, "re"),
		})
	}
}

func (e *claxEvent) close([]string, string) {}

// inStage reports whether a path ends in these names right below a stage or the event. Elsewhere the same names mean
// something else: penalties, printed lists, teams.
func inStage(path []string, names ...string) bool {
	return under(path, names...) && (len(path) == 3 || under(path[:len(path)-2], "Epreuve", "Etapes", "Etape"))
}

func (e *claxEvent) stage(path []string) int {
	if slices.Contains(path, "Etape") {
		return len(e.stages) - 1
	}
	return 0
}

// beginStage names a stage as the event does, or by its number where it has no name or shares it with another.
func (e *claxEvent) beginStage(name string) {
	if name == "" || e.named[name] {
		name = "stage " + strconv.Itoa(len(e.stages))
	}
	for e.named[name] {
		name += "'"
	}
	e.named[name] = true
	e.stages = append(e.stages, name)
}

// entrant looks a bib up in its stage, then among those of the whole event.
func (e *claxEvent) entrant(bib claxBib) claxEntrant {
	if who, ok := e.entrants[bib]; ok {
		return who
	}
	return e.entrants[claxBib{0, bib.bib}]
}

// refuse says why the event as a whole is not the results of one stage.
func (e *claxEvent) refuse(rules *Rules) *FileError {
	if e.root != "Epreuve" {
		return &FileError{Reason: "this is XML, but no Wiclax event: " + quote(e.root), Fix: `set format = "auto" or give the .clax file`}
	}
	var stages []string
	clocks := false
	for _, r := range e.results {
		clocks = clocks || r.re != ""
		if name := e.stages[r.stage]; !slices.Contains(stages, name) && len(stages) <= maxStages {
			stages = append(stages, name)
		}
	}
	switch {
	case max(len(e.results), len(e.entrants), len(e.stages)) > maxRecords:
		return tooLarge()
	case len(stages) > 1 && !filters(rules, "Stage"):
		return &FileError{
			Reason: "this event has results of several stages: " + list(stages),
			Fix:    `say which one: [race.where] Stage = "…"`,
			Key:    "where.Stage", Values: stages,
		}
	case clocks && rules.Clock != "" && rules.Columns.Time == "":
		return &FileError{
			Reason: "this event has the times t and re, and does not say which one is the " + rules.Clock + " time",
			Fix:    `set clock = "" for t, the time that Wiclax shows, or name one: [race.columns] time = "t" or "re"`,
		}
	}
	return nil
}

// maxStages bounds the search for further stages; nobody reads the names of more.
const maxStages = 100

// status says what t and tr say besides a time. Of the codes two are known: 4 is a withdrawal, 5 a disqualification.
func (r claxResult) status() string {
	words := ""
	if readTime([]byte(claxClock(r.t, true))).kind == notATime {
		words = r.t
	}
	code := map[string]string{"4": "Withdrawal", "5": "Disqualified"}[r.tr]
	said := statusOf(words)
	switch {
	case r.tr == "" || r.tr == "0":
		return words
	case words == "" && r.t != "":
		return "tr " + r.tr + " beside a time"
	case words == "" && code == "":
		return "tr " + r.tr
	case words == "" || said.verdict == unknownWord && code != "":
		return code
	case code != "" && said != statusOf(code):
		return "tr " + r.tr + " beside " + words
	}
	return words
}

// claxForm says what the digits behind a comma are.
type claxForm uint8

const (
	noFractions  claxForm = iota
	milliseconds          // without zero padding: 45,88 is 45.088
	decimals              // as many in every time: they are what they look like
	unclear               // one or two digits, and too few rows to tell
)

// fractions looks at all times of one clock: the other may be written with other decimals. Milliseconds without padding have three digits in nine rows of ten; the
// same one or two digits in several rows are tenths or hundredths.
func (e *claxEvent) fractions(clock func(claxResult) string) claxForm {
	var rows [4]int
	for _, r := range e.results {
		if _, digits, ok := claxFraction(clock(r)); ok && len(digits) <= 3 {
			rows[len(digits)]++
		}
	}
	const enough = 5 // of 0 to 999 one in eleven has two digits; five and no other happen in no event of a hundred thousand
	switch {
	case rows[3] > 0:
		return milliseconds
	case rows[1]+rows[2] == 0:
		return noFractions
	case rows[1] >= enough && rows[2] == 0 || rows[2] >= enough && rows[1] == 0:
		return decimals
	}
	return unclear
}

// claxFraction cuts the digits behind the comma off.
func claxFraction(text string) (whole, digits string, ok bool) {
	whole, digits, ok = strings.Cut(text, ",")
	return whole, digits, ok && strings.ContainsAny(whole, "h'")
}

// clock writes a time so that it means the same to the rules of delimited text.
func (f claxForm) clock(text string) string {
	whole, digits, ok := claxFraction(text)
	switch {
	case !ok:
		return text
	case f == unclear:
		return text + " (milliseconds or decimals?)"
	}
	return claxClock(whole+","+digits, f == milliseconds)
}

// claxClock pads milliseconds with noughts.
func claxClock(text string, padded bool) string {
	whole, digits, ok := claxFraction(text)
	if !ok || !padded || len(digits) == 0 || len(digits) > 3 {
		return text
	}
	return whole + "," + strings.Repeat("0", 3-len(digits)) + digits
}
