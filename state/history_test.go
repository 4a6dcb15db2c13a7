package state_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// tell writes events as "corrected 14:24 was 14:25 in a.csv:1", without their times.
func tell(events []state.Event) []string {
	var lines []string
	for _, e := range events {
		line := e.Kind
		if !e.Mark.IsZero() {
			line += " " + e.Mark.String()
		}
		if !e.Old.IsZero() {
			line += " was " + e.Old.String()
		}
		if e.File != "" {
			line += fmt.Sprintf(" in %s:%d", e.File, e.Line)
		}
		if e.Mode != "" {
			line += " by " + string(e.Mode)
		}
		if e.Words != "" {
			line += ": " + e.Words
		}
		lines = append(lines, line)
	}
	return lines
}

func history(t *testing.T, l *state.Ledger, bib parse.Bib) []state.Event {
	t.Helper()
	events, err := l.History(raceUnit, bib)
	must(t, err)
	return events
}

func TestHistory(t *testing.T) {
	tests := map[string]struct{ story, want []string }{
		"a finish": {
			[]string{"a.csv settled 8=14:00 7=14:25", "send"},
			[]string{"read 14:25 in a.csv:2", "offered 14:25 by append", "confirmed 14:25"},
		},
		"an outage: only changes are events": {
			[]string{"a.csv settled 7=14:25", "lose", "lose", "restart", "a.csv settled 7=14:25.0", "conclude", "lose", "send"},
			[]string{"read 14:25 in a.csv:1", "offered 14:25 by append", "confirmed 14:25"},
		},
		"a correction": {
			[]string{"a.csv settled 7=14:25", "send", "a.csv settled 7=14:24", "send"},
			[]string{
				"read 14:25 in a.csv:1", "offered 14:25 by append", "confirmed 14:25",
				"corrected 14:24 was 14:25 in a.csv:1", "offered 14:24 by update", "confirmed 14:24",
			},
		},
		"a hold whose reason goes; other line numbers are no event": {
			[]string{"a.csv settled 7=14:25", "a.csv settled 7!line-3", "a.csv settled 7!line-4", "a.csv settled 7=14:25"},
			[]string{"read 14:25 in a.csv:1", "held in a.csv:1: line-3", "released: the reason is gone"},
		},
		"vanished and back": {
			[]string{"a.csv settled 7=14:25 8=14:30", "a.csv settled 8=14:30", "conclude", "a.csv settled 7=14:25 8=14:30"},
			[]string{"read 14:25 in a.csv:1", "vanished 14:25", "back 14:25 in a.csv:1"},
		},
		"a person holds and releases": {
			[]string{"a.csv settled 7=14:25", "hold 7", "unhold 7", "hold 7", "release 7"},
			[]string{"read 14:25 in a.csv:1", "held: held by a person", "released: by a person", "held: held by a person", "released: by a person"},
		},
		"a person chooses": {
			[]string{"a.csv settled 7!two-times@14:25 7!two-times@14:26", "release 7 14:26", "send"},
			[]string{
				"held in a.csv:2: two-times", "read 14:26 in a.csv:2", "released 14:26: by a person",
				"offered 14:26 by append", "confirmed 14:26",
			},
		},
		"refused": {
			[]string{"a.csv settled 7=14:25", "lose", "refuse 7 14:25", "release 7"},
			[]string{"read 14:25 in a.csv:1", "offered 14:25 by append", "refused 14:25: no such athlete", "released 14:25: by a person"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, test.story)
			defer l.Close()
			if diff := cmp.Diff(test.want, tell(history(t, l, "7"))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheHistoryOfWhatTheServerShows(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 7=14:25 8=14:30", "lose", "a.csv settled 7=14:24 8=14:30", "send"})
	verify(t, l, "8=14:30")
	verify(t, l, "7=- 8=14:30")
	verify(t, l, "7=14:25 8=14:30")
	play(t, l, "", []string{"send"})
	verify(t, l, "7=14:24 8=14:30")
	play(t, l, "", []string{"a.csv settled 8=14:30", "conclude"})
	b, _ := offerRemoval(t, l)
	confirm(t, l, []state.Batch{b})
	want := []string{
		"read 14:25 in a.csv:1", "offered 14:25 by append", "corrected 14:24 was 14:25 in a.csv:1", "offered 14:24 by update",
		"confirmed 14:24", "missing 14:24: not there", "different 14:24: shows 14:25, sent again", "confirmed 14:24",
		"verified 14:24", "vanished 14:24", "offered by replace", "removed",
	}
	if diff := cmp.Diff(want, tell(history(t, l, "7"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	last := history(t, l, "8")
	if e := last[len(last)-1]; e.Unit != raceUnit || e.Bib != "8" || time.Since(e.At) > time.Minute || time.Until(e.At) > 0 {
		t.Errorf("%+v", e)
	}
}

func TestALongHistory(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	observe(t, l, "a.csv settled 7=14:25")
	confirm(t, l, offer(t, l, 10, raceUnit))
	long := strings.Repeat("finish/", 40) + "a.csv"
	for i := range 100 {
		observe(t, l, fmt.Sprintf("%s grown 7!%s-%d", long, strings.Repeat("why", 100), i))
		observe(t, l, long+" grown 7=14:25")
	}
	if size := l.ValueSize(raceUnit, "7"); size > 2500 {
		t.Errorf("%d bytes", size)
	}
	got := tell(history(t, l, "7"))
	if len(got) > 32 || len(got) < 10 {
		t.Errorf("%d events", len(got))
	}
	if diff := cmp.Diff([]string{"read 14:25 in a.csv:1", "offered 14:25 by append", "confirmed 14:25"}, got[:3]); diff != "" {
		t.Errorf("what explains the marks is gone: %s", diff)
	}
}

func TestAllHistory(t *testing.T) {
	l := newLedger(t)
	if err := l.AllHistory(raceUnit, func(state.Event) error { return errors.New("nothing has happened") }); err != nil {
		t.Error(err)
	}
	if got := history(t, l, "7"); got != nil {
		t.Errorf("of a bib that nobody knows: %v", got)
	}
	observe(t, l, export("a.csv", "settled", 600, 0))
	var bibs []parse.Bib
	must(t, l.AllHistory(raceUnit, func(e state.Event) error {
		bibs = append(bibs, e.Bib)
		if len(bibs) == 300 { // the ledger is not busy meanwhile
			observe(t, l, export("b.csv", "settled", 600, 0))
		}
		return nil
	}))
	if len(bibs) != 600 || bibs[0] != "100" || bibs[599] != "699" {
		t.Errorf("%d bibs: %v", len(bibs), bibs[:min(3, len(bibs))])
	}
	stop := errors.New("enough")
	if err := l.AllHistory(raceUnit, func(state.Event) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}
