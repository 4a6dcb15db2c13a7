package rehearsal

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"finishwatch/parse"
)

// fieldName is the export of the synthetic race.
const fieldName = "5k.csv"

// runner is one athlete of the synthetic race.
type runner struct {
	bib   int
	wave  int           // from 1
	net   int64         // hundredths since the start of the wave
	clock int64         // hundredths since the start of the first wave
	code  parse.Code    // instead of a time
	at    time.Duration // when the row is written
	late  bool          // typed in after others who came behind
}

const (
	winner   = 14*60*100 + 2510     // hundredths
	waveGap  = 3 * 60 * 100         // hundredths between two starts
	meanGap  = int64(300)           // hundredths between two finishers of a small field
	allGaps  = int64(45 * 60 * 100) // between the first and the last of a large one
	lateness = 20                   // rows after which a late one is typed in
)

// synthetic returns a race: most finish, some at the same time, some in waves, some are typed in late or corrected or
// disqualified, some do not finish. The same options give the same race.
func synthetic(o Options) *course {
	random := rand.New(rand.NewPCG(o.Seed, 5))
	runners := runnersOf(o, random)
	o.timed(runners)
	e := &export{name: fieldName}
	e.events = append(e.events, event{text: []byte("Place,Bib,Name,Wave,Time\n")})
	slices.SortStableFunc(runners, func(a, b runner) int { return cmp.Compare(a.at, b.at) })
	for i, r := range runners {
		e.events = append(e.events, event{at: r.at, line: i + 1, text: r.row(i + 1)})
	}
	e.events = append(e.events, corrections(runners, random)...)
	return (&course{exports: []*export{e}}).ordered()
}

// runnersOf draws the field in the order in which it comes in.
func runnersOf(o Options, random *rand.Rand) []runner {
	bibs := random.Perm(o.Athletes)
	gap := max(2, 2*min(meanGap, allGaps/int64(o.Athletes)))
	net := make([]int64, o.Waves+1)
	runners := make([]runner, o.Athletes)
	for i := range runners {
		wave := 1 + i*o.Waves/o.Athletes
		if o.Waves > 1 && i >= o.Waves {
			wave = 1 + random.IntN(o.Waves)
		}
		switch {
		case net[wave] == 0:
			net[wave] = winner + random.Int64N(gap)
		case random.IntN(20) > 0: // else a tie
			net[wave] += random.Int64N(gap) * int64(o.Waves)
		}
		runners[i] = runner{bib: 101 + bibs[i], wave: wave, net: net[wave], clock: net[wave] + int64(wave-1)*waveGap}
		runners[i].late = random.IntN(100) == 0
	}
	slices.SortStableFunc(runners, func(a, b runner) int { return cmp.Compare(a.clock, b.clock) })
	for i := range o.Athletes / 50 { // they are entered when the road is empty
		r := &runners[o.Athletes-1-i]
		r.code, r.late = parse.DNF, false
	}
	if o.Athletes >= 10 {
		runners[o.Athletes-1].code = parse.DQ
	}
	return runners
}

// timed says when each row is written.
func (o Options) timed(runners []runner) {
	step := lengthFor(len(runners)) / time.Duration(len(runners))
	for i := range runners {
		r := &runners[i]
		r.at = lead
		switch {
		case o.paced():
			r.at += time.Duration(i) * step
		case o.Speed > 0:
			r.at += time.Duration(float64(r.clock-runners[0].clock) * float64(10*time.Millisecond) / o.Speed)
		}
	}
	for i := range runners {
		if runners[i].late {
			runners[i].at = runners[min(i+lateness, len(runners)-1)].at
		}
	}
}

// row is the line of the export.
func (r runner) row(place int) []byte {
	b := make([]byte, 0, 48)
	b = strconv.AppendInt(b, int64(place), 10)
	b = append(b, ',')
	b = strconv.AppendInt(b, int64(r.bib), 10)
	b = append(b, ",\"Athlete, Number "...)
	b = strconv.AppendInt(b, int64(r.bib), 10)
	b = append(b, "\","...)
	b = strconv.AppendInt(b, int64(r.wave), 10)
	b = append(b, ',')
	b = append(b, r.outcome()...)
	return append(b, '\n')
}

// outcome is the cell in the time column.
func (r runner) outcome() string {
	mark, err := parse.TimeMark(r.net, 2)
	if err != nil || r.code != parse.NoCode {
		return r.code.String()
	}
	return mark.String()
}

// groups is how often corrections are made: whoever corrects a large field does so in groups.
const groups = 8

// corrections change a hundredth of the field, and at least one: most get another time, some are disqualified.
func corrections(runners []runner, random *rand.Rand) []event {
	if len(runners) < 2 {
		return nil
	}
	var events []event
	first, last := runners[0].at, runners[len(runners)-1].at
	count := max(1, len(runners)/100)
	for i := range count {
		line := 1 + random.IntN(len(runners)-1)
		if i == 0 {
			line = 2 // the second finisher, so that it can be seen at once
		}
		r := runners[line-1]
		if r.code != parse.NoCode || slices.ContainsFunc(events, func(e event) bool { return e.line == line }) {
			continue
		}
		if r.net++; i%5 == 4 {
			r.code = parse.DQ
		} else {
			r.net += random.Int64N(500)
		}
		group := groups/2 + i%(groups/2)
		at := first + (last-first)*time.Duration(group)/groups
		events = append(events, event{at: max(at, r.at+5*pace), line: line, text: r.row(line)})
	}
	return events
}

// fieldRaces are the [[race]] tables that read it: one, or a heat for each wave.
func fieldRaces(waves int) string {
	if waves == 1 {
		return raceTable(fieldName, "R1", "Rehearsal")
	}
	var b bytes.Buffer
	for wave := range waves {
		fmt.Fprintf(&b, "%sheat = %d\n[race.where]\nWave = \"%d\"\n", raceTable(fieldName, "R1", fmt.Sprintf("Wave %d", wave+1)), wave+1, wave+1)
	}
	return b.String()
}

func raceTable(file, event, name string) string {
	return fmt.Sprintf("\n[[race]]\nfiles = [\"%s\"]\neventid = \"%s\"\nname = \"%s\"\n", escapeGlob(file), event, name)
}
