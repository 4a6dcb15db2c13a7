package uploader

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/state/crash"
)

// Server is what the loop needs of OpenTrack; [Client] is one.
type Server interface {
	// Put sends batches as one request; nil means that the server accepted them.
	Put(ctx context.Context, batches []state.Batch) error
	// Login tells by its error whether the server can be reached and takes the account.
	Login(ctx context.Context) error
	// ReadBack returns what the server shows of a unit.
	ReadBack(ctx context.Context, unit state.Unit) ([]Result, error)
}

// Config says what is sent and how politely.
type Config struct {
	Units        []state.Unit  // all units of the configuration, each once
	MinInterval  time.Duration // between two PUTs; the first of a quiet spell goes at once
	MaxBatch     int           // rows in one PUT
	NewFinishers state.Mode    // Append, or Update where the start list was seeded
	Removals     Removals
	Contact      func() Contact // of the server's client, for the report; nil where nobody knows
}

// Uploader is the loop that makes the server equal to the ledger.
type Uploader struct {
	config Config
	ledger *state.Ledger
	server Server
	log    *zap.Logger
	wake   chan struct{}

	// The loop's own; only the goroutine of Run (or Flush) touches them.
	backoff backoff
	lastPut time.Time
	trials  map[state.Unit]*trial  // units of which the server refused something
	leftOut map[state.Unit]leftOut // attributes that it refused
	alone   bool                   // the last PUT was that of a unit on trial
	looks   int                    // failed tries in a row to read a unit back
	turn    int                    // which of the units is read back next
	tries   int                    // which of the units on trial goes next
	kept    map[state.Unit]*kept   // removals that are not sent, and why; see removal.go
	ahead   ahead                  // guarded by sending as well

	sending sync.Mutex // one PUT at a time, also when a person sends one; see [Uploader.Replace]

	progress progress

	mu     sync.Mutex
	report Report
}

// New returns an uploader. It starts nothing.
func New(config Config, ledger *state.Ledger, server Server, log *zap.Logger) *Uploader {
	return &Uploader{
		config: config, ledger: ledger, server: server, log: log,
		wake:   make(chan struct{}, 1),
		trials: map[state.Unit]*trial{}, leftOut: map[state.Unit]leftOut{}, kept: map[state.Unit]*kept{},
	}
}

// Wake tells the loop that the ledger may have something to send. It never blocks.
func (u *Uploader) Wake() {
	select {
	case u.wake <- struct{}{}:
	default:
	}
}

// Run sends what is pending until ctx ends, and then returns nil. A dead network or a refused login never ends it.
func (u *Uploader) Run(ctx context.Context) error {
	defer u.end()
	for {
		if r := u.round(ctx); !u.sleep(ctx, r) {
			return nil
		}
	}
}

// Flush sends until nothing is pending, for a run that shall end. It returns nil then, ctx's error, or the last
// [*Error] when the login or the address is wrong, when the server could not be reached for the given patience, or,
// after everything else has been sent, when it refuses a unit.
func (u *Uploader) Flush(ctx context.Context, patience time.Duration) error {
	defer u.end()
	start := time.Now()
	for {
		r := u.round(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case r.err != nil && (u.hopeless(r.err) || time.Since(start) > patience):
			return r.err
		case r.idle:
			return u.anyRefusal()
		case !u.backoff.failing():
			start = time.Now()
		}
		if !u.sleep(ctx, r) {
			return ctx.Err()
		}
	}
}

// hopeless reports whether only a person can help.
func (u *Uploader) hopeless(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return !ok || refused.Class == LoginRefused || refused.Class == WrongAddress || refused.Class == Doubtful
}

func (u *Uploader) anyRefusal() error {
	for _, err := range u.Report().RefusedUnit {
		return err
	}
	return nil
}

// forever is a wait that only a wake-up ends.
const forever = time.Duration(1<<63 - 1)

// sleep waits as long as the round says or, when no trouble is being waited out, until the loop is woken; false when
// ctx ended.
func (u *Uploader) sleep(ctx context.Context, r rest) bool {
	if r.wait <= 0 {
		return ctx.Err() == nil
	}
	u.progress.rest()
	timer := time.NewTimer(r.wait)
	defer timer.Stop()
	wake := u.wake
	if u.backoff.failing() && !r.idle {
		wake = nil // while the server is in trouble one probe at a time goes out, however much is read
	}
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-wake:
	}
	return true
}

// rest is how a round ended.
type rest struct {
	wait time.Duration // before the next round; 0 to go on at once
	idle bool          // nothing is pending but what waits for a refused unit
	err  error         // has been said in the log and the report already
}

// Sending reports whether an upload is on its way, or is being prepared.
func (u *Uploader) Sending() bool {
	if u.sending.TryLock() {
		u.sending.Unlock()
		return false
	}
	return true
}

