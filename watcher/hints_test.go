//go:build unix

package watcher

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

func TestFolderReplacedIsWatchedAnew(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(1500 * time.Millisecond)
		if diff := cmp.Diff([]string{b.dir}, b.feed.added); diff != "" {
			t.Errorf("watched before (-want +got):\n%s", diff)
		}
		b.must(os.Rename(b.dir, b.dir+".old"))
		b.write("a.csv", "7\n")
		b.after(time.Minute)
		if diff := cmp.Diff([]string{b.dir, b.dir}, b.feed.added); diff != "" {
			t.Errorf("watched after (-want +got):\n%s", diff)
		}
		b.wantTakes(`300ms settled a.csv "1\n" first`, `2.6s settled a.csv "7\n"`)
	})
}

func TestWatchThatIsGoneIsMadeAnew(t *testing.T) {
	play(t, Config{}, nil, func(b *bench) {
		b.feed.live = nil // as after an unmount, of which nobody hears
		b.after(3 * time.Second)
		if got := len(b.feed.added); got != 2 {
			t.Errorf("watched %d times, want 2", got)
		}
	})
}

func TestOutOfWatches(t *testing.T) {
	play(t, Config{}, func(b *bench) {
		b.feed.err = syscall.ENOSPC
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		b.after(5500 * time.Millisecond)
		b.feed.err = nil
		b.after(5 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`)
		b.wantMessages("warn no notifications for folder", "info notifications work again")
		advice, _ := b.logs.FilterMessage("no notifications for folder").All()[0].ContextMap()["advice"].(string)
		if !strings.Contains(advice, "max_user_watches") {
			t.Errorf("advice: %q", advice)
		}
	})
}

func TestNoNotifierAtAll(t *testing.T) {
	var opened int
	play(t, Config{}, func(b *bench) {
		b.feed.closed = true
		b.w.notify = func() (*feed, error) { opened++; return nil, syscall.EMFILE }
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		b.after(61 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`)
		b.wantMessages("warn no notifications for folder")
	})
	if opened != 3 {
		t.Errorf("asked for a notifier %d times in a minute, want every 30 s", opened)
	}
}

func TestEvents(t *testing.T) {
	t.Run("an overflow means look now, and read everything", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			b.write("a.csv", "1\n")
			b.feed.errors <- fsnotify.ErrEventOverflow
			b.after(time.Minute)
			b.wantTakes(`800ms settled a.csv "1\n" first`)
		})
	})
	t.Run("a thousand events are a few looks", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			before := len(b.sink.listings)
			for range 1000 {
				b.event("a.csv", fsnotify.Write)
			}
			b.after(20 * time.Millisecond)
			if looks := len(b.sink.listings) - before; looks < 2 || looks > 3 {
				t.Errorf("%d looks", looks)
			}
		})
	})
	t.Run("writes to other files are not looked at", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			before := len(b.sink.listings)
			b.event("timing.db", fsnotify.Write)
			b.event("a.csv.tmp", fsnotify.Create)
			b.after(20 * time.Millisecond)
			if looks := len(b.sink.listings) - before; looks != 0 {
				t.Errorf("%d looks", looks)
			}
		})
	})
}
