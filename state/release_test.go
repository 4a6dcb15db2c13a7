package state_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

func TestReleases(t *testing.T) {
	const two = "7!two-times@14:25 7!two-times@14:26"
	tests := map[string]struct{ story, want []string }{
		"one of two marks in one file": {
			[]string{"a.csv settled " + two, "release 7 14:26", "send"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26"},
		},
		"while the file says so": {
			[]string{"a.csv settled " + two, "release 7 14:26", "send", "a.csv settled " + two + " 8=15:00", "conclude", "send"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26", "8 15:00 offered 15:00 confirmed 15:00"},
		},
		"over a restart": {
			[]string{"a.csv settled " + two, "release 7 14:26", "restart", "a.csv settled " + two, "conclude", "send"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26"},
		},
		"and not when it says another mark and then the two again": {
			[]string{"a.csv settled " + two, "release 7 14:26", "a.csv settled 7=14:30", "a.csv settled " + two},
			[]string{"7 14:30 HELD two-times"},
		},
		"one of two files": {
			[]string{"a.csv settled 7=14:25", "b.csv settled 7=14:26", "release 7 14:26", "send"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26"},
		},
		"over a restart, whichever is read first": {
			[]string{
				"a.csv settled 7=14:25", "b.csv settled 7=14:26", "release 7 14:26", "send", "restart",
				"a.csv settled 7=14:25", "send", "b.csv settled 7=14:26", "conclude", "send",
			},
			[]string{"7 14:26 offered 14:26 confirmed 14:26"},
		},
		"the other one may not go out meanwhile": {
			[]string{
				"a.csv settled 7=14:25", "b.csv settled 7=14:26", "release 7 14:26", "send", "restart",
				"a.csv settled 7=14:25", "send",
			},
			[]string{"7 14:26 offered 14:26 confirmed 14:26 HELD 14:26 was released, and not every file has been read since the start"},
		},
		"the file that said it has another mark now": {
			[]string{"a.csv settled 7=14:25", "b.csv settled 7=14:26", "release 7 14:26", "send", "b.csv settled 7=14:27"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26 HELD two times: a.csv line 1 has 14:25, b.csv line 1 has 14:27"},
		},
		"a released mark on which the files agree later is no choice in a new dispute": {
			[]string{
				"a.csv settled 7=14:25", "b.csv settled 7=14:26", "release 7 14:26", "send",
				"a.csv settled 7=14:26", "b.csv settled 7=14:28",
			},
			[]string{"7 14:26 offered 14:26 confirmed 14:26 HELD two times: a.csv line 1 has 14:26, b.csv line 1 has 14:28"},
		},
		"a row that is only slow": {
			[]string{"a.csv settled 7!slow@2:14:25", "release 7", "send"},
			[]string{"7 2:14:25 offered 2:14:25 confirmed 2:14:25"},
		},
		"the race: what needs no choice": {
			[]string{"a.csv settled " + two + " 8!slow@2:14:25 9=15:00 10!no-time", "hold 9", "release", "send"},
			[]string{
				"10 HELD no-time", "7 HELD two-times",
				"9 15:00 offered 15:00 confirmed 15:00", "8 2:14:25 offered 2:14:25 confirmed 2:14:25",
			},
		},
		"files that have not been read: the mark must be named": {
			[]string{"a.csv settled " + two, "restart", "release 7 14:26", "send", "a.csv settled " + two, "send"},
			[]string{"7 14:26 offered 14:26 confirmed 14:26"},
		},
		"and when they never had it, it stays held": {
			[]string{"a.csv settled " + two, "restart", "release 7 14:44", "send", "a.csv settled " + two, "conclude", "send"},
			[]string{"7 HELD two-times"},
		},
		"a mark that a guard holds, with the files unread": {
			[]string{"a.csv settled 7=14:25", "send", "guard", "a.csv settled 7=14:24", "restart", "guard", "release 7", "send"},
			[]string{"7 14:24 offered 14:24 confirmed 14:24"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { checkStory(t, test.story, test.want) })
	}
}

func TestWhatCannotBeReleased(t *testing.T) {
	tests := map[string]struct {
		story   []string
		bib     parse.Bib
		mark    string
		is      error
		choices []state.Choice
	}{
		"nothing is held":        {[]string{"a.csv settled 7=14:25"}, "7", "", state.ErrNothingHeld, nil},
		"nobody knows the bib":   {[]string{"a.csv settled 7=14:25"}, "8", "", state.ErrNothingHeld, nil},
		"nothing of the race is": {[]string{"a.csv settled 7=14:25"}, "", "", state.ErrNothingHeld, nil},
		"vanished": {
			[]string{"a.csv settled 7=14:25 8=14:26", "a.csv settled 8=14:26", "conclude"}, "7", "", state.ErrVanished, nil,
		},
		"two marks": {
			[]string{"a.csv settled 7=14:25", "b.csv settled 8=14:30 7=14:26"},
			"7", "", nil,
			[]state.Choice{{Mark: mark("14:25"), Line: 1, File: "a.csv"}, {Mark: mark("14:26"), Line: 2, File: "b.csv"}},
		},
		"another mark": {
			[]string{"a.csv settled 8=14:30 7!slow@2:14:25"},
			"7", "14:25", nil,
			[]state.Choice{{Mark: mark("2:14:25"), Line: 2, File: "a.csv"}},
		},
		"only one of two files has been read since the start": {
			[]string{"a.csv settled 7=14:25", "b.csv settled 7=14:26", "restart", "b.csv settled 7=14:26"},
			"7", "", nil,
			[]state.Choice{{Mark: mark("14:26"), Line: 1, File: "b.csv"}},
		},
		"no mark": {[]string{"a.csv settled 7!no-time"}, "7", "", nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, test.story)
			defer l.Close()
			before := l.Lines(raceUnit)
			m := parse.Mark{}
			if test.mark != "" {
				m = mark(test.mark)
			}
			_, err := l.Release(raceUnit, test.bib, m)
			if test.is != nil && !errors.Is(err, test.is) {
				t.Error(err)
			}
			if test.is == nil {
				choice, ok := errors.AsType[*state.ChoiceError](err)
				if !ok {
					t.Fatal(err)
				}
				same := cmp.Comparer(func(a, b parse.Mark) bool { return a == b })
				if diff := cmp.Diff(test.choices, choice.Choices, same); diff != "" || choice.Bib != test.bib {
					t.Error(diff, choice)
				}
			}
			if diff := cmp.Diff(before, l.Lines(raceUnit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReleaseSaysWhatItReleased(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 8!slow@2:14:25 9=15:00", "hold 9"})
	got, err := l.Release(raceUnit, "", parse.Mark{})
	must(t, err)
	want := []state.Released{{Bib: "8", Mark: mark("2:14:25"), Reason: "slow"}, {Bib: "9", Mark: mark("15:00"), Reason: state.HeldByPerson}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b parse.Mark) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}
