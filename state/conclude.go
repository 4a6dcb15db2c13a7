package state

import "fmt"

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
	if _, err := l.storeTouched(u, nil, true); err != nil { // what an observation could not store
		return nil, fmt.Errorf("conclude %s: %w", unit, err)
	}
	if u.concluded && all {
		return nil, nil
	}
	var list []change
	var vanished []HeldBib
	spoke := u.allSpoke()
	for bib, e := range u.entries {
		to := e.conclusion(u.guards, spoke, spoke && all)
		if to == e.record {
			continue
		}
		list = append(list, change{entry: e, to: to})
		if to.held == Vanished {
			vanished = append(vanished, HeldBib{Bib: bib, Reason: Vanished})
		}
	}
	list, _ = u.guardMass(list, nil)
	if err := l.store(u, list, report(list)); err != nil {
		return nil, fmt.Errorf("conclude %s: %w", unit, err)
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
func (e *entry) conclusion(g Guards, spoke, all bool) record {
	if to, ok := e.outcome(g, e.kept && !spoke); ok {
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
