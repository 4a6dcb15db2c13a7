package state

import (
	"runtime/debug"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Orders are what persons have ordered to be kept back.
type Orders struct {
	Paused bool
	Units  []Unit
	Bibs   map[Unit][]parse.Bib
}

// Salvage returns the orders that can still be read in the damaged ledger at path, where it is that competition's. What was
// sent can be found out anew, by reading back; what a person ordered cannot.
func Salvage(path, competition string) Orders {
	orders := Orders{Bibs: map[Unit][]parse.Bib{}}
	db, err := openFile(path, &bbolt.Options{Timeout: lockWait, ReadOnly: true})
	if err != nil {
		return orders
	}
	defer db.Close()
	var names []string
	salvage(db, func(tx *bbolt.Tx) error {
		facts, units := tx.Bucket(factsBucket), tx.Bucket(unitsBucket)
		if facts == nil || units == nil || string(facts.Get(competitionKey)) != competition {
			return nil
		}
		orders.Paused = facts.Get(pausedKey) != nil
		return units.ForEach(func(name, _ []byte) error {
			names = append(names, string(name))
			return nil
		})
	})
	for _, name := range names {
		unit, err := ParseUnit(name)
		if err != nil {
			continue
		}
		salvage(db, func(tx *bbolt.Tx) error {
			bucket := tx.Bucket(unitsBucket).Bucket([]byte(name))
			if bucket.Get(holdKey) != nil {
				orders.Units = append(orders.Units, unit)
			}
			sealer, read := newSealer(unit), map[string]bool{}
			return bucket.Bucket(bibsBucket).ForEach(func(bib, value []byte) error {
				if read[string(bib)] {
					return errCount // pages that lead to one another would go on for ever
				}
				read[string(bib)] = true
				if body, err := sealer.unseal(bib, value); err == nil {
					if r, _, err := decodeRecord(body); err == nil && r.personal {
						orders.Bibs[unit] = append(orders.Bibs[unit], parse.Bib(bib))
					}
				}
				return nil // a record that does not read gives no order
			})
		})
	}
	return orders
}

// salvage reads what it can: damage ends it, and nothing else.
func salvage(db *bbolt.DB, read func(*bbolt.Tx) error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { _ = recover() }()
	_ = db.View(read)
}

// Obey gives orders.
func (l *Ledger) Obey(orders Orders) error {
	if orders.Paused {
		if err := l.Pause(true); err != nil {
			return err
		}
	}
	for _, unit := range orders.Units {
		if err := l.HoldUnit(unit, true); err != nil {
			return err
		}
	}
	for unit, bibs := range orders.Bibs {
		for _, bib := range bibs {
			if err := l.HoldBib(unit, bib, true); err != nil {
				return err
			}
		}
	}
	return nil
}
