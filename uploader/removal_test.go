package uploader_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

func standing(c *uploader.Config) { c.Removals = uploader.Removals{Replace: true, Limit: 5} }

// A removal that the server refuses must not be sent for ever without a pause.
func TestARemovalThatIsRefusedIsNotSentForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			if batches[0].Mode == state.Replace {
				return false, refused(413, "too large")
			}
			return true, nil
		}
		r.run()
		r.settled(r1, field(30)...)
		r.settled(r1, field(30)[2:]...)
		r.later(time.Hour)
		// The first batch, and a removal a minute.
		if n := len(r.server.times()); n < 10 || n > 62 {
			t.Errorf("%d PUTs in an hour", n)
		}
		said := 0
		for _, m := range r.messages() {
			if strings.Contains(m, "removal refused") {
				said++
			}
		}
		if said != 1 {
			t.Errorf("said %d times", said)
		}
		r.settled(r1, field(40)[2:]...)
		equal(t, "new finishers all the same", 40, len(r.server.marks(r1)))
	})
}

// What a removal takes away beside the vanished ones counts, too.
func TestARemovalTakesNoMoreThanTheOrderSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		lose := false
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			for _, b := range batches {
				if b.Mode == state.Replace {
					r.server.rows[b.Unit] = nil
				}
			}
			if lose {
				return true, unreachable(0, 0) // carried out, the reply is lost
			}
			return true, nil
		}
		r.run()
		r.settled(r1, field(30)...)
		lose = true
		r.settled(r1, field(50)...)
		if got := len(r.server.marks(r1)); got != 50 {
			t.Fatal(got)
		}
		for i := 31; i <= 50; i++ {
			if err := r.ledger.HoldBib(r1, parse.Bib(fmt.Sprint(i)), true); err != nil {
				t.Fatal(err)
			}
		}
		lose = false
		r.settled(r1, field(50)[2:]...)
		r.later(time.Hour)
		if got := len(r.server.marks(r1)); got < 49 {
			t.Errorf("%d of 50 are public: %v", got, r.messages())
		}
	})
}

// A finish that is read while the page is looked at is no trouble with the ledger.
func TestAFinishBetweenPlanAndRemovalIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		r.server.replacing()
		r.run()
		r.settled(r1, field(30)...)
		once := false
		r.server.back = func(unit state.Unit) ([]uploader.Result, error) {
			if !once {
				once = true
				o := state.Observation{File: "f.csv", More: true}
				o.Finishes = append(o.Finishes, parse.Finish{Bib: "99", Mark: mustMark(t, "19:00"), Line: 99})
				if _, err := r.ledger.Observe(r1, o); err != nil {
					t.Error(err)
				}
			}
			var results []uploader.Result
			for bib, mark := range r.server.rows[unit] {
				results = append(results, uploader.Result{Bib: bib, Performance: mark.String()})
			}
			return results, nil
		}
		r.settled(r1, field(30)[2:]...)
		r.later(time.Minute)
		for _, m := range r.messages() {
			if strings.Contains(m, "ledger cannot") {
				t.Error(m)
			}
		}
		equal(t, "rows", 30, len(r.server.marks(r1)))
	})
}

// While nothing may be sent, the rows of the page are not somebody else's.
func TestAPauseMakesNoStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		r.server.replacing()
		r.run()
		r.settled(r1, field(30)...)
		if err := r.ledger.Pause(true); err != nil {
			t.Fatal(err)
		}
		r.settled(r1, field(30)[2:]...)
		r.later(time.Minute)
		for _, e := range r.logs.All() {
			if reason, _ := e.ContextMap()["reason"].(string); strings.Contains(reason, "not ours") {
				t.Error(reason)
			}
		}
	})
}

// A page that hangs keeps no result waiting, a removal's neither.
func TestAPageThatHangsKeepsNoResultWaitingForARemoval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		r.server.replacing()
		r.run()
		r.settled(r1, field(30)...)
		config := uploader.Config{Units: []state.Unit{r1}, MaxBatch: 500, NewFinishers: state.Append}
		standing(&config)
		r.loop = uploader.New(config, r.ledger, &hangingServer{r.server}, zap.NewNop())
		r.run()
		r.settled(r1, field(30)[2:]...)
		r.later(time.Second)
		r.settled(r1, field(40)[2:]...)
		r.later(4 * time.Second)
		if len(r.server.marks(r1)) < 39 {
			t.Error("4 s after they were read they are not public:", len(r.server.marks(r1)))
		}
		r.later(time.Minute)
	})
}

type hangingServer struct{ *server }

func (h *hangingServer) ReadBack(ctx context.Context, unit state.Unit) ([]uploader.Result, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(30 * time.Second):
	}
	return nil, unreachable(504, 0)
}

// Long after a removal, a row that somebody deletes on OpenTrack is their decision.
func TestARowThatSomebodyDeletesLongAfterARemovalStaysDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, standing)
		r.server.replacing()
		r.run()
		r.verifier()
		r.settled(r1, field(30)...)
		r.settled(r1, field(30)[2:]...)
		r.later(20 * time.Minute)
		equal(t, "rows", 29, len(r.server.marks(r1)))
		r.server.mu.Lock()
		delete(r.server.rows[r1], "7")
		r.server.mu.Unlock()
		for i := range 10 {
			r.settled(r1, field(31 + i)[2:]...)
			r.later(10 * time.Minute)
			if mark := r.server.marks(r1)["7"]; mark != "" {
				t.Fatalf("bib 7 is back with %s, after %d min", mark, 10*(i+1))
			}
		}
	})
}
