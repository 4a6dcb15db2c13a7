package uploader

import (
	"math/rand/v2"
	"time"
)

// The waits of OPENTRACK section 6: from one second to one minute, doubling, with jitter, for ever.
const (
	firstWait = time.Second
	longWait  = time.Minute
)

// backoff counts the failures in a row.
type backoff struct {
	failures int
	since    time.Time // when the first of them happened
	class    Class     // of the last one
	local    bool      // the last one was ours (the ledger), not the server's
}

func (b *backoff) failing() bool { return b.failures > 0 }

// fail counts one more and returns how long to wait.
func (b *backoff) fail(now time.Time) time.Duration {
	if b.failures == 0 {
		b.since = now
	}
	b.failures++
	return doubled(b.failures)
}

// doubled returns the wait after so many failures, between three quarters of it and all of it.
func doubled(failures int) time.Duration {
	d := firstWait << min(failures-1, 10)
	d = min(d, longWait)
	return d - rand.N(d/4)
}

// slow is the wait for what only a person can mend: a login, an address, the event grid.
const slow = 30 * time.Second
