package state

import (
	"fmt"

	"go.etcd.io/bbolt"
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

// Unread returns those of the units that have something to send and whose origin is not known.
func (l *Ledger) Unread(units []Unit) []Unit {
	l.mu.Lock()
	defer l.mu.Unlock()
	var unread []Unit
	for _, unit := range units {
		u := l.unit(unit)
		if u.origin == OriginUnknown && (u.counts.Pending > 0 || u.asksAttributes()) {
			unread = append(unread, unit)
		}
	}
	return unread
}

// SetOrigin stores what was found.
func (l *Ledger) SetOrigin(unit Unit, origin Origin) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.update(func(tx *bbolt.Tx) error {
		bucket, err := unitBucket(tx, unit)
		if err != nil {
			return err
		}
		return bucket.Put(originKey, []byte(origin))
	})
	if err != nil {
		return fmt.Errorf("origin of %s: %w", unit, err)
	}
	l.unit(unit).origin = origin
	return nil
}
