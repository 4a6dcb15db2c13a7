package state_test

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"finishwatch/parse"
	"finishwatch/state"
)

// server is OpenTrack as documented: append adds new results and leaves existing ones unchanged, update changes and adds,
// replace deletes all and then adds.
type server map[parse.Bib]parse.Mark

func (s server) put(b state.Batch) {
	if b.Mode == state.Replace {
		clear(s)
	}
	for _, row := range b.Rows {
		if _, known := s[row.Bib]; known && b.Mode == state.Append {
			continue
		}
		s[row.Bib] = row.Mark
	}
}

// carryOut does what a request asks for.
func (m *machine) carryOut(batches []state.Batch) {
	for _, b := range batches {
		r := m.raceOf(b.Unit)
		for _, row := range b.Rows {
			if _, known := r.server[row.Bib]; !known || b.Mode != state.Append {
				delete(r.meddled, row.Bib)
			}
		}
		if b.Mode == state.Replace {
			clear(r.meddled)
		}
		r.server.put(b)
	}
}

func (m *machine) raceOf(unit state.Unit) *race {
	for _, r := range m.races {
		if r.unit == unit {
			return r
		}
	}
	m.t.Fatalf("nobody has raced in %s", unit)
	return nil
}

func (m *machine) units() []state.Unit { return []state.Unit{raceUnit, otherUnit} }

// Put offers and sends; the reply may be lost before or after the server did its work, and the process may die then.
func (m *machine) Put(t *rapid.T) {
	m.send(t, func() []state.Batch { return m.offer(state.Terms{Max: 3}) })
}

// Await says that whoever sends waits for something to send, whether that is so or not.
func (m *machine) Await(t *rapid.T) {
	m.ledger.Await(state.Terms{Units: m.units(), Max: rapid.IntRange(1, 4).Draw(t, "max"), NewFinishers: state.Append})
}

// PutSome sends without some of the bibs, as after a refusal.
func (m *machine) PutSome(t *rapid.T) {
	r, bib := m.race(t), bibs.Draw(t, "bib")
	terms := state.Terms{Max: 3, Skip: map[state.Unit]map[parse.Bib]bool{r.unit: {bib: true}}}
	for _, b := range m.offer(terms) {
		if b.Unit == r.unit && slices.ContainsFunc(b.Rows, func(row state.Row) bool { return row.Bib == bib }) {
			t.Fatalf("bib %s was to be left out", bib)
		}
	}
}

// send plays what may become of a request.
func (m *machine) send(t *rapid.T, plan func() []state.Batch) {
	how := rapid.SampledFrom([]string{"ok", "ok", "meanwhile", "lost request", "late request", "lost reply", "crash before", "crash after", "refused"}).Draw(t, "how")
	if how == "late request" && m.lates == 2 {
		t.Skip("more than that are not sent over")
	}
	batches := plan()
	switch how {
	case "ok":
		m.carryOut(batches)
		m.must(m.ledger.Confirm(batches))
	case "meanwhile": // what is on its way is corrected, and read
		for _, b := range batches {
			m.correct(t, m.raceOf(b.Unit), b.Rows)
		}
		m.carryOut(batches)
		m.must(m.ledger.Confirm(batches))
	case "late request":
		m.late = append(m.late, batches...)
		m.lates++
		for _, b := range batches { // so that it has a successor
			m.correct(t, m.raceOf(b.Unit), b.Rows)
		}
	case "lost reply", "crash after":
		m.carryOut(batches)
	case "refused":
		m.refuse(batches)
	}
	if how == "crash before" || how == "crash after" {
		m.restart()
	}
}

// correct gives the first of some rows another mark in all exports that have it, and lets the ledger read them.
func (m *machine) correct(t *rapid.T, r *race, sent []state.Row) {
	other := row{mark: mark(marks.Draw(t, "mark"))}
	for _, name := range r.names {
		if _, there := r.files[name][sent[0].Bib]; there {
			r.files[name][sent[0].Bib] = other
			m.read(r, name, true, false)
		}
	}
}

