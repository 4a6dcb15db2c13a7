package state

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// load reads the whole ledger into memory. Every record is checked and all are counted: what is damaged is an error and
// never a ledger that remembers less.
func (l *Ledger) load() (err error) {
	// A file that was cut has pages that are not there; touching them must not end the process.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = notALedger(l.path)
		}
	}()
	version, err := l.version()
	if err != nil {
		return err
	}
	if version < schema {
		err := l.migrate(time.Now())
		switch {
		case errors.Is(err, errRecord), errors.Is(err, errCount):
			return fmt.Errorf("%w (%w)", notALedger(l.path), err)
		case err != nil:
			return fmt.Errorf("bring ledger %s up to date: %w; is there room on the disk?", l.path, err)
		}
	}
	return l.db.View(func(tx *bbolt.Tx) error {
		if err := l.loadUnits(tx.Bucket(factsBucket), tx.Bucket(unitsBucket)); err != nil {
			return fmt.Errorf("%w (%w)", notALedger(l.path), err)
		}
		return nil
	})
}

// version returns the schema of the ledger, when it is one that this program knows.
func (l *Ledger) version() (version int, err error) {
	err = l.db.View(func(tx *bbolt.Tx) error {
		facts, units := tx.Bucket(factsBucket), tx.Bucket(unitsBucket)
		if facts == nil || units == nil {
			return notALedger(l.path)
		}
		version, err = strconv.Atoi(string(facts.Get(schemaKey)))
		if err != nil || version < 1 {
			return notALedger(l.path)
		}
		if version > schema {
			return fmt.Errorf("open ledger %s: it was written by a newer finishwatch (schema %d, this one knows %d); use that one",
				l.path, version, schema)
		}
		return nil
	})
	return version, err
}

func (l *Ledger) loadUnits(facts, units *bbolt.Bucket) error {
	l.paused = facts.Get(pausedKey) != nil
	want, err := counted(facts)
	if err != nil {
		return err
	}
	err = units.ForEach(func(name, _ []byte) error {
		bucket := units.Bucket(name)
		if bucket == nil {
			return errCount
		}
		return l.loadUnit(string(name), bucket)
	})
	if err == nil && len(l.units) != want {
		return errCount
	}
	return err
}

func (l *Ledger) loadUnit(name string, bucket *bbolt.Bucket) error {
	unit, err := ParseUnit(name)
	if err != nil {
		return err
	}
	u := l.unit(unit)
	u.origin = Origin(bucket.Get(originKey))
	if !slices.Contains([]Origin{OriginUnknown, OriginEmpty, OriginMarks, OriginUnread}, u.origin) {
		return errors.New(name + ": an origin that nobody has written")
	}
	u.stopped = bucket.Get(holdKey) != nil
	if offered := bucket.Get(unsureKey); offered != nil {
		if u.unsure, err = time.Parse(time.RFC3339, string(offered)); err != nil {
			u.unsure = time.Now() // written by a version that stored no time
		}
	}
	u.sent = Attributes{Name: string(bucket.Get(nameKey)), Note: string(bucket.Get(noteKey))}
	want, err := counted(bucket)
	if err != nil {
		return err
	}
	if bibs := bucket.Bucket(bibsBucket); bibs != nil {
		sealer := newSealer(unit)
		// A count that is damaged must not ask for more room than there can be records.
		u.expect(min(want, int(bucket.Tx().Size()/smallest)))
		err = bibs.ForEach(func(bib, value []byte) error { return u.loadRecord(sealer, bib, value) })
	}
	if err == nil && len(u.entries) != want {
		return fmt.Errorf("%s: %w", unit, errCount)
	}
	return err
}

// smallest is less than a record takes of the file, with its key and what bbolt has beside them, in bytes.
const smallest = 32

// expect makes room for so many bibs at once.
func (u *unitState) expect(bibs int) {
	if len(u.entries) == 0 && bibs > 0 {
		u.entries = make(map[parse.Bib]*entry, bibs)
		u.room = make([]entry, 0, bibs)
	}
}

func (u *unitState) loadRecord(s sealer, key, value []byte) error {
	bib := parse.Bib(key)
	if u.entries[bib] != nil {
		return errCount // pages that lead to one another would go on for ever
	}
	var r record
	var history []byte
	body, err := s.unseal(key, value)
	if err == nil {
		r, history, err = decodeRecord(body)
	}
	if err != nil {
		return fmt.Errorf("%s bib %q: %w", u.unit, bib, err)
	}
	e := u.entry(bib)
	e.kept = r.held != "" || !r.released.IsZero()
	u.apply(e, r)
	if r.pending() {
		e.since = waitedSince(decodeHistory(history, nil), e.since)
	}
	u.nextSeq = max(u.nextSeq, r.seq)
	return nil
}

// waitedSince is since when a bib that is pending has been so, as its history tells: since something of it was read for the
// first time after it was confirmed last. Where that is not told, or still to come by this clock, it is now.
func waitedSince(events []event, now time.Time) time.Time {
	since := now
	for _, e := range slices.Backward(events) {
		switch kinds[e.kind] {
		case EventConfirmed:
			return since
		case EventRead, EventCorrected, EventReleased, EventBack:
			if at := time.UnixMilli(e.at); at.Before(now) {
				since = at
			}
		}
	}
	return since
}
