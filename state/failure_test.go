package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// The disk is full, then it is not. A step that cannot be stored leaves memory as it was, and the same step works later.
func TestAStepThatCannotBeStored(t *testing.T) {
	batch := []state.Batch{{
		Unit: raceUnit, Mode: state.Append, Rows: []state.Row{{Bib: "1", Mark: mark("14:20")}},
		Attributes: &state.Attributes{Name: "5k"},
	}}
	tests := map[string]struct {
		before []string // what files said
		step   func(l *state.Ledger) error
		want   []string // in the end
	}{
		"Observe new finishers": {
			nil,
			func(l *state.Ledger) error {
				_, err := l.Observe(raceUnit, said("a.csv settled 1=14:30 2=14:20"))
				return err
			},
			[]string{"2 14:20", "1 14:30"},
		},
		"Observe a correction": {
			[]string{"a.csv settled 1=14:20"},
			func(l *state.Ledger) error {
				_, err := l.Observe(raceUnit, said("a.csv settled 1=14:30"))
				return err
			},
			[]string{"1 14:30"},
		},
		"Observe that a file is silent now about a bib that two disputed": {
			[]string{"a.csv settled 1=14:20", "b.csv settled 1=14:30 2=15:00"},
			func(l *state.Ledger) error {
				_, err := l.Observe(raceUnit, said("b.csv settled 2=15:00"))
				return err
			},
			[]string{"1 14:20", "2 15:00"},
		},
		"Conclude": {
			[]string{"a.csv settled 1=14:20 2=14:30", "a.csv settled 1=14:20"},
			func(l *state.Ledger) error { _, err := l.Conclude(raceUnit, true); return err },
			[]string{"1 14:20", "2 14:30 HELD " + state.Vanished},
		},
		"Offer": {
			[]string{"a.csv settled 1=14:20"},
			func(l *state.Ledger) error {
				_, err := l.Offer(state.Terms{Units: []state.Unit{raceUnit}, Max: 10, NewFinishers: state.Append})
				return err
			},
			[]string{"1 14:20 offered 14:20"},
		},
		"Confirm": {
			[]string{"a.csv settled 1=14:20"},
			func(l *state.Ledger) error { return l.Confirm(batch) },
			[]string{"1 14:20 confirmed 14:20"},
		},
		"Hold a bib": {
			[]string{"a.csv settled 1=14:20"},
			func(l *state.Ledger) error { return l.HoldBib(raceUnit, "1", true) },
			[]string{"1 14:20 HELD held by a person"},
		},
		"Release": {
			[]string{"a.csv settled 1!slow@2:14:20"},
			func(l *state.Ledger) error { _, err := l.Release(raceUnit, "", parse.Mark{}); return err },
			[]string{"1 2:14:20"},
		},
		"Refuse": {
			[]string{"a.csv settled 1=14:20"},
			func(l *state.Ledger) error { return l.Refuse(raceUnit, batch[0].Rows[0], "why") },
			[]string{"1 14:20 HELD refused by OpenTrack: why"},
		},
		"Verified": {
			[]string{"a.csv settled 1=14:20", "lose", "a.csv settled 1=14:30", "send"},
			func(l *state.Ledger) error {
				_, err := l.Verified(raceUnit, map[parse.Bib]state.Shown{"1": {Mark: mark("14:20")}})
				return err
			},
			[]string{"1 14:30 offered 14:30 confirmed 14:30"},
		},
		"Offer a removal": {
			[]string{"a.csv settled 1=14:20 2=14:30", "send", "a.csv settled 2=14:30", "conclude"},
			func(l *state.Ledger) error {
				b, gone := l.Removal(raceUnit)
				return l.OfferRemoval(b, gone)
			},
			[]string{"1 14:20 offered 14:20 HELD " + state.Vanished, "2 14:30 offered 14:30 confirmed 14:30"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			play(t, l, "", test.before)
			lines, counts := l.Lines(raceUnit), l.Counts(raceUnit)
			must(t, l.Reopen(true))
			for range 2 {
				if err := test.step(l); err == nil {
					t.Fatal("the step was stored in a file that cannot be written")
				}
			}
			if diff := cmp.Diff(lines, known(l.Lines(raceUnit))); diff != "" {
				t.Errorf("memory changed:\n%s", diff)
			}
			if diff := cmp.Diff(counts, l.Counts(raceUnit)); diff != "" {
				t.Errorf("the counts changed:\n%s", diff)
			}
			must(t, l.Reopen(false))
			must(t, test.step(l))
			if diff := cmp.Diff(test.want, l.Lines(raceUnit)); diff != "" {
				t.Errorf("when it can be written again:\n%s", diff)
			}
			if diff := cmp.Diff(l.Recount(raceUnit), l.Counts(raceUnit)); diff != "" {
				t.Errorf("counts:\n%s", diff)
			}
		})
	}
}

// known leaves out bibs of which nothing is recorded.
func known(lines []string) []string {
	var kept []string
	for _, line := range lines {
		if len(line) > len("1") {
			kept = append(kept, line)
		}
	}
	return kept
}

// The same for what is stored of a whole race, or of all.
func TestAHoldThatCannotBeStoredIsNone(t *testing.T) {
	l := newLedger(t)
	must(t, l.Reopen(true))
	for range 2 {
		if l.Pause(true) == nil || l.HoldUnit(raceUnit, true) == nil {
			t.Error("no error")
		}
	}
	if l.Paused() || l.UnitHeld(raceUnit) {
		t.Error("held in memory only")
	}
	must(t, l.Reopen(false))
	must(t, l.Pause(true))
	must(t, l.HoldUnit(raceUnit, true))
	must(t, l.Reopen(true))
	if _, err := l.Release(raceUnit, "", parse.Mark{}); err == nil || l.Pause(false) == nil || !l.UnitHeld(raceUnit) || !l.Paused() {
		t.Error("released in memory only")
	}
	must(t, l.Reopen(false))
}

func TestAnOriginThatCannotBeStoredIsNotKnown(t *testing.T) {
	l := newLedger(t)
	must(t, l.Reopen(true))
	if err := l.SetOrigin(raceUnit, state.OriginEmpty); err == nil {
		t.Error("no error")
	}
	if got := l.Origin(raceUnit); got != state.OriginUnknown {
		t.Errorf("the origin is %q", got)
	}
}

// A hold from before the start must survive a Conclude that failed: one file alone cannot lift it afterwards either.
func TestAConclusionThatFailedLiftsNoHold(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	observe(t, l, "a.csv settled 7=14:25.10 8=14:30")
	observe(t, l, "b.csv settled 7=14:26 9=15:00")
	must(t, l.Close())
	l = open(t, path)
	defer l.Close()
	observe(t, l, "a.csv settled 7=14:25.10 8=14:30")
	must(t, l.Reopen(true))
	if _, err := l.Conclude(raceUnit, true); err == nil {
		t.Fatal("no error")
	}
	must(t, l.Reopen(false))
	observe(t, l, "a.csv grown 7=14:25.1 8=14:30")
	if got := l.Held(raceUnit); len(got) != 1 || got[0].Bib != "7" {
		t.Errorf("held are %v", got)
	}
}

func TestAClosedLedgerSaysSo(t *testing.T) {
	l := open(t, newPath(t))
	must(t, l.Close())
	if _, err := l.Observe(raceUnit, said("a.csv grown 1=14:20")); err == nil {
		t.Error("an observation of a closed ledger succeeds")
	}
}