// Late carries out a request that everybody has given up.
func (m *machine) Late(t *rapid.T) {
	if len(m.late) == 0 {
		t.Skip("there is none")
	}
	m.carryOut(m.late[:1])
	m.late = m.late[1:]
}

// refuse lets the server refuse the first row of each batch.
func (m *machine) refuse(batches []state.Batch) {
	for _, b := range batches {
		if b.Mode == state.Replace || len(b.Rows) == 0 {
			continue
		}
		r, row := m.raceOf(b.Unit), b.Rows[0]
		m.must(m.ledger.Refuse(b.Unit, row, "no such athlete"))
		r.refused[row.Bib] = row.Mark
		r.ever[row.Bib] = append(r.ever[row.Bib], row.Mark)
	}
}

// offer returns what the ledger would send, when all of it may go out.
func (m *machine) offer(terms state.Terms) []state.Batch {
	m.lookBack(true)
	held := map[state.Unit]map[parse.Bib]bool{}
	confirmed := map[state.Unit]map[parse.Bib]parse.Mark{}
	for _, unit := range m.units() {
		held[unit], confirmed[unit] = m.heldBibs(unit), m.ledger.Confirmed(unit)
	}
	terms.Units, terms.NewFinishers = m.units(), state.Append
	batches, err := m.ledger.Offer(terms)
	m.must(err)
	for _, b := range batches {
		r := m.raceOf(b.Unit)
		if m.paused || r.held {
			m.t.Fatalf("%s is held, and yet %v", b.Unit, b)
		}
		for _, row := range b.Rows {
			if held[b.Unit][row.Bib] {
				m.t.Fatalf("bib %s is held and goes out with %s", row.Bib, row.Mark)
			}
			m.mayGoOut(r, row, confirmed[b.Unit][row.Bib])
		}
	}
	return batches
}

func (m *machine) heldBibs(unit state.Unit) map[parse.Bib]bool {
	held := map[parse.Bib]bool{}
	for _, h := range m.ledger.Held(unit) {
		held[h.Bib] = true
	}
	return held
}

// mayGoOut fails when a row contradicts the files as they were read, the server, or a person.
func (m *machine) mayGoOut(r *race, row state.Row, confirmed parse.Mark) {
	same := func(mark parse.Mark) bool { return mark.Same(row.Mark) }
	released := slices.ContainsFunc(r.released[row.Bib], same) && offers(r.heard(row.Bib), row.Bib, row.Mark)
	mark, agreed, any := verdict(r.heard(row.Bib), row.Bib)
	if any && (!agreed || !mark.Same(row.Mark)) && !released {
		m.t.Fatalf("bib %s goes out with %s, and the files as they were read say %v", row.Bib, row.Mark, r.told)
	}
	if r.personal[row.Bib] {
		m.t.Fatalf("bib %s goes out, and a person holds it", row.Bib)
	}
	if refused, ok := r.refused[row.Bib]; ok && same(refused) {
		m.t.Fatalf("bib %s goes out with %s again, which was refused", row.Bib, row.Mark)
	}
	if m.guards.Corrections == state.HoldCorrections && !confirmed.IsZero() && !same(confirmed) && !slices.ContainsFunc(r.released[row.Bib], same) {
		m.t.Fatalf("bib %s is corrected from %s to %s, and nobody has released it", row.Bib, confirmed, row.Mark)
	}
}

// Remove takes what has vanished off the server, when all that is there is ours.
func (m *machine) Remove(t *rapid.T) { m.remove(t, m.race(t)) }

