package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Where somebody waits for something to send, what is seen is written down as offered with it; else only the offer does that.
func TestWhatIsAwaitedIsOfferedAsItIsSeen(t *testing.T) {
	for name, test := range map[string]struct{ story, want []string }{
		"a row that comes alone": {
			[]string{"await", "5k.csv grown 349=14:25.10"}, []string{"349 14:25.10 offered 14:25.10"},
		},
		"a correction": {
			[]string{"5k.csv grown 349=14:25.10", "send", "await", "5k.csv settled 349=14:26"},
			[]string{"349 14:26 offered 14:26 confirmed 14:25.10"},
		},
		"a row that is held": {
			[]string{"await", "5k.csv grown 349!slow"}, []string{"349 HELD slow"},
		},
		"a correction where they are held": {
			[]string{"guard", "5k.csv grown 349=14:25.10", "send", "await", "5k.csv settled 349=14:26"},
			[]string{`349 14:26 offered 14:25.10 confirmed 14:25.10 HELD correction: 14:25.10 → 14:26 (corrections = "hold")`},
		},
		"more than go out at once": {
			[]string{"await", "5k.csv grown 1=14:20 2=14:21 3=14:22"}, []string{"1 14:20", "2 14:21", "3 14:22"},
		},
		"when something has been offered since": {
			[]string{"await", "lose", "5k.csv grown 349=14:25.10"}, []string{"349 14:25.10"},
		},
		"while a person holds the race": {
			[]string{"await", "hold race", "5k.csv grown 349=14:25.10"}, []string{"349 14:25.10"},
		},
		"while everything is paused": {
			[]string{"await", "pause", "5k.csv grown 349=14:25.10"}, []string{"349 14:25.10"},
		},
		"after a start": {
			[]string{"await", "restart", "5k.csv grown 349=14:25.10"}, []string{"349 14:25.10"},
		},
	} {
		t.Run(name, func(t *testing.T) { checkStory(t, test.story, test.want) })
	}
}

// The offer that follows has nothing to write; what it says is what it would have said without.
func TestWhatWasAwaitedIsOnTheDiskBeforeItIsOffered(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"await", "5k.csv grown 349=14:25.10 350=DNF"})
	defer l.Close()
	before := l.Writes()
	if diff := cmp.Diff([]string{"append R1/1/1 349=14:25.10 350=DNF"}, words(offer(t, l, 9, raceUnit))); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
	if n := l.Writes() - before; n != 0 {
		t.Errorf("the offer wrote %d pages", n)
	}
}

// Two files that disagree are heard before anything goes out, whatever was written down for it; the one that is right goes
// by update, because nobody knows any more that the other one has not gone out.
func TestWhatWasAwaitedDoesNotGoOutWhereAnotherFileDiffers(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"await"})
	defer l.Close()
	l.Listen(raceUnit)
	l = play(t, l, path, []string{"5k.csv grown 349=14:25.10", "other.csv grown 349=15:00"})
	l.Heard(raceUnit)
	if batches := offer(t, l, 9, raceUnit); len(batches) > 0 {
		t.Errorf("offered %v", words(batches))
	}
	l = play(t, l, path, []string{"5k.csv settled 349=15:00"})
	if diff := cmp.Diff([]string{"update R1/1/1 349=15:00"}, words(offer(t, l, 9, raceUnit))); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
}

// The history says both, in order.
func TestTheHistoryOfWhatWasAwaited(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"await", "5k.csv grown 349=14:25.10"})
	defer l.Close()
	confirm(t, l, offer(t, l, 9, raceUnit))
	events, err := l.History(raceUnit, "349")
	must(t, err)
	var got []string
	for _, e := range events {
		got = append(got, e.Kind+" "+e.Mark.String()+" "+string(e.Mode))
	}
	if diff := cmp.Diff([]string{"read 14:25.10 ", "offered 14:25.10 append", "confirmed 14:25.10 "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
