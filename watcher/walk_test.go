//go:build unix

package watcher

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLinkInsideIsFollowed(t *testing.T) {
	play(t, Config{}, func(b *bench) {
		b.write("day 1/results.txt", "1\n")
		b.must(os.Symlink("day 1/results.txt", b.path("a.csv")))
	}, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.append("day 1/results.txt", "2\n")
		b.after(10 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`, `1.3s grown a.csv "1\n2\n"`, `1.6s settled a.csv "1\n2\n"`)
	})
}

// The files of a linked folder are listed where they lie.
func TestLinkedFolderInsideIsNotFollowed(t *testing.T) {
	play(t, Config{Patterns: []string{"**/*.csv"}}, func(b *bench) {
		b.write("day 1/a.csv", "1\n")
		b.must(os.Symlink("day 1", b.path("today")))
		b.must(os.Symlink("day 1", b.path("today.csv")))
		b.must(os.Symlink("..", b.path("day 1/up")))
	}, func(b *bench) {
		b.after(time.Second)
		b.wantTakes(`300ms settled day 1/a.csv "1\n" first`)
		if l := b.sink.last(); len(l.Files) != 1 || len(l.Troubles) != 0 {
			t.Errorf("listing: %+v", l)
		}
	})
}

// A subfolder that cannot be listed for a moment must not make its results arrive anew.
func TestFilesOutOfSightAreNotForgotten(t *testing.T) {
	play(t, Config{Patterns: []string{"*/*.csv"}}, func(b *bench) { b.write("day 1/a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.hook(func(name string) error {
			if name == "day 1" {
				return syscall.EIO
			}
			return nil
		}, nil)
		b.after(2 * time.Second)
		l := b.sink.last()
		if len(l.Files) != 0 || len(l.Troubles) != 2 || l.Troubles[0].Path != "day 1" || l.Troubles[1].Path != "day 1/a.csv" {
			t.Errorf("listing: %+v", l)
		}
		b.wantMessages("warn file cannot be taken")
		b.w.open = openFolder
		b.append("day 1/a.csv", "2\n")
		b.after(time.Minute)
		b.wantTakes(
			`300ms settled day 1/a.csv "1\n" first`, `3.3s grown day 1/a.csv "1\n2\n"`, `3.6s settled day 1/a.csv "1\n2\n"`)
	})
}

func TestFoldersOutOfReachAreLeftAlone(t *testing.T) {
	play(t, Config{Patterns: []string{"*.csv", "today/*/*.csv"}}, func(b *bench) {
		for _, name := range []string{"today/5k/a.csv", "today/5k/deep/a.csv", "archive/5k/a.csv", "b.csv"} {
			b.write(name, "1\n")
		}
	}, func(b *bench) {
		if diff := cmp.Diff([]string{"b.csv", "today/5k/a.csv"}, b.sink.last().Files); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{b.dir, b.path("today"), b.path("today/5k")}, b.feed.added); diff != "" {
			t.Errorf("watched folders (-want +got):\n%s", diff)
		}
	})
}

func TestBounds(t *testing.T) {
	deep := "d" + strings.Repeat("/d", maxDepth)
	play(t, Config{Patterns: []string{"**/*.csv"}}, func(b *bench) {
		b.write(deep+"/a.csv", "1\n")
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		l := b.sink.last()
		if len(l.Files) != 1 || len(l.Troubles) != 1 || l.Troubles[0].Path != deep {
			t.Errorf("too deep: %+v", l)
		}
	})
}

// Somebody points a pattern at the folder with the photographs.
func TestTooManyEntries(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".csv"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w := &walk{root: root, globs: globs{"*.csv"}, arm: func(string, fs.FileInfo) {}, room: 20}
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	if len(w.files) != 20 || len(w.troubles) != 1 || !strings.Contains(w.troubles[0].Reason, "write narrower patterns") || !w.hides("x.csv") {
		t.Errorf("%d files, partial %q, troubles %v", len(w.files), w.partial, w.troubles)
	}
}
