package uploader_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// verifier starts a verifier beside the loop; looks counts how often it read a page.
func (r *race) verifier() (v *uploader.Verifier, looks func() int, logs *observer.ObservedLogs) {
	core, logs := observer.New(zapcore.InfoLevel)
	reader := &countingReader{server: r.server}
	v = uploader.NewVerifier([]state.Unit{r1, r2}, r.ledger, reader, r.loop.Wake, zap.New(core))
	ctx, stop := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- v.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			r.t.Error(err)
		}
	})
	return v, func() int { return int(reader.looks.Load()) }, logs
}

// countingReader counts what is read.
type countingReader struct {
	server *server
	looks  atomic.Int64
}

func (c *countingReader) ReadBack(ctx context.Context, unit state.Unit) ([]uploader.Result, error) {
	c.looks.Add(1)
	return c.server.ReadBack(ctx, unit)
}

func texts(logs *observer.ObservedLogs) (lines []string) {
	for _, e := range logs.All() {
		lines = append(lines, e.Level.String()+" "+e.Message)
	}
	return lines
}

func TestVerifyingFollowsTheFirstBatchAndThenOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		v, looks, logs := r.verifier()
		r.run()
		r.later(time.Hour)
		if looks() != 0 {
			t.Error("it looks before anything was accepted")
		}
		r.read(r1, "1", "14:20")
		r.later(3 * time.Second)
		equal(t, "after the first batch", 1, looks())
		equal(t, "verified", 1, r.ledger.Counts(r1).Verified)
		for i := range 50 { // a finisher a second
			r.read(r1, field(i+2)...)
			r.later(time.Second)
		}
		equal(t, "within the minute", 1, looks())
		r.later(time.Minute)
		equal(t, "a minute later", 2, looks())
		equal(t, "verified", 51, r.ledger.Counts(r1).Verified)
		r.later(24 * time.Hour)
		equal(t, "when all is verified", 2, looks())
		equal(t, "in the log", []string{"info verified"}, texts(logs))
		if report := v.Report()[r1]; !report.Clean() || report.Was.Same != 51 {
			t.Errorf("%+v", report)
		}
	})
}

func TestWhatThePageLacksIsSaidOnceAndWhenItIsMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		page := []uploader.Result{{Bib: "1", Performance: ""}, {Bib: "3", Performance: "14:01"}, {Bib: "9", Performance: "20:00"}}
		r.server.reads(func(state.Unit) ([]uploader.Result, error) { return nil, nil })
		r.run()
		r.read(r1, "1", "14:20", "2", "14:30", "3", "14:40")
		r.server.reads(func(state.Unit) ([]uploader.Result, error) { return page, nil })
		v, looks, logs := r.verifier()
		r.later(time.Hour)
		was := v.Report()[r1].Was
		equal(t, "missing", []parse.Bib{"1"}, was.Missing)
		equal(t, "stripped", []parse.Bib{"2"}, was.Stripped)
		equal(t, "different", []parse.Bib{"3"}, was.Different)
		equal(t, "not ours", []parse.Bib{"9"}, was.Others)
		if n := looks(); n > 13 {
			t.Errorf("%d looks in an hour", n)
		}
		equal(t, "in the log", []string{
			"warn rows are accepted and have no time on the page", "warn rows are accepted and not on the page", "warn rows differ on the page from what was accepted",
		}, texts(logs))
		equal(t, "sent again", 1, len(r.server.times()))
		mended := []uploader.Result{{Bib: "1", Performance: "14:20"}, {Bib: "2", Performance: "14:30"}, {Bib: "3", Performance: "14:40"}}
		r.server.reads(func(state.Unit) ([]uploader.Result, error) { return mended, nil })
		r.later(6 * time.Minute)
		equal(t, "in the log when it is mended", "info verified", texts(logs)[3])
		equal(t, "verified", 3, r.ledger.Counts(r1).Verified)
	})
}

// A page that is hidden, refused or down is "not verified", said once, and keeps nothing waiting.
func TestAPageThatCannotBeReadIsNotVerified(t *testing.T) {
	for sentence, back := range map[string]func(state.Unit) ([]uploader.Result, error){
		"hidden": func(state.Unit) ([]uploader.Result, error) { return nil, nil },
		"refused": func(state.Unit) ([]uploader.Result, error) {
			return nil, &uploader.Error{Op: "read", Class: uploader.LoginRefused, StatusCode: 403}
		},
		"down": func(state.Unit) ([]uploader.Result, error) { return nil, unreachable(502, 0) },
	} {
		t.Run(sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				r.run()
				r.read(r1, "1", "14:20")
				r.server.reads(back)
				v, looks, logs := r.verifier()
				r.later(time.Hour)
				if found := v.Report()[r1]; found.Err == nil || r.ledger.Counts(r1).Verified != 0 || !found.Read.IsZero() || found.At.IsZero() {
					t.Error("verified", v.Report())
				}
				if n := looks(); n > 13 {
					t.Errorf("%d looks in an hour: a loop of errors", n)
				}
				equal(t, "in the log", []string{"info results cannot be read back; they are not verified"}, texts(logs))
				r.read(r1, "1", "14:20", "2", "14:30")
				equal(t, "goes on", "14:30", r.server.marks(r1)["2"])
			})
		})
	}
}

