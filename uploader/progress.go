package uploader

import (
	"sync/atomic"
	"time"
)

// progress is the step that the loop is at. Whoever watches over the program asks it, so it takes no lock: a loop that
// hangs may hold one.
type progress struct{ since atomic.Pointer[time.Time] }

// step begins a step that takes as long as a request with its login at most.
func (p *progress) step() {
	now := time.Now()
	p.since.Store(&now)
}

// rest ends the last one: the loop waits for its time, or for something to do.
func (p *progress) rest() { p.since.Store(nil) }

// Step returns how long the loop has been at one step, which is a request with its login at most; zero while it waits for
// something to do.
func (u *Uploader) Step() time.Duration {
	since := u.progress.since.Load()
	if since == nil {
		return 0
	}
	return time.Since(*since)
}