// round sends at most one PUT. The order of its steps is what makes a crash anywhere harmless:
//
//	Offer     the intent is on disk. A crash from here on, and nobody knows whether the PUT happened; the marks are
//	          pending and will be offered again, by append only if the server cannot have another one.
//	Put       no transaction is open. A lost reply is the same case as a crash.
//	Confirm   the outcome is on disk. A crash before it sends the same marks once more.
//
// Where there is more to send than one PUT carries, the steps of the next one begin beside it; see [ahead].
func (u *Uploader) round(ctx context.Context) rest {
	u.progress.step()
	if r, sent := u.follow(ctx); sent {
		return r
	}
	if d := u.polite(); d > 0 {
		return rest{wait: d}
	}
	blind := u.readOrigins(ctx)
	u.sending.Lock()
	defer u.sending.Unlock()
	u.progress.step()
	now := time.Now()
	u.wantAgain(now)
	turn := u.whoseTurn(now)
	batches, err := u.ledger.Offer(turn.terms)
	if err != nil {
		return u.fail(ctx, err, nil)
	}
	switch {
	case len(batches) == 0 && blind != nil && turn.trial == nil:
		return u.fail(ctx, blind, nil)
	case len(batches) == 0:
		return u.nothing(ctx, turn)
	}
	u.alone = turn.trial != nil
	return u.send(ctx, batches)
}

// send makes one PUT of batches that were offered, and takes down what came of it.
func (u *Uploader) send(ctx context.Context, batches []state.Batch) rest {
	start := time.Now()
	beside := u.beside(batches)
	err := u.server.Put(ctx, batches)
	took := time.Since(start)
	crash.Point("after-put")
	failed := beside()
	u.lastPut = time.Now()
	u.progress.step()
	if err != nil && !u.arrivedAnyway(ctx, err, batches) {
		u.ahead.next = nil
		return u.fail(ctx, err, batches)
	}
	u.ahead.owed = &accepted{batches, took}
	if failed == nil && len(u.ahead.next) > 0 {
		return rest{} // it is confirmed beside the next one
	}
	if err := errors.Join(failed, u.settle()); err != nil {
		return u.fail(ctx, err, nil)
	}
	return rest{}
}

// nothing ends a round in which there was nothing to send.
func (u *Uploader) nothing(ctx context.Context, turn turn) rest {
	switch {
	case turn.trial != nil:
		if unit := turn.terms.Units[0]; u.ledger.Open(unit) {
			u.exhausted(unit)
		}
		return rest{}
	case turn.others:
		u.alone = false
		return rest{}
	case len(u.ledger.Unread(u.config.Units)) > 0:
		return rest{} // one more unit may wait to be read back; then this was not all
	}
	r, sent := u.removeVanished(ctx)
	if !sent {
		u.calm()
		r = rest{wait: min(r.wait, turn.retryIn), idle: true}
		if len(u.trials) == 0 && !u.backoff.failing() {
			u.ledger.Await(turn.terms)
		}
	}
	return r
}

// polite returns how long the next PUT has to wait for min_interval.
func (u *Uploader) polite() time.Duration {
	if u.lastPut.IsZero() {
		return 0
	}
	return max(0, u.config.MinInterval-time.Since(u.lastPut))
}

// turn is what may be offered in a round.
type turn struct {
	terms   state.Terms
	trial   *trial        // of the one unit, where it goes alone
	others  bool          // units on trial could go now, and let these go first
	retryIn time.Duration // when the first unit that waits may be tried again
}

// whoseTurn chooses all units that are well, or one on trial: in turn where both have something to send, so that a unit
// that is being taken apart does not keep the others waiting.
func (u *Uploader) whoseTurn(now time.Time) turn {
	well := turn{terms: state.Terms{Max: u.config.MaxBatch, NewFinishers: u.config.NewFinishers}, retryIn: forever}
	var due []state.Unit
	pending := false
	for _, unit := range u.config.Units {
		t, counts := u.trials[unit], u.ledger.Counts(unit)
		switch {
		case t == nil:
			well.terms.Units = append(well.terms.Units, unit)
			pending = pending || counts.Pending > 0
		case !u.ledger.Open(unit): // nobody may conclude from what it does not offer now that there is nothing left to try
		case now.Before(t.until) && (counts.Confirmed == 0 || counts.Pending <= t.pending):
			well.retryIn = min(well.retryIn, t.until.Sub(now))
		default:
			due = append(due, unit)
		}
	}
	well.others = len(due) > 0
	if len(due) == 0 || u.alone && pending {
		return well
	}
	unit := due[u.tries%len(due)]
	u.tries++
	t := u.trials[unit]
	terms := state.Terms{Units: []state.Unit{unit}, Max: u.config.MaxBatch, NewFinishers: u.config.NewFinishers, Skip: t.skip(unit)}
	if t.rows > 0 {
		terms.Max = min(terms.Max, t.rows)
	}
	if len(t.again) > 0 {
		terms.Only = map[state.Unit]map[parse.Bib]bool{unit: t.again}
	}
	return turn{terms: terms, trial: t}
}

// arrivedAnyway settles a doubtful success by reading back: the rows are there, or they are not confirmed.
func (u *Uploader) arrivedAnyway(ctx context.Context, err error, batches []state.Batch) bool {
	doubtful, ok := errors.AsType[*Error](err)
	if !ok || doubtful.Class != Doubtful {
		return false
	}
	for _, batch := range batches {
		u.progress.step()
		results, err := u.server.ReadBack(ctx, batch.Unit)
		if err != nil || !hasAll(results, batch.Rows) {
			return false
		}
	}
	return true
}

func hasAll(results []Result, rows []state.Row) bool {
	shown := make(map[parse.Bib]Result, len(results))
	for _, r := range results {
		shown[r.Bib] = r
	}
	for _, row := range rows {
		if r, ok := shown[row.Bib]; !ok || !r.Is(row.Mark) {
			return false
		}
	}
	return true
}
