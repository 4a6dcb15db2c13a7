package uploader_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

var (
	r1 = state.Unit{Event: "R1", Round: 1, Heat: 1}
	r2 = state.Unit{Event: "R2", Round: 1, Heat: 1}
)

// put is one PUT that the scripted server got.
type put struct {
	at      time.Duration // since the server was made
	batches []state.Batch
}

// server is OpenTrack by the documented rules, behind the seam of the loop. Each PUT asks the script what happens to it.
type server struct {
	mu      sync.Mutex
	start   time.Time
	puts    []put
	rows    map[state.Unit]map[parse.Bib]parse.Mark
	script  func(n int, batches []state.Batch) (apply bool, err error)
	back    func(unit state.Unit) ([]uploader.Result, error)
	login   error // of a Login
	took    time.Duration
	inside  int
	maximum int // how many PUTs were in flight at once
}

func newServer() *server {
	return &server{start: time.Now(), rows: map[state.Unit]map[parse.Bib]parse.Mark{}}
}

func (s *server) Put(_ context.Context, batches []state.Batch) error {
	s.mu.Lock()
	s.inside++
	s.maximum = max(s.maximum, s.inside)
	n := len(s.puts)
	s.puts = append(s.puts, put{at: time.Since(s.start), batches: batches})
	s.mu.Unlock()
	time.Sleep(s.took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
	apply, err := true, error(nil)
	if s.script != nil {
		apply, err = s.script(n, batches)
	}
	if apply {
		s.apply(batches)
	}
	return err
}

func (s *server) apply(batches []state.Batch) {
	for _, b := range batches {
		if s.rows[b.Unit] == nil {
			s.rows[b.Unit] = map[parse.Bib]parse.Mark{}
		}
		for _, row := range b.Rows {
			if _, known := s.rows[b.Unit][row.Bib]; known && b.Mode == state.Append {
				continue
			}
			s.rows[b.Unit][row.Bib] = row.Mark
		}
	}
}

func (s *server) Login(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.login
}

func (s *server) ReadBack(_ context.Context, unit state.Unit) ([]uploader.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.back != nil {
		return s.back(unit)
	}
	var results []uploader.Result
	for bib, mark := range s.rows[unit] {
		results = append(results, uploader.Result{Bib: bib, Performance: mark.String()})
	}
	return results, nil
}

// reads changes what reading back returns.
func (s *server) reads(back func(state.Unit) ([]uploader.Result, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.back = back
}

// scripted changes what happens to the PUTs from now on.
func (s *server) scripted(script func(int, []state.Batch) (bool, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = script
}

// marks returns what the server shows of a unit.
func (s *server) marks(unit state.Unit) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	marks := map[string]string{}
	for bib, mark := range s.rows[unit] {
		marks[string(bib)] = mark.String()
	}
	return marks
}

// sent returns the PUTs in words: mode, unit, bibs and marks.
func (s *server) sent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, p := range s.puts {
		var line strings.Builder
		for i, b := range p.batches {
			if i > 0 {
				line.WriteString(" + ")
			}
			line.WriteString(string(b.Mode) + " " + b.Unit.String())
			for _, row := range b.Rows {
				line.WriteString(" " + string(row.Bib) + "=" + row.Mark.String())
			}
		}
		lines = append(lines, line.String())
	}
	return lines
}

func (s *server) times() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var times []time.Duration
	for _, p := range s.puts {
		times = append(times, p.at)
	}
	return times
}

// race is a loop at work in a bubble: a real ledger, a scripted server.
type race struct {
	t      *testing.T
	ledger *state.Ledger
	server *server
	loop   *uploader.Uploader
	logs   *observer.ObservedLogs
}

func newRace(t *testing.T, change func(*uploader.Config)) *race {
	t.Helper()
	ledger, err := state.Open(filepath.Join(t.TempDir(), "ledger.db"), state.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	config := uploader.Config{Units: []state.Unit{r1, r2}, MaxBatch: 500, NewFinishers: state.Append}
	if change != nil {
		change(&config)
	}
	core, logs := observer.New(zapcore.InfoLevel)
	r := &race{t: t, ledger: ledger, server: newServer(), logs: logs}
	r.loop = uploader.New(config, ledger, r.server, zap.New(core))
	return r
}

// run starts the loop; it ends with the test.
func (r *race) run() {
	ctx, stop := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- r.loop.Run(ctx) }()
	r.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			r.t.Errorf("Run returned %v", err)
		}
	})
	synctest.Wait()
}

