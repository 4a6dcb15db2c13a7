package state

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
	"finishwatch/state/crash"
)

// Batch is finishes of one Unit with one Mode, sent and confirmed as a whole.
type Batch struct {
	Unit       Unit
	Mode       Mode
	Rows       []Row // each bib once; may be empty when only attributes are sent
	Attributes *Attributes
}

// Row is one finish as it is sent.
type Row struct {
	Bib  parse.Bib
	Mark parse.Mark
}

// Attributes are the unit attributes that OpenTrack's documentation names.
type Attributes struct {
	Name string
	Note string
}

// Terms are what an offer has to keep to.
type Terms struct {
	Units        []Unit // the units that may be offered now
	Max          int    // rows in all batches together, at least 1
	NewFinishers Mode   // how finishers go that the server cannot know yet: Append, or Update where a start list was seeded

	// Skip are the bibs that are not to be offered now, because one of them may be what the server refuses.
	Skip map[Unit]map[parse.Bib]bool
	// Only are, for the units that are in it, the only bibs that may be offered now.
	Only map[Unit]map[parse.Bib]bool
}

// Want sets the attributes that the configuration asks for. They are offered with the unit's next batch, or alone,
// when they differ from those that the server accepted last. No attributes ask for nothing: a name that is public stays.
func (l *Ledger) Want(unit Unit, wanted Attributes) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unit(unit).wanted = wanted
}

func (u *unitState) asksAttributes() bool { return u.wanted != Attributes{} && u.wanted != u.sent }

// Listen says that files of the unit are being read. Until [Ledger.Heard] nothing of it is offered: where two files
// differ about a bib, the one that was read first must not go out first.
func (l *Ledger) Listen(unit Unit) { l.listen(unit, true) }

// Heard says that all files of the unit have been read for now.
func (l *Ledger) Heard(unit Unit) { l.listen(unit, false) }

func (l *Ledger) listen(unit Unit, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	if u.listening = on; !on {
		u.corrected = nil
	}
}

// Offer writes down what is about to be sent, and returns it: step two of three. There is at most one batch a unit,
// because whether the order inside a list is kept is not known. A unit whose origin is not known yet is left out (see
// [Ledger.SetOrigin]), and so is one whose files are being read ([Ledger.Listen]) or that a person holds; a paused ledger
// offers nothing. Nothing pending gives no batches. The
// caller sends them as one PUT, one at a time, and then calls Confirm, or Offer again.
func (l *Ledger) Offer(terms Terms) ([]Batch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaiting = nil
	if l.paused {
		return nil, nil
	}
	var batches []Batch
	changes := map[*unitState][]change{}
	left := max(terms.Max, 1)
	for i := range terms.Units {
		u := l.unit(terms.Units[(l.turn+i)%len(terms.Units)])
		if !u.open() || left == 0 {
			continue
		}
		batch, list := u.next(left, terms)
		if len(batch.Rows) == 0 && batch.Attributes == nil {
			continue
		}
		left -= len(batch.Rows)
		batches = append(batches, batch)
		if len(list) > 0 {
			changes[u] = list
		}
	}
	l.turn++
	if len(changes) == 0 {
		return batches, nil
	}
	crash.Point("before-intent")
	if err := l.commit(changes, nil); err != nil {
		return nil, fmt.Errorf("offer: %w", err)
	}
	crash.Point("after-intent")
	return batches, nil
}

// Open reports whether anything of the unit may be offered now: it is not held, not paused, its files are not being read,
// and its origin is known.
func (l *Ledger) Open(unit Unit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.paused && l.unit(unit).open()
}

// open reports whether anything of the unit may be sent now.
func (u *unitState) open() bool { return u.origin != OriginUnknown && !u.listening && !u.stopped }

// next returns the unit's next batch of at most limit rows, and the records that must be on disk before it is sent.
// The bib that has waited longest decides the mode; others of that mode join it.
func (u *unitState) next(limit int, terms Terms) (Batch, []change) {
	batch := Batch{Unit: u.unit, Mode: terms.NewFinishers}
	if u.asksAttributes() {
		wanted := u.wanted
		batch.Attributes = &wanted
	}
	var list []change
	skip, only := terms.Skip[u.unit], terms.Only[u.unit]
	for _, e := range u.line() {
		if len(batch.Rows) == limit {
			break
		}
		if !e.offerable() || skip[e.bib] || only != nil && !only[e.bib] {
			continue
		}
		mode := e.mode(u.origin, terms.NewFinishers)
		if len(batch.Rows) == 0 {
			batch.Mode = mode
		} else if mode != batch.Mode {
			continue
		}
		batch.Rows = append(batch.Rows, Row{Bib: e.bib, Mark: e.seen})
		if to := e.offer(e.seen); to != e.record {
			list = append(list, change{entry: e, to: to, note: modeNotes[mode]})
		}
	}
	return batch, list
}

// enqueue remembers that a bib may be pending; ordered tells whether its place in the order of sending is what it was.
func (u *unitState) enqueue(e *entry, ordered bool) {
	if e.queued {
		u.sorted = u.sorted && ordered
		return
	}
	if n := len(u.queue); n > u.done {
		last := u.queue[n-1] // where it is pending no more, nobody knows who stands before it
		u.sorted = u.sorted && last.pending() && last.before(e) < 0
	}
	e.queued = true
	u.queue = append(u.queue, e)
}

// line returns those that may be pending in the order of sending. Those that are pending no more are dropped when there are
// many: what a batch costs must not depend on all that are behind it.
func (u *unitState) line() []*entry {
	if u.sorted && 2*u.done <= len(u.queue) {
		return u.queue
	}
	u.queue = slices.DeleteFunc(u.queue, func(e *entry) bool {
		e.queued = e.pending()
		return !e.queued
	})
	u.done = 0
	if len(u.queue) == 0 {
		u.queue = nil
	}
	if !u.sorted {
		slices.SortFunc(u.queue, (*entry).before)
		u.sorted = true
	}
	return u.queue
}

// Confirm takes down that the server accepted the batches: step three of three. After a batch by [Replace] the bibs that
// it took away are forgotten; their history stays.
func (l *Ledger) Confirm(batches []Batch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	changes := map[*unitState][]change{}
	for _, b := range batches {
		u := l.unit(b.Unit)
		list := slices.Grow(changes[u], len(b.Rows))
		for _, row := range b.Rows {
			e := u.entry(row.Bib)
			list = append(list, change{entry: e, to: e.confirm(row.Mark)})
		}
		if b.Mode == Replace {
			list = append(list, u.removed(b)...)
		}
		changes[u] = list
	}
	for u, list := range changes {
		changes[u] = u.guardConfirmed(list)
	}
	crash.Point("before-confirm")
	err := l.commit(changes, func(tx *bbolt.Tx) error { return storeAttributes(tx, batches) })
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	crash.Point("after-confirm")
	for _, b := range batches {
		if b.Attributes != nil {
			l.unit(b.Unit).sent = *b.Attributes
		}
	}
	return nil
}

func storeAttributes(tx *bbolt.Tx, batches []Batch) error {
	for _, b := range batches {
		if b.Attributes == nil {
			continue
		}
		bucket, err := unitBucket(tx, b.Unit)
		if err != nil {
			return err
		}
		if err := bucket.Put(nameKey, []byte(b.Attributes.Name)); err != nil {
			return err
		}
		if err := bucket.Put(noteKey, []byte(b.Attributes.Note)); err != nil {
			return err
		}
	}
	return nil
}
