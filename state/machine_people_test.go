package state_test

import (
	"errors"

	"pgregory.net/rapid"

	"finishwatch/parse"
	"finishwatch/state"
)

// Hold holds a bib or a race, or ends that, and pauses or resumes.
func (m *machine) Hold(t *rapid.T) {
	r, on := m.race(t), rapid.Bool().Draw(t, "on")
	switch rapid.SampledFrom([]string{"bib", "bib", "bib", "race", "all"}).Draw(t, "what") {
	case "bib":
		bib := bibs.Draw(t, "bib")
		m.must(m.ledger.HoldBib(r.unit, bib, on))
		r.personal[bib] = on
	case "race":
		m.must(m.ledger.HoldUnit(r.unit, on))
		r.held = on
	case "all":
		m.must(m.ledger.Pause(on))
		m.paused = on
	}
}

// Release lets a person decide about a bib or a race.
func (m *machine) Release(t *rapid.T) {
	r, bib, choice := m.race(t), parse.Bib(""), parse.Mark{}
	if rapid.IntRange(0, 3).Draw(t, "one bib") > 0 {
		bib = bibs.Draw(t, "bib")
		if rapid.Bool().Draw(t, "with a mark") {
			choice = mark(marks.Draw(t, "mark"))
		}
	}
	released, err := m.ledger.Release(r.unit, bib, choice)
	_, choose := errors.AsType[*state.ChoiceError](err)
	if choose || errors.Is(err, state.ErrNothingHeld) || errors.Is(err, state.ErrVanished) {
		return
	}
	m.must(err)
	r.held = r.held && bib != ""
	for _, one := range released {
		r.personal[one.Bib] = false
		if !one.Mark.IsZero() {
			r.released[one.Bib] = append(r.released[one.Bib], one.Mark)
			delete(r.refused, one.Bib)
		}
	}
}