// When it was read back last stays known while it cannot be.
func TestWhenThePageWasReadLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		v, _, _ := r.verifier()
		r.run()
		r.read(r1, "1", "14:20")
		r.later(3 * time.Second)
		good := v.Report()[r1]
		if good.Read.IsZero() || good.Read != good.At {
			t.Errorf("%+v", good)
		}
		r.server.reads(func(state.Unit) ([]uploader.Result, error) { return nil, unreachable(502, 0) })
		r.read(r1, "2", "14:30")
		r.later(time.Hour)
		if bad := v.Report()[r1]; bad.Read != good.Read || !bad.At.After(good.At) {
			t.Errorf("%+v, and before %+v", bad, good)
		}
	})
}

// A page that hangs keeps no result waiting.
func TestAPageThatHangsKeepsNoResultWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.run()
		r.read(r1, "1", "14:20")
		reader := hanging{}
		v := uploader.NewVerifier([]state.Unit{r1}, r.ledger, reader, r.loop.Wake, zap.NewNop())
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- v.Run(ctx) }()
		r.later(3 * time.Second)
		r.read(r1, "1", "14:20", "2", "14:30")
		equal(t, "goes out", "14:30", r.server.marks(r1)["2"])
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// What is accepted while a page is being read is not missing on it.
func TestWhatIsAcceptedMeanwhileIsNotMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.run()
		r.read(r1, "1", "14:20")
		found, err := uploader.Verify(t.Context(), meanwhile{r}, r.ledger, r1)
		if err != nil || !found.Was.Clean() || found.Was.Same != 1 {
			t.Errorf("%+v, %v", found, err)
		}
	})
}

// meanwhile is a page that takes its time: a finisher arrives after it was made and before it is read.
type meanwhile struct{ r *race }

func (m meanwhile) ReadBack(ctx context.Context, unit state.Unit) ([]uploader.Result, error) {
	page, err := m.r.server.ReadBack(ctx, unit)
	m.r.read(unit, "1", "14:20", "2", "14:30")
	return page, err
}

type hanging struct{}

func (hanging) ReadBack(ctx context.Context, _ state.Unit) ([]uploader.Result, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// A request that timed out is carried out after its correction: what we sent before is on the page. It is sent again, and
// not for ever.
func TestALateRequestIsPutRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 0 {
				return false, unreachable(0, 0) // carried out much later
			}
			return true, nil
		}
		r.run()
		r.read(r1, "349", "14:25")
		r.read(r1, "349", "14:26")
		r.later(5 * time.Second)
		equal(t, "on the server", "14:26", r.server.marks(r1)["349"])
		r.server.mu.Lock()
		r.server.apply([]state.Batch{{Unit: r1, Mode: state.Update, Rows: []state.Row{{Bib: "349", Mark: mustMark(t, "14:25")}}}})
		r.server.mu.Unlock()
		_, _, logs := r.verifier()
		r.later(time.Minute)
		equal(t, "put right", "14:26", r.server.marks(r1)["349"])
		if !slices.Contains(texts(logs), "warn an earlier upload was carried out after a later one; rows are sent again") {
			t.Error(texts(logs))
		}
		// A person who insists on the old mark wins in the end.
		for range 10 {
			r.server.mu.Lock()
			r.server.apply([]state.Batch{{Unit: r1, Mode: state.Update, Rows: []state.Row{{Bib: "349", Mark: mustMark(t, "14:25")}}}})
			r.server.mu.Unlock()
			r.later(10 * time.Minute)
		}
		equal(t, "in the end", "14:25", r.server.marks(r1)["349"])
	})
}

// Somebody changed a mark by hand to one that we never sent: it is said, and left alone.
func TestAMarkThatSomebodyEnteredIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.run()
		r.read(r1, "349", "14:25")
		r.server.mu.Lock()
		r.server.rows[r1]["349"] = mustMark(t, "DQ")
		r.server.mu.Unlock()
		_, _, logs := r.verifier()
		r.later(time.Hour)
		equal(t, "on the server", "DQ", r.server.marks(r1)["349"])
		equal(t, "PUTs", 1, len(r.server.times()))
		equal(t, "in the log", []string{"warn rows differ on the page from what was accepted"}, texts(logs))
	})
}

func mustMark(t *testing.T, text string) parse.Mark {
	t.Helper()
	mark, err := parse.ParseMark(text)
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// settled lets a file say that this is all there is.
func (r *race) settled(unit state.Unit, pairs ...string) {
	r.t.Helper()
	o := state.Observation{File: "f.csv", Settled: true}
	for i := 0; i < len(pairs); i += 2 {
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(pairs[i]), Mark: mustMark(r.t, pairs[i+1]), Line: i + 1})
	}
	if _, err := r.ledger.Observe(unit, o); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.ledger.Conclude(unit, true); err != nil {
		r.t.Fatal(err)
	}
	r.loop.Wake()
	synctest.Wait()
}

