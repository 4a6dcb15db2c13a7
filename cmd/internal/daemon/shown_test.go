package daemon

import (
	"testing"

	"finishwatch/state"
)

// Each kind of reason is said with its bibs, and in full where all of them have the same.
func TestWhyRowsAreHeld(t *testing.T) {
	const mass = "mass change: 40 of 40 marks changed at once in 5k.csv; release, or export again"
	tests := map[string]struct {
		held     []state.HeldBib
		nameless string
		want     string
	}{
		"nothing":             {nil, "", ""},
		"one":                 {[]state.HeldBib{{Bib: "77", Reason: "two times: 14:31, 14:50"}}, "", "bib 77: two times: 14:31, 14:50"},
		"a row without a bib": {nil, "5k.csv line 91: no bib", "5k.csv line 91: no bib"},
		"two of a kind":       {[]state.HeldBib{{Bib: "9", Reason: "two times: a"}, {Bib: "7", Reason: "two times: b"}}, "", "bibs 7, 9: two times"},
		"two of two kinds":    {[]state.HeldBib{{Bib: "9", Reason: "two times: a"}, {Bib: "7", Reason: state.Vanished}}, "", "bib 9: two times: a · bib 7: " + state.Vanished},
		"all for one reason":  {[]state.HeldBib{{Bib: "2", Reason: mass}, {Bib: "1", Reason: mass}}, "", "bibs 1, 2: " + mass},
		"the fewest first": {
			[]state.HeldBib{{Bib: "2", Reason: mass}, {Bib: "1", Reason: mass}, {Bib: "3", Reason: "x: y"}},
			"line 4: no bib",
			"line 4: no bib · bib 3: x: y · bibs 1, 2: " + mass,
		},
		"more than are named": {
			[]state.HeldBib{{Bib: "a", Reason: "x"}, {Bib: "b", Reason: "x"}, {Bib: "c", Reason: "x"}, {Bib: "d", Reason: "x"}, {Bib: "e", Reason: "x"}, {Bib: "f", Reason: "x"}},
			"", "bibs a, b, c, d, e and 1 more: x",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := reasons(test.held, test.nameless); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
