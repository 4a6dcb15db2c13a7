package uploader

import (
	"context"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
)

// ahead is what is done beside a PUT when there is more to send than it carries: the disk works while the network does.
// Only one PUT is on its way at any time, and the order of its steps is the same; but between two of them nothing waits.
//
//	beside PUT n    PUT n-1 is confirmed; what PUT n+1 will carry is offered
//	its answer      PUT n+1 goes at once, if what it carries may still go as it is
//
// A crash in there is one that Offer and Confirm are made for: what was offered or not confirmed is offered again.
type ahead struct {
	next []state.Batch // offered, and not sent; nil for nothing
	owed *accepted     // what the server has accepted and the ledger does not know of; nil for nothing
}

// accepted is a PUT that the server has accepted.
type accepted struct {
	batches []state.Batch
	took    time.Duration
}

// beside begins what is done beside a PUT of batches, and returns how to wait for the end of it. The error is the ledger's.
func (u *Uploader) beside(batches []state.Batch) (wait func() error) {
	if u.ahead.owed == nil && !u.runsOn(batches) {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	go func() {
		err := u.settle()
		if err == nil && u.runsOn(batches) {
			u.ahead.next, err = u.ledger.Offer(u.behind(batches))
		}
		done <- err
	}()
	return func() error { return <-done }
}

// runsOn reports whether there may be more to send behind a PUT, and it may go at once.
func (u *Uploader) runsOn(batches []state.Batch) bool {
	rows := 0
	for _, b := range batches {
		if rows += len(b.Rows); b.Mode == state.Replace {
			return false
		}
	}
	return rows == u.config.MaxBatch && u.config.MinInterval == 0 && len(u.trials) == 0 && !u.backoff.failing()
}

// behind are the terms of what goes behind batches that are on their way.
func (u *Uploader) behind(batches []state.Batch) state.Terms {
	skip := map[state.Unit]map[parse.Bib]bool{}
	for _, b := range batches {
		skip[b.Unit] = make(map[parse.Bib]bool, len(b.Rows))
		for _, row := range b.Rows {
			skip[b.Unit][row.Bib] = true
		}
	}
	return state.Terms{Units: u.config.Units, Max: u.config.MaxBatch, NewFinishers: u.config.NewFinishers, Skip: skip}
}

// settle tells the ledger what the server has accepted. Whoever sends anything that does not follow from that calls it
// before, with sending held.
func (u *Uploader) settle() error {
	owed := u.ahead.owed
	if owed == nil {
		return nil
	}
	u.ahead.owed = nil
	if err := u.ledger.Confirm(owed.batches); err != nil {
		return err
	}
	return u.succeed(owed.batches, owed.took)
}

// follow sends what was offered beside the last PUT; false when there is nothing that may go out so, and the ledger knows of
// all that was accepted.
func (u *Uploader) follow(ctx context.Context) (r rest, sent bool) {
	u.sending.Lock()
	defer u.sending.Unlock()
	next := u.ahead.next
	u.ahead.next = nil
	if len(next) > 0 && ctx.Err() == nil && len(u.ledger.Unread(u.config.Units)) == 0 && u.ledger.Stands(next, u.config.NewFinishers) {
		u.progress.step()
		return u.send(ctx, next), true
	}
	if err := u.settle(); err != nil {
		return u.fail(ctx, err, nil), true
	}
	return rest{}, false
}

// end settles when the loop ends.
func (u *Uploader) end() {
	u.sending.Lock()
	defer u.sending.Unlock()
	u.ahead.next = nil
	if err := u.settle(); err != nil {
		u.log.Debug("attempt failed", zap.Error(err)) // it is sent once more at the next start
	}
}