// replacing makes the scripted server know replace.
func (s *server) replacing() {
	s.script = func(_ int, batches []state.Batch) (bool, error) {
		for _, b := range batches {
			if b.Mode == state.Replace {
				s.rows[b.Unit] = nil
			}
		}
		return true, nil
	}
}

func TestRemovals(t *testing.T) {
	for sentence, tt := range map[string]struct {
		order   bool
		vanish  int // of thirty
		limit   int // five where it is not said
		foreign bool
		hidden  bool
		want    int
		warned  string
	}{
		"held without an order":           {want: 30},
		"one":                             {order: true, vanish: 1, want: 29},
		"as many as a tenth":              {order: true, vanish: 3, want: 27},
		"more than a tenth":               {order: true, vanish: 4, want: 30, warned: "4 bibs vanished at once"},
		"all but one: a truncated export": {order: true, vanish: 29, want: 30, warned: "29 bibs vanished at once"},
		"more than the limit":             {order: true, vanish: 3, limit: 2, want: 30, warned: "3 bibs vanished at once"},
		"a row that is not ours":          {order: true, vanish: 1, foreign: true, want: 31, warned: "not ours"},
		"the page is hidden":              {order: true, vanish: 1, hidden: true, want: 30, warned: "cannot be read back"},
	} {
		t.Run(sentence, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, func(c *uploader.Config) {
					c.Removals = uploader.Removals{Replace: tt.order, Limit: cmp.Or(tt.limit, 5)}
				})
				r.server.replacing()
				r.run()
				r.settled(r1, field(30)...)
				if tt.foreign {
					r.server.mu.Lock()
					r.server.rows[r1]["999"] = mustMark(t, "20:00")
					r.server.mu.Unlock()
				}
				if tt.hidden {
					r.server.reads(func(state.Unit) ([]uploader.Result, error) { return nil, unreachable(502, 0) })
				}
				r.settled(r1, field(30)[2*tt.vanish:]...)
				r.later(time.Hour)
				equal(t, "rows", tt.want, len(r.server.marks(r1)))
				warned := false
				for _, e := range r.logs.All() {
					if reason, _ := e.ContextMap()["reason"].(string); tt.warned != "" && strings.Contains(reason, tt.warned) {
						if warned {
							t.Error("said twice")
						}
						warned = true
					}
				}
				if tt.warned != "" && !warned {
					t.Error("not said", r.messages())
				}
			})
		})
	}
}

// The reply to a removal is lost, and the bib comes back: it must be public in the end.
func TestABibThatComesBackAfterARemovalIsPublic(t *testing.T) {
	for _, applied := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			r := newRace(t, func(c *uploader.Config) { c.Removals = uploader.Removals{Replace: true, Limit: 5} })
			lost := false
			r.server.script = func(_ int, batches []state.Batch) (bool, error) {
				if batches[0].Mode == state.Replace && !lost {
					lost = true
					if applied {
						r.server.rows[r1] = nil
					}
					return applied, unreachable(0, 0)
				}
				if batches[0].Mode == state.Replace {
					r.server.rows[r1] = nil
				}
				return true, nil
			}
			r.run()
			r.settled(r1, field(12)...)
			r.settled(r1, field(12)[2:]...)
			if !lost {
				t.Fatal("no removal was sent")
			}
			r.settled(r1, field(12)...)
			r.later(5 * time.Minute)
			equal(t, "rows", 12, len(r.server.marks(r1)))
		})
	}
}

// sync, as a person does it: what is shown is what is done, and what was not ours is shown.
func TestAPersonReplacesARace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.replacing()
		r.run()
		r.settled(r1, field(4)...)
		r.server.mu.Lock()
		r.server.rows[r1]["999"] = mustMark(t, "20:00")
		r.server.rows[r1]["3"] = mustMark(t, "15:00")
		r.server.mu.Unlock()
		r.settled(r1, field(4)[2:]...)
		plan, err := uploader.NewPlan(t.Context(), r.server, r.ledger, r1)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "removed", []parse.Bib{"1"}, plan.Gone)
		equal(t, "not ours", []uploader.Result{{Bib: "999", Performance: "20:00"}}, plan.Others)
		if len(plan.Changed) != 1 || plan.Changed[0].Row.Bib != "3" || plan.Same != 2 || len(plan.Added) != 0 {
			t.Errorf("%+v", plan)
		}
		if err := r.loop.Replace(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		equal(t, "on the server", map[string]string{"2": "14:02", "3": "14:03", "4": "14:04"}, r.server.marks(r1))
		// The exports say something else meanwhile: the plan is old.
		plan, _ = uploader.NewPlan(t.Context(), r.server, r.ledger, r1)
		r.settled(r1, "2", "14:02", "3", "14:03", "4", "14:05")
		if err := r.loop.Replace(t.Context(), plan); err == nil {
			t.Error("an old plan is sent")
		}
		equal(t, "on the server", "14:05", r.server.marks(r1)["4"])
	})
}
