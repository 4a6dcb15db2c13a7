package state

import "time"

// SetAside renames a damaged ledger at path to path.damaged-20060102-150405 and returns that name; it overwrites
// nothing. Only a file that is empty or looks like a bbolt file is renamed; the error for anything else is
// [ErrNotALedger].
func SetAside(path string, now time.Time) (string, error) { return "", errToDo }

// Check returns an error when the file at the ledger's path is not the one that is open: it was deleted, replaced or
// moved, and what is written from then on would be forgotten at the next start.
func (l *Ledger) Check() error { return nil }

// Broken returns why nothing can be written any more: a write met damage. The ledger has to be opened anew.
func (l *Ledger) Broken() error { return nil }
