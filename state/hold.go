package state

import (
	"fmt"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// HeldByPerson is why a bib is held that a person holds.
const HeldByPerson = "held by a person"

const refusedPrefix = "refused by OpenTrack: "

// byPerson marks what a person did in the history.
var byPerson = &note{person: true}

// HoldBib holds a bib, finished or not, until a person releases it, or ends that hold. What the files say of it is
// remembered and not offered.
func (l *Ledger) HoldBib(unit Unit, bib parse.Bib, on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	if e := u.entries[bib]; on == (e != nil && e.personal) {
		return nil
	}
	e := u.entry(bib)
	to := e.record
	to.personal = on
	if err := l.commit(map[*unitState][]change{u: {{entry: e, to: to, note: byPerson}}}, nil); err != nil {
		return fmt.Errorf("hold %s bib %s: %w", unit, bib, err)
	}
	return nil
}

// HoldUnit holds a whole race until a person releases it, or ends that hold: nothing of it is offered, everything is
// read and kept.
func (l *Ledger) HoldUnit(unit Unit, on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	if u.stopped == on {
		return nil
	}
	if err := l.update(func(tx *bbolt.Tx) error { return storeHold(tx, unit, on) }); err != nil {
		return fmt.Errorf("hold %s: %w", unit, err)
	}
	u.stopped = on
	return nil
}

func storeHold(tx *bbolt.Tx, unit Unit, on bool) error {
	bucket, err := unitBucket(tx, unit)
	if err != nil {
		return err
	}
	return storeFlag(bucket, holdKey, on)
}

// storeFlag stores a yes as a key, and a no as none.
func storeFlag(bucket *bbolt.Bucket, key []byte, on bool) error {
	if on {
		return bucket.Put(key, []byte("yes"))
	}
	return bucket.Delete(key)
}

// UnitHeld reports whether a person holds the race.
func (l *Ledger) UnitHeld(unit Unit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unit(unit).stopped
}

// Pause holds all races, or ends that.
func (l *Ledger) Pause(on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused == on {
		return nil
	}
	err := l.update(func(tx *bbolt.Tx) error { return storeFlag(tx.Bucket(factsBucket), pausedKey, on) })
	if err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	l.paused = on
	return nil
}

// Paused reports whether all races are held.
func (l *Ledger) Paused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paused
}

// Refuse takes down that the server will not take this row, and in which words: the bib is held until the files say
// another mark, or a person releases it. Where they say another mark by now there is nothing to hold.
func (l *Ledger) Refuse(unit Unit, row Row, words string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	e := u.entries[row.Bib]
	if e == nil || !e.seen.Same(row.Mark) {
		return nil
	}
	to, refused := e.record, refusal{mark: row.Mark, words: head(words, maxRefusal)}
	if to.refusal != nil && *to.refusal == refused {
		return nil
	}
	to.refusal = &refused
	if err := l.commit(map[*unitState][]change{u: {{entry: e, to: to}}}, nil); err != nil {
		return fmt.Errorf("refused %s bib %s: %w", unit, row.Bib, err)
	}
	return nil
}
