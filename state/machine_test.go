package state_test

import (
	"errors"
	"maps"
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
		r.settled, r.told, r.latest = false, map[string]rows{}, map[string]rows{}
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

func (m *machine) read(r *race, name string, settled, more bool) {
	o := state.Observation{File: name, Settled: settled, More: more}
	for i, bib := range slices.Sorted(maps.Keys(r.files[name])) {
		now := r.files[name][bib]
		if before, known := r.latest[name][bib]; more && known && before == now {
			continue
		}
		if now.held {
			o.Held = append(o.Held, parse.Held{Bib: bib, Reason: "garbled", Line: i + 1, Mark: now.mark})
		} else {
			o.Finishes = append(o.Finishes, parse.Finish{Bib: bib, Mark: now.mark, Line: i + 1})
		}
	}
	_, err := m.ledger.Observe(r.unit, o)
	m.must(err)
	if settled {
		clear(r.told[name])
	}
	maps.Copy(r.told[name], r.files[name])
	r.latest[name] = maps.Clone(r.files[name])
	for bib, refused := range r.refused {
		if mark, agreed, any := verdict(r.told, bib); any && agreed && !mark.Same(refused) {
			delete(r.refused, bib)
		}
	}
}

// ReadAll reads all exports settled, and so concludes.
func (m *machine) ReadAll(*rapid.T) { m.readAll() }

func (m *machine) readAll() {
	for _, r := range m.races {
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
		if held := len(m.ledger.Held(r.unit)); held != counts.Held {
			t.Fatalf("%d are held, and %d are counted", held, counts.Held)
		}
		if m.ledger.UnitHeld(r.unit) != r.held || m.ledger.Paused() != m.paused {
			t.Fatal("a person's hold is forgotten")
		}
	}
}
