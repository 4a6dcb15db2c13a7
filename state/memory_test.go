package state_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"finishwatch/parse"
	"finishwatch/state"
)

// A bib that is a piece of an export does not keep the export in memory.
func TestABibDoesNotKeepItsExport(t *testing.T) {
	l := newLedger(t)
	before := heap()
	for i := range 16 {
		text := fmt.Sprintf("%d", 100+i) + strings.Repeat(" ", 1<<20)
		o := state.Observation{File: "5k.csv", More: true, Finishes: []parse.Finish{{Bib: parse.Bib(text[:3]), Mark: mark("14:20")}}}
		if i%2 == 1 {
			o.Finishes, o.Held = nil, []parse.Held{{Bib: parse.Bib(text[:3]), Reason: "why"}}
		}
		if _, err := l.Observe(raceUnit, o); err != nil {
			t.Fatal(err)
		}
	}
	if more := int64(heap() - before); more > 1<<20 {
		t.Errorf("%d KiB are kept for 16 bibs", more>>10)
	}
	runtime.KeepAlive(l)
}
