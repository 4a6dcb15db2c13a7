package state

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"finishwatch/parse"
)

// Released is a bib that a person released.
type Released struct {
	Bib    parse.Bib
	Mark   parse.Mark // what may go out now; zero where no file has a finish of this bib yet
	Reason string     // why it was held
}

// Choice is one of the marks that a person may release for a bib.
type Choice struct {
	Mark parse.Mark
	Line int
	File string // empty where it is not known any more
}

// ChoiceError says that a person has to choose one mark.
type ChoiceError struct {
	Bib     parse.Bib
	Choices []Choice // none where the files have not been read since the start
}

func (e *ChoiceError) Error() string {
	if len(e.Choices) == 0 {
		return fmt.Sprintf("bib %s: its files have not been read; say which mark", e.Bib)
	}
	var choices []string
	for _, c := range e.Choices {
		choices = append(choices, fmt.Sprintf("%s in %s line %d", c.Mark, c.File, c.Line))
	}
	return fmt.Sprintf("bib %s: choose one mark: %s", e.Bib, strings.Join(choices, ", "))
}

var (
	// ErrNothingHeld says that there is nothing to release.
	ErrNothingHeld = errors.New("nothing is held")
	// ErrVanished says that no file has this bib any more, so that there is no mark to release.
	ErrVanished = errors.New("it has vanished from the exports; export it again, or remove it with finishwatch sync")
)

// Release is a person's word that a held mark is right. Without a bib it is about the race: it ends the hold of the race
// and nothing else, where there is one; otherwise it releases every held bib for which there is exactly one mark. With a
// bib and no mark it releases the only one that there is. It returns what was released; a [*ChoiceError] when there are several marks, or the mark is none of
// them; [ErrNothingHeld] and [ErrVanished].
//
// A mark that was released is held by no guard while the files say it. Where they have not been read since the start,
// the hold ends when they say this mark.
func (l *Ledger) Release(unit Unit, bib parse.Bib, mark parse.Mark) ([]Released, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.unit(unit)
	var list []change
	var err error
	if bib != "" || !u.stopped {
		if list, err = u.release(bib, mark); err == nil && len(list) == 0 {
			err = ErrNothingHeld
		}
	}
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", named(unit, bib), err)
	}
	released := make([]Released, 0, len(list))
	for _, c := range list {
		r := Released{Bib: c.entry.bib, Mark: c.to.seen, Reason: c.entry.why()}
		if c.to.released != c.entry.released {
			r.Mark = c.to.released
		}
		released = append(released, r)
	}
	fresh := report(list).New
	u.number(list, fresh)
	err = l.commit(map[*unitState][]change{u: list}, func(tx *bbolt.Tx) error {
		if bib != "" {
			return nil
		}
		return storeHold(tx, unit, false)
	})
	if err != nil {
		return nil, fmt.Errorf("release %s: %w", named(unit, bib), err)
	}
	u.nextSeq += uint64(len(fresh))
	u.stopped = u.stopped && bib != ""
	return released, nil
}

func named(unit Unit, bib parse.Bib) string {
	if bib == "" {
		return unit.String()
	}
	return unit.String() + " bib " + string(bib)
}

// release returns the records when a person has released a bib, or all that can be released without a choice.
func (u *unitState) release(bib parse.Bib, mark parse.Mark) ([]change, error) {
	if bib != "" {
		e := u.entries[bib]
		if e == nil || !e.blocked() {
			return nil, ErrNothingHeld
		}
		to, err := e.release(u.guards, mark)
		return []change{{entry: e, to: to, note: byPerson}}, err
	}
	var list []change
	for _, bib := range slices.Sorted(maps.Keys(u.held)) {
		e := u.held[bib]
		if to, err := e.release(u.guards, parse.Mark{}); err == nil {
			list = append(list, change{entry: e, to: to, note: byPerson})
		}
	}
	return list, nil
}

// release returns the record when a person has released a mark of this bib, or the only one when it is zero.
func (e *entry) release(guards Guards, mark parse.Mark) (record, error) {
	to := e.record
	to.personal = false
	if e.held == Vanished || e.held == "" && e.refusal == nil {
		if !e.personal {
			return to, ErrVanished
		}
		return to, nil // there is no mark to decide about
	}
	choices := e.choices()
	open := e.kept && !e.guarded() || len(choices) == 0 // there may be others in a file that has not been read
	if mark.IsZero() && len(choices) == 1 && !open {
		mark = choices[0].Mark
	}
	known := slices.ContainsFunc(choices, func(c Choice) bool { return c.Mark.Same(mark) })
	if mark.IsZero() || !known && !open {
		return to, &ChoiceError{Bib: e.bib, Choices: choices}
	}
	to.refusal, to.released, to.chosen = nil, mark, e.held != "" && !e.guarded()
	if len(e.said) > 0 {
		now := *e
		now.record = to
		to, _ = now.outcome(guards, e.kept)
	} else if mark.Same(to.seen) && e.guarded() {
		to.held = ""
	}
	return to, nil
}

// choices are the marks that a person may release: those that the files say, or the one that is remembered where they
// have not been read and a guard or the server holds it.
func (e *entry) choices() []Choice {
	var choices []Choice
	add := func(mark parse.Mark, line int32, file string) {
		if mark.IsZero() || slices.ContainsFunc(choices, func(c Choice) bool { return c.Mark.Same(mark) }) {
			return
		}
		choices = append(choices, Choice{Mark: mark, Line: int(line), File: file})
	}
	for _, s := range e.present() {
		add(s.mark, s.line, s.file.name)
		if s.rows == nil {
			continue
		}
		for _, row := range s.rows.rows[:s.rows.heard] {
			add(row.mark, row.line, s.file.name)
		}
	}
	if len(e.said) == 0 && (e.held == "" || e.guarded()) {
		add(e.seen, 0, "")
	}
	return choices
}

// offers reports whether some file still says this mark, in a row that is held or not.
func (e *entry) offers(mark parse.Mark) bool {
	return slices.ContainsFunc(e.choices(), func(c Choice) bool { return c.Mark.Same(mark) })
}
