package uploader

import (
	"context"
	"errors"
	"maps"
	"time"

	"go.uber.org/zap"

	"finishwatch/state"
)

// Report is how the loop is doing, for status and the service manager.
type Report struct {
	Outage      time.Time            // since when nothing could be sent; zero when all is well
	Trouble     error                // what the last failure was, ending in what to do; nil when all is well
	Class       Class                // of Trouble, when it is an [*Error]
	RefusedUnit map[state.Unit]error // units that wait alone, and why
	Sent        map[state.Unit]Sent  // the last accepted PUT of each unit since the start
}

// Sent is how an accepted PUT went.
type Sent struct {
	At     time.Time
	Took   time.Duration
	Status int // of HTTP; 0 where nobody knows
}

// Report returns how the loop is doing.
func (u *Uploader) Report() Report {
	u.mu.Lock()
	defer u.mu.Unlock()
	r := u.report
	r.RefusedUnit = make(map[state.Unit]error, len(u.report.RefusedUnit))
	maps.Copy(r.RefusedUnit, u.report.RefusedUnit)
	r.Sent = maps.Clone(u.report.Sent)
	return r
}

// fail takes down a failure, says it once, and tells how long to wait.
func (u *Uploader) fail(ctx context.Context, err error, batches []state.Batch) rest {
	if ctx.Err() != nil {
		return rest{err: ctx.Err()}
	}
	refused, ok := errors.AsType[*Error](err)
	if ok && refused.Class == BatchRefused && len(batches) > 0 {
		u.reached()
		if batches[0].Mode == state.Replace {
			u.keepRefused(batches[0].Unit, refused)
			return rest{}
		}
		if err := u.refuse(refused, batches); err != nil {
			return u.fail(ctx, err, nil)
		}
		return rest{}
	}
	u.say(err, refused)
	delay := u.backoff.fail(time.Now())
	if ok {
		delay = max(delay, refused.RetryAfter)
		if refused.Class == LoginRefused || refused.Class == WrongAddress {
			delay = max(delay, slow)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.report.Outage = u.backoff.since
	u.report.Trouble = err
	if ok {
		u.report.Class = refused.Class
	}
	return rest{wait: delay, err: err}
}

// say logs a failure when trouble starts or becomes another one: states, not attempts.
func (u *Uploader) say(err error, refused *Error) {
	local := refused == nil
	if u.backoff.failing() && u.backoff.local == local && (local || u.backoff.class == refused.Class) {
		u.log.Debug("attempt failed", zap.Int("attempt", u.backoff.failures+1), zap.Error(err))
		return
	}
	u.backoff.local = local
	if local {
		u.log.Error("ledger cannot be written; nothing is sent until it can", zap.Error(err))
		return
	}
	u.backoff.class = refused.Class
	fields := []zap.Field{zap.Int("pending", u.pending()), zap.Int("http_status", refused.StatusCode), zap.Error(err)}
	switch refused.Class {
	case LoginRefused:
		u.log.Error("login refused; rows are kept on this laptop", fields...)
	case WrongAddress:
		u.log.Error("competition address is wrong; rows are kept on this laptop", fields...)
	case Doubtful:
		u.log.Warn("answer is a web page and the rows are not there; rows are kept on this laptop", fields...)
	case Unreachable, BatchRefused:
		u.log.Warn("server out of reach; rows are kept on this laptop", fields...)
	}
}

func (u *Uploader) pending() int {
	total := 0
	for _, unit := range u.config.Units {
		total += u.ledger.Counts(unit).Pending
	}
	return total
}

// reached ends an outage: the server has answered.
func (u *Uploader) reached() {
	if !u.backoff.failing() {
		return
	}
	u.log.Info("server is back", zap.Duration("outage", time.Since(u.backoff.since)), zap.Int("pending", u.pending()))
	u.backoff = backoff{}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.report.Outage, u.report.Trouble, u.report.Class = time.Time{}, nil, 0
}

// calm ends an outage where nothing waits any more that may be sent, such as when a person holds the race. The server is
// asked nothing then, so that nobody would notice when it is back.
func (u *Uploader) calm() {
	if !u.backoff.failing() {
		return
	}
	u.log.Debug("nothing waits any more", zap.Duration("outage", time.Since(u.backoff.since)))
	u.backoff = backoff{}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.report.Outage, u.report.Trouble, u.report.Class = time.Time{}, nil, 0
}

// maxNamed bounds how many bibs a log line names.
const maxNamed = 10

// succeed takes down that batches were confirmed.
func (u *Uploader) succeed(batches []state.Batch, took time.Duration) error {
	u.reached()
	for _, b := range batches {
		if err := u.taken(b); err != nil {
			return err
		}
	}
	sent := Sent{At: time.Now(), Took: took}
	if u.config.Contact != nil {
		sent.Status = u.config.Contact().Status
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.report.Sent == nil {
		u.report.Sent = map[state.Unit]Sent{}
	}
	for _, b := range batches {
		u.report.Sent[b.Unit] = sent
		u.log.Info("confirmed", zap.Stringer("unit", b.Unit), zap.String("mode", string(b.Mode)), zap.Int("rows", len(b.Rows)),
			zap.Strings("bibs", named(b.Rows)), zap.Int("total", u.ledger.Counts(b.Unit).Confirmed), zap.Duration("took", took))
	}
	return nil
}

func named(rows []state.Row) []string {
	bibs := make([]string, 0, min(len(rows), maxNamed))
	for _, row := range rows[:min(len(rows), maxNamed)] {
		bibs = append(bibs, string(row.Bib))
	}
	return bibs
}
