package state_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
)

// What a start has read is in memory as what it means, and not as the bytes of the file as well.
func TestAStartDoesNotKeepTheFileInMemory(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	if _, err := l.Observe(raceUnit, field(5000)); err != nil {
		t.Fatal(err)
	}
	must(t, l.Close())
	l = open(t, path)
	defer l.Close()
	info, err := os.Stat(path)
	must(t, err)
	if resident := residentOf(t, path); resident<<10 > info.Size()/10 {
		t.Errorf("%d KiB of %d KiB", resident, info.Size()>>10)
	}
	if n := l.Counts(raceUnit).Read; n != 5000 {
		t.Errorf("%d were read", n)
	}
}

// residentOf is how much of a file is mapped and in memory, in KiB.
func residentOf(t *testing.T, path string) (kib int64) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	must(t, err)
	defer f.Close()
	mapped, seen := false, false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.Contains(line, "-") && strings.Contains(line, " r--s ") {
			mapped = strings.HasSuffix(line, path)
			seen = seen || mapped
		}
		if size, found := strings.CutPrefix(line, "Rss:"); found && mapped {
			_, err := fmt.Sscan(size, &kib)
			must(t, err)
			mapped = false
		}
	}
	if !seen {
		t.Fatal("the ledger is not mapped")
	}
	return kib
}
