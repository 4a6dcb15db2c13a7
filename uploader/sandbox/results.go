package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// unit is the results of one Unit as OpenTrack keeps them: starters and results are the same rows.
type unit struct {
	name, note string
	revision   int // grows by one with each upload that changed something
	rows       map[string]*row
	arrived    []*row               // every row, in the order in which it came
	page       []*row               // the same in page order; nil: to be sorted
	firsts     map[string]time.Time // when a bib first had a result, kept through replace
	came       int                  // results so far
	seq        uint64               // of the last change that a page shows
	reset      uint64               // of the last change that took rows away
}

// row is one line of the page. Without a result its mark is zero.
type row struct {
	bib     string
	mark    mark
	came    int  // orders results as they came; a starter who gets one late came late
	starter bool // on the start list: stays when its result is deleted
	listed  bool // on the start list, or there is none
	first   time.Time
	changed time.Time
	seq     uint64 // of the last change that a page shows
}

// newUnit is a unit that shows its starters only.
func newUnit(starters []string) *unit {
	u := &unit{rows: map[string]*row{}, firsts: map[string]time.Time{}}
	for _, bib := range starters {
		u.add(&row{bib: bib, starter: true, listed: true})
	}
	return u
}

// add puts a row at the end, unless its bib is there already.
func (u *unit) add(r *row) {
	if u.rows[r.bib] == nil {
		u.rows[r.bib] = r
		u.arrived = append(u.arrived, r)
		u.page = nil
	}
}

// rules are the parts of Options that say how a batch is applied.
type rules struct {
	seededAppend bool
	arrivalOrder bool
	strip        bool // ignore_unknowns was sent and there is a start list
	startList    bool
	seq          uint64 // of the change
}

// apply carries a batch out (OpenTrack's documentation, roadxc_upload): append adds new results and leaves existing
// ones unchanged, update changes existing ones and adds new ones, replace deletes all and loads the batch.
func (u *unit) apply(b checkedBatch, rule rules, now time.Time) {
	changed := u.attribute(b)
	if b.mode == modeReplace {
		changed = u.replace(b, rule, now) || changed
	} else {
		changed = u.putAll(b, rule, now) || changed
	}
	if changed {
		u.revision++
		u.seq = rule.seq
	}
}

// putAll applies the rows of a batch in turn and tells whether one changed the page.
func (u *unit) putAll(b checkedBatch, rule rules, now time.Time) (changed bool) {
	for _, in := range b.rows {
		changed = u.put(in, b.mode, rule, now) || changed
	}
	return changed
}

// replace deletes every result and loads the batch. A page that comes to the same lines has not changed, and a row
// that comes back with its mark keeps the time of its last change.
func (u *unit) replace(b checkedBatch, rule rules, now time.Time) (changed bool) {
	before := u.lines(rule)
	u.clear()
	u.reset = rule.seq
	u.putAll(b, rule, now)
	for _, old := range before {
		if r := u.rows[old.bib]; r != nil && r.mark == old.mark {
			r.changed = old.changed
		}
	}
	return !slices.EqualFunc(before, u.lines(rule), func(old, new row) bool {
		return old.bib == new.bib && old.mark == new.mark
	})
}

// lines is a copy of the page.
func (u *unit) lines(rule rules) []row {
	var lines []row
	for _, r := range u.inPageOrder(rule.arrivalOrder) {
		lines = append(lines, *r)
	}
	return lines
}

// attribute sets name and note where the batch has them.
func (u *unit) attribute(b checkedBatch) (changed bool) {
	if b.name != nil && u.name != *b.name {
		u.name, changed = *b.name, true
	}
	if b.note != nil && u.note != *b.note {
		u.note, changed = *b.note, true
	}
	return changed
}

// put applies one row and tells whether the page changed.
func (u *unit) put(in checkedRow, mode string, rule rules, now time.Time) bool {
	old := u.rows[in.bib]
	switch {
	case old == nil && rule.strip:
		return false
	case old == nil:
		old = &row{bib: in.bib, listed: !rule.startList}
		u.add(old)
	case mode == modeAppend && (old.mark.sent != "" || rule.seededAppend):
		return false
	case old.mark == in.mark:
		return false
	}
	u.setMark(old, in.mark, now)
	old.seq = rule.seq
	return true
}

// setMark gives a row its mark and keeps the times of its first and its last change.
func (u *unit) setMark(r *row, m mark, now time.Time) {
	first, known := u.firsts[r.bib]
	if !known {
		first = now
		u.firsts[r.bib] = now
	}
	if r.mark.sent == "" {
		u.came++
		r.came = u.came
	}
	r.mark, r.first, r.changed = m, first, now
	u.page = nil
}

// clear deletes every result and keeps the starters.
func (u *unit) clear() {
	u.arrived = slices.DeleteFunc(u.arrived, func(r *row) bool { return !r.starter })
	clear(u.rows)
	for _, r := range u.arrived {
		r.mark, r.came = mark{}, 0
		u.rows[r.bib] = r
	}
	u.page = nil
}

// inPageOrder is every row: times, then codes, then starters without a result, each in the order they came.
func (u *unit) inPageOrder(arrival bool) []*row {
	if u.page != nil || len(u.arrived) == 0 {
		return u.page
	}
	u.page = slices.Clone(u.arrived)
	slices.SortStableFunc(u.page, func(a, b *row) int {
		byTime := 0
		if !arrival {
			byTime = cmp.Compare(a.mark.seconds, b.mark.seconds)
		}
		return cmp.Or(cmp.Compare(a.mark.rank(), b.mark.rank()), byTime, cmp.Compare(a.came, b.came))
	})
	return u.page
}
