package uploader

import (
	"maps"
	"net/http"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
)

// trial is a unit of which the server refused something. It goes alone, so that nothing else is refused with it, until it
// is known what is to blame: a row, the unit's attributes, or the unit itself.
//
// A refused batch is halved until a row stands alone. When the server has taken another one of the unit, that row goes
// alone once more, and is to blame if it is refused again; three rows that are refused alone, and none that is taken, mean that it is the unit: the event grid
// lacks it, perhaps. Then it waits slowly, and the next time it begins with a row that has not been tried, so that a
// few bad rows at the head of the line do not stand for the whole.
type trial struct {
	until    time.Time // not before; zero: at once
	failures int       // refusals of the unit as a whole, in a row
	pending  int       // rows when it was refused last; one that comes later is tried at once
	rows     int       // in its next batch at the most; 0 for as many as there are
	accepted bool      // the server has taken a row since the trial began
	suspects map[parse.Bib]suspect
	tried    map[parse.Bib]bool // rows that were refused alone when the unit was to blame
	again    map[parse.Bib]bool // those of them that go alone once more, because it was not the unit
	left     *state.Attributes  // what was left out of the batches, to see whether it is to blame
}

// suspect is a row that was refused alone.
type suspect struct {
	row state.Row
	err *Error
}

// maxSuspects is how many rows alone are tried before the unit is to blame.
const maxSuspects = 3

// skip are the rows that are not to be offered now.
func (t *trial) skip(unit state.Unit) map[state.Unit]map[parse.Bib]bool {
	bibs := maps.Clone(t.tried)
	if bibs == nil {
		bibs = map[parse.Bib]bool{}
	}
	for bib := range t.suspects {
		bibs[bib] = true
	}
	return map[state.Unit]map[parse.Bib]bool{unit: bibs}
}

// refuse takes down that the server refused batches. A list does not say which of its units is meant, so each is tried
// by itself.
func (u *Uploader) refuse(err *Error, batches []state.Batch) error {
	if len(batches) > 1 {
		for _, b := range batches {
			u.trialOf(b.Unit)
		}
		u.log.Info("list of races refused, each is sent by itself", zap.Int("batches", len(batches)), zap.Error(err))
		return nil
	}
	b := batches[0]
	t := u.trialOf(b.Unit)
	t.until = time.Time{}
	switch {
	case b.Attributes != nil:
		u.leaveOut(b, t, err)
	case len(b.Rows) > 1:
		t.rows = len(b.Rows) / 2
	case len(b.Rows) == 0:
		u.refuseUnit(b.Unit, t, err)
	case err.StatusCode == http.StatusRequestEntityTooLarge:
		// A single row is never to blame for its size, but the next one to try is another.
		t.suspects = map[parse.Bib]suspect{b.Rows[0].Bib: {row: b.Rows[0], err: err}}
		u.refuseUnit(b.Unit, t, err)
	default:
		return u.suspectRow(b, t, err)
	}
	return nil
}

func (u *Uploader) trialOf(unit state.Unit) *trial {
	t := u.trials[unit]
	if t == nil {
		t = &trial{}
		u.trials[unit] = t
	}
	return t
}

// leaveOut tries the same without the unit's attributes.
func (u *Uploader) leaveOut(b state.Batch, t *trial, err *Error) {
	t.left = b.Attributes
	u.ledger.Want(b.Unit, state.Attributes{})
	if len(b.Rows) == 0 {
		u.blameAttributes(b.Unit, t, err)
		u.release(b.Unit)
	}
}

// attributesAgain is when attributes that were refused are tried again.
const attributesAgain = time.Hour

// blameAttributes says that the attributes were refused, and keeps them for later.
func (u *Uploader) blameAttributes(unit state.Unit, t *trial, err *Error) {
	u.leftOut[unit] = leftOut{*t.left, time.Now().Add(attributesAgain)}
	t.left = nil
	fields := []zap.Field{zap.Stringer("unit", unit)}
	if err != nil {
		fields = append(fields, zap.Int("http_status", err.StatusCode), zap.Error(err))
	}
	u.log.Warn("name or note of the race refused by the server; results go on without", fields...)
}

// leftOut are attributes that the server refused.
type leftOut struct {
	attributes state.Attributes
	again      time.Time
}

// wantAgain asks for attributes again whose time has come.
func (u *Uploader) wantAgain(now time.Time) {
	for unit, left := range u.leftOut {
		if !now.Before(left.again) {
			delete(u.leftOut, unit)
			u.ledger.Want(unit, left.attributes)
		}
	}
}