// read lets a file say bib=mark pairs about a unit.
func (r *race) read(unit state.Unit, pairs ...string) {
	r.t.Helper()
	o := state.Observation{File: "f.csv"}
	for i := 0; i < len(pairs); i += 2 {
		mark, err := parse.ParseMark(pairs[i+1])
		if err != nil {
			r.t.Fatal(err)
		}
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(pairs[i]), Mark: mark, Line: i + 1})
	}
	if _, err := r.ledger.Observe(unit, o); err != nil {
		r.t.Fatal(err)
	}
	r.loop.Wake()
	synctest.Wait()
}

func (r *race) messages() []string {
	var texts []string
	for _, e := range r.logs.All() {
		texts = append(texts, e.Level.String()+" "+e.Message)
	}
	return texts
}

func unreachable(status int, after time.Duration) error {
	return &uploader.Error{Op: "PUT", Class: uploader.Unreachable, StatusCode: status, RetryAfter: after}
}

func equal(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestANewFinisherIsAppendedAndACorrectionUpdated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.run()
		r.read(r1, "349", "14:25.10")
		r.read(r1, "349", "14:25.10", "347", "DNF")
		r.read(r1, "349", "14:25.1", "347", "14:33")
		equal(t, "PUTs", []string{"append R1/1/1 349=14:25.10", "append R1/1/1 347=DNF", "update R1/1/1 347=14:33"}, r.server.sent())
	})
}

func TestALostReplyIsSentAgainByAppendAndItsCorrectionByUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n < 2 {
				return true, unreachable(0, 0)
			}
			return true, nil
		}
		r.run()
		r.read(r1, "349", "14:25.10")
		time.Sleep(1100 * time.Millisecond) // the first retry
		synctest.Wait()
		r.read(r1, "349", "14:26.00")
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"append R1/1/1 349=14:25.10", "append R1/1/1 349=14:25.10", "update R1/1/1 349=14:26.00"}, r.server.sent())
		equal(t, "on the server", map[string]string{"349": "14:26.00"}, r.server.marks(r1))
	})
}

func TestPutsKeepTheMinimumIntervalAndTheFirstGoesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.MinInterval = 2 * time.Second })
		r.server.took = 100 * time.Millisecond
		r.run()
		r.read(r1, "1", "14:25")
		r.read(r1, "1", "14:25", "2", "14:26")
		r.read(r1, "1", "14:25", "2", "14:26", "3", "14:27")
		time.Sleep(time.Minute)
		synctest.Wait()
		r.read(r1, "4", "14:28")
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"append R1/1/1 1=14:25", "append R1/1/1 2=14:26 3=14:27", "append R1/1/1 4=14:28"}, r.server.sent())
		equal(t, "times", []time.Duration{0, 2100 * time.Millisecond, time.Minute}, r.server.times())
		if r.server.maximum != 1 {
			t.Errorf("%d PUTs in flight at once", r.server.maximum)
		}
	})
}

func TestAnOutageSendsOneProbeAtATimeAndIsThreeLinesInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		end := time.Now().Add(10 * time.Minute)
		r.server.script = func(int, []state.Batch) (bool, error) {
			if time.Now().Before(end) {
				return false, unreachable(503, 0)
			}
			return true, nil
		}
		r.run()
		for i := range 100 {
			r.read(r1, string(rune('A'+i%26))+string(rune('A'+i/26)), "14:25")
			time.Sleep(time.Second)
		}
		time.Sleep(12 * time.Minute)
		synctest.Wait()
		if n := len(r.server.puts); n > 25 {
			t.Errorf("%d PUTs in an outage of ten minutes", n)
		}
		for i, gap := range gaps(r.server.times()) {
			if i < 17 && gap > time.Minute+time.Second {
				t.Errorf("wait %d was %v", i, gap)
			}
		}
		if got := len(r.server.marks(r1)); got != 100 {
			t.Errorf("%d of 100 on the server", got)
		}
		equal(t, "log", []string{
			"info looked at the server before the first upload",
			"warn server out of reach; rows are kept on this laptop",
			"info server is back",
			"info confirmed",
		}, r.messages())
	})
}

func gaps(times []time.Duration) []time.Duration {
	var out []time.Duration
	for i := 1; i < len(times); i++ {
		out = append(out, times[i]-times[i-1])
	}
	return out
}

func TestRetryAfterIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 0 {
				return false, unreachable(http.StatusTooManyRequests, 90*time.Second)
			}
			return true, nil
		}
		r.run()
		r.read(r1, "1", "14:25")
		r.read(r1, "2", "14:26")
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		equal(t, "times", []time.Duration{0, 90 * time.Second}, r.server.times())
	})
}

func TestARefusedUnitWaitsAloneAndTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		var exists atomic.Bool
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			for _, b := range batches {
				if b.Unit == r2 && !exists.Load() {
					return false, &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: 400}
				}
			}
			return true, nil
		}
		r.run()
		r.read(r2, "600", "17:25")
		r.read(r1, "1", "14:25")
		r.read(r1, "2", "14:26")
		equal(t, "R1 on the server", map[string]string{"1": "14:25", "2": "14:26"}, r.server.marks(r1))
		if len(r.loop.Report().RefusedUnit) != 1 {
			t.Errorf("report: %+v", r.loop.Report())
		}
		exists.Store(true) // somebody mends the event grid
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		equal(t, "R2 on the server", map[string]string{"600": "17:25"}, r.server.marks(r2))
		if len(r.loop.Report().RefusedUnit) != 0 {
			t.Errorf("report: %+v", r.loop.Report())
		}
		if n := len(r.server.puts); n > 6 {
			t.Errorf("%d PUTs: %v", n, r.server.sent())
		}
	})
}

func TestARefusedListIsSentAgainAUnitAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(_ int, batches []state.Batch) (bool, error) {
			if slices.ContainsFunc(batches, func(b state.Batch) bool { return b.Unit == r2 }) {
				return false, &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: 400}
			}
			return true, nil
		}
		r.read(r1, "1", "14:25")
		r.read(r2, "600", "17:25")
		r.run()
		time.Sleep(time.Second)
		synctest.Wait()
		equal(t, "PUTs", []string{
			"append R1/1/1 1=14:25 + append R2/1/1 600=17:25",
			"append R1/1/1 1=14:25",
			"append R2/1/1 600=17:25",
		}, r.server.sent())
	})
}

func TestARefusedRowThatIsCorrectedGoesWithTheOthersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 0 {
				return false, &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: 422}
			}
			return true, nil
		}
		r.run()
		r.read(r1, "1", "14:25")
		time.Sleep(time.Minute)
		synctest.Wait()
		r.read(r1, "2", "14:26")
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "on the server", map[string]string{"1": "14:25", "2": "14:26"}, r.server.marks(r1))
	})
}

func TestAFreshLedgerLooksBeforeTheFirstPut(t *testing.T) {
	hidden := &uploader.Error{Op: "read results back", Class: uploader.LoginRefused, StatusCode: 403}
	for name, test := range map[string]struct {
		back   func(state.Unit) ([]uploader.Result, error)
		origin state.Origin
		want   []string
	}{
		"no marks there: append": {
			back:   func(state.Unit) ([]uploader.Result, error) { return []uploader.Result{{Bib: "1"}}, nil },
			origin: state.OriginEmpty,
			want:   []string{"append R1/1/1 1=14:25 2=14:26", "append R1/1/1 3=14:27"},
		},
		"marks there: everything goes by update": {
			back: func(state.Unit) ([]uploader.Result, error) {
				return []uploader.Result{{Bib: "9", Performance: "14:1"}}, nil
			},
			origin: state.OriginMarks,
			want:   []string{"update R1/1/1 1=14:25 2=14:26", "update R1/1/1 3=14:27"},
		},
		"cannot be read: the first settled read goes by update, later rows by append": {
			back:   func(state.Unit) ([]uploader.Result, error) { return nil, hidden },
			origin: state.OriginUnread,
			want:   []string{"update R1/1/1 1=14:25 2=14:26", "append R1/1/1 3=14:27"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				r.server.back = test.back
				first := state.Observation{File: "f.csv", Settled: true, Finishes: []parse.Finish{finish("1", "14:25"), finish("2", "14:26")}}
				if _, err := r.ledger.Observe(r1, first); err != nil {
					t.Fatal(err)
				}
				r.run()
				r.read(r1, "1", "14:25", "2", "14:26", "3", "14:27")
				equal(t, "PUTs", test.want, r.server.sent())
				if got := r.ledger.Origin(r1); got != test.origin {
					t.Errorf("origin %q, want %q", got, test.origin)
				}
			})
		})
	}
}

func finish(bib, text string) parse.Finish {
	mark, err := parse.ParseMark(text)
	if err != nil {
		panic(err)
	}
	return parse.Finish{Bib: parse.Bib(bib), Mark: mark, Line: 1}
}

func TestADeadNetworkAtTheStartDecidesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		end := time.Now().Add(5 * time.Minute)
		r.server.login = unreachable(0, 0)
		r.server.back = func(state.Unit) ([]uploader.Result, error) {
			if time.Now().Before(end) {
				return nil, unreachable(0, 0)
			}
			return nil, nil
		}
		r.run()
		r.read(r1, "1", "14:25")
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		if len(r.server.puts) != 0 || r.ledger.Origin(r1) != state.OriginUnknown {
			t.Errorf("sent %v, origin %q", r.server.sent(), r.ledger.Origin(r1))
		}
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"append R1/1/1 1=14:25"}, r.server.sent())
	})
}

