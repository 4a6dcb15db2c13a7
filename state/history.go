package state

import (
	"time"

	"finishwatch/parse"
)

// The kinds of an [Event].
const (
	EventRead      = "read"
	EventCorrected = "corrected"
	EventHeld      = "held"
	EventReleased  = "released"
	EventVanished  = "vanished"
	EventBack      = "back"
	EventOffered   = "offered"
	EventConfirmed = "confirmed"
	EventRefused   = "refused"
	EventVerified  = "verified"
	EventMissing   = "missing"
	EventDifferent = "different"
	EventRemoved   = "removed"
)

// Event is one thing that happened to a bib. What does not apply is zero.
type Event struct {
	At    time.Time // to the millisecond
	Kind  string    // one of the kinds above
	Unit  Unit
	Bib   parse.Bib
	Mark  parse.Mark // the mark that was read, offered, confirmed, …
	Old   parse.Mark // the mark before a correction
	File  string     // where it was read
	Line  int
	Mode  Mode   // of an offer; an offer by replace without a mark takes the bib away
	Words string // why it was held, what the server said or shows
}

// History returns what happened to a bib, the oldest first: the last 32 events at most.
func (l *Ledger) History(unit Unit, bib parse.Bib) ([]Event, error) { return nil, errToDo }

// AllHistory calls visit with the events of each bib of a unit. It never keeps the ledger busy for long; what happens
// meanwhile may or may not be seen. It stops at the first error and returns it.
func (l *Ledger) AllHistory(unit Unit, visit func(Event) error) error { return errToDo }
