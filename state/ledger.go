package state

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Ledger remembers, per Unit and Bib, what was seen, offered and confirmed. It is safe for concurrent use. All of it
// is in memory as well; memory is changed only after the disk was.
type Ledger struct {
	db      *bbolt.DB
	pidFile string

	mu    sync.Mutex
	units map[Unit]*unitState
	turn  int // which unit fills the next PUT first
}

// unitState is one unit in memory.
type unitState struct {
	unit   Unit
	origin Origin
	sent   Attributes // the attributes that the server accepted last
	wanted Attributes // the attributes that the configuration asks for; not stored

	entries map[parse.Bib]*entry
	files   map[string]*file
	nextSeq uint64
	queue   []*entry // those that were pending when last looked at; see offer.go
	sorted  bool
	counts  Counts
}

// The stored layout: facts/schema; units/R1/1/1/{origin,name,note} and units/R1/1/1/bibs/BIB → record.
var (
	factsBucket = []byte("facts")
	unitsBucket = []byte("units")
	bibsBucket  = []byte("bibs")
	schemaKey   = []byte("schema")
	originKey   = []byte("origin")
	nameKey     = []byte("name")
	noteKey     = []byte("note")
)

// Close closes the ledger. It waits for a transaction that is under way.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = os.Remove(l.pidFile)
	return l.db.Close()
}

// load reads the whole ledger into memory.
func (l *Ledger) load() (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = ErrNotALedger
		}
	}()
	return l.db.View(func(tx *bbolt.Tx) error {
		facts, units := tx.Bucket(factsBucket), tx.Bucket(unitsBucket)
		if facts == nil || units == nil {
			return fmt.Errorf("%w; move the file away and start again", ErrNotALedger)
		}
		version, err := strconv.Atoi(string(facts.Get(schemaKey)))
		if err != nil {
			return fmt.Errorf("%w; move the file away and start again", ErrNotALedger)
		}
		if version > schema {
			return fmt.Errorf("it was written by a newer finishwatch (schema %d, this one knows %d); use that one", version, schema)
		}
		return units.ForEachBucket(func(name []byte) error { return l.loadUnit(string(name), units.Bucket(name)) })
	})
}

func (l *Ledger) loadUnit(name string, bucket *bbolt.Bucket) error {
	unit, err := ParseUnit(name)
	if err != nil {
		return err
	}
	u := l.unit(unit)
	u.origin = Origin(bucket.Get(originKey))
	u.sent = Attributes{Name: string(bucket.Get(nameKey)), Note: string(bucket.Get(noteKey))}
	bibs := bucket.Bucket(bibsBucket)
	if bibs == nil {
		return nil
	}
	return bibs.ForEach(func(bib, value []byte) error {
		r, err := decodeRecord(value)
		if err != nil {
			return fmt.Errorf("%s bib %s: %w; move the file away and start again", unit, bib, err)
		}
		e := u.entry(parse.Bib(bib))
		e.kept = r.held != ""
		u.apply(e, r)
		u.nextSeq = max(u.nextSeq, r.seq)
		return nil
	})
}

// unit returns the unit's state and makes it when there is none. Memory only: a unit is stored with its first change.
func (l *Ledger) unit(unit Unit) *unitState {
	u := l.units[unit]
	if u == nil {
		u = &unitState{unit: unit, entries: map[parse.Bib]*entry{}, files: map[string]*file{}}
		l.units[unit] = u
	}
	return u
}

func (u *unitState) entry(bib parse.Bib) *entry {
	e := u.entries[bib]
	if e == nil {
		e = &entry{bib: bib}
		u.entries[bib] = e
	}
	return e
}

// change is one record as it shall be.
type change struct {
	entry *entry
	to    record
}

// commit stores changes in one transaction and then, only if that worked, makes them true in memory.
func (l *Ledger) commit(changes map[*unitState][]change, more func(*bbolt.Tx) error) error {
	err := l.db.Update(func(tx *bbolt.Tx) error {
		for u, list := range changes {
			if err := storeRecords(tx, u.unit, list); err != nil {
				return err
			}
		}
		if more == nil {
			return nil
		}
		return more(tx)
	})
	if err != nil {
		return fmt.Errorf("write ledger: %w; is there room on the disk?", err)
	}
	for u, list := range changes {
		for _, c := range list {
			u.apply(c.entry, c.to)
		}
	}
	return nil
}

func storeRecords(tx *bbolt.Tx, unit Unit, list []change) error {
	bucket, err := unitBucket(tx, unit)
	if err != nil {
		return err
	}
	bibs, err := bucket.CreateBucketIfNotExists(bibsBucket)
	if err != nil {
		return err
	}
	// In the order of the keys, so that pages are written once and filled well.
	sorted := slices.SortedFunc(slices.Values(list), func(a, b change) int {
		if a.entry.bib < b.entry.bib {
			return -1
		}
		return 1
	})
	for _, c := range sorted {
		if err := bibs.Put([]byte(c.entry.bib), c.to.encode()); err != nil {
			return fmt.Errorf("%s bib %s: %w", unit, c.entry.bib, err)
		}
	}
	return nil
}

func unitBucket(tx *bbolt.Tx, unit Unit) (*bbolt.Bucket, error) {
	return tx.Bucket(unitsBucket).CreateBucketIfNotExists([]byte(unit.String()))
}

// apply makes a record true in memory and keeps the counts and the queue in step.
func (u *unitState) apply(e *entry, to record) {
	u.counts.remove(e.record)
	e.record = to
	u.counts.add(e.record)
	if !to.pending() {
		e.since = time.Time{}
		return
	}
	if e.since.IsZero() {
		e.since = time.Now()
	}
	u.enqueue(e)
}