func TestAServerThatIsInTroubleWithItsPagesDoesNotBlockTheUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.back = func(state.Unit) ([]uploader.Result, error) { return nil, unreachable(503, 0) }
		r.run()
		r.read(r1, "1", "14:25")
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"update R1/1/1 1=14:25"}, r.server.sent())
	})
}

func TestADoubtfulSuccessIsConfirmedOnlyWhenTheRowsAreThere(t *testing.T) {
	for name, test := range map[string]struct {
		applied bool
		before  string // what the page has of the bib
		puts    int
	}{
		"the rows are there":                     {applied: true, puts: 1},
		"the rows are not there":                 {applied: false, puts: 2},
		"the bib is there, with the mark before": {applied: false, before: "14:26", puts: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				if test.before != "" {
					r.server.rows[r1] = map[parse.Bib]parse.Mark{"1": mustMark(t, test.before)}
				}
				r.server.script = func(n int, _ []state.Batch) (bool, error) {
					if n == 0 {
						return test.applied, &uploader.Error{Op: "PUT", Class: uploader.Doubtful, StatusCode: 200}
					}
					return true, nil
				}
				r.run()
				r.read(r1, "1", "14:25.10")
				time.Sleep(time.Minute)
				synctest.Wait()
				if len(r.server.puts) != test.puts {
					t.Errorf("PUTs: %v", r.server.sent())
				}
				if got := r.ledger.Counts(r1).Confirmed; got != 1 {
					t.Errorf("confirmed %d", got)
				}
			})
		})
	}
}

func TestALoginThatIsRefusedIsSaidOnceAndTriedSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(int, []state.Batch) (bool, error) {
			return false, &uploader.Error{Op: "log in", Class: uploader.LoginRefused, StatusCode: 400}
		}
		r.run()
		r.read(r1, "1", "14:25")
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for _, gap := range gaps(r.server.times()) {
			if gap < 30*time.Second || gap > 61*time.Second {
				t.Errorf("wait of %v", gap)
			}
		}
		equal(t, "log", []string{"info looked at the server before the first upload", "error login refused; rows are kept on this laptop"}, r.messages())
		if got := r.loop.Report(); got.Class != uploader.LoginRefused || got.Outage.IsZero() {
			t.Errorf("report %+v", got)
		}
	})
}

func TestFlushEndsWithWhatCouldNotBeSent(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want uploader.Class
		took time.Duration // at least
	}{
		"out of reach for longer than the patience": {err: unreachable(0, 0), want: uploader.Unreachable, took: time.Minute},
		"login refused ends at once":                {err: &uploader.Error{Class: uploader.LoginRefused}, want: uploader.LoginRefused},
		"a refused unit ends after the others":      {err: &uploader.Error{Class: uploader.BatchRefused, StatusCode: 400}, want: uploader.BatchRefused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRace(t, nil)
				r.server.script = func(_ int, batches []state.Batch) (bool, error) {
					if slices.ContainsFunc(batches, func(b state.Batch) bool { return b.Unit == r1 }) {
						return false, test.err
					}
					return true, nil
				}
				r.read(r1, "1", "14:25")
				r.read(r2, "600", "17:25")
				start := time.Now()
				err := r.loop.Flush(t.Context(), time.Minute)
				refused, ok := errors.AsType[*uploader.Error](err)
				if !ok || refused.Class != test.want || time.Since(start) < test.took {
					t.Errorf("Flush returned %v after %v", err, time.Since(start))
				}
				if test.want == uploader.BatchRefused {
					equal(t, "R2 on the server", map[string]string{"600": "17:25"}, r.server.marks(r2))
				}
			})
		})
	}
}

func TestAttributesAreSentOnceAndWhenTheyChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.ledger.Want(r1, state.Attributes{Name: "My 5k"})
		r.run()
		r.read(r1, "1", "14:25")
		r.read(r1, "1", "14:25", "2", "14:26")
		r.ledger.Want(r1, state.Attributes{Name: "Our 5k"})
		r.loop.Wake()
		synctest.Wait()
		var names []string
		for _, p := range r.server.puts {
			name := "-"
			if a := p.batches[0].Attributes; a != nil {
				name = a.Name
			}
			names = append(names, name)
		}
		equal(t, "names", []string{"My 5k", "-", "-", "Our 5k"}, names)
	})
}

