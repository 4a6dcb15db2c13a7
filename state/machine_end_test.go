package state_test

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// finish ends what holds whole races, reads the exports once more, sends and reads back until nothing is left to do, and
// compares.
func (m *machine) finish() {
	m.readAll()
	m.sendAll()
	m.must(m.ledger.Pause(false))
	m.paused = false
	for _, r := range m.races {
		m.must(m.ledger.HoldUnit(r.unit, false))
		r.held = false
	}
	m.sendAll()
	for len(m.late) > 0 { // the worst time for them
		m.carryOut(m.late[:1])
		m.late = m.late[1:]
	}
	for rounds, again := 0, true; again; rounds++ {
		again = false
		for _, r := range m.races {
			again = m.verify(r).Resend > 0 || again
		}
		m.sendAll()
		if rounds > 20 {
			m.t.Fatal("it never ends")
		}
	}
	for _, r := range m.races {
		m.compare(r)
	}
	m.checkRestart()
}

func (m *machine) sendAll() {
	for rounds := 0; ; rounds++ {
		batches := m.offer(state.Terms{Max: 3})
		m.carryOut(batches)
		m.must(m.ledger.Confirm(batches))
		if len(batches) == 0 {
			return
		}
		if rounds > 20 {
			m.t.Fatal("it never ends")
		}
	}
}

// compare checks the server against the exports. What no export has any more is still there, if it ever was and nobody
// removed it. What is held is held for a reason that holds. What somebody changed on the server by hand is said.
func (m *machine) compare(r *race) {
	held, reasons := m.heldBibs(r.unit), map[parse.Bib]string{}
	for _, h := range m.ledger.Held(r.unit) {
		reasons[h.Bib] = h.Reason
		m.checkReason(r, h)
	}
	v := m.verify(r)
	for _, file := range r.files {
		for bib := range file {
			want, agreed, _ := verdict(r.files, bib)
			got := r.server[bib]
			released := slices.ContainsFunc(r.released[bib], got.Same) && offers(r.files, bib, got)
			said := slices.Contains(v.Different, bib) || slices.Contains(v.Stripped, bib)
			switch {
			case r.personal[bib] && reasons[bib] != state.HeldByPerson:
				m.t.Fatalf("bib %s: a person holds it, and the ledger says %q", bib, reasons[bib])
			case held[bib]:
			case r.meddled[bib] && said:
			case agreed && !got.Same(want):
				m.t.Fatalf("bib %s: the exports say %s, the server has %q", bib, want, got)
			case !agreed && !released:
				m.t.Fatalf("bib %s: not held, the server has %q, and the exports say %v", bib, got, r.files)
			}
		}
	}
	for bib := range m.ledger.Confirmed(r.unit) {
		if _, _, there := verdict(r.files, bib); !there && !held[bib] {
			m.t.Fatalf("bib %s is in no export, and not held as vanished", bib)
		}
	}
	if counts := m.ledger.Counts(r.unit); counts.Pending != 0 {
		m.t.Fatalf("in the end %d are pending: %+v", counts.Pending, counts)
	}
}

// checkReason fails when nothing is behind the reason of a hold.
func (m *machine) checkReason(r *race, h state.HeldBib) {
	want, agreed, there := verdict(r.files, h.Bib)
	offered := func(mark parse.Mark) bool { return offers(r.files, h.Bib, mark) } // a person may have chosen one of two
	confirmed := m.ledger.Confirmed(r.unit)[h.Bib]
	kind, _, _ := strings.Cut(h.Reason, ":")
	ok := false
	switch kind {
	case state.HeldByPerson:
		ok = r.personal[h.Bib]
	case "vanished":
		ok = !there
	case "garbled", "two times":
		ok = there && !agreed
	case "refused by OpenTrack":
		ok = slices.ContainsFunc(r.ever[h.Bib], offered)
	case "correction":
		ok = m.guards.Corrections == state.HoldCorrections && agreed && !confirmed.Same(want)
	case "mass change":
		ok = m.guards.MassCount == 2 && agreed && !confirmed.Same(want)
	}
	if !ok {
		m.t.Fatalf("bib %s is held: %s; confirmed is %q, and the exports say %v", h.Bib, h.Reason, confirmed, r.files)
	}
}

// checkRestart compares the running numbers with those that a fresh look at the whole ledger gives, and the marks with
// those that the histories tell.
func (m *machine) checkRestart() {
	for _, r := range m.races {
		before, held, unverified := m.ledger.Counts(r.unit), m.heldBibs(r.unit), m.ledger.Unverified(r.unit)
		m.restart()
		if diff := cmp.Diff(before, m.ledger.Counts(r.unit)); diff != "" {
			m.t.Fatalf("counts before and after a restart:\n%s", diff)
		}
		if diff := cmp.Diff(held, m.heldBibs(r.unit)); diff != "" || m.ledger.Unverified(r.unit) != unverified {
			m.t.Fatalf("held before and after a restart:\n%s", diff)
		}
		for bib, marks := range m.ledger.Marks(r.unit) {
			events, err := m.ledger.History(r.unit, bib)
			m.must(err)
			if diff := cmp.Diff(marks, replay(events)); diff != "" {
				m.t.Fatalf("bib %s: its history tells other marks: %s\n%q", bib, diff, tell(events))
			}
		}
	}
}

// replay returns what was seen, offered and confirmed last.
func replay(events []state.Event) [3]string {
	var seen, offered, confirmed parse.Mark
	for _, e := range events {
		switch e.Kind {
		case state.EventRead, state.EventCorrected:
			seen = e.Mark
		case state.EventOffered:
			if e.Mark.IsZero() { // taken away by replace
				confirmed = parse.Mark{}
			} else {
				offered = e.Mark
			}
		case state.EventConfirmed:
			confirmed = e.Mark
		case state.EventRemoved:
			seen, offered, confirmed = e.Mark, parse.Mark{}, parse.Mark{}
		}
	}
	return [3]string{seen.String(), offered.String(), confirmed.String()}
}
