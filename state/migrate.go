package state

import (
	"fmt"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// migrate makes a ledger of schema 1 one of this version, in one transaction: either all of it or nothing. Its records
// are checked on the way, and get a history that says what was known.
func (l *Ledger) migrate(now time.Time) error {
	return l.db.Update(func(tx *bbolt.Tx) error {
		units := tx.Bucket(unitsBucket)
		err := units.ForEach(func(name, _ []byte) error {
			unit, err := ParseUnit(string(name))
			bucket := units.Bucket(name)
			if err != nil || bucket == nil {
				return errRecord
			}
			return migrateUnit(unit, bucket.Bucket(bibsBucket), now)
		})
		if err != nil {
			return err
		}
		return tx.Bucket(factsBucket).Put(schemaKey, []byte(strconv.Itoa(schema)))
	})
}

func migrateUnit(unit Unit, bibs *bbolt.Bucket, now time.Time) error {
	if bibs == nil {
		return nil
	}
	sealer, scribe := newSealer(unit), scribe{now: now.UnixMilli()}
	migrated := map[string][]byte{}
	err := bibs.ForEach(func(key, value []byte) error {
		body, err := sealer.unseal(key, value)
		if err != nil {
			return fmt.Errorf("%s bib %q: %w", unit, key, err)
		}
		r, _, err := decodeFirst(body)
		if err != nil {
			return fmt.Errorf("%s bib %q: %w", unit, key, err)
		}
		history := scribe.add(nil, change{entry: &entry{bib: parse.Bib(key)}, to: r, note: &note{mode: 0}})
		migrated[string(key)] = sealer.seal(key, r.encode(history))
		return nil
	})
	if err != nil {
		return err
	}
	for key, value := range migrated {
		if err := bibs.Put([]byte(key), value); err != nil {
			return err
		}
	}
	return nil
}
