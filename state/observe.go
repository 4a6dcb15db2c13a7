package state

import (
	"fmt"
	"slices"

	"finishwatch/parse"
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
	look    int  // counts observations, to tell what the latest one said from what earlier ones did
	settled bool // was read settled since the start
	gone    bool // is not in the folder any more
	spoke   bool // had a bib since the start; until then it is an export that is empty, or was emptied
	words   int  // bibs of which it has said something that was not dropped
	fresh   int  // those of them of which it still says so
}

// said is what one file says of one bib.
type said struct {
	file   *file
	look   int
	mark   parse.Mark // zero when the row is held
	reason string     // why the row is held
	line   int
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
	changes, err := l.storeTouched(u, !f.settled)
	if err != nil {
		return Changes{}, fmt.Errorf("observe %s in %s: %w", o.File, unit, err)
	}
	// A file that is still empty has not said yet what it holds.
	f.settled = f.settled || o.Settled && f.spoke
	return changes, nil
}

// storeTouched makes the records what the files say. When that fails, those who were touched stay so.
func (l *Ledger) storeTouched(u *unitState, early bool) (Changes, error) {
	list, changes := u.evaluate(u.touched, early)
	if len(list) > 0 {
		if err := l.commit(map[*unitState][]change{u: list}, nil); err != nil {
			return Changes{}, err
		}
		u.nextSeq += uint64(len(changes.New))
	}
	u.seenTo()
	return changes, nil
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
		e := u.entry(finish.Bib)
		if e.hear(said{file: f, look: f.look, mark: finish.Mark, line: finish.Line}) {
			u.touch(e)
		}
	}
	for _, h := range o.Held {
		if h.Bib == "" {
			continue
		}
		e := u.entry(h.Bib)
		if !o.More && e.finishedIn(f) {
			continue // parse gives the bib as a finish although another row of it is held
		}
		if e.hear(said{file: f, look: f.look, reason: h.Reason, line: h.Line}) {
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

// finishedIn reports whether the file's latest words make this bib a finish.
func (e *entry) finishedIn(f *file) bool {
	return slices.ContainsFunc(e.said, func(s said) bool { return s.file == f && s.look == f.look && !s.mark.IsZero() })
}

// hear puts a file's word in the place of its earlier one and reports whether the bib must be looked at again.
func (e *entry) hear(s said) bool {
	e.heard = true
	for i := range e.said {
		if e.said[i].file == s.file {
			if e.said[i].look != s.look {
				s.file.fresh++
			}
			e.said[i] = s
			return len(e.said) > 1 || !e.agrees(s)
		}
	}
	e.said = append(e.said, s)
	s.file.words++
	s.file.fresh++
	return true
}

// agrees reports whether the stored record is what this one word alone makes of it.
func (e *entry) agrees(s said) bool {
	return s.reason == e.held && (s.reason != "" || s.mark.Same(e.seen))
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

// evaluate says which records must change. New bibs get their order of first sight: those of one observation were seen
// at the same instant, so among them the faster one comes first.
func (u *unitState) evaluate(touched []*entry, early bool) ([]change, Changes) {
	var list []change
	var changes Changes
	for _, e := range touched {
		to, ok := e.outcome(e.kept)
		if !ok || to == e.record {
			continue
		}
		if to.held != "" && e.held == "" {
			changes.Held = append(changes.Held, HeldBib{Bib: e.bib, Reason: to.held})
		}
		finish := parse.Finish{Bib: e.bib, Mark: to.seen, Line: e.present()[0].line}
		if e.unknown() {
			to.early = early // also where its row is held: the server may have it from an earlier ledger
		}
		switch {
		case to.seen.IsZero():
		case e.seen.IsZero():
			changes.New = append(changes.New, finish)
		case !to.seen.Same(e.seen):
			changes.Corrected = append(changes.Corrected, Correction{Finish: finish, Old: e.seen})
		}
		list = append(list, change{entry: e, to: to})
	}
	u.number(list, changes.New)
	return list, changes
}

// number gives the new bibs of one observation their places in the order of first sight.
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

// present are the words that count: those of files that are there or, where none of these has the bib, of files that are
// gone. A program that numbers its exports must not make every correction a dispute with a file that nobody has any more.
func (e *entry) present() []said {
	if len(e.said) < 2 || !slices.ContainsFunc(e.said, func(s said) bool { return s.file.gone }) {
		return e.said
	}
	there := slices.DeleteFunc(slices.Clone(e.said), func(s said) bool { return s.file.gone })
	if len(there) == 0 {
		return e.said
	}
	return there
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
	if _, err := l.storeTouched(u, false); err != nil {
		return fmt.Errorf("files of %s: %w", unit, err)
	}
	return nil
}

// outcome is the record that the words of all files make together; false when no file says anything. A hold that is
// kept is not lifted.
func (e *entry) outcome(kept bool) (record, bool) {
	to := e.record
	if len(e.said) == 0 {
		return to, false
	}
	to.held = ""
	if kept {
		to.held = e.held
	}
	words := e.present()
	first := words[0]
	for _, s := range words {
		switch {
		case s.reason != "":
			to.held = s.reason
			return to, true
		case !s.mark.Same(first.mark):
			to.held = fmt.Sprintf("two times: %s line %d has %s, %s line %d has %s",
				first.file.name, first.line, first.mark, s.file.name, s.line, s.mark)
			return to, true
		}
	}
	// The same mark written otherwise is no change: a re-export with fewer decimals costs nothing.
	if !first.mark.Same(to.seen) {
		to.seen = first.mark
	}
	return to, true
}

// Conclude is told when every file that feeds the unit has been read settled. Two things wait for that. A bib that no
// file has is held as vanished from then on, until a file has it again. And a hold from before the start is lifted
// only now, because until now the file that gave the reason may not have been read. It returns the bibs that vanished.
//
// A file without any bib since the start has not spoken: it may have been emptied. While there is one, no old hold is
// lifted, and only a bib that some file had since the start can vanish. The latter is so, too, when not all is read:
// where a file was left out on purpose, such as last week's export, nobody knows what it holds.
func (l *Ledger) Conclude(unit Unit, all bool) ([]HeldBib, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	if _, err := l.storeTouched(u, true); err != nil { // what an observation could not store
		return nil, fmt.Errorf("conclude %s: %w", unit, err)
	}
	if u.concluded && all {
		return nil, nil
	}
	var list []change
	var vanished []HeldBib
	spoke := u.allSpoke()
	for bib, e := range u.entries {
		to := e.conclusion(spoke, spoke && all)
		if to == e.record {
			continue
		}
		list = append(list, change{entry: e, to: to})
		if to.held == Vanished {
			vanished = append(vanished, HeldBib{Bib: bib, Reason: Vanished})
		}
	}
	if len(list) > 0 {
		if err := l.commit(map[*unitState][]change{u: list}, nil); err != nil {
			return nil, fmt.Errorf("conclude %s: %w", unit, err)
		}
	}
	for _, e := range u.entries {
		e.kept = e.kept && !spoke
	}
	u.concluded = spoke && all
	return vanished, nil
}

func (u *unitState) allSpoke() bool {
	for _, f := range u.files {
		if !f.spoke {
			return false
		}
	}
	return true
}

// conclusion is the record when the files have been read; spoke tells whether each of them had something to say, all
// whether none was left out.
func (e *entry) conclusion(spoke, all bool) record {
	if to, ok := e.outcome(e.kept && !spoke); ok {
		return to
	}
	to := e.record
	if !all && !e.heard {
		return to
	}
	to.held = Vanished
	if to.seen.IsZero() {
		to.held = "" // it was never a finish, so nothing has vanished
	}
	return to
}

// Vanished is why a bib is held that no file has any more. Nothing is removed on its own.
const Vanished = "vanished: no export has a finish of this bib any more"
