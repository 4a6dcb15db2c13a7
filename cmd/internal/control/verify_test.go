package control

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

var raceUnit = state.Unit{Event: "R1", Round: 1, Heat: 1}

// page shows rows; before it does, something may happen.
type page struct {
	rows   []uploader.Result
	before func()
}

func (p *page) ReadBack(context.Context, state.Unit) ([]uploader.Result, error) {
	if p.before != nil {
		p.before()
	}
	return p.rows, nil
}

// newDesk is a desk on a fresh ledger that may be offered.
func newDesk(t *testing.T, reader uploader.Reader) *Desk {
	t.Helper()
	ledger, err := state.Open(filepath.Join(t.TempDir(), "ledger.db"), state.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	if err := ledger.SetOrigin(raceUnit, state.OriginEmpty); err != nil {
		t.Fatal(err)
	}
	return &Desk{
		Races: []Race{{Unit: raceUnit}}, Ledger: ledger, Reader: reader, Wake: func() {},
		Verifier: uploader.NewVerifier([]state.Unit{raceUnit}, ledger, reader, func() {}, zap.NewNop()),
	}
}

// send reads bib=mark pairs and offers them; what is confirmed depends on answered.
func send(t *testing.T, d *Desk, answered bool, pairs ...string) {
	t.Helper()
	o := state.Observation{File: "a.csv"}
	for i, pair := range pairs {
		bib, text, _ := strings.Cut(pair, "=")
		mark, err := parse.ParseMark(text)
		if err != nil {
			t.Fatal(err)
		}
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(bib), Mark: mark, Line: i + 1})
	}
	if _, err := d.Ledger.Observe(raceUnit, o); err != nil {
		t.Fatal(err)
	}
	batches, err := d.Ledger.Offer(state.Terms{Units: []state.Unit{raceUnit}, Max: 100, NewFinishers: state.Append})
	if err != nil {
		t.Fatal(err)
	}
	if !answered {
		return
	}
	if err := d.Ledger.Confirm(batches); err != nil {
		t.Fatal(err)
	}
}

// do is what a desk says to a request.
func do(t *testing.T, d *Desk, r Request) (lines []string) {
	t.Helper()
	d.Do(t.Context(), r, func(line string) { lines = append(lines, line) })
	return lines
}

// "verified" means that it was read back with this mark, and nothing less.
func TestOnlyWhatWasReadBackIsVerified(t *testing.T) {
	p := &page{rows: []uploader.Result{{Bib: "1", Performance: "14:20"}, {Bib: "2", Performance: "14:35"}}}
	d := newDesk(t, p)
	send(t, d, true, "1=14:20", "2=14:30")
	send(t, d, false, "1=14:20", "2=14:35") // its answer is lost, and it has arrived
	want := "race,bib,mark,state,shown|R1/1/1,1,14:20,verified,|R1/1/1,2,14:30,not verified,"
	if got := strings.Join(do(t, d, Request{Do: Verify, CSV: true}), "|"); got != want {
		t.Error(got)
	}
	d = newDesk(t, p)
	send(t, d, true, "1=14:20")
	p.before = func() { send(t, d, true, "1=14:20", "3=14:40") } // while the page is read
	want = "race,bib,mark,state,shown|R1/1/1,1,14:20,verified,|R1/1/1,3,14:40,not verified,|R1/1/1,2,,not ours,14:35"
	if got := strings.Join(do(t, d, Request{Do: Verify, CSV: true}), "|"); got != want {
		t.Error(got)
	}
}

// A plan does not say of a held bib that it is in no export.
func TestAPlanSaysWhyABibGoes(t *testing.T) {
	d := newDesk(t, &page{rows: []uploader.Result{{Bib: "1", Performance: "14:20"}, {Bib: "2", Performance: "14:30"}}})
	send(t, d, true, "1=14:20")
	send(t, d, false, "1=14:20", "2=14:30")
	if err := d.Ledger.HoldBib(raceUnit, "2", true); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(do(t, d, Request{Do: Plan, Race: "R1"}), "\n")
	if !strings.Contains(got, "removes  bib 2, if it is there: it is HELD (held by a person)") || strings.Contains(got, "in no export") {
		t.Error(got)
	}
}

// A wrong clock holds everybody for one reason: the report says it once. What is held for itself has a line of its own.
func TestTheReportSaysAReasonOnce(t *testing.T) {
	d := newDesk(t, &page{rows: []uploader.Result{{Bib: "2", Performance: "14:30"}}})
	send(t, d, true, "1=14:20", "2=14:30", "3=14:40")
	for _, bib := range []parse.Bib{"3", "1"} {
		if err := d.Ledger.HoldBib(raceUnit, bib, true); err != nil {
			t.Fatal(err)
		}
	}
	got := strings.Join(do(t, d, Request{Do: Verify}), "\n")
	if !strings.Contains(got, "\n  HELD 2 bibs: 1, 3: held by a person") {
		t.Error(got)
	}
	if _, err := d.Ledger.Release(raceUnit, "1", parse.Mark{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(do(t, d, Request{Do: Verify}), "\n"); !strings.Contains(got, "\n  HELD bib 3: held by a person") {
		t.Error(got)
	}
}
