package alert

import (
	"slices"
	"time"

	"finishwatch/cmd/internal/status"
)

// Tracker turns snapshots into alerts. It has no clock and no log: what it says follows from what it was shown. It is not
// safe for concurrent use.
type Tracker struct {
	quiet   time.Duration // 0 for never
	kinds   []kind
	phases  map[string]*phase
	refused []count
}

// NewTracker returns a tracker. Nothing new for the time of quiet is an alert; 0 for never.
func NewTracker(quiet time.Duration) *Tracker {
	return &Tracker{quiet: quiet, kinds: kinds(), phases: map[string]*phase{}}
}

// Event is an alert that begins, or is over.
type Event struct {
	Alert  status.Alert
	Over   bool
	Lasted time.Duration // when it is over
}

// phase is how one kind is doing.
type phase struct {
	so     bool
	since  time.Time     // since when it has been so, or not so
	active *status.Alert // nil when there is none
	ended  time.Time     // when there was one last
	again  int           // how often in a row it came back soon
}

const (
	// soon is how long an alert must stay away to be a new one the next time.
	soon = 10 * time.Minute
	// longest bounds how long an alert that comes and goes must stay away before it is over.
	longest = 10 * time.Minute
	// least is where the doubling of that begins for kinds that end at once.
	least = 5 * time.Second
)

// Step takes in what is so now, and returns what begins or is over with it, the worst first. The snapshots come in the
// order of time.
func (t *Tracker) Step(s Snapshot) []Event {
	var events []Event
	for _, k := range t.kinds {
		p := t.phases[k.id]
		if p == nil {
			p = &phase{since: s.Now}
			t.phases[k.id] = p
		}
		detail, so := k.is(t, s, p.active != nil)
		if so != p.so {
			p.so, p.since = so, s.Now
		}
		if so && p.active != nil {
			p.active.Detail = detail
		}
		if event, ok := p.turn(k, detail, s.Now); ok {
			events = append(events, event)
		}
	}
	return events
}

// turn begins or ends an alert when what it is about has been so, or not so, for long enough.
func (p *phase) turn(k kind, detail string, now time.Time) (Event, bool) {
	lasted := now.Sub(p.since)
	switch {
	case p.so && p.active == nil && lasted >= k.begins:
		if p.again++; p.ended.IsZero() || p.since.Sub(p.ended) >= soon {
			p.again = 0
		}
		p.active = &status.Alert{ID: k.id, Title: k.title, Detail: detail, Safe: k.safe, Now: k.now, Bad: k.bad, Since: p.since}
		return Event{Alert: *p.active}, true
	case !p.so && p.active != nil && lasted >= p.patience(k):
		alert := *p.active
		p.active, p.ended = nil, now
		return Event{Alert: alert, Over: true, Lasted: p.since.Sub(alert.Since)}, true
	}
	return Event{}, false
}

// patience is how long it must not be so before the alert is over: twice as long each time that it came back soon.
func (p *phase) patience(k kind) time.Duration {
	if p.again == 0 {
		return k.ends
	}
	return min(longest, max(k.ends, least)<<min(p.again, 10))
}

// Active returns the alerts that there are, the worst first, also those that are only not over yet because it has to stay so.
func (t *Tracker) Active() []status.Alert {
	var list []status.Alert
	for _, k := range t.kinds {
		if p := t.phases[k.id]; p != nil && p.active != nil {
			active := *p.active
			if !p.so {
				active.Over = p.since
			}
			list = append(list, active)
		}
	}
	return list
}

// count is how many rows were refused from a time on.
type count struct {
	at time.Time
	n  int
}

// leastRefused takes down how many rows are refused, and returns the least that there were within the window.
func (t *Tracker) leastRefused(now time.Time, n int) int {
	if len(t.refused) == 0 || t.refused[len(t.refused)-1].n != n {
		t.refused = append(t.refused, count{now, n})
	}
	// The last one from before the window was still so when it began.
	for len(t.refused) > 1 && now.Sub(t.refused[1].at) >= window {
		t.refused = t.refused[1:]
	}
	return slices.MinFunc(t.refused, func(a, b count) int { return a.n - b.n }).n
}
