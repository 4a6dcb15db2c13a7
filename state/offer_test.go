package state_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/state"
)

var otherUnit = state.Unit{Event: "R2", Round: 1, Heat: 1}

func TestNothingIsOfferedBeforeTheOriginIsKnown(t *testing.T) {
	l := newLedger(t)
	units := []state.Unit{raceUnit, otherUnit}
	if got := l.Unread(units); got != nil {
		t.Errorf("nothing to send, and yet %v are to be read back", got)
	}
	observe(t, l, "a.csv grown 1=14:20")
	if got := words(offer(t, l, 10, units...)); got != nil {
		t.Errorf("offered %q", got)
	}
	if diff := cmp.Diff([]state.Unit{raceUnit}, l.Unread(units)); diff != "" {
		t.Error(diff)
	}
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	if diff := cmp.Diff([]string{"append R1/1/1 1=14:20"}, words(offer(t, l, 10, units...))); diff != "" {
		t.Error(diff)
	}
	if got := l.Unread(units); got != nil {
		t.Errorf("still to be read back: %v", got)
	}
}

func TestNothingIsOfferedWhileFilesAreBeingRead(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit, otherUnit)
	observe(t, l, "a.csv grown 1=14:20")
	_, err := l.Observe(otherUnit, said("a.csv grown 2=14:21"))
	must(t, err)
	l.Listen(raceUnit)
	if diff := cmp.Diff([]string{"append R2/1/1 2=14:21"}, words(offer(t, l, 10, raceUnit, otherUnit))); diff != "" {
		t.Error(diff)
	}
	l.Heard(raceUnit)
	if got := offer(t, l, 10, raceUnit); len(got) != 1 {
		t.Errorf("offered %q", words(got))
	}
}

