package state

import (
	"cmp"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Lines returns what the ledger has in memory of a unit, a line for each bib, in the order of first sight.
func (l *Ledger) Lines(unit Unit) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var entries []*entry
	for _, e := range l.unit(unit).entries {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b *entry) int { return cmp.Or(cmp.Compare(a.seq, b.seq), cmp.Compare(a.bib, b.bib)) })
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.line())
	}
	return lines
}

func (e *entry) line() string {
	var text strings.Builder
	text.WriteString(string(e.bib))
	for _, part := range []struct {
		word string
		mark parse.Mark
	}{{"", e.seen}, {"offered ", e.offered}, {"confirmed ", e.confirmed}} {
		if !part.mark.IsZero() {
			text.WriteString(" " + part.word + part.mark.String())
		}
	}
	if e.blocked() {
		text.WriteString(" HELD " + e.why())
	}
	return text.String()
}

// Recount counts all entries anew.
func (l *Ledger) Recount(unit Unit) Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	var c Counts
	for _, e := range l.unit(unit).entries {
		c.add(e.record)
	}
	return c
}

// Line returns the bibs that are pending in the order in which the ledger would send them, and in the order in which it
// must.
func (l *Ledger) Line(unit Unit) (will, must []parse.Bib) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	for _, e := range u.line() {
		if e.pending() {
			will = append(will, e.bib)
		}
	}
	var pending []*entry
	for _, e := range u.entries {
		if e.pending() {
			pending = append(pending, e)
		}
	}
	slices.SortFunc(pending, (*entry).before)
	for _, e := range pending {
		must = append(must, e.bib)
	}
	return will, must
}

// Writes returns how many pages the ledger has written since it was opened.
func (l *Ledger) Writes() int64 {
	stats := l.db.Stats()
	return stats.TxStats.GetWrite()
}

// Reopen opens the ledger's file anew under it: read-only, every write fails.
func (l *Ledger) Reopen(readOnly bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	path := l.db.Path()
	if err := l.db.Close(); err != nil {
		return err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: readOnly, NoSync: true})
	l.db = db
	return err
}

// Syncs reports whether every transaction is on the disk before it counts.
func (l *Ledger) Syncs() bool { return !l.db.NoSync && !l.db.NoFreelistSync && !l.db.NoGrowSync }

// Edit changes the file behind the ledger's back.
func (l *Ledger) Edit(change func(*bbolt.Tx) error) error { return l.db.Update(change) }

// ValueSize returns how many bytes the ledger stores for a bib.
func (l *Ledger) ValueSize(unit Unit, bib parse.Bib) (size int) {
	_ = l.db.View(func(tx *bbolt.Tx) error {
		size = len(tx.Bucket(unitsBucket).Bucket([]byte(unit.String())).Bucket(bibsBucket).Get([]byte(bib)))
		return nil
	})
	return size
}

// Marks returns what a bib's record says: seen, offered, confirmed.
func (l *Ledger) Marks(unit Unit) map[parse.Bib][3]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	marks := map[parse.Bib][3]string{}
	for bib, e := range l.unit(unit).entries {
		marks[bib] = [3]string{e.seen.String(), e.offered.String(), e.confirmed.String()}
	}
	return marks
}
