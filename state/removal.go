package state

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
	"finishwatch/state/crash"
)

// Vanished returns the bibs that may be public and that no export has any more, sorted.
func (l *Ledger) Vanished(unit Unit) []parse.Bib {
	l.mu.Lock()
	defer l.mu.Unlock()
	var bibs []parse.Bib
	for bib, e := range l.unit(unit).held {
		if e.held == Vanished && e.leaves() {
			bibs = append(bibs, bib)
		}
	}
	slices.Sort(bibs)
	return bibs
}

// public returns the mark that the server must have of this bib after a removal; zero for none. A bib that is held for
// any reason but that it vanished keeps the mark that was confirmed.
func (r record) public() parse.Mark {
	switch {
	case r.offerable():
		return r.seen
	case r.held == Vanished && !r.personal:
		return parse.Mark{}
	}
	return r.confirmed
}

// leaves reports whether a removal takes the bib away from the server, which has it or may have it. What was offered,
// never confirmed and is held by now is taken away, too, and sent again when the hold ends; also what the server refused,
// because an earlier offer may have gone another way.
func (r record) leaves() bool {
	if !r.public().IsZero() {
		return false
	}
	return !r.confirmed.IsZero() || !r.offered.IsZero()
}

// Removal returns the batch, by [Replace], that makes the server's unit what it must be, and the bibs that this takes
// away, sorted; nothing is written down yet. The latter may be more than [Ledger.Vanished] has: a bib that is held now and
// was offered without an answer. The batch has no rows while the unit may not be offered (held, paused, its files being
// read, its origin unknown), or has nothing that must be public: then it must not be sent.
func (l *Ledger) Removal(unit Unit) (Batch, []parse.Bib) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows, gone := l.removal(l.unit(unit))
	return Batch{Unit: unit, Mode: Replace, Rows: rows}, gone
}

func (l *Ledger) removal(u *unitState) (rows []Row, gone []parse.Bib) {
	if l.paused || !u.open() {
		return nil, nil
	}
	var staying []*entry
	for bib, e := range u.entries {
		switch {
		case !e.public().IsZero():
			staying = append(staying, e)
		case e.leaves():
			gone = append(gone, bib)
		}
	}
	slices.SortFunc(staying, (*entry).before)
	for _, e := range staying {
		rows = append(rows, Row{Bib: e.bib, Mark: e.public()})
	}
	slices.Sort(gone)
	return rows, gone
}

var (
	// ErrOutdated says that the files have said something else since Removal.
	ErrOutdated = errors.New("the exports have changed meanwhile; plan the removal anew")

	errEmptying = errors.New("nothing of this race would stay public; is the export empty? Nothing was removed")
)

// OfferRemoval writes down that a removal is about to be sent: a bib that comes back later goes by update, whatever became
// of the PUT. It returns [ErrOutdated] when the removal is not what [Ledger.Removal] would return now. The caller sends
// the batch alone and then calls Confirm.
func (l *Ledger) OfferRemoval(b Batch, gone []parse.Bib) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(b.Unit)
	crash.Point("before-intent")
	err := l.offerRemoval(u, b, gone)
	if err != nil {
		return fmt.Errorf("remove from %s: %w", b.Unit, err)
	}
	crash.Point("after-intent")
	return nil
}

func (l *Ledger) offerRemoval(u *unitState, b Batch, gone []parse.Bib) error {
	rows, leaving := l.removal(u)
	switch {
	case len(b.Rows) == 0:
		return errEmptying
	case b.Mode != Replace, !slices.Equal(rows, b.Rows), !slices.Equal(leaving, gone):
		return ErrOutdated
	}
	var list []change
	for _, row := range rows {
		e := u.entries[row.Bib]
		if to := e.offer(row.Mark); to != e.record {
			list = append(list, change{entry: e, to: to, note: modeNotes[Replace]})
		}
	}
	for _, bib := range gone {
		e := u.entries[bib]
		to := e.record
		to.gone, to.mixed, to.confirmed = true, true, parse.Mark{}
		to.verified, to.resent, to.again = notLookedAt, 0, false
		if to != e.record {
			list = append(list, change{entry: e, to: to, note: modeNotes[Replace]})
		}
	}
	now := time.Now()
	err := l.commit(map[*unitState][]change{u: list}, func(tx *bbolt.Tx) error {
		bucket, err := unitBucket(tx, u.unit)
		if err != nil {
			return err
		}
		return bucket.Put(unsureKey, []byte(now.Format(time.RFC3339)))
	})
	if err == nil {
		u.unsure = now
	}
	return err
}

// removed returns the records when the server has accepted a replace. A bib that it took away and that is still vanished
// is forgotten; one that is back, or held for another reason, is only not there any more.
func (u *unitState) removed(b Batch) []change {
	stays := make(map[parse.Bib]bool, len(b.Rows))
	for _, row := range b.Rows {
		stays[row.Bib] = true
	}
	var list []change
	for bib, e := range u.entries {
		if !e.gone || stays[bib] {
			continue
		}
		to := e.record
		to.gone, to.confirmed, to.offered = false, parse.Mark{}, parse.Mark{}
		if to.held == Vanished {
			to.held, to.seen, to.seq = "", parse.Mark{}, 0
			to.released, to.chosen, to.refusal = parse.Mark{}, false, nil
		}
		list = append(list, change{entry: e, to: to, note: &note{removed: true}})
	}
	return list
}
