package state

import (
	"errors"

	"finishwatch/parse"
)

// Vanished returns the bibs that may be public and that no export has any more, sorted.
func (l *Ledger) Vanished(unit Unit) []parse.Bib { return nil }

// Removal returns the batch, by [Replace], that makes the server's unit what it must be, and the bibs that this takes
// away; nothing is written down yet. The batch has no rows while the unit may not be offered (held, paused, its files
// being read, its origin unknown), or has nothing that must be public: then it must not be sent.
func (l *Ledger) Removal(unit Unit) (Batch, []parse.Bib) {
	return Batch{Unit: unit, Mode: Replace}, nil
}

// ErrOutdated says that the files have said something else since Removal.
var ErrOutdated = errors.New("the exports have changed meanwhile; plan the removal anew")

// OfferRemoval writes down that a removal is about to be sent: a bib that comes back later goes by update, whatever became
// of the PUT. It returns [ErrOutdated] when the removal is not what [Ledger.Removal] would return now. The caller sends
// the batch alone and then calls Confirm.
func (l *Ledger) OfferRemoval(b Batch, gone []parse.Bib) error { return errToDo }
