package uploader_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

func refused(status int, words string) error {
	return &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: status, Detail: words}
}

// refusing is a server that takes everything but batches with one of these bibs, whose words it says.
func refusing(poison map[parse.Bib]string) func(int, []state.Batch) (bool, error) {
	return func(_ int, batches []state.Batch) (bool, error) {
		for _, b := range batches {
			for _, row := range b.Rows {
				if words := poison[row.Bib]; words != "" {
					return false, refused(400, words)
				}
			}
		}
		return true, nil
	}
}

// field returns pairs for so many bibs from 1 on.
func field(n int) (pairs []string) {
	for i := 1; i <= n; i++ {
		pairs = append(pairs, fmt.Sprint(i), fmt.Sprintf("%d:%02d", 14+i/60, i%60))
	}
	return pairs
}

func (r *race) later(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *race) heldBibs(unit state.Unit) (held []string) {
	for _, h := range r.ledger.Held(unit) {
		held = append(held, string(h.Bib)+": "+h.Reason)
	}
	slices.Sort(held)
	return held
}

// Wherever the bad rows stand, they end held alone with the server's words, and everything else on the server.
func TestAPoisonRowIsFoundAndTheRestGoesOn(t *testing.T) {
	for sentence, poison := range map[string][]int{
		"the first":                     {1},
		"one in the middle":             {37},
		"the last":                      {100},
		"two":                           {20, 80},
		"side by side":                  {41, 42},
		"three at the head of the line": {1, 2, 3},
		"ten at the head of the line":   {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"every seventh":                 {7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98},
		"none":                          nil,
	} {
		t.Run(sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				bad := map[parse.Bib]string{}
				var want []string
				for _, bib := range poison {
					bad[parse.Bib(fmt.Sprint(bib))] = "no such time"
					want = append(want, fmt.Sprintf("%d: refused by OpenTrack: no such time", bib))
				}
				slices.Sort(want)
				r.server.script = refusing(bad)
				r.run()
				r.read(r1, field(100)...)
				r.later(time.Hour)
				if got := len(r.server.marks(r1)); got != 100-len(poison) {
					t.Errorf("%d of %d arrive: %v", got, 100-len(poison), r.server.sent()[max(0, len(r.server.sent())-5):])
				}
				held := r.heldBibs(r1)
				for i, text := range held {
					held[i], _, _ = strings.Cut(text, "; ")
				}
				equal(t, "held", want, held)
				// 2·log2(n)+3 for each, and one for all that is well.
				if got, most := len(r.server.times()), 1+len(poison)*(2*7+3); got > most {
					t.Errorf("%d PUTs for %d bad rows, at most %d", got, len(poison), most)
				}
				before := len(r.server.times())
				r.later(time.Hour)
				if again := len(r.server.times()) - before; again > 0 {
					t.Errorf("%d PUTs when all is done", again)
				}
			})
		})
	}
}

// A unit that the server does not know is not a hundred bad rows. It waits, and goes out whole when the grid is mended.
func TestAUnitThatIsRefusedIsNoPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		var mended atomic.Bool
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			for _, b := range batches {
				if b.Unit == r1 && !mended.Load() {
					return false, refused(400, `event "R1" is not in the event grid`)
				}
			}
			return true, nil
		}
		r.run()
		r.read(r1, field(60)...)
		r.read(r2, "600", "17:25")
		r.later(10 * time.Minute)
		if held := r.heldBibs(r1); held != nil {
			t.Errorf("held: %v", held)
		}
		if r.loop.Report().RefusedUnit[r1] == nil {
			t.Error("the unit is not said to be refused")
		}
		equal(t, "the other unit", map[string]string{"600": "17:25"}, r.server.marks(r2))
		r.read(r2, "600", "17:25", "601", "17:30")
		if r.server.marks(r2)["601"] == "" {
			t.Error("the other unit waits for the refused one")
		}
		if n := len(r.server.times()); n > 60 {
			t.Errorf("%d PUTs in ten minutes of refusals", n)
		}
		mended.Store(true)
		r.later(5 * time.Minute)
		if got := len(r.server.marks(r1)); got != 60 {
			t.Errorf("%d of 60 after the mend", got)
		}
		if r.loop.Report().RefusedUnit[r1] != nil {
			t.Error("still said to be refused")
		}
	})
}

// One bad row is all that waits, and the race has ended: nobody can tell whether it is the row. The next finisher tells.
func TestASingleRefusedRowIsJudgedByTheNextFinisher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = refusing(map[parse.Bib]string{"7": "no such time"})
		r.run()
		r.read(r1, "1", "14:20")
		r.read(r1, "1", "14:20", "7", "14:30")
		r.later(3 * time.Second)
		if r.heldBibs(r1) != nil || r.loop.Report().RefusedUnit[r1] == nil {
			t.Error("held before anything was taken", r.heldBibs(r1))
		}
		r.read(r1, "1", "14:20", "7", "14:30", "8", "14:40")
		r.later(3 * time.Second)
		equal(t, "on the server", map[string]string{"1": "14:20", "8": "14:40"}, r.server.marks(r1))
		equal(t, "held", []string{"7: refused by OpenTrack: no such time"}, r.heldBibs(r1))
		// Corrected, it goes out.
		r.server.scripted(nil)
		r.read(r1, "1", "14:20", "7", "14:31", "8", "14:40")
		equal(t, "corrected", "14:31", r.server.marks(r1)["7"])
	})
}

