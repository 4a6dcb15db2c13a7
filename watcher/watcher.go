package watcher

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// minGap is the least time between two looks: a burst of events costs a few looks, not thousands. The first event
	// after a quiet moment is looked at immediately.
	minGap = time.Millisecond
	// maxGap bounds the pause that follows a slow look.
	maxGap = 50 * time.Millisecond
)

// Watcher watches one folder. It holds nothing open and remembers no file while neither Run nor Settle is running; only
// one of them may run at a time.
type Watcher struct {
	config Config
	log    *zap.Logger
	open   func(dir string) (folder, error)
	notify func() (*feed, error)

	mu    sync.Mutex
	again map[string]bool // paths to offer again
}

// New returns a watcher and starts nothing. Where config has zero, Poll is a second, Settle 300 ms and MaxSize 64 MiB.
func New(config Config, log *zap.Logger) *Watcher {
	config.Poll = orDefault(config.Poll, time.Second)
	config.Settle = orDefault(config.Settle, 300*time.Millisecond)
	config.MaxSize = orDefault(config.MaxSize, 64<<20)
	return &Watcher{config: config, log: log, open: openFolder, notify: openFeed}
}

func orDefault[T ~int64](value, otherwise T) T {
	if value <= 0 {
		return otherwise
	}
	return value
}

// Run watches until ctx ends and then returns nil. Nothing else ends it: a folder that is missing, replaced or
// unreadable is told to the sink and tried again.
//
// Run never interrupts the operating system: while a dead network mount keeps it waiting, it hears neither ctx nor
// changes.
func (w *Watcher) Run(ctx context.Context, sink Sink) error {
	l := w.newLoop(sink)
	defer l.hints.close()
	for ctx.Err() == nil {
		l.look(ctx)
		l.wait(ctx)
	}
	return nil
}

// Settle works like Run, but returns nil as soon as every matching file has been taken as far as it ever will be, which
// is [Settled], or [Still] where the last line has no newline, or is in trouble. No matching file at all is settled. It
// returns why the folder cannot be listed, or the error of ctx. While the sink refuses a snapshot it goes on offering it.
func (w *Watcher) Settle(ctx context.Context, sink Sink) error {
	l := w.newLoop(sink)
	defer l.hints.close()
	for ctx.Err() == nil {
		listing := l.look(ctx)
		switch {
		case listing.Folder != nil:
			return listing.Folder
		case ctx.Err() == nil && l.done(listing):
			return nil
		}
		l.wait(ctx)
	}
	return ctx.Err()
}

// wait returns when the next look is due: at the next poll, when a file has something due, or at a hint.
func (l *loop) wait(ctx context.Context) {
	gap := l.ended.Add(max(minGap, min(l.took, maxGap)))
	timer := time.NewTimer(time.Until(later(l.wake, gap)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return
	case <-timer.C:
		return
	case <-l.hints.wake:
	}
	pause := time.Until(gap)
	if pause <= 0 {
		return
	}
	timer.Reset(pause)
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
