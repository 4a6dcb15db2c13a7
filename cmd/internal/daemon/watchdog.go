package daemon

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
)

// Every step of a loop ends by itself, in time: requests have a timeout, the ledger and the reading of a file have not, but
// take seconds. What goes on for longer hangs. The bounds are generous, because to start again on a slow laptop that only
// works hard would stop what one large file alone should have stopped.
const (
	maxRequests = 6                // of one step of the uploader: two logins, the request twice, and a person's in front of it
	maxLocal    = 10 * time.Second // on top of them, for the ledger
	maxWork     = 2 * time.Minute  // for reading one file into the ledger
)

// pulse is since when somebody has been at work. It takes no lock: who hangs may hold one.
type pulse struct {
	since atomic.Pointer[time.Time]
	enter func() // what a test build does there; nil for nothing
}

// working marks the feed as being at work until what it returns is called.
func (f *feed) working() (done func()) {
	now := time.Now()
	f.work.since.Store(&now)
	if f.work.enter != nil {
		f.work.enter()
	}
	return func() { f.work.since.Store(nil) }
}

// at is how long the work lasts that is under way; 0 where none is. Work that has just begun is not none, also where the
// clock ticks in milliseconds, as on Windows.
func (p *pulse) at(now time.Time) time.Duration {
	if since := p.since.Load(); since != nil {
		return max(now.Sub(*since), 1)
	}
	return 0
}

// watch tells the service manager that both loops make progress. When one hangs it says so once, and no more to the
// manager, which then starts finishwatch again: the ledger has everything.
func (d *Daemon) watch(ctx context.Context) error {
	patience, err := daemon.SdWatchdogEnabled(false)
	if err != nil || patience <= 0 {
		return nil // nobody watches
	}
	ticker := time.NewTicker(patience / 4)
	defer ticker.Stop()
	folder := &folderProbe{dir: d.cfg.Watch.Dir}
	hung := ""
	for {
		now := d.hung(time.Now(), folder)
		if now == "" {
			notify(daemon.SdNotifyWatchdog)
		} else if hung == "" {
			d.log.Error("a loop hangs; the service manager is not told any more that all is well, and starts finishwatch again",
				zap.String("reason", now))
		}
		hung = now
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// hung says which loop makes no progress, or nothing. A watcher that waits for a folder that answers nobody does not hang:
// to start again would not help it, and would stop the uploader.
func (d *Daemon) hung(now time.Time, folder answerer) string {
	switch {
	case d.uploader.Step() > maxRequests*d.cfg.OpenTrack.Timeout+maxLocal:
		return "the uploader"
	case d.feed.work.at(now) > maxWork:
		return "reading an export"
	case d.feed.work.at(now) == 0 && d.feed.quiet(now) > d.deaf()+maxLocal && folder.answers():
		return "the watcher"
	}
	return ""
}

// answerer tells whether the watched folder answers.
type answerer interface{ answers() bool }

// folderProbe asks for the folder beside the watcher. At most one question is open: each that a dead mount does not
// answer keeps a thread.
type folderProbe struct {
	dir  string
	open atomic.Bool
}

// probePatience is how long a folder that answers may take.
const probePatience = 2 * time.Second

func (p *folderProbe) answers() bool {
	if !p.open.CompareAndSwap(false, true) {
		return false
	}
	done := make(chan struct{})
	go func() {
		defer p.open.Store(false)
		_, _ = os.ReadDir(p.dir) // that it is gone is an answer too
		close(done)
	}()
	timer := time.NewTimer(probePatience)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
