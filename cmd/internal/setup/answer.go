package setup

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"finishwatch/parse"
)

// chipMap is a file of chips and bibs that lies in the folder.
type chipMap struct {
	path  string
	chips map[string]parse.Bib
}

// answer takes up the question for which an export was refused: it adds a rule, or leaves the key open for a person. A list
// of races is the answer where the export holds several.
func (r *race) answer(data []byte, q *parse.FileError, chips []chipMap) ([]*race, error) {
	column, isWhere := strings.CutPrefix(q.Key, "where.")
	switch {
	case q.Key == "clock":
		r.clock(data, q)
	case q.Key == "passings.chips":
		r.chipMap(q, chips)
	case q.Key == "start":
		r.start(data, q)
	case isWhere:
		return r.where(data, column, q, chips)
	case len(q.Values) > 0:
		r.choose(data, q)
	case strings.HasPrefix(q.Key, "columns."):
		return nil, r.unheaded(data, q.Key)
	default:
		r.leave(q.Key, "", `""`, q.Error())
	}
	return nil, nil
}

// unheaded asks which column is meant where no heading says it. Only those are shown under which the rows make sense. The
// error is for a file in which none does.
func (r *race) unheaded(data []byte, key string) error {
	const mostColumns, mostBytes = 30, 1 << 20 // each column costs a reading
	what := strings.TrimPrefix(key, "columns.")
	var fits []string
	var shown strings.Builder
	shown.WriteString("no column is headed as the " + what)
	for n := 1; n <= mostColumns && len(data) <= mostBytes; n++ {
		reading := r.trial(data, key, strconv.Itoa(n))
		if makesSense(reading, key) {
			fits = append(fits, strconv.Itoa(n))
			shown.WriteString("; with " + strconv.Itoa(n) + " there is " + rowOf(reading, ""))
		}
	}
	if fits == nil {
		return fmt.Errorf("no column says that it is the %s: a start list, or a heading that is not known; "+
			"if these are results, write a [[race]] with [race.columns]", what)
	}
	r.leave(key, fits[0], fits[0], shown.String())
	return nil
}

// leave keeps a key switched off, and goes on as if it had a value.
func (r *race) leave(key, value, written, why string) {
	r.open = append(r.open, setting{key: key, value: written, why: why})
	put(&r.tried, key, value)
}

// set gives a key of the rules a value.
func (r *race) set(key, value string) {
	put(&r.rules, key, value)
	put(&r.tried, key, value)
}

func put(rules *parse.Rules, key, value string) {
	column, isWhere := strings.CutPrefix(key, "where.")
	switch {
	case isWhere:
		where := maps.Clone(rules.Where)
		if where == nil {
			where = map[string]string{}
		}
		where[column] = value
		rules.Where = where
	case key == "clock":
		rules.Clock = value
	case key == "time_unit":
		rules.TimeUnit = value
	case key == "start":
		rules.Start, _ = parse.ParseStart(value)
	case key == "columns.bib":
		rules.Columns.Bib = value
	case key == "columns.time":
		rules.Columns.Time = value
	case key == "columns.status":
		rules.Columns.Status = value
	case key == "passings.chips":
		rules.Passings.Chips = map[string]parse.Bib{"-": "1"} // nobody's
	}
}

// trial is the reading under one answer, and nil where there is none. Where the bib is open as well, any that makes sense
// of the rows shows what the times would be.
func (r *race) trial(data []byte, key, value string) *parse.Reading {
	rules := r.tried
	put(&rules, key, value)
	reading, err := parse.Read(data, rules, parse.TailStill)
	if err == nil {
		return reading
	}
	refused, ok := errors.AsType[*parse.FileError](err)
	if !ok || key == "columns.bib" || refused.Key != "columns.bib" {
		return nil
	}
	for _, bib := range refused.Values {
		put(&rules, "columns.bib", bib)
		if reading, err := parse.Read(data, rules, parse.TailStill); err == nil && makesSense(reading, "columns.bib") {
			return reading
		}
	}
	return nil
}

// clock chooses the gun, by which road races are decided, where it can be read.
func (r *race) clock(data []byte, q *parse.FileError) {
	gun, chip := r.trial(data, "clock", "gun"), r.trial(data, "clock", "chip")
	if gun == nil && chip == nil {
		r.leave("clock", "gun", `"gun"`, q.Error())
		return
	}
	choice := "gun"
	if gun == nil {
		choice = "chip"
	}
	r.set("clock", choice)
	bib := telling([]*parse.Reading{gun, chip})
	r.remarks["clock"] = `"gun" is ` + example(gun, bib) + `, "chip" is ` + example(chip, bib) +
		`; by the rules of road races the gun time is official`
}

// telling is the first bib whose marks differ between the readings, or just the first.
func telling(readings []*parse.Reading) (bib parse.Bib) {
	marks := map[parse.Bib]parse.Mark{}
	for _, reading := range readings {
		if reading == nil {
			continue
		}
		for _, f := range reading.Finishes {
			if bib == "" {
				bib = f.Bib
			}
			if m, ok := marks[f.Bib]; ok && m != f.Mark {
				return f.Bib
			}
			marks[f.Bib] = f.Mark
		}
	}
	return bib
}

// example shows what a reading makes of a bib, or of the first one.
func example(reading *parse.Reading, bib parse.Bib) string {
	if reading == nil {
		return "not readable"
	}
	text := reading.Columns.Time
	if row := rowOf(reading, bib); row != "" {
		text += " (" + row + ")"
	}
	return text
}

