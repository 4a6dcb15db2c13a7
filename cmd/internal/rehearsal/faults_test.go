package rehearsal

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadFaults(t *testing.T) {
	tests := map[string]struct {
		script string
		want   string // placed in a race of 12 s, or the error
		needed time.Duration
	}{
		"none":                     {"", "", 2 * time.Second},
		"one name":                 {"flaky", "flaky 12s at 0s", 12 * time.Second},
		"times":                    {"outage 30s at 1m", "outage 30s at 1m0s", 93 * time.Second},
		"a time in a longer race":  {"outage 30s at 1m; kill", "kill at 46.5s; outage 30s at 1m0s", 93 * time.Second},
		"a length alone":           {"outage 4s", "outage 4s at 3s", 12 * time.Second},
		"a time alone":             {"lost-replies at 5s", "lost-replies 7s at 5s", 12 * time.Second},
		"several, blanks":          {" kill at 2s ;; kill;", "kill at 2s; kill at 6s", 12 * time.Second},
		"no such fault":            {"flood", `"flood": there is no fault "flood"; there are flaky, outage`, 0},
		"no such time":             {"outage 30", `"30" is not a time such as 30s`, 0},
		"a negative time":          {"outage -3s", "is not a time", 0},
		"a kill has no length":     {"kill 3s", "write it as kill [at TIME]", 0},
		"words too many":           {"outage 3s at 4s now", "write it as outage [LENGTH] [at TIME]", 0},
		"a time without its word":  {"outage 3s 4s", "write it as", 0},
		"the first mistake counts": {"kill; at 3s", `there is no fault "at"`, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			faults, err := readFaults(test.script)
			if test.needed == 0 {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			placed, needed := place(faults, 2*time.Second)
			var texts []string
			for _, f := range placed {
				texts = append(texts, f.String())
				again, err := readFaults(f.String())
				if err != nil || again[0].at != f.at {
					t.Errorf("%s cannot be written so: %v", f, err)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(texts, "; ")); diff != "" || needed != test.needed {
				t.Errorf("%s\n%s", needed, diff)
			}
		})
	}
}

// A person reads each fault in one line.
func TestFaultsAreOneLineEach(t *testing.T) {
	for _, f := range Faults() {
		if line := f.Usage + f.Summary; len(line) > 120 || strings.Contains(line, "\n") || f.Summary == "" {
			t.Errorf("%q", line)
		}
	}
}
