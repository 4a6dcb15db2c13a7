package watcher

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
)

// heard is a sink for tests with the real notifications and the real clock.
type heard struct {
	takes    chan string
	listings chan Listing
}

func (h *heard) Take(s Snapshot) error {
	h.takes <- s.Trust.String() + " " + s.Path + " " + string(s.Data)
	return nil
}

func (h *heard) Listed(l Listing) {
	select {
	case h.listings <- l:
	default:
	}
}

// listen runs a watcher that polls so rarely that only notifications can be the cause of anything.
func listen(t *testing.T, dir string, patterns ...string) *heard {
	h := &heard{make(chan string, 100), make(chan Listing, 1)}
	w := New(Config{Dir: dir, Patterns: patterns, Poll: time.Hour, Settle: 30 * time.Millisecond}, zap.NewNop())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx, h) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
	<-h.listings // the watch is armed before the first listing
	return h
}

func (h *heard) want(t *testing.T, takes ...string) {
	t.Helper()
	for _, want := range takes {
		select {
		case got := <-h.takes:
			if got != want {
				t.Errorf("took %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing came, want %q", want)
		}
	}
}

func appendTo(t *testing.T, path, data string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(data)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// create makes a file that is never seen empty, however slow the machine.
func create(t *testing.T, path, data string) {
	t.Helper()
	appendTo(t, path+".tmp", data)
	if err := os.Rename(path+".tmp", path); err != nil {
		t.Fatal(err)
	}
}

func TestNotifiedOfAppends(t *testing.T) {
	dir := t.TempDir()
	h := listen(t, dir, "*.csv")
	create(t, filepath.Join(dir, "a.csv"), "1\n")
	h.want(t, "settled a.csv 1\n")
	appendTo(t, filepath.Join(dir, "a.csv"), "2\n")
	h.want(t, "grown a.csv 1\n2\n", "settled a.csv 1\n2\n")
}

func TestNotifiedInNewFolders(t *testing.T) {
	dir := t.TempDir()
	h := listen(t, dir, "**/*.csv")
	sub := filepath.Join(dir, "heat 1", "men")
	if err := os.MkdirAll(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	create(t, filepath.Join(sub, "a.csv"), "1\n")
	h.want(t, "settled heat 1/men/a.csv 1\n")
	appendTo(t, filepath.Join(sub, "a.csv"), "2\n")
	h.want(t, "grown heat 1/men/a.csv 1\n2\n")
}

// fsnotify is silent about a folder that is renamed away and made again.
func TestNotifiedInReplacedFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "timing")
	h := newHints(dir, globs{"*.csv"}, openFeed, zap.NewNop())
	defer h.close()
	arm := func() {
		h.begin(time.Now())
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.arm(".", info); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	for round := range 3 {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		arm()
		appendTo(t, filepath.Join(dir, "a.csv"), "1\n")
		deadline := time.After(10 * time.Second)
		for named := false; !named; {
			select {
			case <-h.wake:
				named = h.begin(time.Now())("a.csv")
			case <-deadline:
				t.Fatalf("round %d: no event of the new folder", round)
			}
		}
		if err := os.Rename(dir, dir+string(rune('a'+round))); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkNotified measures from an append to the snapshot, by notification.
func BenchmarkNotified(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "a.csv")
	h := &heard{make(chan string, 100), make(chan Listing, 1)}
	w := New(Config{Dir: dir, Patterns: []string{"*.csv"}, Poll: time.Hour, Settle: time.Hour}, zap.NewNop())
	w.config.Settle = 5 * time.Millisecond
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx, h) }()
	<-h.listings
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	<-h.takes // settled, and empty
	var total time.Duration
	for b.Loop() {
		time.Sleep(2 * minGap) // rows come one by one
		began := time.Now()
		if _, err := f.WriteString("349,14:25.10\n"); err != nil {
			b.Fatal(err)
		}
		grown := <-h.takes
		total += time.Since(began)
		if settled := <-h.takes; !strings.HasPrefix(grown, "grown") || !strings.HasPrefix(settled, "settled") {
			b.Fatal("unexpected snapshots")
		}
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N), "µs/notified")
	cancel()
	<-done
}
