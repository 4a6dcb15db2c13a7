package state

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Origin is what a fresh ledger found on the server before its first PUT of a unit. It cannot know what an earlier
// ledger sent (lost, damaged, another laptop), so it has to look.
type Origin string

const (
	// OriginUnknown: nobody has looked yet. Nothing is offered.
	OriginUnknown Origin = ""
	// OriginEmpty: the server had no marks. New finishers go by append.
	OriginEmpty Origin = "empty"
	// OriginMarks: the server had marks, perhaps older ones of ours. Everything goes by update.
	OriginMarks Origin = "marks"
	// OriginUnread: the server would not say. What the files held at their first settled read goes by update, what
	// appears later by append.
	OriginUnread Origin = "unread"
)

// Origin returns what is known of the unit's beginning.
func (l *Ledger) Origin(unit Unit) Origin {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unit(unit).origin
}

// Unread returns those of the units that have something to send and whose origin is not known. Those whose files are being
// read are left out: what they say has to be compared as a whole with what is public (see [Ledger.Meet]).
func (l *Ledger) Unread(units []Unit) []Unit {
	l.mu.Lock()
	defer l.mu.Unlock()
	var unread []Unit
	for _, unit := range units {
		u := l.unit(unit)
		if u.origin == OriginUnknown && !u.listening && (u.counts.Pending > 0 || u.asksAttributes()) {
			unread = append(unread, unit)
		}
	}
	return unread
}

// SetOrigin stores what was found.
func (l *Ledger) SetOrigin(unit Unit, origin Origin) error {
	_, err := l.Meet(unit, origin, nil)
	return err
}

// Meet is SetOrigin with the marks that the server shows. A ledger that was lost cannot tell that the exports have been of
// the other clock: where too many of the marks that wait would change what is public, they are held as a mass change, and
// returned, sorted. So is each of them where corrections are held.
func (l *Ledger) Meet(unit Unit, origin Origin, shown map[parse.Bib]parse.Mark) ([]parse.Bib, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	list := u.meets(shown)
	err := l.commit(map[*unitState][]change{u: list}, func(tx *bbolt.Tx) error {
		bucket, err := unitBucket(tx, unit)
		if err != nil {
			return err
		}
		return bucket.Put(originKey, []byte(origin))
	})
	if err != nil {
		return nil, fmt.Errorf("origin of %s: %w", unit, err)
	}
	u.origin = origin
	held := make([]parse.Bib, 0, len(list))
	for _, c := range list {
		held = append(held, c.entry.bib)
	}
	slices.Sort(held)
	return held, nil
}

// meets holds what waits to change the marks that the server shows, where that is too much. The mark there is taken for
// confirmed, so that it is a correction that is held; nothing is taken for offered, so that it is never settled.
func (u *unitState) meets(shown map[parse.Bib]parse.Mark) (list []change) {
	for bib, e := range u.entries {
		mark := shown[bib]
		if mark.IsZero() || !e.offerable() || !e.confirmed.IsZero() || !e.offered.IsZero() || mark.Same(e.seen) || e.seen.Same(e.released) {
			continue
		}
		to := e.record
		to.confirmed = mark
		list = append(list, change{entry: e, to: to, note: &note{found: true, words: "shows " + mark.String() + " before the first upload"}})
	}
	mass := u.guards.exceeds(len(list), len(shown))
	if !mass && u.guards.Corrections != HoldCorrections {
		return nil
	}
	for i, c := range list {
		if list[i].to.held = u.guards.hold("", c.to); mass {
			list[i].to.held = massReason(c, len(list), len(shown))
		}
	}
	return list
}
