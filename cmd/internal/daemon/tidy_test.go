package daemon

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Memory is given back once after each spell of work, and not while it goes on.
func TestASpellOfWorkIsOverOnce(t *testing.T) {
	var s spell
	var got []bool
	total := uint64(0)
	for _, more := range []uint64{10 << 20, 5 << 20, 2 << 20, 100 << 10, 0, 6 << 20, 0, 0} {
		total += more
		got = append(got, s.over(total))
	}
	if diff := cmp.Diff([]bool{false, false, true, false, false, false, true, false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The runtime's counter has the name that is asked for; with another one there would never be any work.
func TestAllocationsAreCounted(t *testing.T) {
	before := allocated()
	room := make([]byte, 3<<20)
	if more := allocated() - before; more < uint64(len(room)) {
		t.Errorf("%d bytes for %d", more, len(room))
	}
}
