package state

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Shown is a bib as the server shows it.
type Shown struct {
	Mark    parse.Mark // zero where it shows none, or one that cannot be read
	Text    string     // as it is written there
	Starter bool       // it is there without a mark
}

// Verification is what reading a unit back showed: "confirmed" means that the server accepted it, "verified" that it
// is there. The lists are sorted.
type Verification struct {
	Unit      Unit
	Same      int         // confirmed bibs that the server shows with the same mark
	Missing   []parse.Bib // confirmed bibs that it shows as starters without a mark
	Stripped  []parse.Bib // confirmed bibs that it does not show at all
	Different []parse.Bib // confirmed bibs that it shows with another mark
	Others    []parse.Bib // bibs that it shows with a mark that is not ours
	Resend    int         // bibs that are sent again: a late request was carried out after its successor
}

// Clean reports whether the server shows exactly what it accepted.
func (v Verification) Clean() bool {
	return len(v.Missing) == 0 && len(v.Stripped) == 0 && len(v.Different) == 0
}

// maxResent is how often a confirmed mark is sent again when the server shows an older one.
const maxResent = 2

// lateFor is how long after a replace was offered it may still be carried out. A bib that is not there later was deleted by
// somebody.
const lateFor = 15 * time.Minute

// Verified compares what the server shows with what it accepted, and stores what changed since it was last read back.
//
// A bib that it shows with a mark that was offered before the confirmed one is sent again, by update, at most twice for
// each confirmed mark: the earlier request was carried out after its successor. So is a bib that it does not show where a
// replace was sent not long ago. Any other mark is somebody's decision, and only said.
func (l *Ledger) Verified(unit Unit, shown map[parse.Bib]Shown) (Verification, error) {
	return l.VerifiedSince(unit, nil, shown)
}

// VerifiedSince is Verified for a reading that took its time: before is what was confirmed when it began (see
// [Ledger.Confirmed]), and a bib that was confirmed meanwhile is left for the next one.
func (l *Ledger) VerifiedSince(unit Unit, before map[parse.Bib]parse.Mark, shown map[parse.Bib]Shown) (Verification, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	v := Verification{Unit: unit}
	var list []change
	err := l.view(func(tx *bbolt.Tx) error {
		for bib, e := range u.entries {
			s, there := shown[bib]
			if e.confirmed.IsZero() || !e.offered.Same(e.confirmed) && s.Mark.Same(e.offered) {
				continue // nothing to compare, or an offer without an answer has arrived
			}
			if then, known := before[bib]; before != nil && (!known || !then.Same(e.confirmed)) {
				continue
			}
			to, words := e.record, ""
			to.verified, words = v.sort(bib, e.confirmed, s, there)
			late, err := u.late(tx, e, to.verified, s.Mark)
			if err != nil {
				return err
			}
			if late {
				to.again, to.resent, words = true, to.resent+1, words+", sent again"
				v.Resend++
			}
			if to != e.record {
				list = append(list, change{entry: e, to: to, note: shownNote(to.verified, words)})
			}
		}
		return nil
	})
	if err != nil {
		return Verification{Unit: unit}, fmt.Errorf("verify %s: %w", unit, err)
	}
	v.Others = u.others(shown)
	for _, bibs := range [][]parse.Bib{v.Missing, v.Stripped, v.Different, v.Others} {
		slices.Sort(bibs)
	}
	if len(list) == 0 {
		return v, nil
	}
	if err := l.commit(map[*unitState][]change{u: list}, nil); err != nil {
		return Verification{Unit: unit}, fmt.Errorf("verify %s: %w", unit, err)
	}
	return v, nil
}

// shownNote is what the history says besides; for most bibs nothing.
func shownNote(state look, words string) *note {
	if state == shownSame {
		return nil
	}
	return &note{words: words}
}

// sort puts a bib into one of the lists.
func (v *Verification) sort(bib parse.Bib, confirmed parse.Mark, s Shown, there bool) (state look, words string) {
	switch {
	case !there:
		v.Stripped = append(v.Stripped, bib)
		return shownMissing, "not there"
	case s.Mark.IsZero() && (s.Starter || s.Text == ""):
		v.Missing = append(v.Missing, bib)
		return shownMissing, "a starter without a mark"
	case !s.Mark.Same(confirmed):
		v.Different = append(v.Different, bib)
		return shownDifferent, "shows " + cmp.Or(s.Text, s.Mark.String())
	}
	v.Same++
	return shownSame, ""
}

// late reports whether the server shows what one of our requests left there that was carried out after its successor.
func (u *unitState) late(tx *bbolt.Tx, e *entry, state look, shown parse.Mark) (bool, error) {
	if e.blocked() || e.resent >= maxResent || !e.settled() {
		return false, nil
	}
	switch state {
	case shownMissing:
		return time.Since(u.unsure) < lateFor, nil
	case shownDifferent:
		return offeredBefore(tx, u.unit, e.bib, shown)
	}
	return false, nil
}

// offeredBefore reports whether a mark was ever offered for a bib, as far as its history goes.
func offeredBefore(tx *bbolt.Tx, unit Unit, bib parse.Bib, mark parse.Mark) (bool, error) {
	key := []byte(bib)
	value := tx.Bucket(unitsBucket).Bucket([]byte(unit.String())).Bucket(bibsBucket).Get(key)
	history, err := newSealer(unit).history(key, value)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(decodeHistory(history, nil), func(e event) bool {
		return kinds[e.kind] == EventOffered && !mark.IsZero() && e.mark.Same(mark)
	}), nil
}

// others are the bibs that the server shows with a mark that is not ours.
func (u *unitState) others(shown map[parse.Bib]Shown) []parse.Bib {
	var others []parse.Bib
	for bib, s := range shown {
		if s.Mark.IsZero() && (s.Starter || s.Text == "") {
			continue
		}
		e := u.entries[bib]
		if e == nil || e.confirmed.IsZero() && !e.gone && !e.offered.Same(s.Mark) {
			others = append(others, bib)
		}
	}
	return others
}

// Seen returns the confirmed bibs of the unit that the server showed with that mark since it was confirmed.
func (l *Ledger) Seen(unit Unit) map[parse.Bib]parse.Mark {
	l.mu.Lock()
	defer l.mu.Unlock()
	marks := map[parse.Bib]parse.Mark{}
	for bib, e := range l.unit(unit).entries {
		if !e.confirmed.IsZero() && e.verified == shownSame {
			marks[bib] = e.confirmed
		}
	}
	return marks
}

// Unverified returns how many confirmed bibs of the unit have not been read back since they were confirmed.
func (l *Ledger) Unverified(unit Unit) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unit(unit).tally.unseen
}
