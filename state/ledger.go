package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
	"finishwatch/state/crash"
)

// Ledger remembers, per Unit and Bib, what was seen, offered and confirmed. It is safe for concurrent use. All of it
// is in memory as well; memory is changed only after the disk was.
type Ledger struct {
	db      *bbolt.DB
	path    string
	pidFile string
	file    os.FileInfo // the file that is open, as it was then
	guards  Guards      // of units that have none of their own

	mu     sync.Mutex
	paused bool
	units  map[Unit]*unitState
	turn   int   // which unit fills the next PUT first
	broken error // a write met damage; nothing is written from then on

	awaiting *Terms // whoever sends has nothing to send; nil when it has, see Await
}

// unitState is one unit in memory.
type unitState struct {
	unit    Unit
	origin  Origin
	sent    Attributes // the attributes that the server accepted last
	wanted  Attributes // the attributes that the configuration asks for; not stored
	guards  Guards     // not stored
	stopped bool       // a person holds the race
	unsure  time.Time  // when a replace was offered: it may be carried out after its successors; see lateFor

	entries   map[parse.Bib]*entry
	room      []entry // where the next ones will be: one by one they cost more than what they hold
	files     map[string]*file
	touched   []*entry // those to look at again: their files said something that is not in the records yet
	concluded bool     // since Conclude nothing has happened that it could draw a conclusion from
	listening bool     // its files are being read; see Listen
	corrected []*entry // bibs whose confirmed mark has changed since it listens; see guardMass
	nextSeq   uint64
	queue     []*entry             // those that were pending when last looked at; see offer.go
	done      int                  // those of them that are so no more
	sorted    bool                 // the queue is in the order of sending
	held      map[parse.Bib]*entry // those that are not sent
	counts    Counts
	tally     tally
}

// The stored layout: facts/{schema,count,competition,paused}; units/R1/1/1/{origin,name,note,count,hold,unsure} and
// units/R1/1/1/bibs/BIB → record and history with checksum. The counts are how many units and how many bibs there are, so
// that a damaged page cannot lose some silently.
var (
	factsBucket = []byte("facts")
	unitsBucket = []byte("units")
	bibsBucket  = []byte("bibs")
	schemaKey   = []byte("schema")
	originKey   = []byte("origin")
	nameKey     = []byte("name")
	noteKey     = []byte("note")
	countKey    = []byte("count")
	pausedKey   = []byte("paused")
	holdKey     = []byte("hold")
	unsureKey   = []byte("unsure")
)

// Close closes the ledger. It waits for a transaction that is under way.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = os.Remove(l.pidFile)
	if l.broken != nil {
		return nil // bbolt may still hold its own lock; the file's is let go with the process
	}
	return l.db.Close()
}

// unit returns the unit's state and makes it when there is none. Memory only: a unit is stored with its first change.
func (l *Ledger) unit(unit Unit) *unitState {
	u := l.units[unit]
	if u == nil {
		u = &unitState{
			unit: unit, guards: l.guards, entries: map[parse.Bib]*entry{}, files: map[string]*file{}, held: map[parse.Bib]*entry{},
		}
		l.units[unit] = u
	}
	return u
}

func (u *unitState) entry(bib parse.Bib) *entry {
	e := u.entries[bib]
	if e == nil {
		if len(u.room) == cap(u.room) {
			u.room = make([]entry, 0, min(max(len(u.entries)/4, 1), 1024))
		}
		u.room = append(u.room, entry{bib: bib})
		e = &u.room[len(u.room)-1]
		u.entries[bib] = e
	}
	return e
}

// change is one record as it shall be.
type change struct {
	entry *entry
	to    record
	note  *note // what the history says of it besides; nil for nothing
}

