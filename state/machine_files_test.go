package state_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"finishwatch/parse"
	"finishwatch/state"
)

var (
	bibs  = rapid.SampledFrom([]parse.Bib{"1", "01", "7", "349", "W1"})
	marks = rapid.SampledFrom([]string{"14:25.10", "14:25.1", "14:26", "1:02:33", "DNF", "DQ"})
)

func mark(text string) parse.Mark {
	m, err := parse.ParseMark(text)
	if err != nil {
		panic(err)
	}
	return m
}

// everybody is in the order of the lines of every export.
var everybody = []parse.Bib{"A", "B", "C", "1", "01", "7", "349", "W1"}

// race draws one of the two, the one with two files more often.
func (m *machine) race(t *rapid.T) *race {
	return m.races[max(0, rapid.IntRange(-1, 1).Draw(t, "race"))]
}

func (m *machine) file(t *rapid.T) (*race, string) {
	r := m.race(t)
	return r, r.names[max(0, rapid.IntRange(-1, len(r.names)-1).Draw(t, "file"))]
}

// Write changes an export: a new finisher or a correction. The ledger has not read it yet.
func (m *machine) Write(t *rapid.T) {
	r, name := m.file(t)
	r.files[name][bibs.Draw(t, "bib")] = row{mark: mark(marks.Draw(t, "mark"))}
}

// CorrectAndBack lets a person correct a row and take it back, with an upload after each change.
func (m *machine) CorrectAndBack(t *rapid.T) {
	r, name := m.file(t)
	bib := bibs.Draw(t, "bib")
	old, there := r.files[name][bib]
	if !there || old.held {
		t.Skip("no such row")
	}
	r.files[name][bib] = row{mark: mark(marks.Draw(t, "mark"))}
	m.read(r, name, true, false)
	m.Put(t)
	r.files[name][bib] = old
	m.read(r, name, true, false)
	m.Put(t)
}

// Garble makes a row doubtful; a person may know what it means.
func (m *machine) Garble(t *rapid.T) {
	r, name := m.file(t)
	doubtful := row{held: true}
	if rapid.Bool().Draw(t, "readable") {
		doubtful.mark = mark(marks.Draw(t, "mark"))
	}
	r.files[name][bibs.Draw(t, "bib")] = doubtful
}

// Rewrite gives every row of an export another mark: the other clock.
func (m *machine) Rewrite(t *rapid.T) {
	r, name := m.file(t)
	other := mark(marks.Draw(t, "mark"))
	for bib := range r.files[name] {
		r.files[name][bib] = row{mark: other}
	}
}

// Vanish takes a bib out of an export.
func (m *machine) Vanish(t *rapid.T) {
	r, name := m.file(t)
	delete(r.files[name], bibs.Draw(t, "bib"))
}

// Read lets the ledger observe an export, grown or settled.
func (m *machine) Read(t *rapid.T) {
	r, name := m.file(t)
	m.read(r, name, rapid.Bool().Draw(t, "settled"), false)
}

// ReadMore lets the ledger observe only what an export did not say before, where nothing has vanished from it.
func (m *machine) ReadMore(t *rapid.T) {
	r, name := m.file(t)
	m.read(r, name, rapid.Bool().Draw(t, "settled"), r.grown(name))
}

func (r *race) grown(name string) bool {
	for bib := range r.latest[name] {
		if _, there := r.files[name][bib]; !there {
			return false
		}
	}
	return r.latest[name] != nil
}

// Folder tells the ledger that a file is gone, or that all are there.
func (m *machine) Folder(t *rapid.T) {
	r, name := m.file(t)
	m.present(r, name)
}

// present says that all files are there but one.
func (m *machine) present(r *race, but string) {
	clear(r.gone)
	var there []string
	for _, name := range r.names {
		if name == but && r.latest[name] != nil {
			r.gone[name] = true
		} else {
			there = append(there, name)
		}
	}
	m.must(m.ledger.Present(r.unit, there))
	r.forgetRefused()
}

func (m *machine) read(r *race, name string, settled, more bool) {
	if r.gone[name] {
		m.present(r, "")
	}
	o := state.Observation{File: name, Settled: settled, More: more}
	for _, bib := range slices.Sorted(maps.Keys(r.files[name])) {
		now, line := r.files[name][bib], 1+slices.Index(everybody, bib) // a row stays in its line, also when it changes
		if before, known := r.latest[name][bib]; more && known && before == now {
			continue
		}
		if now.held {
			o.Held = append(o.Held, parse.Held{Bib: bib, Reason: "garbled", Line: line, Mark: now.mark})
		} else {
			o.Finishes = append(o.Finishes, parse.Finish{Bib: bib, Mark: now.mark, Line: line})
		}
	}
	_, err := m.ledger.Observe(r.unit, o)
	m.must(err)
	if settled {
		clear(r.told[name])
	}
	maps.Copy(r.told[name], r.files[name])
	r.latest[name] = maps.Clone(r.files[name])
	r.forgetRefused()
}

// forgetRefused forgets what was refused where the files say another mark.
func (r *race) forgetRefused() {
	for bib, refused := range r.refused {
		if mark, agreed, any := verdict(r.heard(bib), bib); any && agreed && !mark.Same(refused) {
			delete(r.refused, bib)
		}
	}
}

// heard is what counts of that which the ledger has been told of a bib: files that are gone dispute nothing.
func (r *race) heard(bib parse.Bib) map[string]rows {
	there := map[string]rows{}
	for name, rows := range r.told {
		if _, ok := rows[bib]; ok && !r.gone[name] {
			there[name] = rows
		}
	}
	if len(there) == 0 {
		return r.told
	}
	return there
}

// ReadAll reads all exports settled, and so concludes.
func (m *machine) ReadAll(*rapid.T) { m.readAll() }

func (m *machine) readAll() {
	for _, r := range m.races {
		m.present(r, "")
		for _, name := range r.names {
			m.read(r, name, true, false)
		}
		_, err := m.ledger.Conclude(r.unit, true)
		m.must(err)
		r.settled = true
	}
}

// verdict returns what exports say of a bib, if any does; agreed is false when they differ or a row is held.
func verdict(files map[string]rows, bib parse.Bib) (mark parse.Mark, agreed, any bool) {
	agreed = true
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if word, ok := files[name][bib]; ok {
			agreed = agreed && !word.held && (!any || word.mark.Same(mark))
			mark, any = word.mark, true
		}
	}
	return mark, agreed, any
}

// offers reports whether some export has this mark for a bib, believed or not.
func offers(files map[string]rows, bib parse.Bib, mark parse.Mark) bool {
	for _, rows := range files {
		if word, ok := rows[bib]; ok && !word.mark.IsZero() && word.mark.Same(mark) {
			return true
		}
	}
	return false
}
