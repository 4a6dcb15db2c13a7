package state_test

import (
	"fmt"
	"runtime"
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
)

// field is an export of n finishers.
func field(n int) state.Observation {
	o := state.Observation{File: "5k.csv", Settled: true}
	for i := range n {
		m, err := parse.TimeMark(int64(90000+i), 2)
		if err != nil {
			panic(err)
		}
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(fmt.Sprint(100000 + i)), Mark: m, Line: i + 2})
	}
	return o
}

// settle sends and reads back all that a unit has.
func settle(t testing.TB, l *state.Ledger) {
	t.Helper()
	if err := l.SetOrigin(raceUnit, state.OriginEmpty); err != nil {
		t.Fatal(err)
	}
	for {
		batches, err := l.Offer(state.Terms{Units: []state.Unit{raceUnit}, Max: 50000, NewFinishers: state.Append})
		if err != nil {
			t.Fatal(err)
		}
		if len(batches) == 0 {
			break
		}
		if err := l.Confirm(batches); err != nil {
			t.Fatal(err)
		}
	}
	shown := map[parse.Bib]state.Shown{}
	for bib, m := range l.Confirmed(raceUnit) {
		shown[bib] = state.Shown{Mark: m}
	}
	if v, err := l.Verified(raceUnit, shown); err != nil || !v.Clean() {
		t.Fatal(v, err)
	}
}

// The history is on the disk only, and what is rare takes no room where it is not.
func TestAHundredThousandFinishersAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	path, o := newPath(t), field(100000)
	func() {
		l := open(t, path)
		defer l.Close()
		if _, err := l.Observe(raceUnit, o); err != nil {
			t.Fatal(err)
		}
		settle(t, l)
	}()
	before := heap()
	l := open(t, path)
	defer l.Close()
	if _, err := l.Observe(raceUnit, o); err != nil {
		t.Fatal(err)
	}
	used := heap() - before
	t.Logf("%d MiB in memory, after %d MiB", used>>20, before>>20)
	if used > 32<<20 {
		t.Errorf("%d MiB for 100,000 finishers", used>>20)
	}
	runtime.KeepAlive(o)
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first one found to be free
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A re-export costs what it changes, also with rows that are held in it.
func TestAReExportAllocatesWhatChanges(t *testing.T) {
	l := newLedger(t)
	o := field(20000)
	for i := range 2000 {
		bib := parse.Bib(fmt.Sprint(i))
		o.Held = append(o.Held, parse.Held{Bib: bib, Line: 3 * i, Reason: "two times", Mark: mark("14:20")},
			parse.Held{Bib: bib, Line: 3*i + 1, Reason: "two times", Mark: mark("14:21")})
	}
	if _, err := l.Observe(raceUnit, o); err != nil {
		t.Fatal(err)
	}
	settle(t, l)
	turn := 0
	allocs := testing.AllocsPerRun(10, func() {
		turn++
		o.Finishes[7].Mark = mark([]string{"13:00", "13:01"}[turn%2])
		changes, err := l.Observe(raceUnit, o)
		if err != nil || len(changes.Corrected) != 1 {
			t.Fatal(changes, err)
		}
	})
	if allocs > 400 {
		t.Errorf("%.0f allocations for one changed row", allocs)
	}
	if allocs := testing.AllocsPerRun(10, func() { _ = l.Held(otherUnit) }); allocs > 1 {
		t.Errorf("%.0f allocations to say that nothing is held", allocs)
	}
}

func BenchmarkStatusOfAHundredThousand(b *testing.B) {
	l, err := state.Open(b.TempDir()+"/ledger.db", state.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Observe(raceUnit, field(100000)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = l.Held(raceUnit), l.Counts(raceUnit), l.Unverified(raceUnit)
	}
}

func BenchmarkOpenAHundredThousand(b *testing.B) {
	path := b.TempDir() + "/ledger.db"
	l, err := state.Open(path, state.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := l.Observe(raceUnit, field(100000)); err != nil {
		b.Fatal(err)
	}
	settle(b, l)
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l, err := state.Open(path, state.Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
