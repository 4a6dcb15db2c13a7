package state_test

import (
	"fmt"
	"strings"
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
)

func TestHeldCorrections(t *testing.T) {
	const held = ` HELD correction: 14:25 → 14:12 (corrections = "hold")`
	tests := map[string]struct{ story, want []string }{
		"a correction of a confirmed mark": {
			[]string{"guard", "a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"before it is confirmed it is none": {
			[]string{"guard", "a.csv settled 7=14:25", "lose", "a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:12 confirmed 14:12"},
		},
		"released": {
			[]string{"guard", "a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "release 7", "send"},
			[]string{"7 14:12 offered 14:12 confirmed 14:12"},
		},
		"and then corrected again": {
			[]string{"guard", "a.csv settled 7=14:20", "send", "a.csv settled 7=14:25", "release 7", "send", "a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"taken back": {
			[]string{"guard", "a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "a.csv settled 7=14:25", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"read while the first mark was on its way": {
			[]string{"guard", "a.csv settled 7=14:25", "meanwhile a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"over a restart": {
			[]string{"guard", "a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "restart", "guard", "a.csv settled 7=14:12", "conclude", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"the policy changes while a correction waits": {
			[]string{"a.csv settled 7=14:25", "send", "pause", "a.csv settled 7=14:12", "guard", "a.csv settled 7=14:12", "resume", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"and when the ledger is opened with it": {
			[]string{"a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "restart", "guard", "a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:25 confirmed 14:25" + held},
		},
		"and back": {
			[]string{"guard", "a.csv settled 7=14:25", "send", "a.csv settled 7=14:12", "open", "a.csv settled 7=14:12", "send"},
			[]string{"7 14:12 offered 14:12 confirmed 14:12"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkStory(t, test.story, test.want) })
	}
}

// The configuration asks for it from the start on, and a correction waits since the last time.
func TestALedgerThatIsOpenedWithHeldCorrections(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"a.csv settled 7=14:25", "send", "a.csv settled 7=14:12"})
	must(t, l.Close())
	l, err := state.Open(path, state.Options{NoSync: true, Guards: state.Guards{Corrections: state.HoldCorrections}})
	must(t, err)
	defer l.Close()
	observe(t, l, "a.csv grown 7=14:12")
	if got := l.Held(raceUnit); len(got) != 1 {
		t.Errorf("held: %v; offered would be %q", got, words(offer(t, l, 10, raceUnit)))
	}
}

// export is a file with n bibs, of which the first so many have another mark.
func export(file, trust string, n, changed int) string {
	var text strings.Builder
	text.WriteString(file + " " + trust)
	for i := range n {
		minute := 14
		if i < changed {
			minute = 13
		}
		fmt.Fprintf(&text, " %d=%d:%02d", 100+i, minute, i%60)
	}
	return text.String()
}

func TestMassChanges(t *testing.T) {
	whole := export("5k.csv", "settled", 80, 0)
	tests := map[string]struct {
		story      []string
		held, sent int // in the end; sent counts those that went out with another mark
	}{
		"twenty":                          {[]string{export("5k.csv", "settled", 80, 20)}, 0, 20},
		"twenty-one":                      {[]string{export("5k.csv", "settled", 80, 21)}, 21, 0},
		"all":                             {[]string{export("5k.csv", "settled", 80, 80)}, 80, 0},
		"taken back":                      {[]string{export("5k.csv", "settled", 80, 31), whole}, 0, 0},
		"taken back in part":              {[]string{export("5k.csv", "settled", 80, 31), export("5k.csv", "settled", 80, 5)}, 5, 0},
		"released":                        {[]string{export("5k.csv", "settled", 80, 31), "release"}, 0, 31},
		"one of them released":            {[]string{export("5k.csv", "settled", 80, 31), "release 100"}, 30, 1},
		"one more afterwards":             {[]string{export("5k.csv", "settled", 80, 31), export("5k.csv", "settled", 80, 32)}, 32, 0},
		"over a restart":                  {[]string{export("5k.csv", "settled", 80, 31), "restart", export("5k.csv", "settled", 80, 31), "conclude"}, 31, 0},
		"while nobody watched":            {[]string{"restart", export("5k.csv", "settled", 80, 31), "conclude"}, 31, 0},
		"one after the other, each quiet": {[]string{export("5k.csv", "settled", 80, 15), "send", export("5k.csv", "settled", 80, 30)}, 0, 30},
		"a rewrite that grows, unsent":    {[]string{export("5k.csv", "grown", 80, 15), export("5k.csv", "grown", 80, 30)}, 30, 0},
		"a rewrite that grows, part of it sent": {
			[]string{export("5k.csv", "grown", 80, 15), "send", export("5k.csv", "grown", 80, 30)}, 15, 15,
		},
		"a rewrite of which a part was on its way": {
			[]string{export("5k.csv", "grown", 80, 15), "meanwhile " + export("5k.csv", "grown", 80, 30)}, 15, 15,
		},
		"disputes from before a start that end that way": {
			[]string{
				export("b.csv", "settled", 80, 31), "restart", export("5k.csv", "settled", 80, 31), "b.csv settled 999=20:00", "conclude",
			}, 31, 0,
		},
		"with every correction held": {[]string{"guard", export("5k.csv", "settled", 80, 31)}, 31, 0},
		"in a file that two dispute": {[]string{export("b.csv", "settled", 80, 31)}, 31, 0},
		"a dispute that ends that way": {
			[]string{export("b.csv", "settled", 80, 31), export("5k.csv", "settled", 80, 31)}, 31, 0,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, []string{whole, "send"})
			l = play(t, l, path, append(test.story, "send"))
			defer l.Close()
			changed := 0
			for _, m := range l.Confirmed(raceUnit) {
				if m.Before(mark("14:00")) {
					changed++
				}
			}
			if held := len(l.Held(raceUnit)); held != test.held || changed != test.sent {
				t.Errorf("%d are held, %d went out", held, changed)
			}
		})
	}
}

// The other clock is exported while the first results are on their way, and nobody knows yet that they are public.
func TestAMassChangeWhileResultsAreOnTheirWay(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{export("5k.csv", "settled", 80, 0), "meanwhile " + export("5k.csv", "settled", 80, 31), "send"})
	if got := l.Held(raceUnit); len(got) != 31 || l.Counts(raceUnit).Confirmed != 49 {
		t.Errorf("%d are held: %+v", len(got), l.Counts(raceUnit))
	}
}

func TestAMassChangeSaysWhatItIs(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{export("5k.csv", "settled", 80, 0), "send"})
	defer l.Close()
	changes := observe(t, l, export("5k.csv", "settled", 80, 31))
	const want = "mass change: 31 of 80 marks changed at once in 5k.csv (bib 100 14:00 → 13:00); release, or export again"
	if len(changes.Held) != 31 || changes.Held[0].Reason != want {
		t.Errorf("%d: %v", len(changes.Held), changes.Held)
	}
	if got := l.Held(raceUnit); len(got) != 31 || got[0].Reason != want {
		t.Errorf("%d: %v", len(got), got)
	}
}

// A few of many are no mass, and neither are many of a few; the limits can be set, and the guard turned off.
func TestTheLimitsOfAMassChange(t *testing.T) {
	tests := map[string]struct {
		guards     state.Guards
		n, changed int
		held       int
	}{
		"a quarter":     {state.Guards{}, 200, 50, 0},
		"more":          {state.Guards{}, 200, 51, 51},
		"twenty":        {state.Guards{}, 60, 20, 0},
		"twenty-one":    {state.Guards{}, 60, 21, 21},
		"own limits":    {state.Guards{MassCount: 2, MassShare: 0.5}, 6, 4, 4},
		"not the share": {state.Guards{MassCount: 2, MassShare: 0.5}, 6, 3, 0},
		"off":           {state.Guards{MassCount: -1}, 200, 200, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.Guard(raceUnit, test.guards)
			play(t, l, "", []string{export("5k.csv", "settled", test.n, 0), "send", export("5k.csv", "settled", test.n, test.changed)})
			if got := len(l.Held(raceUnit)); got != test.held {
				t.Errorf("%d are held", got)
			}
		})
	}
}

// A DNF that becomes a time changes what is public like any other mark.
func TestStatusesCountAlong(t *testing.T) {
	l := newLedger(t)
	l.Guard(raceUnit, state.Guards{MassCount: 1, MassShare: 0.1})
	play(t, l, "", []string{"a.csv settled 1=DNF 2=14:20 3=14:21", "send", "a.csv settled 1=14:30 2=DQ 3=14:21"})
	if got := len(l.Held(raceUnit)); got != 2 {
		t.Errorf("%d are held", got)
	}
}

func clockOf(file string, settled bool, from, to int, minute int) state.Observation {
	o := state.Observation{File: file, Settled: settled}
	for i := from; i <= to; i++ {
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(fmt.Sprint(i)), Mark: mark(fmt.Sprintf("%d:%02d", minute, i)), Line: i})
	}
	return o
}

// Two files of one race are exported with the other clock: no file changes more than twenty.
func TestTheOtherClockInTwoFilesOfOneRace(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	for _, m := range []int{14, 15} {
		l.Listen(raceUnit)
		_, err := l.Observe(raceUnit, clockOf("a.csv", true, 1, 20, m))
		must(t, err)
		_, err = l.Observe(raceUnit, clockOf("b.csv", true, 21, 40, m))
		must(t, err)
		_, err = l.Conclude(raceUnit, true)
		must(t, err)
		l.Heard(raceUnit)
		b := offer(t, l, 100, raceUnit)
		if m == 15 && len(b) > 0 {
			t.Errorf("%d of 40 marks change in public", len(b[0].Rows))
		}
		if len(b) > 0 {
			confirm(t, l, b)
		}
	}
}
