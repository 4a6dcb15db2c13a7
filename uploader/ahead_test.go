package uploader_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// burst is a race of which six finishers come at once, two of them in a PUT, which takes a second.
func burst(t *testing.T) *race {
	r := newRace(t, func(c *uploader.Config) { c.MaxBatch = 2 })
	r.server.took = time.Second
	o := state.Observation{File: "f.csv"}
	for i, text := range []string{"14:01", "14:02", "14:03", "14:04", "14:05", "14:06"} {
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(rune('1' + i)), Mark: markOf(t, text), Line: i + 2})
	}
	if _, err := r.ledger.Observe(r1, o); err != nil {
		t.Fatal(err)
	}
	return r
}

func markOf(t *testing.T, text string) parse.Mark {
	t.Helper()
	mark, err := parse.ParseMark(text)
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// last is what happened to a bib last.
func (r *race) last(bib parse.Bib) string {
	r.t.Helper()
	events, err := r.ledger.History(r1, bib)
	if err != nil || len(events) == 0 {
		r.t.Fatal(events, err)
	}
	return events[len(events)-1].Kind
}

func TestWhileAPutIsOnItsWayTheOneBeforeIsConfirmedAndTheNextOneOffered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := burst(t)
		r.run()
		time.Sleep(1500 * time.Millisecond) // in the middle of the second one
		for bib, want := range map[parse.Bib]string{"1": "confirmed", "3": "offered", "5": "offered"} {
			if got := r.last(bib); got != want {
				t.Errorf("bib %s is %s and not %s", bib, got, want)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"append R1/1/1 1=14:01 2=14:02", "append R1/1/1 3=14:03 4=14:04", "append R1/1/1 5=14:05 6=14:06"}, r.server.sent())
		equal(t, "times", []time.Duration{0, time.Second, 2 * time.Second}, r.server.times())
		equal(t, "numbers", state.Counts{Read: 6, Confirmed: 6, Public: 6}, r.ledger.Counts(r1))
		if r.server.maximum != 1 {
			t.Errorf("%d PUTs in flight at once", r.server.maximum)
		}
	})
}

// What was offered ahead goes out only if it would be offered just so at the moment when it goes.
func TestWhatWasOfferedAheadIsNotSentWhenItIsNotRightAnyMore(t *testing.T) {
	for name, test := range map[string]struct {
		meanwhile func(r *race)
		then      []string // after the first PUT
	}{
		"a correction": {
			func(r *race) { r.says("3", "14:30") },
			[]string{"update R1/1/1 3=14:30", "append R1/1/1 4=14:04 5=14:05", "append R1/1/1 6=14:06"},
		},
		"a person holds one": {
			func(r *race) { r.must(r.ledger.HoldBib(r1, "4", true)) },
			[]string{"append R1/1/1 3=14:03 5=14:05", "append R1/1/1 6=14:06"},
		},
		"a person holds the race": {func(r *race) { r.must(r.ledger.HoldUnit(r1, true)) }, nil},
		"a pause":                 {func(r *race) { r.must(r.ledger.Pause(true)) }, nil},
		"a file is being read":    {func(r *race) { r.ledger.Listen(r1) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := burst(t)
				r.run()
				time.Sleep(500 * time.Millisecond)
				if r.last("3") != state.EventOffered {
					t.Fatal("nothing was offered ahead")
				}
				test.meanwhile(r)
				time.Sleep(time.Minute)
				synctest.Wait()
				equal(t, "PUTs", append([]string{"append R1/1/1 1=14:01 2=14:02"}, test.then...), r.server.sent())
				if n := r.ledger.Counts(r1).Confirmed; n != 2+rowsIn(r.server.puts[1:]) {
					t.Errorf("%d are confirmed", n)
				}
			})
		})
	}
}

func rowsIn(puts []put) (rows int) {
	for _, p := range puts {
		for _, b := range p.batches {
			rows += len(b.Rows)
		}
	}
	return rows
}

func TestAFailedPutIsSentAgainBeforeWhatWasOfferedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := burst(t)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 1 {
				return true, unreachable(0, 0)
			}
			return true, nil
		}
		r.run()
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{
			"append R1/1/1 1=14:01 2=14:02", "append R1/1/1 3=14:03 4=14:04", "append R1/1/1 3=14:03 4=14:04", "append R1/1/1 5=14:05 6=14:06",
		}, r.server.sent())
		equal(t, "numbers", state.Counts{Read: 6, Confirmed: 6, Public: 6}, r.ledger.Counts(r1))
	})
}

// What the server has accepted is written down also where the loop ends before the next PUT would have been.
func TestTheLoopEndsWithWhatWasAcceptedConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := burst(t)
		ctx, stop := context.WithCancel(t.Context())
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 1 {
				stop() // and the answer arrives all the same
			}
			return true, nil
		}
		if err := r.loop.Run(ctx); err != nil {
			t.Fatal(err)
		}
		equal(t, "PUTs", []string{"append R1/1/1 1=14:01 2=14:02", "append R1/1/1 3=14:03 4=14:04"}, r.server.sent())
		if n := r.ledger.Counts(r1).Confirmed; n != 4 {
			t.Errorf("%d are confirmed", n)
		}
	})
}

// A batch that is refused is tried in halves before anything else of it goes out.
func TestWhatWasOfferedAheadWaitsForARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := burst(t)
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			for _, row := range batches[0].Rows {
				if row.Bib == "2" {
					return false, &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: 400, Err: errors.New("no such bib")}
				}
			}
			return true, nil
		}
		r.run()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		equal(t, "the first", []string{"append R1/1/1 1=14:01 2=14:02", "append R1/1/1 1=14:01", "append R1/1/1 2=14:02 3=14:03"}, r.server.sent()[:3])
		equal(t, "numbers", state.Counts{Read: 6, Confirmed: 5, Held: 1, Refused: 1, Public: 5}, r.ledger.Counts(r1))
	})
}

// says lets the file say something more, and wakes the loop.
func (r *race) says(bib parse.Bib, text string) {
	r.t.Helper()
	o := state.Observation{File: "f.csv", More: true, Finishes: []parse.Finish{{Bib: bib, Mark: markOf(r.t, text), Line: 9}}}
	_, err := r.ledger.Observe(r1, o)
	r.must(err)
	r.loop.Wake()
}

func (r *race) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}
