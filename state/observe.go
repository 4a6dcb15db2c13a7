package state

import (
	"fmt"
	"slices"
	"strings"

	"finishwatch/parse"
	"finishwatch/state/crash"
)

// Observation is what one file says to one unit.
type Observation struct {
	File string // its path below the watched folder

	// Settled means that the file was quiet: what it does not say is not in it. Without it nothing is concluded
	// from absence.
	Settled bool

	// More means that only what the file did not say before is here: all else is as it was in the observations of this
	// file before, since the last one without More. A bib that is held then is no finish any more.
	More bool

	Finishes []parse.Finish
	Held     []parse.Held // those without a bib are the caller's to show
}

// Changes are the bibs that an observation changed, in the order of first sight.
type Changes struct {
	New       []parse.Finish // seen for the first time
	Corrected []Correction   // the mark changed
	Held      []HeldBib      // held now, and not before
}

// Correction is a bib whose mark changed.
type Correction struct {
	Finish parse.Finish
	Old    parse.Mark
}

// file is a file as a unit knows it. Memory only: after a start the files say everything again.
type file struct {
	name    string
	look    int32 // counts observations, to tell what the latest one said from what earlier ones did
	settled bool  // was read settled since the start
	gone    bool  // is not in the folder any more
	spoke   bool  // had a bib since the start; until then it is an export that is empty, or was emptied
	words   int   // bibs of which it has said something that was not dropped
	fresh   int   // those of them of which it still says so

	corrected []*entry // bibs whose confirmed mark it changed since it was last quiet; see guardMass
}

// Observe takes down what a file says now: step one of three. It writes what changed in one transaction, and nothing
// at all when nothing did. An error means that nothing was taken down; the same observation may be made again.
//
// An observation without any bib concludes nothing: an emptied export says nothing about anybody.
func (l *Ledger) Observe(unit Unit, o Observation) (Changes, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	f := u.file(o.File)
	u.hear(f, o)
	changes, err := l.storeTouched(u, f, !f.settled)
	if err != nil {
		return Changes{}, fmt.Errorf("observe %s in %s: %w", o.File, unit, err)
	}
	// A file that is still empty has not said yet what it holds.
	f.settled = f.settled || o.Settled && f.spoke
	if o.Settled {
		f.corrected = nil
	}
	return changes, nil
}

// storeTouched makes the records what the files say; f is the file that spoke, nil when it was not one. When that fails,
// those who were touched stay so.
func (l *Ledger) storeTouched(u *unitState, f *file, early bool) (Changes, error) {
	list := u.evaluate(u.touched, early)
	list, corrected := u.guardMass(list, f)
	changes := report(list)
	if len(list) > 0 {
		crash.Point("in-observe")
	}
	intended := f != nil && l.intend(u, list)
	if intended {
		crash.Point("before-intent")
	}
	if err := l.store(u, list, changes); err != nil {
		return Changes{}, err
	}
	if intended {
		crash.Point("after-intent")
	}
	if f != nil {
		f.corrected = append(f.corrected, corrected...)
	}
	if u.listening {
		u.corrected = append(u.corrected, corrected...)
	}
	u.seenTo()
	return changes, nil
}

// store stores changes of what the files say, and gives the new bibs among them their places.
func (l *Ledger) store(u *unitState, list []change, changes Changes) error {
	if len(list) == 0 {
		return nil
	}
	u.number(list, changes.New)
	if err := l.commit(map[*unitState][]change{u: list}, nil); err != nil {
		return err
	}
	u.nextSeq += uint64(len(changes.New))
	return nil
}

// touch makes sure that a bib is looked at again, by this observation or, when that cannot be stored, by the next one.
func (u *unitState) touch(e *entry) {
	if !e.touched {
		e.touched = true
		u.touched = append(u.touched, e)
	}
}

// seenTo forgets who was touched: the records are what the files say.
func (u *unitState) seenTo() {
	for _, e := range u.touched {
		e.touched = false
	}
	u.touched = u.touched[:0]
	if cap(u.touched) > maxIdle {
		u.touched = nil
	}
}

// maxIdle is how much room is kept between two observations.
const maxIdle = 1024

func (u *unitState) file(name string) *file {
	f := u.files[name]
	if f == nil {
		f = &file{name: name}
		u.files[name] = f
	}
	return f
}

