package state_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// span is how far one kind of step has come: those that have returned must be on the disk, those that have begun may be.
type span struct{ begun, returned atomic.Int64 }

// within remembers how far the step had come before the power was cut, and checks what the image knows of it.
func (s *span) within(t *testing.T, what string, returned, got int64) {
	t.Helper()
	if begun := s.begun.Load(); got < returned || got > begun {
		t.Errorf("%d were remembered as %s, %d had been, and %d were under way", got, what, returned, begun)
	}
}

// progress is how far the goroutines of the race have come: finishers 1 to n in their order.
type progress struct{ seen, sent, held, removed span }

// returned are the numbers that must be on the disk.
func (p *progress) returned() [4]int64 {
	return [4]int64{p.seen.returned.Load(), p.sent.returned.Load(), p.held.returned.Load(), p.removed.returned.Load()}
}

// crowd is the unit of which one bib after the other is removed.
var crowd = state.Unit{Event: "R3", Round: 1, Heat: 1}

const crowded = 200

// The power is cut at random instants of a race, in the middle of transactions too. Whatever is on the disk then opens,
// and some moment between the last step that had returned and the step that had begun explains it. Where the file ends
// at an earlier page, it is refused and set aside, or tells the same.
func TestPowerCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "finishwatch.db")
	l, err := state.Open(path, state.Options{})
	must(t, err)
	defer l.Close()
	setOrigin(t, l, state.OriginEmpty, raceUnit, crowd)
	var p progress
	var stop atomic.Bool
	steps := []func(*state.Ledger, *progress, *atomic.Bool) error{finish, send, hold, remove}
	done := make(chan error, len(steps))
	for _, step := range steps {
		go func() { done <- step(l, &p, &stop) }()
	}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	refused := 0
	for cuts := 0; cuts < 40; {
		returned := p.returned()
		image, ok := cutPower(t, path)
		if !ok {
			continue
		}
		cuts++
		checkImage(t, image, &p, returned)
		for range 5 {
			if !checkShort(t, image[:random.IntN(len(image)/pageSize)*pageSize], &p, returned) {
				refused++
			}
		}
		<-time.After(time.Duration(random.Int64N(int64(3 * time.Millisecond))))
	}
	stop.Store(true)
	for range steps {
		must(t, <-done)
	}
	if end := p.returned(); slices.Contains(end[:], 0) || refused == 0 {
		t.Errorf("something did not happen meanwhile, and the cuts show nothing of it: %v, %d refused", end, refused)
	}
}

// hold lets a person hold one bib after the other, and somebody read back what was confirmed.
func hold(l *state.Ledger, p *progress, stop *atomic.Bool) error {
	for n := 1; !stop.Load(); n++ {
		p.held.begun.Store(int64(n))
		if err := l.HoldBib(otherUnit, parse.Bib(strconv.Itoa(n)), true); err != nil {
			return err
		}
		p.held.returned.Store(int64(n))
		shown := map[parse.Bib]state.Shown{}
		for bib, m := range l.Confirmed(raceUnit) {
			shown[bib] = state.Shown{Mark: m}
		}
		if _, err := l.Verified(raceUnit, shown); err != nil {
			return err
		}
	}
	return nil
}

// remove lets one bib of the crowd vanish after the other, and takes it off the server.
func remove(l *state.Ledger, p *progress, stop *atomic.Bool) error {
	o := state.Observation{File: "c.csv", Settled: true}
	for n := range crowded {
		m, err := parse.TimeMark(int64(90000+n), 2)
		if err != nil {
			return err
		}
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(strconv.Itoa(n)), Mark: m, Line: n + 1})
	}
	for n := 0; !stop.Load() && len(o.Finishes) > 1; n++ {
		if _, err := l.Observe(crowd, o); err != nil {
			return err
		}
		if _, err := l.Conclude(crowd, true); err != nil {
			return err
		}
		o.Finishes = o.Finishes[1:]
		b, gone := l.Removal(crowd)
		p.removed.begun.Add(int64(len(gone)))
		if err := l.OfferRemoval(b, gone); err != nil {
			return err
		}
		p.removed.returned.Add(int64(len(gone)))
		if err := l.Confirm([]state.Batch{b}); err != nil {
			return err
		}
	}
	return nil
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
		p.seen.begun.Store(int64(n))
		if _, err := l.Observe(raceUnit, o); err != nil {
			return err
		}
		p.seen.returned.Store(int64(n))
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
		p.sent.begun.Add(int64(len(batches[0].Rows)))
		if err := l.Confirm(batches); err != nil {
			return err
		}
		p.sent.returned.Add(int64(len(batches[0].Rows)))
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

// checkShort checks an image that ends too early: it is refused as damaged and can be set aside, or it tells the same.
func checkShort(t *testing.T, image []byte, p *progress, returned [4]int64) (opens bool) {
	t.Helper()
	path := newPath(t)
	must(t, os.WriteFile(path, image, 0o600))
	l, err := state.Open(path, state.Options{NoSync: true})
	if err == nil {
		must(t, l.Close())
		checkImage(t, image, p, returned)
		return true
	}
	if !errors.Is(err, state.ErrNotALedger) {
		t.Error(err)
	}
	_, err = state.SetAside(path, time.Now())
	must(t, err)
	must(t, open(t, path).Close())
	return false
}

func checkImage(t *testing.T, image []byte, p *progress, returned [4]int64) {
	t.Helper()
	path := newPath(t)
	must(t, os.WriteFile(path, image, 0o600))
	l := open(t, path)
	defer l.Close()
	p.seen.within(t, "read", returned[0], int64(l.Counts(raceUnit).Read))
	confirmed := l.Confirmed(raceUnit)
	p.sent.within(t, "confirmed", returned[1], int64(len(confirmed)))
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
	p.held.within(t, "held", returned[2], int64(len(l.Held(otherUnit))))
	gone := 0
	for _, unit := range []state.Unit{raceUnit, crowd} {
		told := map[parse.Bib][]state.Event{}
		must(t, l.AllHistory(unit, func(e state.Event) error {
			told[e.Bib] = append(told[e.Bib], e)
			return nil
		}))
		for bib, marks := range l.Marks(unit) {
			events := told[bib]
			if diff := cmp.Diff(marks, replay(events)); diff != "" {
				t.Errorf("%s bib %s: its history tells other marks: %s", unit, bib, diff)
			}
			if slices.ContainsFunc(events, func(e state.Event) bool { return e.Mode == state.Replace && e.Mark.IsZero() }) {
				gone++
			}
		}
	}
	p.removed.within(t, "removed", returned[3], int64(gone))
}
