package state_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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

// said reads "5k.csv settled 349=14:25.10 7!no time": what a file says, and how far it can be believed. The line of a
// row is its place in the list, from 1.
func said(text string) state.Observation {
	words := strings.Fields(text)
	o := state.Observation{File: words[0], Settled: words[1] == "settled"}
	for i, word := range words[2:] {
		if bib, reason, held := strings.Cut(word, "!"); held {
			o.Held = append(o.Held, parse.Held{Line: i + 1, Bib: parse.Bib(bib), Reason: reason})
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