func rowOf(reading *parse.Reading, bib parse.Bib) string {
	if len(reading.Finishes) == 0 {
		return ""
	}
	i := slices.IndexFunc(reading.Finishes, func(f parse.Finish) bool { return f.Bib == bib })
	return rowText(reading.Finishes[max(i, 0)])
}

// choose takes the only choice under which the rows make sense. Where several do, or none, a person chooses: both would be
// on the results page in no time.
func (r *race) choose(data []byte, q *parse.FileError) {
	var sensible, choices []string
	var readings []*parse.Reading
	for _, value := range q.Values {
		if !writable(value) {
			continue
		}
		reading := r.trial(data, q.Key, value)
		if makesSense(reading, q.Key) {
			sensible = append(sensible, value)
		}
		choices, readings = append(choices, value), append(readings, reading)
	}
	var asked strings.Builder
	asked.WriteString(q.Reason)
	bib := telling(readings)
	for i, reading := range readings {
		if reading != nil && len(reading.Finishes) > 0 {
			asked.WriteString("; with " + columnLiteral(choices[i]) + " there is " + rowOf(reading, bib))
		}
	}
	if len(sensible) == 1 && len(q.Values) > 1 && r.sure(data, q.Key, sensible[0]) {
		r.set(q.Key, sensible[0])
		r.remarks[q.Key] = asked.String()
		return
	}
	likely := first(slices.Concat(sensible, choices))
	r.leave(q.Key, likely, columnLiteral(likely), asked.String())
}

// sure reports whether the rows prove an answer. A few ages are as different as bibs and in no order, so that it takes twenty
// different ones without an exception; and 4530 may be meant as 45:30 as long as nothing ends in more than 59.
func (r *race) sure(data []byte, key, value string) bool {
	const enough = 20
	reading := r.trial(data, key, value)
	switch {
	case key == "columns.bib":
		return len(reading.Finishes) >= enough && len(reading.Held) == 0
	case value == "seconds":
		return slices.ContainsFunc(reading.Finishes, func(f parse.Finish) bool { return f.Mark.Hundredths()/100%100 > 59 })
	}
	return true
}

// makesSense reports whether nearly all rows of a reading have a result, and whether bibs are bibs and no places.
func makesSense(reading *parse.Reading, key string) bool {
	if reading == nil || len(reading.Finishes) == 0 || len(reading.Held)*10 > len(reading.Finishes) {
		return false
	}
	if key != "columns.bib" || len(reading.Finishes) < 2 {
		return key != "columns.bib"
	}
	for i, f := range reading.Finishes {
		if string(f.Bib) != strconv.Itoa(i+1) {
			return true
		}
	}
	return false
}

// start is nearly never in an export. Where a time of day alone does not help, one with its date may.
func (r *race) start(data []byte, q *parse.FileError) {
	value := "10:00:00"
	if len(q.Values) > 0 {
		value = q.Values[0]
	}
	i := slices.IndexFunc(r.open, func(s setting) bool { return s.key == "start" })
	if i < 0 {
		r.leave("start", value, literal(value), q.Error())
		return
	}
	const dated = "2026-05-02T10:00:00"
	r.dated = true
	if r.trial(data, "start", dated) != nil {
		r.open[i].value, r.open[i].why = literal(dated), q.Error()
		put(&r.tried, "start", dated)
	}
}

// chipMap takes the chip map that lies in the folder.
func (r *race) chipMap(q *parse.FileError, chips []chipMap) {
	switch {
	case len(chips) == 1:
		r.chips = chips[0].path
		r.rules.Passings.Chips, r.tried.Passings.Chips = chips[0].chips, chips[0].chips
		r.remarks["passings.chips"] = "the only chip map of the folder, with " + counted(len(chips[0].chips), "chip", "chips")
	case len(chips) > 1:
		r.leave(q.Key, "", literal(chips[0].path), "several files of this folder are chip maps; name the one of this race, with its whole path")
	default:
		r.leave(q.Key, "", `"chips.csv"`, q.Error())
	}
}

// finishPlaces are names of the finish among the points of a course.
var finishPlaces = []string{"Finish", "finish", "FINISH", "Ziel", "Arrivée", "Arrivee", "Meta", "Mål", "Maali"}

// where takes each of several races, or the point that is called finish.
func (r *race) where(data []byte, column string, q *parse.FileError, chips []chipMap) ([]*race, error) {
	if len(q.Values) > 1 && len(q.Values) <= maxApart && writable(column) {
		r.remarks["where"] = q.Reason
		return r.each(column, q.Values, data, chips)
	}
	if len(q.Values) > 0 {
		r.leave(q.Key, q.Values[0], literal(q.Values[0]), q.Error())
		return nil, nil
	}
	var found []string
	for _, place := range finishPlaces {
		if reading := r.trial(data, q.Key, place); reading != nil && len(reading.Finishes) > 0 {
			found = append(found, place)
		}
	}
	if len(found) != 1 || !writable(column) {
		r.leave(q.Key, "Finish", `"Finish"`, q.Error())
		return nil, nil
	}
	r.set(q.Key, found[0])
	r.remarks["where"] = q.Reason
	return nil, nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// sameReading reports whether two readings say the same.
func sameReading(a, b *parse.Reading) bool {
	same := func(x, y parse.Finish) bool { return x == y }
	return slices.EqualFunc(a.Finishes, b.Finishes, same) && slices.Equal(a.Held, b.Held) && len(a.Ignored) == len(b.Ignored)
}