func TestMoreThanABatchGoesInPiecesInTheOrderOfTheFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.MaxBatch = 2 })
		r.read(r1, "5", "DNF", "3", "14:27", "1", "14:25", "4", "14:28", "2", "14:26")
		r.run()
		equal(t, "PUTs", []string{"append R1/1/1 1=14:25 2=14:26", "append R1/1/1 3=14:27 4=14:28", "append R1/1/1 5=DNF"}, r.server.sent())
	})
}

func TestPagesThatCannotBeReachedDoNotBlockTheUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.back = func(state.Unit) ([]uploader.Result, error) { return nil, unreachable(0, 0) } // but a login works
		r.run()
		r.read(r1, "1", "14:25")
		time.Sleep(time.Minute)
		synctest.Wait()
		equal(t, "PUTs", []string{"update R1/1/1 1=14:25"}, r.server.sent())
	})
}

func TestAUnitThatCannotBeReadBackYetDoesNotKeepTheOthersWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.login = unreachable(0, 0)
		r.server.back = func(unit state.Unit) ([]uploader.Result, error) {
			if unit == r1 {
				return nil, unreachable(0, 0)
			}
			return nil, nil
		}
		r.run()
		r.read(r1, "1", "14:25")
		r.read(r2, "600", "17:25")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		equal(t, "PUTs", []string{"append R2/1/1 600=17:25"}, r.server.sent())
	})
}

// The row that could not be sent vanishes meanwhile: then nothing is pending, nothing is waited out, and what is read
// next must go out at once.
func TestAFailureThatHasNothingLeftToTryDoesNotMakeTheLoopDeaf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.script = func(n int, _ []state.Batch) (bool, error) {
			if n == 0 {
				return false, unreachable(503, 0)
			}
			return true, nil
		}
		r.run()
		r.read(r1, "1", "14:25")
		held := state.Observation{File: "f.csv", Held: []parse.Held{{Line: 1, Bib: "1", Reason: "not a time"}}}
		if _, err := r.ledger.Observe(r1, held); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		r.read(r1, "2", "14:26")
		equal(t, "PUTs", []string{"append R1/1/1 1=14:25", "append R1/1/1 2=14:26"}, r.server.sent())
		if !r.loop.Report().Outage.IsZero() {
			t.Errorf("report %+v", r.loop.Report())
		}
	})
}

// A unit's wait may end between two looks at the clock.
func TestAUnitWhoseWaitEndsJustNowIsTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, func(c *uploader.Config) { c.Units = []state.Unit{r1} })
		r.server.script = func(int, []state.Batch) (bool, error) {
			return false, &uploader.Error{Op: "PUT", Class: uploader.BatchRefused, StatusCode: 400}
		}
		r.run()
		r.read(r1, "1", "14:25")
		for range 600 {
			time.Sleep(time.Second)
			r.loop.Wake()
			synctest.Wait()
		}
		if n := len(r.server.puts); n < 8 || n > 25 {
			t.Errorf("%d PUTs in ten minutes", n)
		}
	})
}

// A ledger that was lost knows nothing of a mass change that it held: the page does.
func TestAFreshLedgerDoesNotPublishTheOtherClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRace(t, nil)
		r.server.apply([]state.Batch{{Unit: r1, Mode: state.Update}})
		pairs, before := field(40), map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			r.server.rows[r1][parse.Bib(pairs[i])] = mustMark(t, pairs[i+1])
			before[pairs[i]] = pairs[i+1]
		}
		r.run()
		var other []string
		for i := 0; i < len(pairs); i += 2 {
			other = append(other, pairs[i], "1"+pairs[i+1][1:2]+pairs[i+1][2:]+".5")
		}
		r.settled(r1, append(other, "99", "19:00")...)
		before["99"] = "19:00"
		equal(t, "public", before, r.server.marks(r1))
		equal(t, "held", 40, len(r.heldBibs(r1)))
		r.settled(r1, append(field(38), "39", "14:59", "99", "19:00")...)
		r.later(time.Minute)
		equal(t, "after the right export", before, r.server.marks(r1))
		equal(t, "held", []string{"39", "40"}, bibsHeld(r))
		if _, err := r.ledger.Release(r1, "39", parse.Mark{}); err != nil {
			t.Fatal(err)
		}
		r.loop.Wake()
		r.later(time.Minute)
		equal(t, "released", "14:59", r.server.marks(r1)["39"])
	})
}

func bibsHeld(r *race) (bibs []string) {
	for _, text := range r.heldBibs(r1) {
		bib, _, _ := strings.Cut(text, ":")
		bibs = append(bibs, bib)
	}
	return bibs
}
