package state

import (
	"fmt"
	"slices"
	"strings"

	"finishwatch/parse"
)

// CorrectionPolicy is what happens to a mark that differs from the one that the server accepted.
type CorrectionPolicy string

const (
	// UpdateCorrections sends corrections. The empty policy is this one.
	UpdateCorrections CorrectionPolicy = "update"
	// HoldCorrections holds each of them until a person releases it.
	HoldCorrections CorrectionPolicy = "hold"
)

// Guards are what a mark must pass before it may replace a published one. The zero value is right for most races.
type Guards struct {
	Corrections CorrectionPolicy

	// More than MassCount marks, and more than MassShare of the confirmed ones, that change at once are all held:
	// somebody exported the other clock. Zero is 20 and 0.25; a MassCount below zero turns this guard off.
	MassCount int
	MassShare float64
}

const (
	defaultMassCount = 20
	defaultMassShare = 0.25

	massPrefix       = "mass change: "
	correctionPrefix = "correction: "
)

// Guard sets the guards of a unit; without it they are those of [Options]. What is held or pending is judged anew with
// the next observation.
func (l *Ledger) Guard(unit Unit, guards Guards) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	if u.guards == guards {
		return
	}
	u.guards = guards
	for _, e := range u.entries {
		if e.corrects() {
			u.touch(e)
		}
	}
}

// outcome is the record that the words of all files make together; false when no file says anything. A hold or a release
// that is kept does not end.
func (e *entry) outcome(guards Guards, kept bool) (record, bool) {
	to := e.record
	if len(e.said) == 0 {
		return to, false
	}
	mark, reason := e.verdict()
	switch {
	case to.released.IsZero(): // the common case
	case reason == "" && mark.Same(to.released):
		to.chosen = to.chosen && kept
		kept = false
	case reason != "" && to.chosen && e.offers(to.released):
		mark, reason, kept = to.released, "", false
	case kept:
		if to.held == "" {
			to.held = fmt.Sprintf("%s was released, and not every file has been read since the start", to.released)
		}
		return to, true
	default:
		to.released, to.chosen = parse.Mark{}, false
	}
	if to.held = reason; reason != "" {
		return to, true
	}
	// The same mark written otherwise is no change: a re-export with fewer decimals costs nothing.
	if !mark.Same(to.seen) {
		to.seen = mark
	}
	if to.refusal != nil && !to.refusal.mark.Same(to.seen) {
		to.refusal = nil
	}
	if to.held = e.held; !kept {
		to.held = guards.hold(e.held, to)
	}
	return to, true
}

// verdict returns the mark that the words of all files agree on, or why there is none.
func (e *entry) verdict() (mark parse.Mark, reason string) {
	words := e.present()
	first := words[0]
	for _, s := range words {
		switch {
		case s.rows != nil:
			return parse.Mark{}, s.rows.reason
		case !s.mark.Same(first.mark):
			return parse.Mark{}, fmt.Sprintf("two times: %s line %d has %s, %s line %d has %s",
				first.file.name, first.line, first.mark, s.file.name, s.line, s.mark)
		}
	}
	return first.mark, ""
}

// hold returns why a mark that the files agree on is held; was is why it has been.
func (g Guards) hold(was string, r record) string {
	switch {
	case !r.corrects():
		return ""
	case strings.HasPrefix(was, massPrefix):
		return was
	case g.Corrections == HoldCorrections:
		return fmt.Sprintf(correctionPrefix+`%s → %s (corrections = "hold")`, r.confirmed, r.seen)
	}
	return ""
}

// guarded reports whether it is a guard that holds the bib, and not what the files say.
func (r record) guarded() bool {
	return strings.HasPrefix(r.held, massPrefix) || strings.HasPrefix(r.held, correctionPrefix)
}