// commit stores changes in one transaction and then, only if that worked, makes them true in memory.
func (l *Ledger) commit(changes map[*unitState][]change, more func(*bbolt.Tx) error) error {
	now := time.Now()
	err := l.update(func(tx *bbolt.Tx) error {
		for u, list := range changes {
			if err := storeRecords(tx, u.unit, list, now); err != nil {
				return err
			}
		}
		crash.Point("in-commit")
		if more == nil {
			return nil
		}
		return more(tx)
	})
	if err != nil {
		return err
	}
	for u, list := range changes {
		for _, c := range list {
			u.apply(c.entry, c.to)
		}
	}
	return nil
}

// update writes in one transaction. bbolt panics where it meets damage; that is an error like any other, but the last one.
func (l *Ledger) update(write func(*bbolt.Tx) error) (err error) {
	if l.broken != nil {
		return l.broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			l.broken = notALedger(l.path)
			err = l.broken
		}
	}()
	err = l.db.Update(write)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errRecord), errors.Is(err, errCount):
		l.broken = fmt.Errorf("%w (%w)", notALedger(l.path), err)
		return l.broken
	}
	return fmt.Errorf("write ledger: %w; is there room on the disk?", err)
}

func storeRecords(tx *bbolt.Tx, unit Unit, list []change, now time.Time) error {
	bucket, err := unitBucket(tx, unit)
	if err != nil {
		return err
	}
	bibs, err := bucket.CreateBucketIfNotExists(bibsBucket)
	if err != nil {
		return err
	}
	// In the order of the keys, so that pages are written once and filled well.
	slices.SortFunc(list, func(a, b change) int { return strings.Compare(string(a.entry.bib), string(b.entry.bib)) })
	fresh, sealer, scribe, cursor := 0, newSealer(unit), scribe{now: now.UnixMilli()}, bibs.Cursor()
	for _, c := range list {
		key := []byte(c.entry.bib)
		found, old := cursor.Seek(key) // as Get does, with room that is used again
		if !bytes.Equal(found, key) {
			fresh++
			old = nil
		}
		history, err := sealer.history(key, old)
		if err != nil {
			return fmt.Errorf("%s bib %s: %w", unit, c.entry.bib, err)
		}
		if err := bibs.Put(key, sealer.seal(key, c.to.encode(scribe.add(history, c)))); err != nil {
			return fmt.Errorf("%s bib %s: %w", unit, c.entry.bib, err)
		}
	}
	return count(bucket, fresh)
}

func unitBucket(tx *bbolt.Tx, unit Unit) (*bbolt.Bucket, error) {
	units, name := tx.Bucket(unitsBucket), []byte(unit.String())
	if bucket := units.Bucket(name); bucket != nil {
		return bucket, nil
	}
	if err := count(tx.Bucket(factsBucket), 1); err != nil {
		return nil, err
	}
	return units.CreateBucket(name)
}

// count adds to the number that a bucket keeps.
func count(bucket *bbolt.Bucket, more int) error {
	if more == 0 {
		return nil
	}
	n, err := counted(bucket)
	if err != nil {
		return err
	}
	return bucket.Put(countKey, []byte(strconv.Itoa(n+more)))
}

// counted returns that number.
func counted(bucket *bbolt.Bucket) (int, error) {
	text := bucket.Get(countKey)
	if text == nil {
		return 0, nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil {
		return 0, errCount
	}
	return n, nil
}

var errCount = errors.New("pages are missing or damaged")

// apply makes a record true in memory and keeps the counts, the held ones and the queue in step.
func (u *unitState) apply(e *entry, to record) {
	from := e.record
	u.counts.remove(from)
	u.tally.remove(from)
	e.record = to
	u.counts.add(to)
	u.tally.add(to)
	if to.blocked() {
		u.held[e.bib] = e
	} else if from.blocked() {
		delete(u.held, e.bib)
	}
	if !to.pending() {
		e.since = time.Time{}
		if e.queued && from.pending() {
			u.done++
		}
		return
	}
	if e.since.IsZero() {
		e.since = time.Now()
	}
	if e.queued && !from.pending() {
		u.done--
	}
	u.enqueue(e, from.pending() && from.seq == to.seq && from.seen.Code() == to.seen.Code())
}