func (m *machine) remove(t *rapid.T, r *race) {
	m.lookBack(true)
	if v := m.verify(r); len(v.Others) > 0 {
		t.Skip("somebody else has results there")
	}
	b, gone := m.ledger.Removal(r.unit)
	if len(b.Rows) == 0 || len(gone) == 0 {
		t.Skip("nothing to remove")
	}
	held, confirmed := m.heldBibs(r.unit), m.ledger.Confirmed(r.unit)
	stays := map[parse.Bib]bool{}
	for _, row := range b.Rows {
		stays[row.Bib] = true
		if !confirmed[row.Bib].Same(row.Mark) {
			m.mayGoOut(r, row, confirmed[row.Bib])
		}
	}
	for bib := range r.server {
		if !stays[bib] && !slices.Contains(gone, bib) {
			t.Fatalf("bib %s would be removed, and nobody says so", bib)
		}
	}
	for _, bib := range gone {
		if !held[bib] || r.personal[bib] && !confirmed[bib].IsZero() {
			t.Fatalf("bib %s would be removed, and has not vanished", bib)
		}
	}
	if m.paused || r.held {
		t.Fatal("it is held")
	}
	m.send(t, func() []state.Batch {
		m.must(m.ledger.OfferRemoval(b, gone))
		return []state.Batch{b}
	})
}

// Withdraw takes a bib that is public out of all exports, lets the ledger conclude, and removes it.
func (m *machine) Withdraw(t *rapid.T) {
	r := m.race(t)
	there := slices.Sorted(maps.Keys(m.ledger.Confirmed(r.unit)))
	there = slices.DeleteFunc(there, func(bib parse.Bib) bool { return len(bib) == 1 && bib >= "A" }) // they stay
	if len(there) == 0 {
		t.Skip("nothing is public")
	}
	bib := rapid.SampledFrom(there).Draw(t, "bib")
	for _, rows := range r.files {
		delete(rows, bib)
	}
	m.readAll()
	m.remove(t, r)
}

// Verify reads back.
func (m *machine) Verify(t *rapid.T) { m.verify(m.race(t)) }

func (m *machine) verify(r *race) state.Verification {
	shown := map[parse.Bib]state.Shown{}
	for bib, mark := range r.server {
		shown[bib] = state.Shown{Mark: mark, Text: mark.String()}
	}
	v, err := m.ledger.Verified(r.unit, shown)
	m.must(err)
	confirmed := m.ledger.Confirmed(r.unit)
	for bib, mark := range confirmed {
		got, there := r.server[bib]
		listed := slices.Contains(v.Different, bib) || slices.Contains(v.Stripped, bib)
		if there && got.Same(mark) && listed {
			m.t.Fatalf("bib %s is there with %s, and %+v", bib, mark, v)
		}
	}
	if v.Same+len(v.Different)+len(v.Stripped)+len(v.Missing) > len(confirmed) {
		m.t.Fatalf("%d are confirmed, and %+v", len(confirmed), v)
	}
	return v
}

// Meddle lets somebody change a result on the server by hand.
func (m *machine) Meddle(t *rapid.T) {
	r := m.race(t)
	there := slices.Sorted(maps.Keys(r.server))
	if len(there) == 0 {
		t.Skip("nothing is there")
	}
	bib := rapid.SampledFrom(there).Draw(t, "bib")
	r.meddled[bib] = true
	if rapid.Bool().Draw(t, "deleted") {
		delete(r.server, bib)
	} else {
		r.server[bib] = mark("19:59")
	}
}

// lookBack is the rule for a fresh ledger.
func (m *machine) lookBack(readable bool) {
	for _, unit := range m.ledger.Unread(m.units()) {
		r, origin := m.raceOf(unit), state.OriginEmpty
		switch {
		case !readable && r.settled:
			origin = state.OriginUnread
		case !readable:
			continue
		case len(r.server) > 0:
			origin = state.OriginMarks
		}
		m.must(m.ledger.SetOrigin(unit, origin))
	}
}

// HiddenLookBack lets the fresh ledger find the page hidden. There is one case that no rule can save then: the ledger is
// lost, the page is hidden, and a bib that had been public and then vanished comes back with another mark. To a fresh
// ledger it is a new finisher. The machine leaves that case out; the README states it as a limit.
func (m *machine) HiddenLookBack(t *rapid.T) {
	for _, r := range m.races {
		if r.orphans {
			t.Skip("a public bib had vanished when the ledger was lost")
		}
	}
	m.lookBack(false)
}
