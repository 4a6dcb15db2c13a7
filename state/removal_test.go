package state_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// offerRemoval plans a removal and writes it down.
func offerRemoval(t *testing.T, l *state.Ledger) (state.Batch, []parse.Bib) {
	t.Helper()
	b, gone := l.Removal(raceUnit)
	must(t, l.OfferRemoval(b, gone))
	return b, gone
}

func TestRemoval(t *testing.T) {
	tests := map[string]struct {
		story []string
		want  string
		gone  []parse.Bib
	}{
		"a vanished bib goes, all others stay": {
			[]string{"a.csv settled 7=14:25 8=DNF 9=14:20", "send", "a.csv settled 8=DNF 9=14:20", "conclude"},
			"replace R1/1/1 9=14:20 8=DNF",
			[]parse.Bib{"7"},
		},
		"what is pending goes along, what is held stays as it is public": {
			[]string{
				"a.csv settled 6=14:10 7=14:25 8=14:30", "send",
				"a.csv settled 6=14:11 8!why 10=14:40 11!why", "hold 10", "conclude",
			},
			"replace R1/1/1 6=14:11 8=14:30",
			[]parse.Bib{"7"},
		},
		"a vanished bib that a person holds stays": {
			[]string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude", "hold 7"},
			"replace R1/1/1 7=14:25 8=14:30", nil,
		},
		"offered without an answer, then vanished or disputed: it may be public": {
			[]string{"a.csv settled 8=14:30", "send", "a.csv settled 6=14:10 7=14:25 8=14:30", "lose", "a.csv settled 6!why 8=14:30", "conclude"},
			"replace R1/1/1 8=14:30",
			[]parse.Bib{"6", "7"},
		},
		"what the server refused may be there from an earlier offer": {
			[]string{"a.csv settled 8=14:30", "send", "a.csv settled 7=14:25 8=14:30", "lose", "refuse 7 14:25"},
			"replace R1/1/1 8=14:30",
			[]parse.Bib{"7"},
		},
		"nothing while the race is held": {
			[]string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude", "hold race"},
			"replace R1/1/1", nil,
		},
		"nothing while all is paused": {
			[]string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude", "pause"},
			"replace R1/1/1", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			play(t, l, "", test.story)
			b, gone := l.Removal(raceUnit)
			if diff := cmp.Diff(test.want, words([]state.Batch{b})[0]); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.gone, gone); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARemovedBibIsForgotten(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude"})
	if diff := cmp.Diff([]parse.Bib{"7"}, l.Vanished(raceUnit)); diff != "" {
		t.Error(diff)
	}
	b, _ := offerRemoval(t, l)
	if got := l.Confirmed(raceUnit); len(got) != 1 {
		t.Errorf("while nobody knows, confirmed are %v", got)
	}
	if diff := cmp.Diff([]parse.Bib{"7"}, l.Vanished(raceUnit)); diff != "" {
		t.Errorf("a removal without an answer is forgotten: %s", diff)
	}
	confirm(t, l, []state.Batch{b})
	if got := l.Counts(raceUnit); got != (state.Counts{Read: 1, Confirmed: 1, Public: 1}) || l.Vanished(raceUnit) != nil {
		t.Errorf("%+v", got)
	}
	l = play(t, l, path, []string{"restart", "a.csv settled 8=14:30", "conclude"})
	defer func() { _ = l.Close() }()
	if got := l.Held(raceUnit); got != nil {
		t.Errorf("held: %v", got)
	}
	play(t, l, path, []string{"a.csv settled 7=14:26 8=14:30"})
	if diff := cmp.Diff([]string{"update R1/1/1 7=14:26"}, words(offer(t, l, 10, raceUnit))); diff != "" {
		t.Errorf("when it is back: %s", diff)
	}
}

// Whatever became of the removal, a bib that comes back goes by update.
func TestABibThatComesBack(t *testing.T) {
	for _, when := range []string{"no answer", "restart", "before the answer"} {
		t.Run(when, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, []string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude"})
			b, _ := offerRemoval(t, l)
			back := []string{"a.csv settled 7=14:25 8=14:30", "conclude"}
			if when == "restart" {
				back = append([]string{"restart"}, back...)
			}
			l = play(t, l, path, back)
			defer func() { _ = l.Close() }()
			if when == "before the answer" {
				confirm(t, l, []state.Batch{b})
			}
			batches := offer(t, l, 10, raceUnit)
			if diff := cmp.Diff([]string{"update R1/1/1 7=14:25"}, words(batches)); diff != "" {
				t.Fatal(diff)
			}
			confirm(t, l, batches)
			if got := l.Counts(raceUnit); got != (state.Counts{Read: 2, Confirmed: 2, Public: 2}) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestAnOutdatedRemovalIsRefused(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude"})
	b, gone := l.Removal(raceUnit)
	play(t, l, "", []string{"a.csv settled 7=14:25 8=14:30"})
	if err := l.OfferRemoval(b, gone); !errors.Is(err, state.ErrOutdated) {
		t.Error(err)
	}
	if got := l.Confirmed(raceUnit); len(got) != 2 {
		t.Errorf("confirmed are %v", got)
	}
}

func TestARemovalNeverEmptiesARace(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 7=14:25", "send", "a.csv settled 8!why", "conclude"})
	b, gone := l.Removal(raceUnit)
	if err := l.OfferRemoval(b, gone); err == nil || len(gone) != 1 {
		t.Error(err, gone)
	}
}

// A replace that timed out may be carried out after the updates that followed it.
func TestALateReplaceIsSentOver(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 8=14:30", "conclude"})
	offerRemoval(t, l)
	l = play(t, l, path, []string{"restart", "a.csv settled 7=14:25 8=14:30 9=14:40", "conclude", "send"})
	defer func() { _ = l.Close() }()
	if got := verify(t, l, "8=14:30"); got.Resend != 2 || len(got.Stripped) != 2 {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]string{"update R1/1/1 7=14:25 9=14:40"}, words(offer(t, l, 10, raceUnit))); diff != "" {
		t.Error(diff)
	}
}
