package uploader_test

import (
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// Where the loop waits for something to send, what is read next is written down as offered at once: the loop need not be
// told first. Not so where nothing may go out for now.
func TestTheLoopAwaitsWhatIsReadNext(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*uploader.Config)
		script func(int, []state.Batch) (bool, error)
		want   bool
	}{
		"at rest": {want: true},
		"while it keeps the interval": {
			change: func(c *uploader.Config) { c.MinInterval = time.Minute },
		},
		"while the server is out of reach": {
			script: func(n int, _ []state.Batch) (bool, error) { return n == 0, unreachable(503, 0) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, test.change)
				r.server.script = test.script
				r.run()
				r.read(r1, "1", "14:20")
				o := state.Observation{File: "f.csv", More: true, Finishes: []parse.Finish{{Bib: "2", Mark: parse.CodeMark(parse.DNF)}}}
				if _, err := r.ledger.Observe(r1, o); err != nil { // and nobody wakes the loop
					t.Fatal(err)
				}
				events, err := r.ledger.History(r1, "2")
				if err != nil || len(events) == 0 {
					t.Fatal(events, err)
				}
				if last := events[len(events)-1].Kind; (last == state.EventOffered) != test.want {
					t.Errorf("what was read last is %s", last)
				}
			})
		})
	}
}
