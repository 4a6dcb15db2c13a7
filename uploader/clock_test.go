package uploader

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A server tells its time in whole seconds. Many answers tell it to less than that, and one after a clock was set counts alone.
func TestTheClockIsNarrowedDown(t *testing.T) {
	noon := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	const ms = time.Millisecond
	type answer struct{ asked, answered time.Duration } // after noon, by our clock; the server's is right
	tests := map[string]struct {
		ahead   time.Duration // our clock
		answers []answer
		want    Clock
	}{
		"no answer":          {0, nil, Clock{}},
		"one at the tick":    {0, []answer{{-40 * ms, 60 * ms}}, Clock{true, -1040 * ms, 60 * ms}},
		"two narrow it down": {300 * ms, []answer{{200 * ms, 260 * ms}, {1900 * ms, 1980 * ms}}, Clock{true, 200 * ms, 560 * ms}},
		"a wide one takes nothing back": {
			300 * ms, []answer{{200 * ms, 260 * ms}, {1900 * ms, 1980 * ms}, {3000 * ms, 5500 * ms}}, Clock{true, 200 * ms, 560 * ms},
		},
		"half a minute behind": {-30 * time.Second, []answer{{900 * ms, 990 * ms}}, Clock{true, -30100 * ms, -29010 * ms}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got Clock
			for _, a := range test.answers {
				date := noon.Add(a.answered).Truncate(time.Second) // stamped as it leaves
				got = got.with(noon.Add(a.asked+test.ahead), noon.Add(a.answered+test.ahead), date)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if middle := got.Ahead(); got.Known && (middle < got.Least || middle > got.Most) {
				t.Errorf("the middle %s lies outside", middle)
			}
		})
	}
	before := Clock{}.with(noon, noon, noon)
	if after := before.with(noon.Add(time.Hour), noon.Add(time.Hour), noon); after.Least != time.Hour-time.Second || after.Most != time.Hour {
		t.Errorf("after our clock was set: %+v", after)
	}
}
