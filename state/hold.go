package state

import "finishwatch/parse"

// HoldBib holds a bib, finished or not, until a person releases it, or ends that hold. What the files say of it is
// remembered and not offered.
func (l *Ledger) HoldBib(unit Unit, bib parse.Bib, on bool) error { return errToDo }

// HoldUnit holds a whole race until a person releases it, or ends that hold: nothing of it is offered, everything is
// read and kept.
func (l *Ledger) HoldUnit(unit Unit, on bool) error { return errToDo }

// UnitHeld reports whether a person holds the race.
func (l *Ledger) UnitHeld(unit Unit) bool { return false }

// Pause holds all races, or ends that.
func (l *Ledger) Pause(on bool) error { return errToDo }

// Paused reports whether all races are held.
func (l *Ledger) Paused() bool { return false }

// Refuse takes down that the server will not take this row, and in which words: the bib is held until the files say
// another mark, or a person releases it.
func (l *Ledger) Refuse(unit Unit, row Row, words string) error { return errToDo }
