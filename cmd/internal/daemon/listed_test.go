package daemon

import (
	"errors"
	"strings"
	"testing"
	"time"

	"finishwatch/state"
	"finishwatch/watcher"
)

var unit = state.Unit{Event: "R1", Round: 1, Heat: 1}

// look plays the watcher: files that were read ("a.csv 7,14:20 8,14:30"), then what was listed.
func (f *field) look(l watcher.Listing, files ...string) {
	f.t.Helper()
	for _, text := range files {
		words := strings.Fields(text)
		f.must(f.daemon.feed.Take(watcher.Snapshot{
			Path: words[0], Data: []byte("Bib,Time\n" + strings.Join(words[1:], "\n") + "\n"),
			Trust: watcher.Settled, ModTime: time.Now(), First: true,
		}))
		if bibs := f.offered(); bibs != "" {
			f.t.Errorf("after %s was read, and before the look was over, %s went out", words[0], bibs)
		}
	}
	f.daemon.feed.Listed(l)
}

// offered returns the bibs that would go out now.
func (f *field) offered() string {
	f.t.Helper()
	batches, err := f.daemon.ledger.Offer(state.Terms{Units: []state.Unit{unit}, Max: 100, NewFinishers: state.Append})
	f.must(err)
	var bibs []string
	for _, b := range batches {
		for _, row := range b.Rows {
			bibs = append(bibs, string(row.Bib))
		}
	}
	return strings.Join(bibs, " ")
}

// Each file of a unit is heard before anything of the unit goes out, and nobody is waited for in vain.
func TestWhenAUnitHasBeenHeard(t *testing.T) {
	both := []string{"a.csv", "b.csv"}
	tests := map[string]struct {
		play func(f *field)
		want string
	}{
		"one file": {
			func(f *field) { f.look(watcher.Listing{Files: []string{"a.csv"}}, "a.csv 7,14:20") }, "7",
		},
		"two files that differ, read in one look": {
			func(f *field) { f.look(watcher.Listing{Files: both}, "a.csv 7,14:20", "b.csv 7,14:21 8,14:30") }, "8",
		},
		"the second one has not been read yet": {
			func(f *field) { f.look(watcher.Listing{Files: both}, "a.csv 7,14:20") }, "",
		},
		"the second one is read in the next look": {
			func(f *field) {
				f.look(watcher.Listing{Files: both}, "a.csv 7,14:20")
				f.look(watcher.Listing{Files: both}, "b.csv 7,14:21 8,14:30")
			}, "8",
		},
		"the second one is in trouble": {
			func(f *field) {
				f.look(watcher.Listing{Files: both, Troubles: []watcher.Trouble{{Path: "b.csv", Reason: "locked"}}}, "a.csv 7,14:20")
			}, "7",
		},
		"the second one is of another race": {
			func(f *field) { f.look(watcher.Listing{Files: []string{"a.csv", "other.txt"}}, "a.csv 7,14:20") }, "7",
		},
		"the second one goes away": {
			func(f *field) {
				f.look(watcher.Listing{Files: both}, "a.csv 7,14:20")
				f.look(watcher.Listing{Files: both[:1]})
			}, "7",
		},
		"the second one can never be read": {
			func(f *field) {
				f.daemon.feed.patience = 0
				f.look(watcher.Listing{Files: both}, "a.csv 7,14:20")
			}, "7",
		},
		"the folder goes away": {
			func(f *field) {
				f.look(watcher.Listing{Files: both}, "a.csv 7,14:20")
				f.look(watcher.Listing{Folder: errors.New("gone")})
			}, "7",
		},
		"the second one is refused": {
			func(f *field) { f.look(watcher.Listing{Files: both}, "a.csv 7,14:20", "b.csv \x00\x01\x02") }, "7",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			f.open("", oneRace)
			defer f.daemon.Close()
			f.must(f.daemon.ledger.SetOrigin(unit, state.OriginEmpty))
			test.play(f)
			if got := f.offered(); got != test.want {
				t.Errorf("%q goes out, and should %q", got, test.want)
			}
		})
	}
}

// A program deletes its export and writes it anew: the dispute with it goes on. When it is gone for good, the dispute is
// over, and the uploader is told.
func TestADisputeOutlivesAFileThatIsAwayForAMoment(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	f.must(f.daemon.ledger.SetOrigin(unit, state.OriginEmpty))
	both, one := watcher.Listing{Files: []string{"a.csv", "b.csv"}}, watcher.Listing{Files: []string{"a.csv"}}
	f.look(both, "a.csv 7,14:20", "b.csv 7,14:21")
	f.look(one)
	if bibs := f.offered(); bibs != "" {
		t.Errorf("%s goes out because a file was away for a moment", bibs)
	}
	away := func() { f.daemon.feed.sources["b.csv"].listed = time.Now().Add(-absence) }
	for name, hidden := range map[string]watcher.Listing{
		"the folder is gone":             {Folder: errors.New("gone")},
		"a part of it could not be read": {Files: one.Files, Troubles: []watcher.Trouble{{Path: "sub", Reason: "denied"}}},
	} {
		away()
		f.look(hidden)
		if f.look(one); f.offered() != "" {
			t.Errorf("%s, and what was disputed goes out", name)
		}
	}
	woken := false
	f.daemon.feed.wake = func() { woken = true }
	away()
	f.look(one)
	if bibs := f.offered(); bibs != "7" || !woken {
		t.Errorf("a file has been gone for a while, and %q goes out, woken %v", bibs, woken)
	}
}

// While files are read the uploader finds nothing to offer and goes to sleep, so it is woken when they have been heard,
// also when they said nothing new: what was pending before is pending still.
func TestTheUploaderIsWokenWhenFilesHaveBeenHeard(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	listing := watcher.Listing{Files: []string{"a.csv"}}
	f.look(listing)
	woken := 0
	f.daemon.feed.wake = func() { woken++ }
	for want := 1; want <= 2; want++ {
		f.look(listing, "a.csv 7,14:20")
		if woken != want {
			t.Errorf("after the same was read %d times the uploader was woken %d times", want, woken)
		}
	}
	f.look(listing)
	if woken != 2 {
		t.Error("a look that read nothing wakes the uploader")
	}
}
