package daemon

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"finishwatch/cmd/internal/status"
)

// tidy gives memory back when a spell of work is over. By itself the runtime would keep what a large export took until two
// minutes later, and on a quiet laptop the next collection has nothing to do with anything.
func (d *Daemon) tidy(ctx context.Context) error {
	ticker := time.NewTicker(status.Beat)
	defer ticker.Stop()
	s := spell{work: true} // the start is one
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if s.over(allocated()) {
			debug.FreeOSMemory()
		}
	}
}

// spell is a spell of work, as far as it takes memory.
type spell struct {
	seen uint64 // bytes that had been allocated when it was looked at last
	work bool   // there has been some since memory was given back
}

// worth is how many bytes have to be allocated between two looks to count as work: more than status and polling take.
const worth = 4 << 20

// over reports whether there has been work and is none any more; allocated counts the bytes since the start.
func (s *spell) over(allocated uint64) bool {
	busy := allocated-s.seen > worth
	s.seen = allocated
	over := s.work && !busy
	s.work = busy
	return over
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
