package state

// Stands reports whether batches that were offered and have not been sent may go out as they are: they would be offered
// just so if they were offered now. Nothing of them has been corrected, held or confirmed meanwhile.
func (l *Ledger) Stands(batches []Batch, newFinishers Mode) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range batches {
		if u := l.unit(b.Unit); l.paused || !u.open() || b.Attributes != nil && *b.Attributes != u.wanted || !u.stands(b, newFinishers) {
			return false
		}
	}
	return true
}

func (u *unitState) stands(b Batch, newFinishers Mode) bool {
	for _, row := range b.Rows {
		e := u.entries[row.Bib]
		if e == nil || !e.offerable() || e.seen != row.Mark || e.mode(u.origin, newFinishers) != b.Mode {
			return false
		}
	}
	return true
}