// exceeds reports whether so many changes at once, of so many confirmed marks, are too many.
func (g Guards) exceeds(changes, confirmed int) bool {
	count, share := g.MassCount, g.MassShare
	if count == 0 {
		count = defaultMassCount
	}
	if share == 0 {
		share = defaultMassShare
	}
	return count > 0 && changes > count && float64(changes) > share*float64(confirmed)
}

// guardMass holds the corrections among the changes where they are too many at once, and otherwise returns them. A file
// that is written anew may be read in parts: what it changed since it was last quiet counts along and, where it has not
// been sent, is held along; so does what is held as a mass change, and what
// other files of the race changed in the same look.
func (u *unitState) guardMass(list []change, f *file) (guarded []change, corrected []*entry) {
	var fresh []int
	listed := map[*entry]bool{}
	for i, c := range list {
		if c.fresh() {
			fresh = append(fresh, i)
			listed[c.entry] = true
		}
	}
	if len(fresh) == 0 {
		return list, nil
	}
	total, before := len(fresh), []*entry(nil)
	recent := u.corrected
	if f != nil {
		recent = slices.Concat(f.corrected, recent)
	}
	for _, e := range recent {
		if !listed[e] {
			listed[e] = true
			total++
			before = append(before, e)
		}
	}
	total += u.heldInMass(list)
	accepted := u.acceptedWith(list)
	if !u.guards.exceeds(total, accepted) {
		for _, i := range fresh {
			corrected = append(corrected, list[i].entry)
		}
		return list, corrected
	}
	reason := massReason(list[fresh[0]], total, accepted)
	for _, i := range fresh {
		list[i].to.held = reason
	}
	return append(list, holdAlong(before, list, reason)...), nil
}

// guardConfirmed judges what the files said while a PUT was on its way: only now it is known to be public, and a mark
// that differs is a correction.
func (u *unitState) guardConfirmed(list []change) []change {
	for i, c := range list {
		if c.to.held == "" {
			list[i].to.held = u.guards.hold("", c.to)
		}
	}
	list, _ = u.guardMass(list, nil)
	return list
}

// fresh reports whether a change would replace a published mark, and did not wait to do so before.
func (c change) fresh() bool {
	if !c.to.corrects() || c.to.held != "" && !strings.HasPrefix(c.to.held, correctionPrefix) {
		return false
	}
	return !c.to.seen.Same(c.entry.seen) || c.entry.held != "" || !c.entry.corrects()
}

// acceptedWith counts the confirmed marks of the unit as they are after the changes.
func (u *unitState) acceptedWith(list []change) int {
	n := u.counts.Public
	for _, c := range list {
		if c.entry.confirmed.IsZero() && !c.to.confirmed.IsZero() {
			n++
		}
	}
	return n
}

// heldInMass counts the bibs of the unit that stay held as a mass change.
func (u *unitState) heldInMass(list []change) (n int) {
	for _, e := range u.held {
		if strings.HasPrefix(e.held, massPrefix) {
			n++
		}
	}
	for _, c := range list {
		if strings.HasPrefix(c.entry.held, massPrefix) && !strings.HasPrefix(c.to.held, massPrefix) {
			n--
		}
	}
	return n
}

// holdAlong holds the corrections that went through before the change turned out to be one of the mass.
func holdAlong(before []*entry, list []change, reason string) []change {
	changing := map[*entry]bool{}
	for _, c := range list {
		changing[c.entry] = true
	}
	var along []change
	for _, e := range before {
		if to := e.record; !changing[e] && to.corrects() && to.held == "" {
			to.held = reason
			along = append(along, change{entry: e, to: to})
		}
	}
	return along
}

func massReason(c change, changes, confirmed int) string {
	file := "several files"
	if words := c.entry.present(); len(words) > 0 {
		file = words[0].file.name
	}
	return fmt.Sprintf(massPrefix+"%d of %d marks changed at once in %s (bib %s %s → %s); release, or export again",
		changes, confirmed, file, c.entry.bib, c.to.confirmed, c.to.seen)
}
