package daemon

import (
	"fmt"
	"testing"

	"finishwatch/watcher"
)

// How far a file was read is kept of those that were read last, however many there are, and a file that is read whole again
// says the same.
func TestOfAThousandFilesOnlyTheLastOnesAreKeptHalfRead(t *testing.T) {
	d := newDesktop(t)
	take := func(i, rows int) {
		t.Helper()
		s := watcher.Snapshot{Path: fmt.Sprintf("%d.csv", i), Data: exportFrom(1000*i, rows), Trust: watcher.Settled}
		if rows > 1 {
			s.Unchanged = len(exportFrom(1000*i, rows-1))
		}
		if err := d.feed.Take(s); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 * maxGrowing {
		take(i, 1)
		take(0, i+1)
	}
	kept := 0
	for _, source := range d.feed.sources {
		kept += len(source.growths)
	}
	if kept != maxGrowing {
		t.Errorf("%d files are kept half read", kept)
	}
	if len(d.feed.sources["0.csv"].growths) != 1 {
		t.Error("the one that is being written is not among them")
	}
	take(1, 2) // one that was forgotten
	if n, want := d.ledger.Counts(d.unit).Read, 3*maxGrowing+3*maxGrowing; n != want {
		t.Errorf("%d finishes of %d were read", n, want)
	}
}
