package state

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

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

// kinds are the kinds by their stored number. Later versions may add some, never change the order.
var kinds = []string{
	EventRead, EventCorrected, EventHeld, EventReleased, EventVanished, EventBack, EventOffered, EventConfirmed,
	EventRefused, EventVerified, EventMissing, EventDifferent, EventRemoved,
}

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
func (l *Ledger) History(unit Unit, bib parse.Bib) ([]Event, error) {
	var events []Event
	err := l.readHistory(unit, bib, func(found parse.Bib, of []Event) bool {
		if found == bib {
			events = of
		}
		return false
	})
	if err != nil {
		return nil, fmt.Errorf("history of %s bib %s: %w", unit, bib, err)
	}
	return events, nil
}

// historyChunk is how many bibs AllHistory reads in one transaction.
const historyChunk = 256

// AllHistory calls visit with the events of each bib of a unit. It never keeps the ledger busy for long; what happens
// meanwhile may or may not be seen. It stops at the first error and returns it.
func (l *Ledger) AllHistory(unit Unit, visit func(Event) error) error {
	for next, more := parse.Bib(""), true; more; {
		var chunk []Event
		bibs := 0
		more = false
		err := l.readHistory(unit, next, func(bib parse.Bib, events []Event) bool {
			if bibs == historyChunk {
				next, more = bib, true
				return false
			}
			bibs++
			chunk = append(chunk, events...)
			return true
		})
		if err != nil {
			return fmt.Errorf("history of %s: %w", unit, err)
		}
		for _, e := range chunk {
			if err := visit(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// readHistory calls take with the bibs of a unit from one on, in one transaction, until it returns false.
func (l *Ledger) readHistory(unit Unit, from parse.Bib, take func(parse.Bib, []Event) bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(unitsBucket).Bucket([]byte(unit.String()))
		if bucket == nil || bucket.Bucket(bibsBucket) == nil {
			return nil
		}
		cursor, sealer := bucket.Bucket(bibsBucket).Cursor(), newSealer(unit)
		key, value := cursor.First()
		if from != "" {
			key, value = cursor.Seek([]byte(from))
		}
		for ; key != nil; key, value = cursor.Next() {
			history, err := sealer.history(key, value)
			if err != nil {
				return err
			}
			if !take(parse.Bib(key), told(unit, parse.Bib(key), history)) {
				return nil
			}
		}
		return nil
	})
}

// told is a stored history as it is given away.
func told(unit Unit, bib parse.Bib, history []byte) []Event {
	events := make([]Event, 0, 8)
	for _, e := range decodeHistory(history, nil) {
		events = append(events, Event{
			At: time.UnixMilli(e.at), Kind: kinds[e.kind], Unit: unit, Bib: bib, Mark: e.mark, Old: e.old,
			File: e.file, Line: e.line, Mode: modes[e.mode], Words: e.words,
		})
	}
	return events
}

// note is what the history says of a change besides the change itself.
type note struct {
	mode    uint8  // of an offer
	words   string // what the server said or shows
	person  bool   // a person did it
	removed bool   // a replace without the bib was accepted
	found   bool   // the confirmed mark is what the server showed before the first upload
}

// modes are the modes by their stored number.
var modes = []Mode{"", Append, Update, Replace}

var modeNotes = map[Mode]*note{Append: {mode: 1}, Update: {mode: 2}, Replace: {mode: 3}}

// scribe writes histories.
type scribe struct {
	now    int64   // in milliseconds
	events []event // its room
	text   []byte  // the same
}

// add returns a stored history with what a change adds to it; valid until it is called again.
func (s *scribe) add(history []byte, c change) []byte {
	s.events = s.events[:0]
	s.write(c)
	if len(s.events) == 0 {
		return history
	}
	at, err := endOf(history)
	if err == nil && at.events+len(s.events) <= maxEvents {
		s.text = append(s.text[:0], history...)
		for _, e := range s.events {
			s.text = e.append(s.text, at.last)
			at.last = e
		}
		if len(s.text) <= maxHistory {
			return s.text
		}
	}
	return encodeHistory(append(decodeHistory(history, nil), s.events...))
}

func (s *scribe) say(kind string, e event) {
	e.at, e.kind = s.now, uint8(slices.Index(kinds, kind))
	s.events = append(s.events, e)
}

// write adds what a change is to people.
func (s *scribe) write(c change) {
	from, to, n := c.entry.record, c.to, note{}
	if c.note != nil {
		n = *c.note
	}
	file, line := c.entry.place()
	switch {
	case n.removed:
		s.say(EventRemoved, event{mark: to.seen})
	case to.seen == from.seen:
	case from.seen.IsZero():
		s.say(EventRead, event{mark: to.seen, file: file, line: line})
	default:
		s.say(EventCorrected, event{mark: to.seen, old: from.seen, file: file, line: line})
	}
	if !n.removed {
		s.writeHold(from, to, n, event{file: file, line: line})
	}
	if to.gone && !from.gone {
		s.say(EventOffered, event{mode: n.mode})
	} else if to.offered != from.offered && !to.offered.IsZero() {
		s.say(EventOffered, event{mark: to.offered, mode: n.mode})
	}
	if n.found {
		s.say(EventDifferent, event{mark: to.seen, words: n.words})
	} else if !to.confirmed.IsZero() && (to.confirmed != from.confirmed || from.again && !to.again) {
		s.say(EventConfirmed, event{mark: to.confirmed})
	}
	late := to.again && !from.again && to.offered == from.offered // else an offer alone asks for it; see record.offer
	if to.verified != notLookedAt && (to.verified != from.verified || late) {
		kind := []string{shownSame: EventVerified, shownMissing: EventMissing, shownDifferent: EventDifferent}[to.verified]
		s.say(kind, event{mark: to.confirmed, words: n.words})
	}
}

// writeHold adds what became of the holds.
func (s *scribe) writeHold(from, to record, n note, at event) {
	released := n.person && (from.personal && !to.personal || to.released != from.released && !to.released.IsZero() ||
		from.refusal != nil && to.refusal == nil)
	if released {
		s.say(EventReleased, event{mark: to.released, words: "by a person"})
	}
	if to.personal && !from.personal {
		s.say(EventHeld, event{words: HeldByPerson})
	}
	if to.refusal != nil && to.refusal != from.refusal {
		s.say(EventRefused, event{mark: to.refusal.mark, words: to.refusal.words})
	}
	if to.held == from.held {
		return
	}
	switch {
	case from.held == Vanished:
		s.say(EventBack, event{mark: to.seen, file: at.file, line: at.line})
	case to.held == "" && !released:
		s.say(EventReleased, event{words: "the reason is gone"})
	}
	switch {
	case to.held == Vanished:
		s.say(EventVanished, event{mark: to.seen})
	case to.held != "" && (from.held == "" || from.held == Vanished || sortOf(from.held) != sortOf(to.held)):
		s.say(EventHeld, event{file: at.file, line: at.line, words: to.held})
	}
}

// sortOf is the part of a reason that does not change with the numbers of lines.
func sortOf(reason string) string {
	for i, c := range reason {
		if c == ':' || c >= '0' && c <= '9' {
			return reason[:i]
		}
	}
	return reason
}

// place is where the bib stands now.
func (e *entry) place() (file string, line int) {
	if len(e.said) == 0 {
		return "", 0
	}
	s := e.present()[0]
	return s.file.name, int(s.line)
}
