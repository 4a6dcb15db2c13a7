package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

func TestHolds(t *testing.T) {
	tests := map[string]struct{ story, want []string }{
		"a person holds a bib": {
			[]string{"a.csv settled 7=14:25 8=14:26", "hold 7", "send"},
			[]string{"7 14:25 HELD held by a person", "8 14:26 offered 14:26 confirmed 14:26"},
		},
		"and it is read on": {
			[]string{"a.csv settled 7=14:25", "hold 7", "a.csv settled 7=14:24", "conclude", "send"},
			[]string{"7 14:24 HELD held by a person"},
		},
		"a bib that has yet to finish": {
			[]string{"hold 7", "restart", "a.csv settled 7=14:25", "conclude", "send"},
			[]string{"7 14:25 HELD held by a person"},
		},
		"over a restart": {
			[]string{"a.csv settled 7=14:25", "hold 7", "restart", "a.csv settled 7=14:25", "conclude", "send"},
			[]string{"7 14:25 HELD held by a person"},
		},
		"a person's hold ends": {
			[]string{"a.csv settled 7=14:25", "hold 7", "send", "unhold 7", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"by a release, too": {
			[]string{"a.csv settled 7=14:25", "hold 7", "send", "release 7", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"a correction of what is public, held": {
			[]string{"a.csv settled 7=14:25", "send", "hold 7", "a.csv settled 7=DQ", "send"},
			[]string{"7 DQ offered 14:25 confirmed 14:25 HELD held by a person"},
		},
		"a person holds the race": {
			[]string{"a.csv settled 7=14:25", "hold race", "send", "restart", "a.csv settled 7=14:24 8=14:26", "conclude", "send"},
			[]string{"7 14:24", "8 14:26"},
		},
		"and releases it": {
			[]string{"a.csv settled 7=14:25", "hold race", "restart", "a.csv settled 7=14:24", "release", "send"},
			[]string{"7 14:24 offered 14:24 confirmed 14:24"},
		},
		"for good": {
			[]string{"a.csv settled 7=14:25", "hold race", "release", "restart", "a.csv settled 7=14:25", "conclude", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"a pause": {
			[]string{"a.csv settled 7=14:25", "pause", "send", "restart", "a.csv settled 7=14:24 8=14:26", "conclude", "send"},
			[]string{"7 14:24", "8 14:26"},
		},
		"the pause ends": {
			[]string{"a.csv settled 7=14:25", "pause", "restart", "resume", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"a refused row": {
			[]string{"a.csv settled 7=14:25 8=14:26", "lose", "refuse 7 14:25", "restart", "a.csv settled 7=14:25 8=14:26", "conclude", "send"},
			[]string{"7 14:25 offered 14:25 HELD refused by OpenTrack: no such athlete", "8 14:26 offered 14:26 confirmed 14:26"},
		},
		"until the files say another mark": {
			[]string{"a.csv settled 7=14:25", "lose", "refuse 7 14:25", "a.csv settled 7=14:24", "send"},
			[]string{"7 14:24 offered 14:24 confirmed 14:24"},
		},
		"and not the same one in other words": {
			[]string{"a.csv settled 7=14:25", "lose", "refuse 7 14:25", "a.csv settled 7=14:25.0", "send"},
			[]string{"7 14:25 offered 14:25 HELD refused by OpenTrack: no such athlete"},
		},
		"or a person releases it": {
			[]string{"a.csv settled 7=14:25", "lose", "refuse 7 14:25", "release 7", "send"},
			[]string{"7 14:25 offered 14:25 confirmed 14:25"},
		},
		"a row that the files have corrected before it was refused": {
			[]string{"a.csv settled 7=14:25", "lose", "a.csv settled 7=14:24", "refuse 7 14:25", "send"},
			[]string{"7 14:24 offered 14:24 confirmed 14:24"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkStory(t, test.story, test.want) })
	}
}

// What waited while a race was held goes out in finish order.
func TestWhatWaitedGoesOutInOrder(t *testing.T) {
	for _, step := range [][2]string{{"hold race", "unhold race"}, {"pause", "resume"}} {
		t.Run(step[0], func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, []string{
				"send", step[0], "a.csv settled 3=DNF 1=14:30", "a.csv settled 3=DNF 1=14:30 2=14:20", "restart",
			})
			defer func() { _ = l.Close() }()
			if l.Paused() == l.UnitHeld(raceUnit) {
				t.Error("after a restart it is forgotten who is held")
			}
			if got := offer(t, l, 10, raceUnit); got != nil {
				t.Errorf("offered %q", words(got))
			}
			if got := l.Counts(raceUnit).Pending; got != 3 {
				t.Errorf("%d are pending", got)
			}
			l = play(t, l, path, []string{step[1]})
			if diff := cmp.Diff([]string{"append R1/1/1 1=14:30 2=14:20 3=DNF"}, words(offer(t, l, 10, raceUnit))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARefusedRowIsCounted(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 7=14:25 8=14:26", "lose", "refuse 7 14:25"})
	if got := l.Counts(raceUnit); got.Refused != 1 || got.Held != 1 || got.Pending != 1 {
		t.Errorf("%+v", got)
	}
}

func TestTermsLeaveOut(t *testing.T) {
	for sentence, tt := range map[string]struct {
		skip, only map[parse.Bib]bool
		want       string
	}{
		"nothing":     {nil, nil, "append R1/1/1 7=14:25 8=14:26 9=14:27"},
		"one":         {map[parse.Bib]bool{"7": true}, nil, "append R1/1/1 8=14:26 9=14:27"},
		"all but one": {nil, map[parse.Bib]bool{"8": true}, "append R1/1/1 8=14:26"},
		"both":        {map[parse.Bib]bool{"7": true}, map[parse.Bib]bool{"7": true, "9": true}, "append R1/1/1 9=14:27"},
	} {
		l := newLedger(t)
		setOrigin(t, l, state.OriginEmpty, raceUnit)
		observe(t, l, "a.csv settled 7=14:25 8=14:26 9=14:27")
		terms := state.Terms{Units: []state.Unit{raceUnit}, Max: 10, NewFinishers: state.Append, Skip: map[state.Unit]map[parse.Bib]bool{raceUnit: tt.skip}}
		if tt.only != nil {
			terms.Only = map[state.Unit]map[parse.Bib]bool{raceUnit: tt.only}
		}
		batches, err := l.Offer(terms)
		must(t, err)
		if diff := cmp.Diff([]string{tt.want}, words(batches)); diff != "" {
			t.Errorf("%s: %s", sentence, diff)
		}
	}
}
