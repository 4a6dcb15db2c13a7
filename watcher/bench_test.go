package watcher

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testPoll   = time.Second
	testSettle = 300 * time.Millisecond
)

// bench is a watcher in a bubble: a real folder, a fake clock, notifications that come when the test says so.
type bench struct {
	t    *testing.T
	dir  string
	w    *Watcher
	feed *fakeFeed
	sink *recorder
	logs *observer.ObservedLogs
	stop context.CancelFunc
}

// play runs a scenario beside Run, in a bubble. Run is asleep whenever the scenario has the word.
func play(t *testing.T, config Config, prepare, scenario func(b *bench)) *recorder {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "timing")
	var b *bench
	synctest.Test(t, func(t *testing.T) {
		b = newBench(t, dir, config)
		if prepare != nil {
			prepare(b)
		}
		done := b.run(b.sink)
		scenario(b)
		stopped := time.Now()
		b.stop()
		if err := <-done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		if late := time.Since(stopped); late != 0 {
			t.Errorf("Run returned %v after its context ended", late)
		}
		if !b.feed.closed {
			t.Error("the notifier was not closed")
		}
	})
	return b.sink
}

// run starts Run and waits for its first look.
func (b *bench) run(sink Sink) (done chan error) {
	ctx, cancel := context.WithCancel(b.t.Context())
	b.stop = cancel
	done = make(chan error, 1)
	go func() { done <- b.w.Run(ctx, sink) }()
	synctest.Wait()
	return done
}

func newBench(t *testing.T, dir string, config Config) *bench {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	config.Dir = dir
	if config.Patterns == nil {
		config.Patterns = []string{"*.csv"}
	}
	config.Poll, config.Settle = testPoll, testSettle
	core, logs := observer.New(zapcore.DebugLevel)
	b := &bench{t: t, dir: dir, w: New(config, zap.New(core)), logs: logs}
	b.feed = newFakeFeed()
	b.w.notify = b.feed.open
	b.sink = &recorder{began: time.Now()}
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) write(name, data string) {
	b.t.Helper()
	b.must(os.MkdirAll(filepath.Dir(b.path(name)), 0o755))
	b.must(os.WriteFile(b.path(name), []byte(data), 0o644))
}

func (b *bench) append(name, data string) {
	b.t.Helper()
	f, err := os.OpenFile(b.path(name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	b.must(err)
	_, err = f.WriteString(data)
	b.must(errors.Join(err, f.Close()))
}

// replace writes a temporary file and renames it over the old one.
func (b *bench) replace(name, data string) {
	b.t.Helper()
	b.write("new.tmp", data)
	b.must(os.Rename(b.path("new.tmp"), b.path(name)))
}

// after lets time pass and everything happen that is due then.
func (b *bench) after(d time.Duration) {
	b.feed.fence()
	time.Sleep(d)
	synctest.Wait()
}

// event is a notification for a file, or for the folder when name is ".".
func (b *bench) event(name string, op fsnotify.Op) {
	b.feed.events <- fsnotify.Event{Name: b.path(name), Op: op}
	synctest.Wait()
}

// messages returns the log lines above DEBUG, with the file where there is one.
func (b *bench) messages() []string {
	var lines []string
	for _, e := range b.logs.FilterLevelExact(zapcore.WarnLevel).All() {
		lines = append(lines, "warn "+e.Message)
	}
	for _, e := range b.logs.FilterLevelExact(zapcore.InfoLevel).All() {
		line := "info " + e.Message
		if d, ok := e.ContextMap()["lasted"].(time.Duration); ok {
			line += " " + d.String()
		}
		lines = append(lines, line)
	}
	return lines
}

func (b *bench) wantMessages(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.messages()); diff != "" {
		b.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func (b *bench) wantTakes(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.sink.takes); diff != "" {
		b.t.Errorf("taken (-want +got):\n%s", diff)
	}
}

// recorder is a sink that keeps a transcript.
type recorder struct {
	began    time.Time
	takes    []string
	listings []Listing
	refuse   error // what Take returns
	onTake   func(Snapshot)
}

func (r *recorder) Take(s Snapshot) error {
	line := fmt.Sprintf("%v %v %s %q", time.Since(r.began), s.Trust, s.Path, s.Data)
	if s.First {
		line += " first"
	}
	if r.refuse != nil {
		line += " refused"
	}
	r.takes = append(r.takes, line)
	if r.onTake != nil {
		r.onTake(s)
	}
	return r.refuse
}

func (r *recorder) Listed(l Listing) { r.listings = append(r.listings, l) }

func (r *recorder) last() Listing { return r.listings[len(r.listings)-1] }

// fakeFeed is a notifier that watches what it is told to and hears nothing by itself.
type fakeFeed struct {
	mu     sync.Mutex // nothing but a fence
	added  []string
	live   []string
	err    error // what Add returns
	events chan fsnotify.Event
	errors chan error
	closed bool
}

func newFakeFeed() *fakeFeed {
	return &fakeFeed{events: make(chan fsnotify.Event), errors: make(chan error)}
}

func (f *fakeFeed) open() (*feed, error) { return &feed{f, f.events, f.errors}, nil }

func (f *fakeFeed) Add(folder string) error {
	if f.err != nil {
		return f.err
	}
	f.added = append(f.added, folder)
	if !slices.Contains(f.live, folder) {
		f.live = append(f.live, folder)
	}
	return nil
}

// WatchList is what a look calls first.
func (f *fakeFeed) WatchList() []string {
	f.fence()
	return f.live
}

// fence orders what a scenario did before what Run does next. In a bubble that is so anyway, but the race detector does
// not know that time passes for all at once.
func (f *fakeFeed) fence() {
	f.mu.Lock()
	defer f.mu.Unlock()
}

func (f *fakeFeed) Close() error {
	f.closed = true
	close(f.events)
	close(f.errors)
	return nil
}

// hooked is a folder in which things happen at the worst moment.
type hooked struct {
	folder
	onOpen    func(name string) error // before a file is opened
	afterRead func(name string)       // when a file has been read and is about to be compared
	opened    map[string]bool
}

func (b *bench) hook(onOpen func(string) error, afterRead func(string)) {
	b.w.open = func(dir string) (folder, error) {
		root, err := openFolder(dir)
		if err != nil {
			return nil, err
		}
		return &hooked{root, onOpen, afterRead, map[string]bool{}}, nil
	}
}

func (h *hooked) OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error) {
	if h.onOpen != nil {
		if err := h.onOpen(name); err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
	}
	h.opened[name] = true
	return h.folder.OpenFile(name, flag, perm)
}

func (h *hooked) Stat(name string) (fs.FileInfo, error) {
	if h.opened[name] && h.afterRead != nil {
		h.afterRead(name)
	}
	return h.folder.Stat(name)
}
