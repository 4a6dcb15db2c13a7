package state_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// open opens a ledger in a folder of the test.
func open(t *testing.T, path string) *state.Ledger {
	t.Helper()
	l, err := state.Open(path, state.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func newPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory(), "ledger")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "finishwatch.db")
}

func newLedger(t *testing.T) *state.Ledger {
	t.Helper()
	l := open(t, newPath(t))
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// said reads "5k.csv settled 349=14:25.10 7!why 8!slow@2:14:25": what a file says, and how far it can be believed. A held
// row may have a mark behind its reason. The line of a row is its place in the list, from 1.
func said(text string) state.Observation {
	words := strings.Fields(text)
	o := state.Observation{File: words[0], Settled: words[1] == "settled"}
	for i, word := range words[2:] {
		if bib, reason, held := strings.Cut(word, "!"); held {
			h := parse.Held{Line: i + 1, Bib: parse.Bib(bib), Reason: reason}
			if reason, text, ok := strings.Cut(reason, "@"); ok {
				h.Reason, h.Mark = reason, mark(text)
			}
			o.Held = append(o.Held, h)
			continue
		}
		bib, text, _ := strings.Cut(word, "=")
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(bib), Mark: mark(text), Line: i + 1})
	}
	return o
}

func observe(t *testing.T, l *state.Ledger, text string) state.Changes {
	t.Helper()
	changes, err := l.Observe(raceUnit, said(text))
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func conclude(t *testing.T, l *state.Ledger) []state.HeldBib {
	t.Helper()
	vanished, err := l.Conclude(raceUnit, true)
	if err != nil {
		t.Fatal(err)
	}
	return vanished
}

func setOrigin(t *testing.T, l *state.Ledger, origin state.Origin, units ...state.Unit) {
	t.Helper()
	for _, unit := range units {
		if err := l.SetOrigin(unit, origin); err != nil {
			t.Fatal(err)
		}
	}
}

func offer(t *testing.T, l *state.Ledger, limit int, units ...state.Unit) []state.Batch {
	t.Helper()
	batches, err := l.Offer(state.Terms{Units: units, Max: limit, NewFinishers: state.Append})
	if err != nil {
		t.Fatal(err)
	}
	return batches
}

func confirm(t *testing.T, l *state.Ledger, batches []state.Batch) {
	t.Helper()
	if err := l.Confirm(batches); err != nil {
		t.Fatal(err)
	}
}

// words writes batches as "append R1/1/1 349=14:25.10".
func words(batches []state.Batch) []string {
	var lines []string
	for _, b := range batches {
		var line strings.Builder
		line.WriteString(string(b.Mode) + " " + b.Unit.String())
		for _, row := range b.Rows {
			line.WriteString(" " + string(row.Bib) + "=" + row.Mark.String())
		}
		if b.Attributes != nil {
			line.WriteString(" name " + b.Attributes.Name + " note " + b.Attributes.Note)
		}
		lines = append(lines, line.String())
	}
	return lines
}

// play does the steps of a story on the ledger at a path, and returns the ledger as it is then. A step is what a file
// says, or one of
//
//	conclude, restart, send (offer all and confirm), lose (offer, and get no answer), meanwhile FILE SAYS (while all is sent),
//	hold BIB, unhold BIB, hold race, unhold race, release [BIB [MARK]], pause, resume, refuse BIB MARK,
//	await (two rows at most are waited for), guard (corrections are held), open (they are not)
func play(t *testing.T, l *state.Ledger, path string, story []string) *state.Ledger {
	t.Helper()
	for _, step := range story {
		word, rest, _ := strings.Cut(step, " ")
		var err error
		switch word {
		case "conclude":
			conclude(t, l)
		case "send":
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			for batches := offer(t, l, 100, raceUnit); len(batches) > 0; batches = offer(t, l, 100, raceUnit) {
				confirm(t, l, batches)
			}
		case "meanwhile": // it is read while what was offered is on its way
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			batches := offer(t, l, 100, raceUnit)
			observe(t, l, rest)
			confirm(t, l, batches)
		case "lose":
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			offer(t, l, 100, raceUnit)
		case "restart":
			must(t, l.Close())
			l = open(t, path)
		case "hold", "unhold":
			if rest == "race" {
				err = l.HoldUnit(raceUnit, word == "hold")
			} else {
				err = l.HoldBib(raceUnit, parse.Bib(rest), word == "hold")
			}
		case "release":
			bib, text, _ := strings.Cut(rest, " ")
			m := parse.Mark{}
			if text != "" {
				m = mark(text)
			}
			_, err = l.Release(raceUnit, parse.Bib(bib), m)
		case "pause", "resume":
			err = l.Pause(word == "pause")
		case "refuse":
			bib, text, _ := strings.Cut(rest, " ")
			err = l.Refuse(raceUnit, state.Row{Bib: parse.Bib(bib), Mark: mark(text)}, "no such athlete")
		case "await":
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			l.Await(state.Terms{Units: []state.Unit{raceUnit}, Max: 2, NewFinishers: state.Append})
		case "guard":
			l.Guard(raceUnit, state.Guards{Corrections: state.HoldCorrections})
		case "open":
			l.Guard(raceUnit, state.Guards{})
		default:
			observe(t, l, step)
		}
		must(t, err)
	}
	return l
}

// checkStory plays a story and compares what the ledger has then, in memory and on the disk, and what it would offer.
func checkStory(t *testing.T, story, want []string) {
	t.Helper()
	path := newPath(t)
	l := play(t, open(t, path), path, story)
	if diff := cmp.Diff(want, l.Lines(raceUnit)); diff != "" {
		t.Errorf("in memory (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(l.Recount(raceUnit), l.Counts(raceUnit)); diff != "" {
		t.Errorf("counts:\n%s", diff)
	}
	must(t, l.Close())
	l = open(t, path)
	defer l.Close()
	if diff := cmp.Diff(want, l.Lines(raceUnit)); diff != "" {
		t.Errorf("on disk (-want +got):\n%s", diff)
	}
}
