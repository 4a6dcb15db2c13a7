package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"finishwatch/parse"
	"finishwatch/state"
)

// Each story is what files say one after another, with conclude, restart and send (offer all and confirm) in between.
func TestWhatTheFilesSay(t *testing.T) {
	const two = "two times: a.csv line 1 has 14:25.10, b.csv line 1 has 14:26"
	tests := map[string]struct{ story, want []string }{
		"two files make a union": {
			[]string{"a.csv grown 1=14:20", "b.csv grown 2=14:21"},
			[]string{"1 14:20", "2 14:21"},
		},
		"two files with the same mark, written otherwise, agree": {
			[]string{"a.csv grown 1=14:20.1", "b.csv grown 1=14:20.10"},
			[]string{"1 14:20.1"},
		},
		"two files with two marks: held": {
			[]string{"a.csv grown 7=14:25.10", "b.csv grown 7=14:26"},
			[]string{"7 14:25.10 HELD " + two},
		},
		"and released when one of them changes": {
			[]string{"a.csv grown 7=14:25.10", "b.csv grown 7=14:26", "b.csv grown 7=14:25.1"},
			[]string{"7 14:25.10"},
		},
		"and released when one of them, settled, has the bib no more": {
			[]string{"a.csv grown 7=14:25.10", "b.csv grown 7=14:26", "b.csv settled 8=14:30"},
			[]string{"7 14:25.10", "8 14:30"},
		},
		"but not when it has not settled": {
			[]string{"a.csv grown 7=14:25.10", "b.csv grown 7=14:26", "b.csv grown 8=14:30"},
			[]string{"7 14:25.10 HELD " + two, "8 14:30"},
		},
		"and not when it was emptied": {
			[]string{"a.csv grown 7=14:25.10", "b.csv grown 7=14:26", "b.csv settled", "conclude"},
			[]string{"7 14:25.10 HELD " + two},
		},
		"a held row keeps its bib back": {
			[]string{"a.csv grown 7!why 8=14:30"},
			[]string{"7 HELD why", "8 14:30"},
		},
		"a held row in one file holds the bib of the other": {
			[]string{"a.csv grown 7=14:25", "b.csv grown 7!why"},
			[]string{"7 14:25 HELD why"},
		},
		"a row that was held and is sound now": {
			[]string{"a.csv grown 7!why", "a.csv grown 7=14:25"},
			[]string{"7 14:25"},
		},
		"a row that was sound and is held now": {
			[]string{"a.csv grown 7=14:25", "a.csv grown 7!why"},
			[]string{"7 14:25 HELD why"},
		},
		"a correction": {
			[]string{"a.csv grown 7=14:25", "send", "a.csv grown 7=DQ"},
			[]string{"7 DQ offered 14:25 confirmed 14:25"},
		},
		"the same mark written otherwise is no correction": {
			[]string{"a.csv grown 7=14:25.10", "send", "a.csv settled 7=14:25.1", "conclude"},
			[]string{"7 14:25.10 offered 14:25.10 confirmed 14:25.10"},
		},
		"growing files conclude nothing from absence": {
			[]string{"a.csv grown 1=14:20 2=14:21", "a.csv grown 1=14:20", "conclude"},
			[]string{"1 14:20", "2 14:21"},
		},
		"a settled file does": {
			[]string{"a.csv grown 1=14:20 2=14:21", "a.csv settled 1=14:20", "conclude"},
			[]string{"1 14:20", "2 14:21 HELD " + state.Vanished},
		},
		"but not before all files have been read": {
			[]string{"a.csv grown 1=14:20 2=14:21", "a.csv settled 1=14:20"},
			[]string{"1 14:20", "2 14:21"},
		},
		"a bib that moved to another file has not vanished": {
			[]string{"a.csv settled 1=14:20 2=14:21", "a.csv settled 1=14:20", "b.csv settled 2=14:21", "conclude"},
			[]string{"1 14:20", "2 14:21"},
		},
		"vanished, and back with another mark": {
			[]string{"a.csv settled 1=14:20 2=14:21", "a.csv settled 1=14:20", "conclude", "a.csv grown 1=14:20 2=14:22"},
			[]string{"1 14:20", "2 14:22"},
		},
		"an emptied export says nothing about anybody": {
			[]string{"a.csv settled 1=14:20", "a.csv settled", "conclude"},
			[]string{"1 14:20"},
		},
		"also after a restart": {
			[]string{"a.csv settled 1=14:20", "restart", "a.csv settled", "conclude"},
			[]string{"1 14:20"},
		},
		"a bib that went while nobody watched": {
			[]string{"a.csv settled 1=14:20 2=14:21", "restart", "a.csv settled 1=14:20", "conclude"},
			[]string{"1 14:20", "2 14:21 HELD " + state.Vanished},
		},
		"a file that is still empty does not keep others from vanishing": {
			[]string{"b.csv settled", "a.csv settled 1=14:20 2=14:21", "a.csv settled 1=14:20", "conclude"},
			[]string{"1 14:20", "2 14:21 HELD " + state.Vanished},
		},
		"a held bib that was never a finish has not vanished": {
			[]string{"a.csv settled 1=14:20 2!why", "a.csv settled 1=14:20", "conclude"},
			[]string{"2", "1 14:20"},
		},
		"a hold from before the start is not lifted by one file alone": {
			[]string{"a.csv settled 7=14:25.10", "b.csv settled 7=14:26", "restart", "a.csv settled 7=14:25.10"},
			[]string{"7 14:25.10 HELD " + two},
		},
		"but when all have been read": {
			[]string{"a.csv settled 7=14:25.10", "b.csv settled 7=14:26", "restart", "a.csv settled 7=14:25.10", "b.csv settled 8=15:00", "conclude"},
			[]string{"7 14:25.10", "8 15:00"},
		},
		"a hold that began after that is lifted by the file that gave the reason": {
			[]string{
				"a.csv settled 7=14:25.10", "b.csv settled 7=14:26", "restart", "a.csv settled 7=14:25.10", "b.csv settled 8=15:00", "conclude",
				"b.csv grown 7=14:26 8=15:00", "b.csv grown 7=14:25.1 8=15:00",
			},
			[]string{"7 14:25.10", "8 15:00"},
		},
		"and not while one of them is empty": {
			[]string{"a.csv settled 7=14:25.10", "b.csv settled 7=14:26", "restart", "a.csv settled 7=14:25.10", "b.csv settled", "conclude", "a.csv settled 7=14:25.10"},
			[]string{"7 14:25.10 HELD " + two},
		},
		"first sight: the faster one first, codes last": {
			[]string{"a.csv grown 3=DNF 1=14:30 2=14:20", "a.csv grown 3=DNF 1=14:30 2=14:20 9=14:00"},
			[]string{"2 14:20", "1 14:30", "3 DNF", "9 14:00"},
		},
		"a finish and a held row of one bib in one file: parse has decided": {
			[]string{"a.csv grown 7=14:25 7!why"},
			[]string{"7 14:25"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			checkStory(t, test.story, test.want)
		})
	}
}

