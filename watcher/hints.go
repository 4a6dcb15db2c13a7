package watcher

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

// reconnect is how long after a failure the operating system is asked for notifications again.
const reconnect = 30 * time.Second

// notifier is what is used of [fsnotify.Watcher].
type notifier interface {
	Add(folder string) error
	WatchList() []string
	Close() error
}

// feed is a notifier with its channels.
type feed struct {
	notifier
	events <-chan fsnotify.Event
	errors <-chan error
}

func openFeed() (*feed, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &feed{w, w.Events, w.Errors}, nil
}

// hints are the notifications of the operating system, reduced to "look now" and "read this file even if it seems
// unchanged". Without them the poll does the same later.
type hints struct {
	dir    string
	globs  globs
	log    *zap.Logger
	open   func() (*feed, error)
	wake   chan struct{} // capacity 1: any number of events is one look
	feed   *feed         // nil while there is none
	failed time.Time     // when feed could not be opened
	armed  map[string]fs.FileInfo
	live   map[string]bool // what the operating system said at the beginning of the look that it watches
	blind  error           // why some folder is not watched; nil when all are
	drain  sync.WaitGroup

	mu    sync.Mutex
	named map[string]bool // paths that events named since the last look
	lost  bool            // events were lost: any file may have been named
}

func newHints(dir string, g globs, open func() (*feed, error), log *zap.Logger) *hints {
	return &hints{
		dir: filepath.Clean(dir), globs: g, log: log, open: open,
		wake:  make(chan struct{}, 1),
		armed: map[string]fs.FileInfo{}, named: map[string]bool{},
	}
}

// begin prepares for a look and returns which files events have named since the last one.
func (h *hints) begin(now time.Time) (named func(path string) bool) {
	h.connect(now)
	h.live = map[string]bool{}
	if h.feed != nil {
		for _, folder := range h.feed.WatchList() {
			h.live[folder] = true
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	paths, lost := h.named, h.lost
	h.named, h.lost = map[string]bool{}, false
	return func(path string) bool { return lost || paths[path] }
}

// connect opens the feed and starts the one goroutine that drains it. Both its channels are unbuffered: whoever is slow
// to read them loses events, so that goroutine only marks.
func (h *hints) connect(now time.Time) {
	if h.feed != nil || (!h.failed.IsZero() && now.Sub(h.failed) < reconnect) {
		return
	}
	f, err := h.open()
	if err != nil {
		h.failed = now
		h.say(err)
		return
	}
	h.feed = f
	h.drain.Go(func() { h.listen(f) })
}

// close ends the feed and waits for its goroutine.
func (h *hints) close() {
	if h.feed != nil {
		h.feed.Close()
	}
	h.drain.Wait()
}

// arm makes sure that a folder is watched: anew when another folder has taken its place (renamed away and made again,
// mounted over), or when the watch has gone. The operating system tells of neither. The caller lists the folder
// afterwards, so that nothing falls between.
func (h *hints) arm(folder string, id fs.FileInfo) error {
	if h.feed == nil {
		return nil // said by connect
	}
	full := filepath.Join(h.dir, filepath.FromSlash(folder))
	if was := h.armed[full]; was != nil && h.live[full] && os.SameFile(was, id) {
		return nil
	}
	delete(h.armed, full)
	if err := h.feed.Add(full); err != nil {
		return err
	}
	h.armed[full] = id
	return nil
}

// say logs when watching fails and when it works again.
func (h *hints) say(err error) {
	if (err == nil) == (h.blind == nil) {
		return
	}
	h.blind = err
	if err == nil {
		h.log.Info("notifications work again", zap.String("folder", h.dir))
		return
	}
	advice := "changes are found by the poll"
	if noWatches(err) {
		advice = "the system is out of inotify watches or instances, changes are found by the poll: " +
			"raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl"
	}
	h.log.Warn("no notifications for folder", zap.String("folder", h.dir), zap.Error(err), zap.String("advice", advice))
}

// listen marks until the feed is closed.
func (h *hints) listen(f *feed) {
	events, errs := f.events, f.errors
	for events != nil || errs != nil {
		select {
		case ev, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			h.mark(ev)
		case err, ok := <-errs:
			if !ok {
				errs = nil
				continue
			}
			h.overflow(err)
		}
	}
}

// mark notes an event. Writes to files that no pattern asks for are none of our business: a data base in the same folder
// must not keep us listing.
func (h *hints) mark(ev fsnotify.Event) {
	rel, err := filepath.Rel(h.dir, ev.Name)
	if err != nil {
		return
	}
	rel = filepath.ToSlash(rel)
	switch {
	case h.globs.match(rel):
		h.mu.Lock()
		h.named[rel] = true
		h.mu.Unlock()
	case rel == ".":
	case ignored(filepath.Base(rel)):
		return
	case !ev.Has(fsnotify.Create) && !ev.Has(fsnotify.Remove) && !ev.Has(fsnotify.Rename):
		return
	}
	h.nudge()
}

// overflow is any error of the feed: whatever it was, something may have been missed.
func (h *hints) overflow(err error) {
	if errors.Is(err, fsnotify.ErrClosed) {
		return
	}
	h.mu.Lock()
	h.lost = true
	h.mu.Unlock()
	h.nudge()
}

func (h *hints) nudge() {
	select {
	case h.wake <- struct{}{}:
	default: // one is waiting already
	}
}