// suspectRow takes down a row that was refused alone.
func (u *Uploader) suspectRow(b state.Batch, t *trial, err *Error) error {
	if t.suspects == nil {
		t.suspects = map[parse.Bib]suspect{}
	}
	t.suspects[b.Rows[0].Bib] = suspect{b.Rows[0], err}
	t.rows = 1
	switch {
	case t.accepted:
		return u.park(b.Unit, t)
	case len(t.suspects) >= maxSuspects:
		u.refuseUnit(b.Unit, t, err)
	}
	return nil
}

// park holds the rows that are to blame, with the server's words. The others go on.
func (u *Uploader) park(unit state.Unit, t *trial) error {
	for bib, s := range t.suspects {
		words := s.err.Detail
		if words == "" {
			words = s.err.Error()
		}
		if err := u.ledger.Refuse(unit, s.row, words); err != nil {
			return err
		}
		delete(t.suspects, bib)
		delete(t.again, bib)
		u.log.Warn("row refused by the server, held; the others go on", zap.Stringer("unit", unit), zap.String("bib", string(bib)),
			zap.Stringer("mark", s.row.Mark), zap.Int("http_status", s.err.StatusCode), zap.Error(s.err))
	}
	u.goOn(unit, t)
	return nil
}

// doubt gives rows that were refused alone while nothing was taken one more chance: the race itself may have been to blame,
// and may have been mended since.
func (u *Uploader) doubt(t *trial) {
	if t.tried == nil {
		t.tried = map[parse.Bib]bool{}
	}
	for bib := range t.suspects {
		t.tried[bib] = true
	}
	t.suspects = nil
}

// goOn ends a trial in which something was taken, unless there are rows to be tried once more.
func (u *Uploader) goOn(unit state.Unit, t *trial) {
	if len(t.tried) > 0 {
		t.again, t.tried = t.tried, nil
	}
	if t.rows = 1; len(t.again) == 0 {
		u.release(unit)
	}
}

// refuseUnit lets a unit wait alone.
func (u *Uploader) refuseUnit(unit state.Unit, t *trial, err *Error) {
	if t.tried == nil {
		t.tried = map[parse.Bib]bool{}
	}
	for bib := range t.suspects {
		t.tried[bib] = true
	}
	maps.Copy(t.tried, t.again)
	t.suspects, t.again, t.rows, t.accepted = nil, nil, 1, false
	t.pending = u.ledger.Counts(unit).Pending
	if t.failures++; t.failures == 1 {
		u.log.Error("race refused by the server; its rows are kept on this laptop, other races go on",
			zap.Stringer("unit", unit), zap.Int("http_status", err.StatusCode), zap.Error(err))
	}
	t.until = time.Now().Add(max(doubled(t.failures), slow, err.RetryAfter))
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.report.RefusedUnit == nil {
		u.report.RefusedUnit = map[state.Unit]error{}
	}
	u.report.RefusedUnit[unit] = err
}

// taken takes down that the server has taken a batch.
func (u *Uploader) taken(b state.Batch) error {
	t := u.trials[b.Unit]
	if t == nil {
		return nil
	}
	if t.left != nil && t.rows == 0 && len(t.suspects) == 0 {
		u.blameAttributes(b.Unit, t, nil) // the same batch was refused with them
	}
	t.until = time.Time{}
	if len(b.Rows) > 0 {
		t.accepted = true
		u.mu.Lock()
		delete(u.report.RefusedUnit, b.Unit)
		u.mu.Unlock()
	}
	for _, row := range b.Rows {
		delete(t.again, row.Bib)
	}
	switch {
	case len(t.suspects) > 0 && t.accepted:
		u.doubt(t)
		u.goOn(b.Unit, t)
		return nil
	case len(t.tried) > 0, t.again != nil:
		u.goOn(b.Unit, t)
		return nil
	}
	// What was refused stands in the other half: the next batch is no larger, and then each may be twice as large.
	if t.rows *= 2; t.rows == 0 || t.rows >= u.config.MaxBatch {
		u.release(b.Unit)
	}
	return nil
}

// exhausted ends a round in which a unit on trial had nothing more to try.
func (u *Uploader) exhausted(unit state.Unit) {
	t := u.trials[unit]
	switch {
	case len(t.suspects) > 0:
		for _, s := range t.suspects {
			u.refuseUnit(unit, t, s.err)
			return
		}
	case len(t.again) > 0:
		u.release(unit) // they are not pending any more
	case len(t.tried) > 0:
		t.tried = nil // begin anew with the first one
	default:
		u.release(unit) // what was refused is not pending any more
	}
}

// release lets a unit that was refused go with the others again.
func (u *Uploader) release(unit state.Unit) {
	t := u.trials[unit]
	if t == nil {
		return
	}
	if t.left != nil {
		u.ledger.Want(unit, *t.left) // they were not to blame
	}
	delete(u.trials, unit)
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.report.RefusedUnit, unit)
}
