package state

import (
	"time"

	"finishwatch/parse"
)

// Counts are the numbers of one unit. Read is what the files have said, Pending what may be sent and is not confirmed,
// Held what is read and not sent: Read = settled + Pending + the held ones among them.
type Counts struct {
	Read      int // bibs with a finish
	Confirmed int // bibs whose mark now is the one that the server accepted
	Pending   int // bibs that wait to be sent
	Held      int // bibs that are not sent, with a reason
	Refused   int // those among them that the server would not take
	Verified  int // bibs that the server shows as it accepted them
	Public    int // bibs with a mark that the server accepted, also where the files say another one now, or none
}

func (c *Counts) add(r record)    { c.move(r, 1) }
func (c *Counts) remove(r record) { c.move(r, -1) }

func (c *Counts) move(r record, by int) {
	if !r.seen.IsZero() {
		c.Read += by
		if r.settled() {
			c.Confirmed += by
		}
	}
	if r.blocked() {
		c.Held += by
	} else if r.pending() {
		c.Pending += by
	}
	if r.refusal != nil {
		c.Refused += by
	}
	if !r.confirmed.IsZero() {
		c.Public += by
	}
	if r.verified == shownSame {
		c.Verified += by
	}
}

// tally are numbers of one unit that are needed inside.
type tally struct {
	unseen int // bibs with a confirmed mark that have not been read back since
}

func (t *tally) add(r record)    { t.move(r, 1) }
func (t *tally) remove(r record) { t.move(r, -1) }

func (t *tally) move(r record, by int) {
	if !r.confirmed.IsZero() && r.verified == notLookedAt {
		t.unseen += by
	}
}

// Counts returns the numbers of a unit.
func (l *Ledger) Counts(unit Unit) Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unit(unit).counts
}

// OldestPending returns since when, by this machine's clock, the longest waiting bib of the units has been waiting to be
// sent, be it since before the start; zero when none is.
func (l *Ledger) OldestPending(units []Unit) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	oldest := time.Time{}
	for _, unit := range units {
		for _, e := range l.unit(unit).queue {
			if e.offerable() && (oldest.IsZero() || e.since.Before(oldest)) {
				oldest = e.since
			}
		}
	}
	return oldest
}

// HeldBib is a bib that is not sent, and why.
type HeldBib struct {
	Bib    parse.Bib
	Reason string
}

// Held returns the bibs of a unit that are not sent, in no particular order.
func (l *Ledger) Held(unit Unit) []HeldBib {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	var held []HeldBib
	for bib, e := range u.held {
		held = append(held, HeldBib{Bib: bib, Reason: e.why()})
	}
	return held
}

// Confirmed returns what the server accepted last, per bib of a unit.
func (l *Ledger) Confirmed(unit Unit) map[parse.Bib]parse.Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	marks := map[parse.Bib]parse.Mark{}
	for bib, e := range l.unit(unit).entries {
		if !e.confirmed.IsZero() {
			marks[bib] = e.confirmed
		}
	}
	return marks
}
