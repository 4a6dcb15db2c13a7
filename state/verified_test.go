package state_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

// shows reads "1=14:20 2=- 3=14:2x": what the server shows; - is a starter without a mark.
func shows(text string) map[parse.Bib]state.Shown {
	shown := map[parse.Bib]state.Shown{}
	for word := range strings.FieldsSeq(text) {
		bib, text, _ := strings.Cut(word, "=")
		s := state.Shown{Text: text}
		if text == "-" {
			s = state.Shown{Starter: true}
		} else if m, err := parse.ParseMark(text); err == nil {
			s.Mark = m
		}
		shown[parse.Bib(bib)] = s
	}
	return shown
}

func verify(t *testing.T, l *state.Ledger, text string) state.Verification {
	t.Helper()
	v, err := l.Verified(raceUnit, shows(text))
	must(t, err)
	return v
}

func TestVerified(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"a.csv settled 1=14:20.10 2=14:21 3=14:22 4=14:23 5=14:24", "send"})
	if got := l.Unverified(raceUnit); got != 5 {
		t.Errorf("%d are unverified", got)
	}
	got := verify(t, l, "1=14:20.1 2=- 4=15:00 5=14:2x 9=16:00 8=-")
	want := state.Verification{
		Unit: raceUnit, Same: 1, Missing: []parse.Bib{"2"}, Stripped: []parse.Bib{"3"}, Different: []parse.Bib{"4", "5"},
		Others: []parse.Bib{"9"},
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Clean() {
		t.Error(diff)
	}
	if got := l.Counts(raceUnit); got.Verified != 1 || got.Confirmed != 5 || got.Pending != 0 {
		t.Errorf("%+v", got)
	}
	before := l.Writes()
	if diff := cmp.Diff(want, verify(t, l, "1=14:20.1 2=- 4=15:00 5=14:2x 9=16:00 8=-")); diff != "" {
		t.Error(diff)
	}
	if got := l.Writes(); got != before {
		t.Errorf("nothing is new, and %d pages were written", got-before)
	}
	l = play(t, l, path, []string{"restart", "a.csv settled 1=14:19 2=14:21 3=14:22 4=14:23 5=14:24", "conclude", "send"})
	defer func() { _ = l.Close() }()
	if got := l.Counts(raceUnit); got.Verified != 0 || l.Unverified(raceUnit) != 1 {
		t.Errorf("a corrected mark counts as verified: %+v, %d", got, l.Unverified(raceUnit))
	}
	if got := verify(t, l, "1=14:19 2=14:21 3=14:22 4=14:23 5=14:24"); !got.Clean() || got.Same != 5 || l.Unverified(raceUnit) != 0 {
		t.Errorf("%+v", got)
	}
}

// The reply to the first offer was lost, the second one was confirmed, and then the first one was carried out.
func TestALateRequestIsSentOver(t *testing.T) {
	path := newPath(t)
	l := play(t, open(t, path), path, []string{"a.csv settled 7=14:25 8=14:30", "lose", "a.csv settled 7=14:24 8=14:30", "send", "send"})
	defer func() { _ = l.Close() }()
	for round := range 2 {
		if got := verify(t, l, "7=14:25 8=14:30"); got.Resend != 1 {
			t.Fatalf("%+v", got)
		}
		if got := verify(t, l, "7=14:25 8=14:30"); got.Resend != 0 {
			t.Errorf("twice for one look: %+v", got)
		}
		if got := l.Counts(raceUnit); got.Pending != 1 || got.Confirmed != 1 {
			t.Errorf("%+v", got)
		}
		if round == 0 {
			l = play(t, l, path, []string{"restart", "a.csv settled 7=14:24 8=14:30", "conclude"})
		}
		batches := offer(t, l, 10, raceUnit)
		if diff := cmp.Diff([]string{"update R1/1/1 7=14:24"}, words(batches)); diff != "" {
			t.Fatal(diff)
		}
		confirm(t, l, batches)
		if got := l.Counts(raceUnit).Pending; got != 0 {
			t.Errorf("%d are pending", got)
		}
	}
	if got := verify(t, l, "7=14:25 8=14:30"); got.Resend != 0 || len(got.Different) != 1 {
		t.Errorf("the third time: %+v", got)
	}
	l = play(t, l, path, []string{"a.csv settled 7=14:23 8=14:30", "send"})
	if got := verify(t, l, "7=14:24 8=14:30"); got.Resend != 1 {
		t.Errorf("another confirmed mark: %+v", got)
	}
}

func TestWhatIsNotSentOver(t *testing.T) {
	tests := map[string]struct {
		story []string
		shown string
	}{
		"a mark that we never sent is somebody's decision": {[]string{"a.csv settled 7=14:25", "send"}, "7=14:26"},
		"a bib that is not there, without a removal":       {[]string{"a.csv settled 7=14:25", "send"}, ""},
		"a bib that a person holds":                        {[]string{"a.csv settled 7=14:25", "lose", "a.csv settled 7=14:24", "send", "hold 7"}, "7=14:25"},
		"a correction waits that says otherwise":           {[]string{"a.csv settled 7=14:25", "lose", "a.csv settled 7=14:24", "send", "a.csv settled 7=14:23"}, "7=14:25"},
		"the answer to the newest offer was lost, and it has arrived": {
			[]string{"a.csv settled 7=14:25", "send", "a.csv settled 7=14:24", "lose"}, "7=14:24",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			play(t, l, "", test.story)
			before := l.Counts(raceUnit).Pending
			if got := verify(t, l, test.shown); got.Resend != 0 || l.Counts(raceUnit).Pending != before {
				t.Errorf("%+v", got)
			}
		})
	}
}

// The answer was lost and the mark is there: that is no difference, and nothing is verified before it is confirmed.
func TestAnOfferWithoutAnAnswerThatHasArrived(t *testing.T) {
	l := newLedger(t)
	play(t, l, "", []string{"a.csv settled 7=14:25 8=14:30", "send", "a.csv settled 7=14:24 8=14:30", "lose"})
	if got := verify(t, l, "7=14:24 8=14:30"); !got.Clean() || got.Same != 1 || l.Unverified(raceUnit) != 1 {
		t.Errorf("%+v, %d unverified", got, l.Unverified(raceUnit))
	}
}
