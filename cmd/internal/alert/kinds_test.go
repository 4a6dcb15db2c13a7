package alert

import (
	"strings"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
)

var noon = time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)

// well is a race in the middle in which nothing is wrong.
func well(change ...func(*Snapshot)) Snapshot {
	s := Snapshot{
		Now: noon, Free: 100 << 30, Known: true,
		Status: status.Status{
			State: status.Live, Connection: status.Connection{Login: status.LoginOK, Clock: &status.Clock{Ahead: 0.3, Within: 0.2}},
			Units: []status.Unit{{
				Unit: "R1/1/1", Read: 40, Confirmed: 39, Pending: 1, Verified: 39, OldestPending: 1,
				LastRead: noon.Add(-time.Second), LastConfirmed: noon.Add(-time.Second),
			}},
		},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func unit(change func(*status.Unit)) func(*Snapshot) {
	return func(s *Snapshot) { change(&s.Status.Units[0]) }
}

func clock(ahead, within float64) func(*Snapshot) {
	return func(s *Snapshot) { s.Status.Connection.Clock = &status.Clock{Ahead: ahead, Within: within} }
}

// What is so at one moment, and in which words. Whether it begins or goes on makes a difference for some.
func TestWhatIsSo(t *testing.T) {
	const minute = 60.0
	tests := map[string]struct {
		snapshot Snapshot
		active   bool   // there is such an alert already
		want     string // ids, in the order of the list
		detail   string // a part of it
	}{
		"nothing is wrong": {well(), false, "", ""},
		"no network": {well(func(s *Snapshot) {
			s.Status.State, s.Status.Outage, s.Status.LastError = status.Stalled, 61, "no such host"
		}), false, "stalled", "nothing can be sent for 1m1s; it tries again by itself: no such host"},
		"one race is refused": {well(func(s *Snapshot) {
			s.Status.State = status.Stalled
			s.Status.Units[0].Refused = "HTTP 400"
		}), false, "stalled", "R1/1/1 is refused by the server"},
		"rows wait and none is accepted": {well(unit(func(u *status.Unit) {
			u.OldestPending, u.LastConfirmed = minute, noon.Add(-time.Minute)
		})), false, "stalled", "1 of R1/1/1 wait"},
		"rows wait long, and others are accepted": {well(unit(func(u *status.Unit) { u.OldestPending = minute })), false, "", ""},
		"rows wait because a person paused": {well(func(s *Snapshot) {
			s.Status.State, s.Status.Paused = status.Paused, true
			s.Status.Units[0].OldestPending, s.Status.Units[0].LastConfirmed = minute, time.Time{}
		}), false, "", ""},
		"rows wait because a person holds the race": {well(unit(func(u *status.Unit) {
			u.OldestPending, u.LastConfirmed, u.OnHold = minute, time.Time{}, true
		})), false, "", ""},
		"the login is refused, and so rows wait": {well(func(s *Snapshot) {
			s.Status.State, s.Status.Connection.Login, s.Status.LastError = status.LoginRefused, status.LoginNo, "HTTP 401"
			s.Status.Units[0].OldestPending, s.Status.Units[0].LastConfirmed = minute, time.Time{}
		}), false, "login", "HTTP 401"},
		"the folder is gone, and so nothing new comes": {well(func(s *Snapshot) {
			s.Status.State, s.Status.Trouble = status.NoFolder, "watch /srv/timing: gone"
			s.Status.Units[0].LastRead = noon.Add(-20 * time.Minute)
		}), false, "folder", "watch /srv/timing: gone"},
		"the disk has room":                {well(func(s *Snapshot) { s.Free = 500 << 20 }), false, "", ""},
		"the disk is nearly full":          {well(func(s *Snapshot) { s.Free = 499 << 20 }), false, "disk", "499 MB are left"},
		"there is a little more room":      {well(func(s *Snapshot) { s.Free = 550 << 20 }), true, "disk", "550 MB"},
		"there is room again":              {well(func(s *Snapshot) { s.Free = 600 << 20 }), true, "", ""},
		"nobody knows how full it is":      {well(func(s *Snapshot) { s.Free, s.Known = 0, false }), false, "", ""},
		"rows are not on the page":         {well(unit(func(u *status.Unit) { u.Missing, u.Unverified = 2, "2 not there (bib 7)" })), false, "missing", "R1/1/1 2 not there (bib 7)"},
		"rows are otherwise on the page":   {well(unit(func(u *status.Unit) { u.Different, u.Unverified = 1, "1 different there (bib 7)" })), false, "missing", "1 different"},
		"the page cannot be read":          {well(unit(func(u *status.Unit) { u.Unreadable, u.Verified, u.Unverified = true, 0, "not verified: HTTP 502" })), false, "unverified", "HTTP 502"},
		"it cannot, and all was seen":      {well(unit(func(u *status.Unit) { u.Unreadable, u.Unverified = true, "not verified" })), false, "", ""},
		"a bib has vanished":               {well(unit(func(u *status.Unit) { u.Vanished = 1 })), false, "shrank", "R1/1/1 1 public bib is in no export any more"},
		"a cut export":                     {well(unit(func(u *status.Unit) { u.Vanished = 30 })), false, "shrank", "30 public bibs are"},
		"nothing new for nine minutes":     {well(unit(func(u *status.Unit) { u.LastRead = noon.Add(-9*time.Minute - 59*time.Second) })), false, "", ""},
		"nothing new for ten minutes":      {well(unit(func(u *status.Unit) { u.LastRead = noon.Add(-10 * time.Minute) })), false, "quiet", "10m ago"},
		"the race is over":                 {well(unit(func(u *status.Unit) { u.LastRead = noon.Add(-time.Hour) })), true, "", ""},
		"the race has not begun":           {well(unit(func(u *status.Unit) { u.LastRead = time.Time{} })), false, "", ""},
		"the clock is right":               {well(clock(5.1, 0.2)), false, "", ""},
		"the clock is ahead":               {well(clock(5.3, 0.2)), false, "clock", "5 s ahead of OpenTrack's"},
		"the clock is behind":              {well(clock(-95, 0.5)), false, "clock", "1m35s behind OpenTrack's"},
		"the clock is a little less wrong": {well(clock(4, 0.5)), true, "clock", "4 s ahead"},
		"the clock is right again":         {well(clock(3, 0.5)), true, "", ""},
		"the clock is not known":           {well(func(s *Snapshot) { s.Status.Connection.Clock = nil }), false, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tracker := NewTracker(10 * time.Minute)
			var ids, details []string
			for _, k := range tracker.kinds {
				if detail, so := k.is(tracker, test.snapshot, test.active); so {
					ids, details = append(ids, k.id), append(details, detail)
				}
			}
			if got := strings.Join(ids, " "); got != test.want || !strings.Contains(strings.Join(details, "\n"), test.detail) {
				t.Errorf("%q: %q, want %q", got, details, test.want)
			}
		})
	}
}

func TestQuietCanBeSwitchedOff(t *testing.T) {
	s := well(unit(func(u *status.Unit) { u.LastRead = noon.Add(-20 * time.Minute) }))
	if _, so := quiet(NewTracker(0), s, false); so {
		t.Error("it is so")
	}
}

// A refusal now and then is mended one by one; several within ten minutes are something else.
func TestRefusalsClimb(t *testing.T) {
	tests := map[string]struct {
		counts []int // refused rows, minute by minute
		want   string
	}{
		"none":                           {[]int{0, 0, 0}, "..."},
		"two":                            {[]int{0, 2, 2}, "..."},
		"many from before the start":     {[]int{9, 9, 9}, "..."},
		"three at once":                  {[]int{0, 3}, ".!"},
		"three, one by one":              {[]int{0, 1, 2, 3}, "...!"},
		"three in half an hour":          {[]int{0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3}, strings.Repeat(".", 26)},
		"it stays so, and is over":       {[]int{0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, ".!!!!!!!!!!.."},
		"they are mended":                {[]int{1, 5, 3, 1, 1}, ".!!.."},
		"mended, and more of them later": {[]int{1, 5, 1, 2, 4}, ".!..!"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tracker := NewTracker(0)
			got, so := "", false
			for i, count := range test.counts {
				s := well(unit(func(u *status.Unit) { u.RefusedRows = count }))
				s.Now = noon.Add(time.Duration(i) * time.Minute)
				if _, so = refusalsClimb(tracker, s, so); so {
					got += "!"
				} else {
					got += "."
				}
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// Whoever is woken needs all three: what, what is safe, what to do.
func TestEveryKindIsComplete(t *testing.T) {
	ids := map[string]bool{}
	for _, k := range kinds() {
		if k.id == "" || k.title == "" || k.safe == "" || k.now == "" || k.is == nil || ids[k.id] {
			t.Errorf("%+v", k)
		}
		ids[k.id] = true
	}
}
