package state_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/state"
)

// What is public stays public, whatever the files say meanwhile.
func TestWhatIsPublicIsCounted(t *testing.T) {
	tests := map[string]struct {
		story []string
		want  state.Counts
	}{
		"nothing was sent":          {[]string{"a.csv settled 1=14:20"}, state.Counts{Read: 1, Pending: 1}},
		"sent":                      {[]string{"a.csv settled 1=14:20", "send"}, state.Counts{Read: 1, Confirmed: 1, Public: 1}},
		"a correction that waits":   {[]string{"a.csv settled 1=14:20", "send", "a.csv settled 1=14:25"}, state.Counts{Read: 1, Pending: 1, Public: 1}},
		"a correction that is held": {[]string{"guard", "a.csv settled 1=14:20", "send", "a.csv settled 1=14:25"}, state.Counts{Read: 1, Held: 1, Public: 1}},
		"in no file any more":       {[]string{"a.csv settled 1=14:20 2=14:30", "send", "a.csv settled 2=14:30", "conclude"}, state.Counts{Read: 2, Confirmed: 2, Held: 1, Public: 2}},
		"after a restart":           {[]string{"a.csv settled 1=14:20", "send", "a.csv settled 1=14:25", "restart"}, state.Counts{Read: 1, Pending: 1, Public: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, test.story)
			defer l.Close()
			if diff := cmp.Diff(test.want, l.Counts(raceUnit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
