package uploader_test

import (
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// When nothing waits any more that may be sent, nothing is stalled: nobody would ask the server again, and the outage would
// go on for ever after the server is back.
func TestAnOutageIsOverWhenNothingWaitsAnyMore(t *testing.T) {
	tests := map[string]func(l *state.Ledger) error{
		"the race is put on hold": func(l *state.Ledger) error { return l.HoldUnit(r1, true) },
		"the bib is put on hold":  func(l *state.Ledger) error { return l.HoldBib(r1, parse.Bib("349"), true) },
		"a person pauses":         func(l *state.Ledger) error { return l.Pause(true) },
	}
	for name, keepsBack := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				r.server.script = func(int, []state.Batch) (bool, error) { return false, unreachable(503, 0) }
				r.run()
				r.read(r1, "349", "14:25.10")
				if got := r.loop.Report(); got.Outage.IsZero() || got.Trouble == nil {
					t.Fatal(got)
				}
				if err := keepsBack(r.ledger); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				if got := r.loop.Report(); !got.Outage.IsZero() || got.Trouble != nil {
					t.Errorf("%v %v", got.Outage, got.Trouble)
				}
			})
		})
	}
}
