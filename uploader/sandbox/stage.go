package sandbox

import (
	"maps"
	"slices"
	"time"
)

// A rehearsal shows on the page what it does to whoever uploads, and how it ended. The page is told by the same events
// that carry the results.

// liveStage is what is going on beside the results.
type liveStage struct {
	Faults  []liveFault  `json:"faults"`
	Now     string       `json:"now"`
	Verdict *liveVerdict `json:"verdict,omitempty"`
}

// liveFault is a fault that is on. Two orders of one name are one fault.
type liveFault struct {
	Name  string `json:"name"`
	Left  int64  `json:"left,omitempty"`  // milliseconds; 0 where requests are counted
	Count int    `json:"count,omitempty"` // requests that it will still hit; 0 where it goes by time
}

// liveVerdict is how a rehearsal ended.
type liveVerdict struct {
	Clean bool     `json:"clean"`
	Lines []string `json:"lines"`
}

// Announce shows a line on the page beside the faults that are on; an empty one takes it away.
func (s *Server) Announce(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = line
	s.restaged()
}

// Conclude shows on the page how a rehearsal ended.
func (s *Server) Conclude(clean bool, lines ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.verdict = &liveVerdict{Clean: clean, Lines: lines}
	s.restaged()
}

// Suffered is how many requests the faults that were ordered have hit so far, by their names; an order without a name
// goes by its kind.
func (s *Server) Suffered() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.suffered)
}

// restaged notes that what is going on has changed. The caller holds the lock.
func (s *Server) restaged() {
	s.stirred()
	s.staged = s.seq
}

// stage is what is going on now. The caller holds the lock.
func (s *Server) stage() *liveStage {
	now := time.Now()
	s.forgetOrders(now)
	stage := &liveStage{Faults: []liveFault{}, Now: s.now, Verdict: s.verdict}
	for _, order := range s.orders {
		i := slices.IndexFunc(stage.Faults, func(f liveFault) bool { return f.Name == order.name() })
		if i < 0 {
			i = len(stage.Faults)
			stage.Faults = append(stage.Faults, liveFault{Name: order.name()})
		}
		fault := &stage.Faults[i]
		if order.until.IsZero() {
			fault.Count += order.Count
		} else {
			fault.Left = max(fault.Left, order.until.Sub(now).Milliseconds(), 1)
		}
	}
	return stage
}
