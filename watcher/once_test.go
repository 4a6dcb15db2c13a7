package watcher

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestOnceReadsWhatAWatcherWouldRead(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		"5k.csv": "a", "late/10k.csv": "b", ".hidden.csv": "c", ".git/x.csv": "d", "half.csv.part": "e", "~$5k.xlsx": "f",
		"large.csv": strings.Repeat("x", 101),
	} {
		write(t, filepath.Join(dir, path), text)
	}
	write(t, filepath.Join(outside, "secret.csv"), "g")
	if runtime.GOOS != "windows" {
		if err := os.Symlink(filepath.Join(outside, "secret.csv"), filepath.Join(dir, "link.csv")); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	listing := Once(dir, []string{"**"}, 100, func(s Snapshot) bool {
		seen = append(seen, s.Path+"="+string(s.Data))
		return true
	})
	if want := []string{"5k.csv=a", "late/10k.csv=b"}; !slices.Equal(seen, want) {
		t.Errorf("read %q, want %q", seen, want)
	}
	var troubles []string
	for _, trouble := range listing.Troubles {
		troubles = append(troubles, trouble.Path)
	}
	if want := []string{"large.csv", "link.csv"}; runtime.GOOS != "windows" && !slices.Equal(troubles, want) {
		t.Errorf("troubles with %q, want %q", troubles, want)
	}
	if listing := Once(filepath.Join(dir, "nowhere"), []string{"**"}, 100, nil); listing.Folder == nil {
		t.Error("a folder that is not there has a listing")
	}
}

func TestOnceEndsWhenItIsTold(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
		write(t, filepath.Join(dir, name), "x")
	}
	n := 0
	Once(dir, []string{"*"}, 100, func(Snapshot) bool { n++; return n < 2 })
	if n != 2 {
		t.Errorf("%d files were read, want 2", n)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
