package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"finishwatch/cmd/internal/status"
)

// The disk of the ledger is full, really: the daemon goes on reading, says so, sends nothing that it could not write down,
// and catches up by itself when there is room. Needs the right to mount.
func TestADiskThatIsFullForAWhile(t *testing.T) {
	f := newField(t)
	small := filepath.Join(f.dir, "small")
	f.must(os.Mkdir(small, 0o755))
	if err := syscall.Mount("none", small, "tmpfs", 0, "size=512k"); err != nil {
		t.Skip("mount:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) })
	f.ledgerFile = "small/finishwatch.db"
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.start("", oneRace)
	f.awaitPage("R1", "1=14:20")

	ballast := filepath.Join(small, "ballast")
	fill(t, ballast)
	var rows strings.Builder
	rows.WriteString("Bib,Time\n1,14:20\n")
	for bib := range 3000 {
		fmt.Fprintf(&rows, "%d,1:%02d:%02d\n", bib+100, bib/60, bib%60)
	}
	f.write("5k.csv", rows.String())
	f.awaitStatus("the full disk is said", func(s status.Status) bool {
		return s.State == status.Stalled && s.Unwritten && s.ExitCode() == 2 && strings.Contains(s.Trouble, "is there room on the disk?")
	})
	if got := len(f.page("R1")); got != 1 {
		t.Errorf("%d rows are public of which nothing is written down", got)
	}
	f.must(os.Remove(ballast))
	f.must(syscall.Mount("none", small, "tmpfs", syscall.MS_REMOUNT, "size=64m"))
	f.await("everything arrives when there is room", func() bool { return len(f.page("R1")) == 3001 })
	f.awaitStatus("it is over", func(s status.Status) bool {
		return s.State == status.Live && !s.Unwritten && s.Totals().Confirmed == 3001
	})
	if n := f.said("ledger can be written again"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for chunk := make([]byte, 4096); ; {
		if _, err := file.Write(chunk); err != nil {
			return
		}
	}
}
