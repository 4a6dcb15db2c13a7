package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"finishwatch/parse"
)

// race reads one [[race]] table with the tables below it.
func (r *reader) race(t table, at keyPath, values map[string]any) {
	line, _ := r.mistakes.source.position(r.doc.places.find(at).name.start)
	r.draft.race = &Race{Line: line}
	r.contents(t, at, values)
	race := r.draft.race
	r.compareBounds(at, race)
	r.compareColumns(at, race)
	r.compareReads(at, race)
	r.draft.config.Races = append(r.draft.config.Races, *race)
	r.races = append(r.races, at)
}

// where reads one condition.
func (r *reader) where(v value) {
	// In TOML every key below [race.where] belongs to it. A key of [[race]] that slipped below it would be a condition
	// that no row meets, and no result would ever go out.
	if k, ok := r.key("race", v.name); ok && !k.header {
		r.mistake(r.doc.places.find(v.at).name, v.name+" is a key of [[race]], but below [race.where] it is the name of a column",
			"write it above [race.where]")
		return
	}
	text, faults := cell{}.read(v)
	r.report(faults)
	if r.draft.race.Rules.Where == nil {
		r.draft.race.Rules.Where = map[string]string{}
	}
	r.draft.race.Rules.Where[v.name] = text
}

// compareBounds refuses bounds that no mark could meet.
func (r *reader) compareBounds(at keyPath, race *Race) {
	fastest, slowest := race.Rules.Fastest, race.Rules.Slowest
	if fastest.IsZero() || slowest.IsZero() || !slowest.Before(fastest) {
		return
	}
	r.mistake(r.doc.places.find(at.key("slowest")).value,
		fmt.Sprintf("slowest (%s) is faster than fastest (%s): every mark would be held", slowest, fastest),
		fmt.Sprintf("exchange the two: write fastest = %q and slowest = %q", slowest.String(), fastest.String()))
}

// compareColumns refuses one column for two things.
func (r *reader) compareColumns(at keyPath, race *Race) {
	columns := race.Rules.Columns
	if columns.Bib != "" && columns.Bib == columns.Time {
		r.mistake(r.doc.places.find(at.key("columns").key("time")).value,
			"bib and time are the same column", "write the header or the number of the column with the times")
	}
	for _, other := range [][2]string{{"bib", columns.Bib}, {"time", columns.Time}} {
		if columns.Status != "" && columns.Status == other[1] {
			r.mistake(r.doc.places.find(at.key("columns").key("status")).value, "status and "+other[0]+" are the same column",
				"leave status out where DNF and DNS stand in the column of the times, or name the column that has them alone")
			return
		}
	}
}

// logs are the formats of raw reads.
func logs() []string { return []string{"ipico", "ct", "rr-passings", "rfid"} }

// compareReads refuses what would have every file of raw reads refused.
func (r *reader) compareReads(at keyPath, race *Race) {
	rules := race.Rules
	if !slices.Contains(logs(), rules.Format) {
		return
	}
	if rules.Columns != (parse.Columns{}) {
		r.mistake(r.doc.places.find(at.key("columns")).name, rules.Format+" are raw reads, which have no columns to name",
			`leave [race.columns] out, or write format = "csv"`)
	}
	if rules.Clock == "chip" {
		r.mistake(r.doc.places.find(at.key("clock")).value, rules.Format+" are raw reads, whose times count from start", `write clock = "gun", or leave it out`)
	}
	for _, name := range slices.Sorted(maps.Keys(rules.Where)) {
		if rules.Where[name] == "*" {
			r.mistake(r.doc.places.find(at.key("where").key(name)).value, "reads of every place are no finishes",
				"write the place of the finish, as "+bareOrQuoted(name)+` = "Finish"`)
		}
	}
}

// compareRaces finds what is wrong between two races. That several feed one unit is well: its results may come in
// several files.
func (r *reader) compareRaces() {
	races := r.draft.config.Races
	for i, race := range races {
		for j, earlier := range races[:i] {
			if race.Unit != earlier.Unit || race.Unit.Event == "" {
				continue
			}
			if sameRows(race, earlier) {
				r.mistake(r.doc.places.find(r.races[i]).name,
					fmt.Sprintf("this is the race of line %d again: %s from the same files", earlier.Line, race.Unit), "leave one of the two out, or correct eventid, round or heat")
				break
			}
			r.compareNames(i, j)
		}
	}
}

// sameRows reports whether two races would read the same rows of the same files.
func sameRows(a, b Race) bool {
	return sameFiles(a, b) && maps.Equal(a.Rules.Where, b.Rules.Where)
}

// sameFiles reports whether two races read the same files.
func sameFiles(a, b Race) bool {
	one, other := slices.Sorted(slices.Values(a.Files)), slices.Sorted(slices.Values(b.Files))
	return slices.Equal(slices.Compact(one), slices.Compact(other))
}

// open finds what finishwatch init left to choose: a remark with the word CHOOSE, and below it a key that is switched off.
func (c *Config) open(text string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines[:len(lines)-1] {
		key := regexp.MustCompile(`^#([A-Za-z_"][^=]*?)\s*=`).FindStringSubmatch(lines[i+1])
		if key == nil || !strings.HasPrefix(line, "# CHOOSE") {
			continue
		}
		for r := len(c.Races) - 1; r >= 0; r-- {
			if race := &c.Races[r]; race.Line <= i {
				race.Open = append(race.Open, Open{Key: key[1], Line: i + 2})
				break
			}
		}
	}
}

// mixed tells the races whose files are meant to hold rows of several ones: the server drops bibs that are not in a race's
// start list, or another race takes all rows of the same files.
func (c *Config) mixed() {
	for i := range c.Races {
		race := &c.Races[i]
		race.Rules.Mixed = c.OpenTrack.IgnoreUnknowns
		for j, other := range c.Races {
			if j != i && len(other.Rules.Where) == 0 && sameFiles(*race, other) {
				race.Rules.Mixed = true
			}
		}
	}
}

// compareNames refuses two names for one unit: each would be sent in place of the other, again and again.
func (r *reader) compareNames(i, j int) {
	race, earlier := r.draft.config.Races[i], r.draft.config.Races[j]
	if race.Name != "" && earlier.Name != "" && race.Name != earlier.Name {
		r.mistake(r.doc.places.find(r.races[i].key("name")).value,
			fmt.Sprintf("%s has another name in line %d: %s", race.Unit, earlier.Line, short(earlier.Name)), "write the same name, or write it once; if it is another race, correct eventid, round or heat")
	}
	if race.Note != "" && earlier.Note != "" && race.Note != earlier.Note {
		r.mistake(r.doc.places.find(r.races[i].key("note")).value,
			fmt.Sprintf("%s has another note in line %d: %s", race.Unit, earlier.Line, short(earlier.Note)), "write the same note, or write it once; if it is another race, correct eventid, round or heat")
	}
}
