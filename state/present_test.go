package state_test

import (
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
)

func TestABibThatIsAFinishIsNotHeldByAnotherRowOfItsFile(t *testing.T) {
	l := newLedger(t)
	o := state.Observation{
		File: "5k.csv", Settled: true,
		Finishes: []parse.Finish{{Bib: "349", Mark: mark("14:25"), Line: 2}},
		Held:     []parse.Held{{Bib: "349", Line: 3, Reason: "not a time"}, {Bib: "7", Line: 4, Reason: "not a time"}},
	}
	if _, err := l.Observe(raceUnit, o); err != nil {
		t.Fatal(err)
	}
	if c := l.Counts(raceUnit); c.Pending != 1 || c.Held != 1 {
		t.Errorf("counts %+v", c)
	}
}

func TestAFileThatIsGoneDisputesNothing(t *testing.T) {
	l := newLedger(t)
	say := func(file, bib, text string) {
		t.Helper()
		o := state.Observation{File: file, Settled: true, Finishes: []parse.Finish{{Bib: parse.Bib(bib), Mark: mark(text), Line: 2}}}
		if _, err := l.Observe(raceUnit, o); err != nil {
			t.Fatal(err)
		}
	}
	present := func(files ...string) {
		t.Helper()
		if err := l.Present(raceUnit, files); err != nil {
			t.Fatal(err)
		}
	}
	say("export1.csv", "349", "14:25")
	present("export1.csv")
	say("export2.csv", "349", "14:26")
	present("export1.csv", "export2.csv")
	if c := l.Counts(raceUnit); c.Held != 1 {
		t.Errorf("two files differ: %+v", c)
	}
	present("export2.csv")
	if c := l.Counts(raceUnit); c.Held != 0 || c.Pending != 1 {
		t.Errorf("one of them is gone: %+v", c)
	}
	present()
	if c := l.Counts(raceUnit); c.Read != 1 {
		t.Errorf("both are gone: %+v", c)
	}
	present("export1.csv", "export2.csv")
	if c := l.Counts(raceUnit); c.Held != 1 {
		t.Errorf("both are back: %+v", c)
	}
}

// Last week's export lies beside today's and is not read: what it holds has not vanished, and what is pending goes out.
func TestWhatMayStandInAFileThatWasLeftOutHasNotVanished(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	observe(t, l, "a.csv settled 7=14:25")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, path)
	observe(t, l, "b.csv settled 8=14:26")
	if vanished, err := l.Conclude(raceUnit, false); err != nil || len(vanished) > 0 {
		t.Errorf("vanished %v, %v", vanished, err)
	}
	if vanished, err := l.Conclude(raceUnit, true); err != nil || len(vanished) != 1 {
		t.Errorf("vanished %v, %v", vanished, err)
	}
}