func TestModes(t *testing.T) {
	tests := map[string]struct {
		origin state.Origin
		story  []string // files, "lose" is an offer without an answer, "send" one with
		want   []string
	}{
		"new finishers":                               {state.OriginEmpty, []string{"a.csv grown 1=14:20"}, []string{"append R1/1/1 1=14:20"}},
		"a lost answer":                               {state.OriginEmpty, []string{"a.csv grown 1=14:20", "lose"}, []string{"append R1/1/1 1=14:20"}},
		"a correction before it was offered":          {state.OriginEmpty, []string{"a.csv grown 1=14:20", "a.csv grown 1=14:21"}, []string{"append R1/1/1 1=14:21"}},
		"a correction after a lost answer":            {state.OriginEmpty, []string{"a.csv grown 1=14:20", "lose", "a.csv grown 1=14:21"}, []string{"update R1/1/1 1=14:21"}},
		"and back again, offered":                     {state.OriginEmpty, []string{"a.csv grown 1=14:20", "lose", "a.csv grown 1=14:21", "lose", "a.csv grown 1=14:20"}, []string{"update R1/1/1 1=14:20"}},
		"and back again, not offered":                 {state.OriginEmpty, []string{"a.csv grown 1=14:20", "lose", "a.csv grown 1=14:21", "a.csv grown 1=14:20"}, []string{"append R1/1/1 1=14:20"}},
		"a correction of what was confirmed":          {state.OriginEmpty, []string{"a.csv grown 1=14:20", "send", "a.csv grown 1=DQ"}, []string{"update R1/1/1 1=DQ"}},
		"a correction and back to what was confirmed": {state.OriginEmpty, []string{"a.csv grown 1=14:20", "send", "a.csv grown 1=14:21", "lose", "a.csv grown 1=14:20"}, []string{"update R1/1/1 1=14:20"}},
		"modes are not mixed, the oldest goes first":  {state.OriginEmpty, []string{"a.csv grown 1=14:20", "send", "a.csv grown 1=14:21 2=14:30 3=14:25"}, []string{"update R1/1/1 1=14:21"}},
		"the server had marks":                        {state.OriginMarks, []string{"a.csv grown 1=14:20"}, []string{"update R1/1/1 1=14:20"}},
		"the page is hidden, the first read":          {state.OriginUnread, []string{"a.csv settled 1=14:20"}, []string{"update R1/1/1 1=14:20"}},
		"the page is hidden, later rows":              {state.OriginUnread, []string{"a.csv settled 1=14:20", "send", "a.csv grown 1=14:20 2=14:21"}, []string{"append R1/1/1 2=14:21"}},
		"codes after finishers, then first sight":     {state.OriginEmpty, []string{"a.csv grown 9=DNF", "a.csv grown 9=DNF 8=DNS 2=14:30 3=14:20", "a.csv grown 1=14:00"}, []string{"append R1/1/1 3=14:20 2=14:30 1=14:00 9=DNF 8=DNS"}},
		"a held bib is not offered":                   {state.OriginEmpty, []string{"a.csv grown 1=14:20 2=14:21", "a.csv grown 1=14:20 2!why"}, []string{"append R1/1/1 1=14:20"}},
		"a correction that was seen on the way":       {state.OriginEmpty, []string{"a.csv grown 1=14:20", "a.csv grown 1=14:21 while sending"}, []string{"update R1/1/1 1=14:21"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			setOrigin(t, l, test.origin, raceUnit)
			for _, step := range test.story {
				text, onTheWay := strings.CutSuffix(step, " while sending")
				var batches []state.Batch
				if onTheWay || step == "lose" || step == "send" {
					batches = offer(t, l, 10, raceUnit)
				}
				if step != "lose" && step != "send" {
					observe(t, l, text)
				}
				if onTheWay || step == "send" {
					confirm(t, l, batches)
				}
			}
			pending := l.Counts(raceUnit).Pending
			if diff := cmp.Diff(test.want, words(offer(t, l, 10, raceUnit))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if pending == 0 {
				t.Error("what is offered was not counted as pending")
			}
			if diff := cmp.Diff(test.want, words(offer(t, l, 10, raceUnit))); diff != "" {
				t.Errorf("offered again (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewFinishersByUpdateWhereTheStartListWasSeeded(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	observe(t, l, "a.csv grown 1=14:20")
	batches, err := l.Offer(state.Terms{Units: []state.Unit{raceUnit}, Max: 10, NewFinishers: state.Update})
	must(t, err)
	if diff := cmp.Diff([]string{"update R1/1/1 1=14:20"}, words(batches)); diff != "" {
		t.Error(diff)
	}
}

// A large unit must not starve a small one: whoever could not send in this PUT is first in the next.
func TestUnitsTakeTurns(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit, otherUnit)
	observe(t, l, "a.csv grown 1=14:01 2=14:02 3=14:03 4=14:04 5=14:05 6=14:06")
	_, err := l.Observe(otherUnit, said("b.csv grown 7=14:07 8=14:08"))
	must(t, err)
	var got [][]string
	for l.Counts(raceUnit).Pending+l.Counts(otherUnit).Pending > 0 {
		batches := offer(t, l, 3, raceUnit, otherUnit)
		rows := 0
		for _, b := range batches {
			rows += len(b.Rows)
		}
		if rows == 0 || rows > 3 {
			t.Fatalf("%d rows in a PUT of at most 3", rows)
		}
		confirm(t, l, batches)
		got = append(got, words(batches))
	}
	if len(got) != 3 {
		t.Errorf("%d PUTs: %q", len(got), got)
	}
	first := slices.IndexFunc(got, func(lines []string) bool { return slices.Contains(lines, "append R2/1/1 7=14:07 8=14:08") })
	if first < 0 || first > 1 {
		t.Errorf("the small unit waited: %q", got)
	}
}

func TestAttributes(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	l.Want(raceUnit, state.Attributes{Name: "5k", Note: "wet"})
	want := []string{"append R1/1/1 name 5k note wet"}
	batches := offer(t, l, 10, raceUnit)
	if diff := cmp.Diff(want, words(batches)); diff != "" {
		t.Errorf("alone:\n%s", diff)
	}
	observe(t, l, "a.csv grown 1=14:20")
	batches = offer(t, l, 10, raceUnit)
	if diff := cmp.Diff([]string{"append R1/1/1 1=14:20 name 5k note wet"}, words(batches)); diff != "" {
		t.Errorf("with rows, while they are not confirmed:\n%s", diff)
	}
	confirm(t, l, batches)
	observe(t, l, "a.csv grown 1=14:20 2=14:21")
	if diff := cmp.Diff([]string{"append R1/1/1 2=14:21"}, words(offer(t, l, 10, raceUnit))); diff != "" {
		t.Errorf("once is enough:\n%s", diff)
	}
	must(t, l.Close())

	l = open(t, path)
	defer l.Close()
	confirm(t, l, offer(t, l, 10, raceUnit))
	if got := words(offer(t, l, 10, raceUnit)); got != nil {
		t.Errorf("a configuration without a name takes the name away: %q", got)
	}
	l.Want(raceUnit, state.Attributes{Name: "5k", Note: "wet"})
	if got := words(offer(t, l, 10, raceUnit)); got != nil {
		t.Errorf("after a restart it is sent again: %q", got)
	}
	l.Want(raceUnit, state.Attributes{Name: "5 km", Note: "wet"})
	if diff := cmp.Diff([]string{"append R1/1/1 name 5 km note wet"}, words(offer(t, l, 10, raceUnit))); diff != "" {
		t.Errorf("changed:\n%s", diff)
	}
}

// What waits has waited since before a start, not since it; what was corrected meanwhile, too. What is corrected after it was
// confirmed waits since then.
func TestWhatWaitsHasWaitedSinceBeforeAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := newPath(t)
		l := open(t, path)
		setOrigin(t, l, state.OriginEmpty, raceUnit)
		for _, step := range []struct {
			story []string
			since time.Duration // of the second in which the story was played
		}{
			{[]string{"5k.csv grown 1=14:20"}, 0},
			{[]string{"restart"}, 0},
			{[]string{"5k.csv grown 1=14:21", "lose", "restart"}, 0},
			{[]string{"send", "5k.csv grown 1=14:22", "restart"}, 3},
			{[]string{"send", "5k.csv grown 1!why", "5k.csv grown 1=14:23", "restart"}, 4},
		} {
			l = play(t, l, path, step.story)
			began := time.Date(2000, 1, 1, 0, 0, int(step.since), 0, time.UTC) // as a bubble's clock does
			if got := l.OldestPending([]state.Unit{raceUnit}); !got.Equal(began) {
				t.Errorf("after %q it waits since %v, not since %v", step.story, got, began)
			}
			time.Sleep(time.Second)
		}
		must(t, l.Close())
	})
}

func TestOldestPending(t *testing.T) {
	l := newLedger(t)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	units := []state.Unit{raceUnit}
	if got := l.OldestPending(units); !got.IsZero() {
		t.Errorf("nothing waits, since %v", got)
	}
	observe(t, l, "a.csv grown 1=14:20 2!why")
	first := l.OldestPending(units)
	observe(t, l, "a.csv grown 1=14:21 3=14:30")
	if got := l.OldestPending(units); first.IsZero() || !got.Equal(first) {
		t.Errorf("a correction waits since %v, and the bib since %v", got, first)
	}
	observe(t, l, "a.csv grown 1!why 3!why")
	if got := l.OldestPending(units); !got.IsZero() {
		t.Errorf("what is held does not wait, but since %v", got)
	}
	observe(t, l, "a.csv grown 1=14:21 3=14:30")
	confirm(t, l, offer(t, l, 10, raceUnit))
	if got := l.OldestPending(units); !got.IsZero() {
		t.Errorf("what is confirmed does not wait, but since %v", got)
	}
}
