package state_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// A copy of the file's bytes cannot show a missing fsync, so that is asked for by itself.
func TestTheLedgerSyncs(t *testing.T) {
	l, err := state.Open(newPath(t), state.Options{})
	must(t, err)
	defer l.Close()
	if !l.Syncs() {
		t.Error("a power cut would lose what was confirmed")
	}
}

// progress is how far the two goroutines of the race have come: finishers 1 to n in their order. Begun may be on the disk,
// returned must be.
type progress struct{ seenBegun, seen, sentBegun, sent atomic.Int64 }

// The power is cut at random instants of a race, in the middle of transactions too. Whatever is on the disk then opens,
// and some moment between the last step that had returned and the step that had begun explains it.
func TestPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "finishwatch.db")
	l, err := state.Open(path, state.Options{})
	must(t, err)
	defer l.Close()
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	var p progress
	var stop atomic.Bool
	done := make(chan error, 2)
	go func() { done <- finish(l, &p, &stop) }()
	go func() { done <- send(l, &p, &stop) }()
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	for cuts := 0; cuts < 40; {
		seen, sent := p.seen.Load(), p.sent.Load()
		image, ok := cutPower(t, path)
		if !ok {
			continue
		}
		cuts++
		checkImage(t, image, seen, p.seenBegun.Load(), sent, p.sentBegun.Load())
		<-time.After(time.Duration(random.Int64N(int64(3 * time.Millisecond))))
	}
	stop.Store(true)
	for range 2 {
		must(t, <-done)
	}
	if p.sent.Load() == 0 {
		t.Error("nothing was confirmed meanwhile: the cuts show nothing")
	}
}

// finish lets a few athletes finish at a time.
func finish(l *state.Ledger, p *progress, stop *atomic.Bool) error {
	o := state.Observation{File: "a.csv"}
	for n := 1; !stop.Load(); n++ {
		m, err := parse.TimeMark(int64(90000+n), 2)
		if err != nil {
			return err
		}
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(strconv.Itoa(n)), Mark: m, Line: n})
		if n%3 != 0 {
			continue
		}
		p.seenBegun.Store(int64(n))
		if _, err := l.Observe(raceUnit, o); err != nil {
			return err
		}
		p.seen.Store(int64(n))
	}
	return nil
}

// send offers and confirms.
func send(l *state.Ledger, p *progress, stop *atomic.Bool) error {
	for !stop.Load() {
		batches, err := l.Offer(state.Terms{Units: []state.Unit{raceUnit}, Max: 4, NewFinishers: state.Append})
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			continue
		}
		p.sentBegun.Add(int64(len(batches[0].Rows)))
		if err := l.Confirm(batches); err != nil {
			return err
		}
		p.sent.Add(int64(len(batches[0].Rows)))
	}
	return nil
}

// cutPower returns the bytes of the file at one instant: a copy during which a transaction ended is none.
func cutPower(t *testing.T, path string) ([]byte, bool) {
	t.Helper()
	before := transaction(t, path)
	image, err := os.ReadFile(path)
	must(t, err)
	return image, transaction(t, path) == before
}

// transaction returns the number of the last transaction, from bbolt's two heads (page 0 and 1).
func transaction(t *testing.T, path string) uint64 {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	head := make([]byte, 8)
	last := uint64(0)
	for page := range int64(2) {
		_, err := f.ReadAt(head, page*int64(os.Getpagesize())+16+48)
		must(t, err)
		last = max(last, binary.LittleEndian.Uint64(head))
	}
	return last
}

func checkImage(t *testing.T, image []byte, seenFrom, seenTo, sentFrom, sentTo int64) {
	t.Helper()
	path := newPath(t)
	must(t, os.WriteFile(path, image, 0o600))
	l := open(t, path)
	defer l.Close()
	counts := l.Counts(raceUnit)
	if n := int64(counts.Read); n < seenFrom || n > seenTo {
		t.Errorf("%d finishes were remembered, %d had been, and %d were under way", n, seenFrom, seenTo)
	}
	confirmed := l.Confirmed(raceUnit)
	if n := int64(len(confirmed)); n < sentFrom || n > sentTo {
		t.Errorf("%d were remembered as confirmed, %d had been, and %d were under way", n, sentFrom, sentTo)
	}
	for i := range confirmed {
		n, err := strconv.Atoi(string(i))
		must(t, err)
		if n > len(confirmed) {
			t.Errorf("bib %d is confirmed, and of those before it some are not: %d in all", n, len(confirmed))
		}
		if want := fmt.Sprintf("%d", 90000+n); fmt.Sprint(confirmed[i].Hundredths()) != want {
			t.Errorf("bib %d is confirmed with %s", n, confirmed[i])
		}
	}
}