// While one unit is taken apart the other one is not kept waiting.
func TestHalvingTakesTurnsWithTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.MinInterval = 2 * time.Second })
		r.server.script = refusing(map[parse.Bib]string{"300": "no such time"})
		r.run()
		r.read(r1, field(400)...)
		r.later(3 * time.Second) // it is being halved now
		r.read(r2, "600", "17:25")
		r.later(4 * time.Second)
		if r.server.marks(r2)["600"] == "" {
			t.Errorf("it waits for the other race: %d PUTs", len(r.server.times()))
		}
		r.later(5 * time.Minute)
		if got := len(r.server.marks(r1)); got != 399 {
			t.Errorf("%d of 399", got)
		}
		for i, at := range r.server.times() {
			if i > 0 && at-r.server.times()[i-1] < 2*time.Second {
				t.Error("min_interval is not kept", r.server.times())
				break
			}
		}
	})
}

// Too large is halved as well.
func TestTooLargeIsHalved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		most := 20
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			if len(batches[0].Rows) > most {
				return false, refused(413, "too large")
			}
			return true, nil
		}
		r.run()
		r.read(r1, field(100)...)
		r.later(10 * time.Minute)
		if got := len(r.server.marks(r1)); got != 100 || r.heldBibs(r1) != nil {
			t.Errorf("%d of 100, held %v", got, r.heldBibs(r1))
		}
	})
}

// A single row cannot be too large: whoever says so is passing. The row waits and is not held.
func TestASingleRowIsNeverToBlameForItsSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.run()
		answers := []bool{false, true, false} // both rows, the first, the second
		r.server.script = func(int, []state.Batch) (bool, error) {
			if len(answers) == 0 {
				return true, nil
			}
			taken := answers[0]
			answers = answers[1:]
			if !taken {
				return false, refused(413, "too large")
			}
			return true, nil
		}
		r.read(r1, "1", "14:20", "2", "14:30")
		r.later(time.Minute)
		equal(t, "on the server", map[string]string{"1": "14:20", "2": "14:30"}, r.server.marks(r1))
		if held := r.heldBibs(r1); held != nil || r.loop.Report().RefusedUnit[r1] != nil {
			t.Errorf("held %v, refused %v", held, r.loop.Report().RefusedUnit[r1])
		}
	})
}

// A name that the server refuses keeps no result back.
func TestRefusedAttributesAreLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			if batches[0].Attributes != nil {
				return false, refused(400, "name: too long")
			}
			return true, nil
		}
		r.ledger.Want(r1, state.Attributes{Name: "My 5k"})
		r.run()
		r.read(r1, "1", "14:20")
		r.read(r1, "1", "14:20", "2", "14:30")
		equal(t, "on the server", map[string]string{"1": "14:20", "2": "14:30"}, r.server.marks(r1))
		if !slices.Contains(r.messages(), "warn name or note of the race refused by the server; results go on without") {
			t.Error(r.messages())
		}
		puts := len(r.server.times())
		r.later(30 * time.Minute)
		if len(r.server.times()) != puts || r.loop.Report().RefusedUnit[r1] != nil {
			t.Error("it goes on about the name")
		}
		r.server.scripted(nil)
		r.later(time.Hour)
		r.read(r1, "1", "14:20", "2", "14:30", "3", "14:40")
		last := r.server.puts[len(r.server.puts)-1]
		if last.batches[0].Attributes == nil {
			t.Error("the name is not tried again")
		}
	})
}

// Attributes that are not to blame come back when the bad row is found.
func TestAttributesAreNotToBlameForARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = refusing(map[parse.Bib]string{"3": "no such time"})
		r.run()
		r.ledger.Want(r1, state.Attributes{Name: "My 5k"})
		r.read(r1, field(8)...)
		r.later(time.Minute)
		if got := len(r.server.marks(r1)); got != 7 {
			t.Errorf("%d of 7", got)
		}
		named := false
		for _, p := range r.server.puts {
			named = named || p.batches[0].Attributes != nil && !slices.ContainsFunc(p.batches[0].Rows, func(row state.Row) bool { return row.Bib == "3" })
		}
		if !named {
			t.Error("the name never arrives", r.server.sent())
		}
	})
}

// A row that was refused alone before the race was mended is no bad row.
func TestARaceThatIsMendedInTheMiddleOfATrialLeavesNoRowBehind(t *testing.T) {
	for after := 1; after <= 40; after++ {
		synctest.Test(t, func(t *testing.T) {
			r := newRace(t, func(c *uploader.Config) { c.MinInterval = 2 * time.Second })
			r.server.script = func(n int, batches []state.Batch) (bool, error) {
				if n < after {
					return false, refused(400, "no such event")
				}
				return true, nil
			}
			r.run()
			r.read(r1, field(20)...)
			r.later(time.Hour)
			if held := r.heldBibs(r1); len(held) > 0 {
				t.Errorf("mended after %d refusals: held %v", after, held)
			}
		})
	}
}

// A unit whose files are just being read is not refused.
func TestAReadingInTheMiddleOfATrialBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.MinInterval = 2 * time.Second })
		r.server.script = func(n int, batches []state.Batch) (bool, error) {
			for _, b := range batches {
				for _, row := range b.Rows {
					if row.Bib == "1" {
						if len(b.Rows) == 1 {
							r.ledger.Listen(r1) // a file of it is read now, and a slow one
							time.AfterFunc(5*time.Second, func() { r.ledger.Heard(r1); r.loop.Wake() })
						}
						return false, refused(400, "bad")
					}
				}
			}
			return true, nil
		}
		r.run()
		r.read(r1, field(8)...)
		start := time.Now()
		for range 60 {
			r.later(time.Second)
			if r.loop.Report().RefusedUnit[r1] != nil {
				t.Errorf("after %v the race is said to be refused", time.Since(start))
				break
			}
		}
		r.later(12 * time.Second)
		equal(t, "rows", 7, len(r.server.marks(r1)))
	})
}
