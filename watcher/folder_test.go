package watcher

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

func TestFolderMissingAtFirst(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.must(os.Remove(b.dir)) }, func(b *bench) {
		b.after(5500 * time.Millisecond)
		l := b.sink.last()
		if !errors.Is(l.Folder, fs.ErrNotExist) || !strings.HasSuffix(l.Folder.Error(), "correct [watch] dir") || l.Files != nil {
			t.Errorf("listing of a missing folder: %+v", l)
		}
		if !l.Changed.IsZero() {
			t.Errorf("changed at %v, want never", l.Changed)
		}
		b.write("a.csv", "1\n")
		b.after(time.Minute)
		b.wantTakes(`6.3s settled a.csv "1\n" first`)
		b.wantMessages("warn folder cannot be listed", "info folder can be listed again 6s")
	})
}

func TestFolderVanishesAndComesBackUnchanged(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.must(os.Rename(b.dir, b.dir+".away"))
		b.after(2 * time.Second)
		if l := b.sink.last(); l.Folder == nil {
			t.Errorf("listing: %+v", l)
		}
		b.must(os.Rename(b.dir+".away", b.dir))
		b.append("a.csv", "2\n")
		b.after(time.Minute)
		b.wantTakes(`300ms settled a.csv "1\n" first`, `3.3s grown a.csv "1\n2\n"`, `3.6s settled a.csv "1\n2\n"`)
		b.wantMessages("warn folder cannot be listed", "info folder can be listed again 2s")
	})
}

// What was half written when the share went away is not complete because the share was away for a minute.
func TestOutageBeginsQuietAnew(t *testing.T) {
	play(t, Config{}, nil, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.write("a.csv", "1\n2")
		b.event("a.csv", fsnotify.Create)
		b.after(100 * time.Millisecond)
		b.must(os.Rename(b.dir, b.dir+".away"))
		b.after(10 * time.Second)
		b.must(os.Rename(b.dir+".away", b.dir))
		b.after(time.Second)
		if got := b.sink.takes; len(got) != 1 || !strings.Contains(got[0], " settled ") {
			t.Fatalf("taken: %q", got)
		}
		if got := b.sink.takes[0]; !strings.HasPrefix(got, "11.1") {
			t.Errorf("settled before it was quiet for 300 ms after the outage: %s", got)
		}
	})
}

func TestListing(t *testing.T) {
	sink := play(t, Config{}, func(b *bench) { b.write("b.csv", "1\n"); b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		l := b.sink.last()
		if diff := cmp.Diff(Listing{Files: []string{"a.csv", "b.csv"}}, l); diff != "" {
			t.Errorf("listing (-want +got):\n%s", diff)
		}
		b.append("a.csv", "2\n")
		b.event("a.csv", fsnotify.Write)
		if got := b.sink.last().Changed.Sub(b.sink.began); got != 500*time.Millisecond || b.sink.last().Latest != "a.csv" {
			t.Errorf("%s changed at %v, want a.csv at 500ms", b.sink.last().Latest, got)
		}
		b.must(os.Remove(filepath.Join(b.dir, "b.csv")))
		b.after(2 * time.Second)
		if got := b.sink.last().Latest; got != "b.csv" {
			t.Errorf("%q changed, want b.csv, which is gone", got)
		}
	})
	if sink.listings[0].Files == nil {
		t.Error("files of a listed folder are nil")
	}
}
