package state

import (
	"fmt"

	"go.etcd.io/bbolt"
)

var competitionKey = []byte("competition")

// ForeignError says that the ledger is another competition's. What it calls confirmed was confirmed there.
type ForeignError struct {
	Has  string // the competition that the ledger belongs to
	Want string
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("this ledger belongs to %s and not to %s; give each competition its own [state] file, or move the old one away", e.Has, e.Want)
}

// BelongTo binds a new ledger to a competition, such as "data.opentrack.run/x/2026/GBR/my-race", for good. It returns a
// [*ForeignError] when the ledger is bound to another one: a mark that was confirmed there has never been sent here.
func (l *Ledger) BelongTo(competition string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	has := ""
	err := l.db.View(func(tx *bbolt.Tx) error {
		has = string(tx.Bucket(factsBucket).Get(competitionKey))
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("read ledger: %w", err)
	case has == competition:
		return nil
	case has != "":
		return &ForeignError{Has: has, Want: competition}
	}
	err = l.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(factsBucket).Put(competitionKey, []byte(competition)) })
	if err != nil {
		return fmt.Errorf("write ledger: %w; is there room on the disk?", err)
	}
	return nil
}
