package alert

import "time"

// Memory is what outlives a daemon that stops for another configuration: the alerts that there are, and what nobody has
// been told of them. One daemon after the other has it, never two at once.
type Memory struct {
	tracker *Tracker
	untold  []Event
}

// NewMemory returns that of a program that begins.
func NewMemory() *Memory { return &Memory{tracker: NewTracker(0)} }

// watching is the tracker for another configuration.
func (m *Memory) watching(quiet time.Duration) *Tracker {
	m.tracker.quiet = quiet
	return m.tracker
}

// Forget leaves what nobody was told untold: there is no program to tell any more.
func (m *Memory) Forget() { m.untold = nil }
