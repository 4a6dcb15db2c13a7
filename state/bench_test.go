package state_test

import (
	"fmt"
	"os"
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
)

// benchLedger is a ledger on the disk without its waits: what is measured is the work.
func benchLedger(b *testing.B) *state.Ledger {
	b.Helper()
	l, err := state.Open(b.TempDir()+"/ledger.db", state.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	if err := l.SetOrigin(raceUnit, state.OriginEmpty); err != nil {
		b.Fatal(err)
	}
	return l
}

// drain offers and confirms so many rows at a time until nothing is pending.
func drain(b *testing.B, l *state.Ledger, most int) {
	b.Helper()
	terms := state.Terms{Units: []state.Unit{raceUnit}, Max: most, NewFinishers: state.Append}
	for {
		batches, err := l.Offer(terms)
		if err != nil {
			b.Fatal(err)
		}
		if len(batches) == 0 {
			return
		}
		if err := l.Confirm(batches); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBurst takes 50,000 finishers from the export to the last confirmation, in batches of 500.
func BenchmarkBurst(b *testing.B) {
	o := field(50000)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		l := benchLedger(b)
		b.StartTimer()
		if _, err := l.Observe(raceUnit, o); err != nil {
			b.Fatal(err)
		}
		drain(b, l, 500)
	}
}

// BenchmarkReExport hears 100,000 rows of which one has changed, and sends that one.
func BenchmarkReExport(b *testing.B) {
	l, o := benchLedger(b), field(100000)
	if _, err := l.Observe(raceUnit, o); err != nil {
		b.Fatal(err)
	}
	settle(b, l)
	turn := 0
	b.ReportAllocs()
	for b.Loop() {
		turn++
		o.Finishes[turn%len(o.Finishes)].Mark = mark([]string{"3:00:00", "3:00:01"}[turn%2])
		if _, err := l.Observe(raceUnit, o); err != nil {
			b.Fatal(err)
		}
		drain(b, l, 500)
	}
}

// BenchmarkOneRow takes one new row from the reading to its confirmation, with a race of 10,000 behind it.
func BenchmarkOneRow(b *testing.B) {
	l := benchLedger(b)
	if _, err := l.Observe(raceUnit, field(10000)); err != nil {
		b.Fatal(err)
	}
	settle(b, l)
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		next++
		finish := parse.Finish{Bib: parse.Bib(fmt.Sprint(500000 + next)), Mark: mark("14:25.10"), Line: 10000 + next}
		o := state.Observation{File: "5k.csv", More: true, Finishes: []parse.Finish{finish}}
		if _, err := l.Observe(raceUnit, o); err != nil {
			b.Fatal(err)
		}
		drain(b, l, 500)
	}
}

// BenchmarkSize says how many bytes of the file a confirmed and verified finisher takes.
func BenchmarkSize(b *testing.B) {
	const rows = 20000
	for b.Loop() {
		path := b.TempDir() + "/ledger.db"
		l, err := state.Open(path, state.Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Observe(raceUnit, field(rows)); err != nil {
			b.Fatal(err)
		}
		settle(b, l)
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/rows, "B/finisher")
	}
}
