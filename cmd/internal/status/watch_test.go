package status

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Whoever reads a file of it later finds a line for each thing that happened, and none for the time that passed.
func TestWatchingInLines(t *testing.T) {
	down := func(d time.Duration) Status {
		return fiveK(func(s *Status) { s.State, s.Outage = Stalled, d.Seconds() })
	}
	held := fiveK(func(s *Status) { s.Units[0].Held = 2 })
	alert := fiveK(func(s *Status) { s.Alerts = []Alert{{Title: "disk is nearly full", Since: ago(time.Hour)}} })
	story := []Status{fiveK(), alert, fiveK(), fiveK(), down(time.Second), down(2 * time.Second), fiveK(), held, ended(Hung, 20*time.Second), ended(Ended, 21*time.Second)}
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		i := -1
		err := View{}.Watch(ctx, &out, func() (Status, error) {
			if i++; i == len(story) {
				return Status{}, errors.New("read status: damaged")
			}
			if i > len(story) {
				stop()
			}
			return story[min(i, len(story)-1)], nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			_, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			got = append(got, text)
		}
		want := []string{
			"LIVE  read 412, confirmed 409, waiting 3",
			"LIVE  read 412, confirmed 409, waiting 3, ALERT: disk is nearly full",
			"LIVE  read 412, confirmed 409, waiting 3",
			"STALLED  read 412, confirmed 409, waiting 3",
			"LIVE  read 412, confirmed 409, waiting 3",
			"LIVE  read 412, confirmed 409, waiting 3, HELD 2 (2 rows are held)",
			"NOT RUNNING  read 412, confirmed 409, waiting 3 (hung)",
			"NOT RUNNING  read 412, confirmed 409, waiting 3 (ended)",
			"read status: damaged",
			"NOT RUNNING  read 412, confirmed 409, waiting 3 (ended)",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWatchingForAProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		looks := 0
		err := View{JSON: true}.Watch(ctx, &out, func() (Status, error) {
			if looks++; looks == 5 {
				stop()
			}
			return fiveK(func(s *Status) { s.Units[0].Confirmed = 409 + looks/3 }), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(&out)
		for want := range 2 {
			var s Status
			if err := decoder.Decode(&s); err != nil || s.Units[0].Confirmed != 409+want {
				t.Errorf("%+v, %v", s, err)
			}
		}
		if decoder.More() {
			t.Error("there is more than one for each change")
		}
	})
}

// A program that reads objects gets an object, also where there is no status.
func TestWatchingForAProgramWhatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		err := View{JSON: true}.Watch(ctx, &out, func() (Status, error) {
			stop()
			return Status{}, errors.New("read status: damaged")
		})
		if want := `{"error":"read status: damaged"}` + "\n"; err != nil || out.String() != want {
			t.Errorf("%q %v", out.String(), err)
		}
	})
}

func TestTheBellRingsOnceWhenItTurnsBad(t *testing.T) {
	bad := fiveK(func(s *Status) { s.State = Stalled })
	tests := map[string]struct {
		story []Status
		want  int
	}{
		"well":               {[]Status{fiveK(), fiveK()}, 0},
		"bad from the start": {[]Status{bad, bad}, 0},
		"it turns bad":       {[]Status{fiveK(), bad, bad, bad}, 1},
		"twice":              {[]Status{fiveK(), bad, fiveK(), bad}, 2},
		"it is not there":    {[]Status{fiveK(), ended(Hung, time.Minute), ended(Ended, time.Minute)}, 1},
		"only attention":     {[]Status{fiveK(), fiveK(func(s *Status) { s.State = CatchingUp })}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			s := &screen{w: &out, size: func() (int, int, error) { return 80, 24, nil }}
			for _, now := range test.story {
				if err := s.draw(now, nil, now.Updated); err != nil {
					t.Fatal(err)
				}
			}
			if got := strings.Count(out.String(), bell); got != test.want {
				t.Errorf("it rings %d times, want %d", got, test.want)
			}
		})
	}
}
