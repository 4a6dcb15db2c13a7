package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tracking shows a tracker a thing that is so for some time, and not so for some time, in turn, second by second, and
// returns what begins and what is over.
func tracking(k kind, spells ...time.Duration) []string {
	so, now := false, noon
	k.is = func(*Tracker, Snapshot, bool) (string, bool) { return "detail", so }
	tracker := NewTracker(0)
	tracker.kinds = []kind{k}
	var events []string
	for _, spell := range spells {
		so = !so
		for end := now.Add(spell); now.Before(end); now = now.Add(time.Second) {
			for _, e := range tracker.Step(Snapshot{Now: now}) {
				at := now.Sub(noon)
				if e.Over {
					events = append(events, fmt.Sprintf("%s over after %s", at, e.Lasted))
				} else {
					events = append(events, fmt.Sprintf("%s begins", at))
				}
			}
		}
	}
	return events
}

// Between the end of its reason and its own, an alert says that it is not so any more.
func TestAnAlertThatIsNotSoAnyMoreSaysSo(t *testing.T) {
	so := true
	tracker := NewTracker(0)
	tracker.kinds = []kind{{id: "x", ends: time.Minute, is: func(*Tracker, Snapshot, bool) (string, bool) { return "", so }}}
	over := func(after time.Duration) time.Time {
		tracker.Step(Snapshot{Now: noon.Add(after)})
		return tracker.Active()[0].Over
	}
	if got := over(0); !got.IsZero() {
		t.Errorf("over at %s while it is so", got)
	}
	so = false
	if got := over(time.Second); !got.Equal(noon.Add(time.Second)) {
		t.Errorf("over at %s", got)
	}
	so = true
	if got := over(2 * time.Second); !got.IsZero() {
		t.Errorf("over at %s when it is so again", got)
	}
}

func TestWhenAnAlertBeginsAndEnds(t *testing.T) {
	const s, m = time.Second, time.Minute
	slow := kind{id: "x", begins: m, ends: 30 * s}
	tests := map[string]struct {
		kind   kind
		spells []time.Duration // so, not so, so, …
		want   []string
	}{
		"it is so for too short a time":          {slow, []time.Duration{59 * s, 10 * m}, nil},
		"it begins when it has been so for long": {slow, []time.Duration{90 * s}, []string{"1m0s begins"}},
		"it is over when it has not for long":    {slow, []time.Duration{90 * s, m}, []string{"1m0s begins", "2m0s over after 1m30s"}},
		"a gap does not end it":                  {slow, []time.Duration{90 * s, 29 * s, 90 * s}, []string{"1m0s begins"}},
		"a gap before it begins counts":          {slow, []time.Duration{50 * s, s, 50 * s, 10 * m}, nil},
		"at once":                                {kind{id: "x"}, []time.Duration{5 * s, 5 * s}, []string{"0s begins", "5s over after 5s"}},
		"it comes back after long: as the first": {slow, []time.Duration{90 * s, 20 * m, 90 * s, m}, []string{"1m0s begins", "2m0s over after 1m30s", "22m30s begins", "23m30s over after 1m30s"}},
		"it comes back soon: it must stay away longer": {
			slow,
			[]time.Duration{90 * s, m, 90 * s, 2 * m, 90 * s, 3 * m},
			[]string{"1m0s begins", "2m0s over after 1m30s", "3m30s begins", "5m0s over after 1m30s", "7m0s begins", "9m30s over after 1m30s"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, tracking(test.kind, test.spells...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// However something comes and goes for a day, it makes a few lines and no flood.
func TestWhatComesAndGoesMakesNoFlood(t *testing.T) {
	for _, k := range kinds() {
		for _, away := range []time.Duration{k.ends + time.Second, 40 * time.Second, 2 * time.Minute, 5 * time.Minute} {
			var spells []time.Duration
			for total := time.Duration(0); total < 24*time.Hour; {
				so := k.begins + 2*time.Second
				spells = append(spells, so, away)
				total += so + away
			}
			if events := tracking(k, spells...); len(events) == 0 || len(events) > 20 {
				t.Errorf("%s, away for %s in between: %d lines", k.id, away, len(events))
			}
		}
	}
}

func TestActiveAlertsAreTheWorstFirst(t *testing.T) {
	tracker := NewTracker(10 * time.Minute)
	bad := well(func(s *Snapshot) { s.Free = 1 << 20 }, clock(60, 0.1))
	bad.Status.State, bad.Status.Trouble = "NO FOLDER", "first"
	for i := range 60 {
		bad.Now = noon.Add(time.Duration(i) * time.Second)
		if i == 50 {
			bad.Status.Trouble = "second"
		}
		tracker.Step(bad)
	}
	var got []string
	for _, a := range tracker.Active() {
		got = append(got, strings.Join([]string{a.ID, a.Since.Sub(noon).String(), fmt.Sprint(a.Bad)}, " "))
	}
	if diff := cmp.Diff([]string{"folder 0s true", "disk 0s false", "clock 0s false"}, got); diff != "" {
		t.Error(diff)
	}
	if detail := tracker.Active()[0].Detail; detail != "second" {
		t.Errorf("the detail is %q, which was so before", detail)
	}
}
