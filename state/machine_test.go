package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"finishwatch/parse"
	"finishwatch/state"
)

// machine plays races on a real ledger against a model server. Two files feed one unit, and a third one another: they
// change, agree and differ. Requests and replies get lost, or are carried out after their successors; the process dies; the
// ledger disappears, or is damaged; a person holds, pauses, releases and removes; the server refuses, and somebody changes
// results there by hand. Whatever happened, in the end the server has what the files say, less what is held, and nothing
// that was held or disputed as it was last read ever went out.
type machine struct {
	t      *rapid.T
	path   string
	guards state.Guards
	ledger *state.Ledger
	races  []*race
	paused bool
	late   []state.Batch // requests of which nobody knows yet whether they will be carried out
	lates  int           // how many there were
}

// race is one unit as the machine knows it.
type race struct {
	unit   state.Unit
	names  []string // of its files
	server server

	files   map[string]rows // what the exports say
	told    map[string]rows // what the ledger has been told of them since it was opened
	latest  map[string]rows // what they said in the latest observations: the last whole one, and more since then
	gone    map[string]bool // the ledger has been told that they are not in the folder
	settled bool            // the ledger has read all of them settled
	orphans bool            // the last ledger was lost while the server had a bib that no export had

	held     bool // by a person
	personal map[parse.Bib]bool
	refused  map[parse.Bib]parse.Mark   // what the server refused last, and the ledger may not send again
	ever     map[parse.Bib][]parse.Mark // all that it refused
	released map[parse.Bib][]parse.Mark // all that a person released
	meddled  map[parse.Bib]bool         // what somebody changed on the server, and we did not change since
}

// row is a row of an export; a held one may have a mark or not.
type row struct {
	mark parse.Mark
	held bool
}

type rows map[parse.Bib]row

var raceUnit = state.Unit{Event: "R1", Round: 1, Heat: 1}

func newMachine(t *rapid.T) *machine {
	dir, err := os.MkdirTemp(memory(), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	m := &machine{t: t, path: filepath.Join(dir, "ledger.db")}
	m.guards = state.Guards{
		Corrections: rapid.SampledFrom([]state.CorrectionPolicy{state.UpdateCorrections, state.UpdateCorrections, state.HoldCorrections}).Draw(t, "corrections"),
		MassCount:   rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "mass"), MassShare: 0.3,
	}
	// Each export has a row that stays: one that is emptied says nothing about anybody.
	m.races = []*race{
		{unit: raceUnit, server: server{}, names: []string{"a.csv", "b.csv"}, files: map[string]rows{
			"a.csv": {"A": {mark: mark("14:00")}}, "b.csv": {"B": {mark: mark("14:00")}},
		}},
		{unit: otherUnit, server: server{}, names: []string{"c.csv"}, files: map[string]rows{"c.csv": {"C": {mark: mark("14:00")}}}},
	}
	m.forget()
	m.open()
	return m
}

// forget is what a new ledger knows of a person's decisions.
func (m *machine) forget() {
	m.paused = false
	for _, r := range m.races {
		r.held, r.personal, r.refused = false, map[parse.Bib]bool{}, map[parse.Bib]parse.Mark{}
		r.ever, r.released, r.meddled = map[parse.Bib][]parse.Mark{}, map[parse.Bib][]parse.Mark{}, map[parse.Bib]bool{}
	}
}

// memory is a folder in memory where there is one: thousands of ledgers are made here, and each new one is synced.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

func (m *machine) open() {
	ledger, err := state.Open(m.path, state.Options{NoSync: true, Guards: m.guards})
	m.must(err)
	m.ledger = ledger
	for _, r := range m.races {
		r.settled, r.told, r.latest, r.gone = false, map[string]rows{}, map[string]rows{}, map[string]bool{}
		for _, name := range r.names {
			r.told[name] = rows{}
		}
	}
}

func (m *machine) must(err error) {
	if err != nil {
		m.t.Helper()
		m.t.Fatal(err)
	}
}

// Restart ends the process and starts it again.
func (m *machine) Restart(*rapid.T) { m.restart() }

func (m *machine) restart() {
	m.must(m.ledger.Close())
	m.open()
}

// LoseLedger deletes the ledger, or damages it so that it is set aside; a new one starts from the exports as they are.
func (m *machine) LoseLedger(t *rapid.T) {
	m.must(m.ledger.Close())
	if rapid.Bool().Draw(t, "damaged") {
		m.damage()
	} else {
		m.must(os.Remove(m.path))
	}
	m.late = nil // the model has no requests of a ledger that nobody remembers
	for _, r := range m.races {
		r.orphans = false
		for bib := range r.server {
			if _, _, there := verdict(r.files, bib); !there {
				r.orphans = true
			}
		}
	}
	meddled := [2]map[parse.Bib]bool{m.races[0].meddled, m.races[1].meddled}
	m.forget()
	m.races[0].meddled, m.races[1].meddled = meddled[0], meddled[1]
	m.open()
	m.readAll()
}

func (m *machine) damage() {
	file, err := os.ReadFile(m.path)
	m.must(err)
	clear(file[2*pageSize:]) // all but the heads
	m.must(os.WriteFile(m.path, file, 0o600))
	if _, err := state.Open(m.path, state.Options{}); !errors.Is(err, state.ErrNotALedger) {
		m.t.Fatalf("a damaged ledger: %v", err)
	}
	aside, err := state.SetAside(m.path, time.Now())
	m.must(err)
	m.must(os.Remove(aside))
}

func TestTheServerEndsEqualToTheExport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		t.Repeat(rapid.StateMachineActions(m))
		m.finish()
		if err := m.ledger.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Check is called between the actions.
func (m *machine) Check(t *rapid.T) {
	for _, r := range m.races {
		counts := m.ledger.Counts(r.unit)
		if counts.Read < 0 || counts.Pending < 0 || counts.Held < 0 || counts.Confirmed > counts.Read || counts.Refused > counts.Held {
			t.Fatalf("impossible counts %+v", counts)
		}
		if diff := cmp.Diff(m.ledger.Recount(r.unit), counts); diff != "" {
			t.Fatalf("counted anew:\n%s", diff)
		}
		if will, must := m.ledger.Line(r.unit); !slices.Equal(will, must) {
			t.Fatalf("would send %v in the place of %v", will, must)
		}
		if held := len(m.ledger.Held(r.unit)); held != counts.Held {
			t.Fatalf("%d are held, and %d are counted", held, counts.Held)
		}
		if m.ledger.UnitHeld(r.unit) != r.held || m.ledger.Paused() != m.paused {
			t.Fatal("a person's hold is forgotten")
		}
	}
}
