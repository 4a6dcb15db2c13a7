package rehearsal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"finishwatch/uploader/sandbox"
)

// troubles play a script of faults, and count what really happened.
type troubles struct {
	faults []fault
	server *sandbox.Server
	daemon *process
	say    func(text string)

	mu       sync.Mutex
	windows  map[string]int // times that a fault was on and hit something
	on       int            // faults that are on
	finished time.Time      // when the last one was over
}

// play plays every fault at its time and returns when all are over, or ctx ends.
func (t *troubles) play(ctx context.Context, start time.Time) error {
	var group sync.WaitGroup
	var failed error
	for _, f := range t.faults {
		group.Go(func() {
			defer t.count(-1)
			if !wait(ctx, time.Until(start.Add(f.at))) {
				return
			}
			if err := t.happen(ctx, f); err != nil {
				t.mu.Lock()
				defer t.mu.Unlock()
				failed = err
			}
		})
	}
	group.Wait()
	return failed
}

func (t *troubles) count(by int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on += by
	t.finished = time.Now()
}

// over reports whether every fault is over, and for how long they have been.
func (t *troubles) over() (bool, time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.on == 0, time.Since(t.finished)
}

// happen lets one fault happen from its beginning to its end.
func (t *troubles) happen(ctx context.Context, f fault) error {
	t.say(fmt.Sprintf("FAULT  %s: %s", f, f.summary))
	if f.name == "kill" {
		return t.kill(ctx)
	}
	before := t.server.Suffered()[f.name]
	for _, order := range f.orders {
		order.Name, order.For, order.First = f.name, f.length.String(), f.windows
		if err := t.server.Order(order); err != nil {
			return err
		}
	}
	wait(ctx, f.length)
	t.say("FAULT  " + f.name + " is over")
	if t.server.Suffered()[f.name] > before {
		t.survived(f.name)
	}
	return nil
}

// kill kills the daemon and starts it again.
func (t *troubles) kill(ctx context.Context) error {
	if t.daemon.failure() != nil {
		return nil // it is dead already, and the verdict says so
	}
	t.server.Announce("finishwatch was killed and is starting again")
	defer t.server.Announce("")
	t.daemon.kill()
	if err := t.daemon.start(); err != nil {
		return err
	}
	err := t.daemon.ready(ctx)
	if ctx.Err() != nil {
		return nil // it is not the daemon's fault that the play is over
	}
	if err != nil {
		return err
	}
	t.say("FAULT  finishwatch runs again")
	t.survived("kill")
	return nil
}

func (t *troubles) survived(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.windows == nil {
		t.windows = map[string]int{}
	}
	t.windows[name]++
}

// survival is how often one fault really struck.
type survival struct {
	Fault string `json:"fault"`
	Times int    `json:"times"` // 0: it met nothing, so that nothing is known
	Hits  int    `json:"requests"`

	words [2]string
}

// survivals are what was really survived, by kind of fault.
func (t *troubles) survivals() []survival {
	hits := t.server.Suffered()
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []survival
	for _, k := range faultKinds() {
		for _, f := range t.faults {
			if f.name != k.name {
				continue
			}
			s := survival{Fault: k.name, Times: t.windows[k.name], Hits: hits[k.name], words: k.counted}
			if !k.windows {
				s.Times = s.Hits
			}
			list = append(list, s)
			break
		}
	}
	return list
}