func TestChanges(t *testing.T) {
	finish := func(bib, text string, line int) parse.Finish {
		return parse.Finish{Bib: parse.Bib(bib), Mark: mark(text), Line: line}
	}
	tests := map[string]struct {
		before, now string
		want        state.Changes
	}{
		"new ones in the order of first sight": {
			"a.csv grown", "a.csv grown 1=14:30 2=14:20",
			state.Changes{New: []parse.Finish{finish("2", "14:20", 2), finish("1", "14:30", 1)}},
		},
		"nothing new": {"a.csv grown 1=14:30.1", "a.csv settled 1=14:30.10", state.Changes{}},
		"a correction": {
			"a.csv grown 1=14:30", "a.csv grown 2=14:31 1=14:20",
			state.Changes{
				New:       []parse.Finish{finish("2", "14:31", 1)},
				Corrected: []state.Correction{{Finish: finish("1", "14:20", 2), Old: mark("14:30")}},
			},
		},
		"a held row": {
			"a.csv grown 1=14:30", "a.csv grown 1=14:30 2!why",
			state.Changes{Held: []state.HeldBib{{Bib: "2", Reason: "why"}}},
		},
		"both rows of a bib with two times are one held bib": {
			"a.csv grown 1=14:30", "a.csv grown 1!two 1!two",
			state.Changes{Held: []state.HeldBib{{Bib: "1", Reason: "two"}}},
		},
		"held before, with the reason in other words": {
			"a.csv grown 1!line-3", "a.csv grown 1!line-4", state.Changes{},
		},
		"a row that was held is new when it is sound": {
			"a.csv grown 1!why", "a.csv grown 1=14:20",
			state.Changes{New: []parse.Finish{finish("1", "14:20", 1)}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			observe(t, l, test.before)
			got := observe(t, l, test.now)
			same := cmp.Comparer(func(a, b parse.Mark) bool { return a == b })
			if diff := cmp.Diff(test.want, got, same, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatChangesNothingWritesNothing(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	observe(t, l, "a.csv settled 1=14:25.10 2!why 3=DNF")
	confirm(t, l, offer(t, l, 10, raceUnit))
	observe(t, l, "a.csv grown 1=14:26 2!why 3=DNF")
	offer(t, l, 10, raceUnit)
	before := l.Writes()
	observe(t, l, "a.csv settled 1=14:26.0 3=DNF 2!why")
	observe(t, l, "b.csv settled 1=14:26.00")
	conclude(t, l)
	if got := words(offer(t, l, 10, raceUnit)); len(got) != 1 {
		t.Errorf("the lost offer is repeated as %q", got)
	}
	if got := l.Writes(); got != before {
		t.Errorf("%d pages were written", got-before)
	}
	observe(t, l, "a.csv settled 1=14:27 3=DNF 2!why")
	if l.Writes() == before {
		t.Error("a change was not written")
	}
}
