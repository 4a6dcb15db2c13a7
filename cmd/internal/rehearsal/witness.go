package rehearsal

import (
	"maps"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/uploader/sandbox"
)

// spot is an athlete in a race.
type spot struct {
	unit sandbox.Unit
	bib  string
}

// witness reads the exports as they are whenever a write is complete, and never what lies between two writes. So it
// knows what the exports have said, and since when.
type witness struct {
	races   []config.Race
	rules   []parse.Rules
	growths map[reader]*parse.Growth
	seen    map[string]int // by file: how long it was last
	said    map[spot][]saying
}

type reader struct {
	race int
	file string
}

// saying is a mark that stood in an export.
type saying struct {
	mark parse.Mark
	at   time.Time // when the write that completed it was done
}

func newWitness(races []config.Race) (*witness, error) {
	w := &witness{races: races, growths: map[reader]*parse.Growth{}, seen: map[string]int{}, said: map[spot][]saying{}}
	for _, race := range races {
		rules, err := race.RulesWithChips()
		if err != nil {
			return nil, err
		}
		w.rules = append(w.rules, rules)
	}
	return w, nil
}

// hear reads a file after a write; grown says that it only grew.
func (w *witness) hear(name string, data []byte, grown bool, tail parse.Tail, at time.Time) {
	unchanged := 0
	if grown {
		unchanged = w.seen[name]
	}
	w.seen[name] = len(data)
	for i, race := range w.races {
		if !feeds(race, name) {
			continue
		}
		id := reader{i, name}
		if w.growths[id] == nil {
			w.growths[id] = parse.NewGrowth(w.rules[i])
		}
		reading, _, err := w.growths[id].Read(data, unchanged, tail)
		if err != nil {
			continue // it cannot be read yet; whether it can in the end was found out before
		}
		for _, finish := range reading.Finishes {
			w.note(spot{unitOf(race), string(finish.Bib)}, finish.Mark, at)
		}
	}
}

func (w *witness) note(s spot, mark parse.Mark, at time.Time) {
	if slices.ContainsFunc(w.said[s], func(old saying) bool { return old.mark == mark }) {
		return
	}
	w.said[s] = append(w.said[s], saying{mark, at})
}

// since is when an export first said so; zero for never.
func (w *witness) since(s spot, mark string) time.Time {
	for _, said := range w.said[s] {
		if said.mark.String() == mark {
			return said.at
		}
	}
	return time.Time{}
}

func unitOf(race config.Race) sandbox.Unit {
	return sandbox.Unit{Event: race.Unit.Event, Round: race.Unit.Round, Heat: race.Unit.Heat}
}

// outcomes are what a correct reader makes of the exports as they are in the end.
type outcomes struct {
	want     map[spot][]parse.Mark // one mark, in every spelling of it
	disputed map[spot]bool         // held: two times, or held in one file and a finish in another
}

// expected reads finished exports with the rules of the races that read them.
func (w *witness) expected(exports []*export) outcomes {
	o := outcomes{want: map[spot][]parse.Mark{}, disputed: map[spot]bool{}}
	for _, e := range exports {
		data := e.final()
		for i, race := range w.races {
			if !feeds(race, e.name) {
				continue
			}
			reading, err := parse.Read(data, w.rules[i], parse.TailStill)
			if err == nil { // another race may read it
				o.take(unitOf(race), reading)
			}
		}
	}
	for s := range o.disputed {
		delete(o.want, s)
	}
	return o
}

// take adds what one reading says.
func (o *outcomes) take(unit sandbox.Unit, reading *parse.Reading) {
	finished := map[parse.Bib]bool{}
	for _, finish := range reading.Finishes {
		s := spot{unit, string(finish.Bib)}
		finished[finish.Bib] = true
		marks := o.want[s]
		if len(marks) > 0 && !marks[0].Same(finish.Mark) {
			o.disputed[s] = true
		}
		if !slices.Contains(marks, finish.Mark) {
			o.want[s] = append(marks, finish.Mark)
		}
	}
	for _, held := range reading.Held {
		if held.Bib != "" && !finished[held.Bib] {
			o.disputed[spot{unit, string(held.Bib)}] = true
		}
	}
}

// spots are those that are wanted, in a fixed order.
func (o *outcomes) spots() []spot {
	return slices.SortedFunc(maps.Keys(o.want), compareSpots)
}

func compareSpots(a, b spot) int {
	if a.unit != b.unit {
		return strings.Compare(a.unit.String(), b.unit.String())
	}
	if len(a.bib) != len(b.bib) {
		return len(a.bib) - len(b.bib)
	}
	return strings.Compare(a.bib, b.bib)
}