// hear puts the file's words beside each bib and touches the bibs whose outcome may have changed by them.
func (u *unitState) hear(f *file, o Observation) {
	if !o.More {
		f.look++
		f.fresh = 0
	}
	for _, finish := range o.Finishes {
		e := u.named(finish.Bib)
		if e.hear(f, finish) {
			u.touch(e)
		}
	}
	for _, h := range o.Held {
		if h.Bib == "" {
			continue
		}
		e := u.named(h.Bib)
		if !o.More && e.finishedIn(f) {
			continue // parse gives the bib as a finish although another row of it is held
		}
		if e.hearHeld(f, h) {
			u.touch(e)
		}
	}
	if f.fresh > 0 && !f.spoke {
		f.spoke = true
		u.concluded = false
	}
	if o.Settled && f.fresh > 0 && f.fresh < f.words {
		u.forget(f)
	}
}

// named is entry for a bib as a file has it. A new one is copied, because it may be a piece of a larger text that would stay in
// memory for it.
func (u *unitState) named(bib parse.Bib) *entry {
	if e := u.entries[bib]; e != nil {
		return e
	}
	return u.entry(parse.Bib(strings.Clone(string(bib))))
}

// forget drops what the file said before and no longer says, and touches the bibs that other files still have.
func (u *unitState) forget(f *file) {
	for _, e := range u.entries {
		before := len(e.said)
		e.said = slices.DeleteFunc(e.said, func(s said) bool { return s.file == f && s.look != f.look })
		if len(e.said) != before && len(e.said) > 0 {
			u.touch(e)
		}
	}
	f.words = f.fresh
	u.concluded = false
}

// evaluate says which records must change.
func (u *unitState) evaluate(touched []*entry, early bool) []change {
	var list []change
	for _, e := range touched {
		to, ok := e.outcome(u.guards, e.kept)
		if !ok || to == e.record {
			continue
		}
		if e.unknown() {
			to.early = early // also where its row is held: the server may have it from an earlier ledger
		}
		list = append(list, change{entry: e, to: to})
	}
	return list
}

// report says what changes mean to people.
func report(list []change) Changes {
	var changes Changes
	for _, c := range list {
		e, to := c.entry, c.to
		if to.held != "" && e.held == "" {
			changes.Held = append(changes.Held, HeldBib{Bib: e.bib, Reason: to.held})
		}
		finish := parse.Finish{Bib: e.bib, Mark: to.seen}
		if words := e.present(); len(words) > 0 {
			finish.Line = int(words[0].line)
		}
		switch {
		case to.seen.IsZero():
		case e.seen.IsZero():
			changes.New = append(changes.New, finish)
		case !to.seen.Same(e.seen):
			changes.Corrected = append(changes.Corrected, Correction{Finish: finish, Old: e.seen})
		}
	}
	return changes
}

// number gives the new bibs of one observation their places in the order of first sight: they were seen at the same
// instant, so among them the faster one comes first.
func (u *unitState) number(list []change, fresh []parse.Finish) {
	slices.SortStableFunc(fresh, func(a, b parse.Finish) int {
		switch {
		case a.Mark.Before(b.Mark):
			return -1
		case b.Mark.Before(a.Mark):
			return 1
		}
		return 0
	})
	place := make(map[parse.Bib]uint64, len(fresh))
	for i, f := range fresh {
		place[f.Bib] = u.nextSeq + uint64(i) + 1
	}
	for i := range list {
		if seq, ok := place[list[i].entry.bib]; ok {
			list[i].to.seq = seq
		}
	}
}

// Present says which files of the unit are in the folder now. A file that is gone still counts against vanishing, and its
// words against nothing else: where a file that is there has the same bib, that one is right.
func (l *Ledger) Present(unit Unit, files []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	changed := false
	for _, f := range u.files {
		gone := !slices.Contains(files, f.name)
		changed = changed || gone != f.gone
		f.gone = gone
	}
	if !changed {
		return nil
	}
	u.concluded = false
	for _, e := range u.entries {
		if len(e.said) > 1 {
			u.touch(e)
		}
	}
	if _, err := l.storeTouched(u, nil, false); err != nil {
		return fmt.Errorf("files of %s: %w", unit, err)
	}
	return nil
}
