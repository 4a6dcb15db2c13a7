package state

import (
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"

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
			err = notALedger(l.db.Path())
		}
	}()
	return l.db.View(func(tx *bbolt.Tx) error {
		facts, units := tx.Bucket(factsBucket), tx.Bucket(unitsBucket)
		if facts == nil || units == nil {
			return notALedger(l.db.Path())
		}
		version, err := strconv.Atoi(string(facts.Get(schemaKey)))
		if err != nil || version < 1 {
			return notALedger(l.db.Path())
		}
		if version > schema {
			return fmt.Errorf("open ledger %s: it was written by a newer finishwatch (schema %d, this one knows %d); use that one",
				l.db.Path(), version, schema)
		}
		if err := l.loadUnits(facts, units); err != nil {
			return fmt.Errorf("%w (%w)", notALedger(l.db.Path()), err)
		}
		return nil
	})
}

func (l *Ledger) loadUnits(facts, units *bbolt.Bucket) error {
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
	u.sent = Attributes{Name: string(bucket.Get(nameKey)), Note: string(bucket.Get(noteKey))}
	want, err := counted(bucket)
	if err != nil {
		return err
	}
	if bibs := bucket.Bucket(bibsBucket); bibs != nil {
		sealer := newSealer(unit)
		err = bibs.ForEach(func(bib, value []byte) error { return u.loadRecord(sealer, bib, value) })
	}
	if err == nil && len(u.entries) != want {
		return fmt.Errorf("%s: %w", unit, errCount)
	}
	return err
}

func (u *unitState) loadRecord(s sealer, key, value []byte) error {
	bib := parse.Bib(key)
	if u.entries[bib] != nil {
		return errCount // pages that lead to one another would go on for ever
	}
	var r record
	body, err := s.unseal(key, value)
	if err == nil {
		r, err = decodeRecord(body)
	}
	if err != nil {
		return fmt.Errorf("%s bib %q: %w", u.unit, bib, err)
	}
	e := u.entry(bib)
	e.kept = r.held != ""
	u.apply(e, r)
	u.nextSeq = max(u.nextSeq, r.seq)
	return nil
}
