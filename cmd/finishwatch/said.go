package main

import (
	"fmt"
	"strings"
	"sync/atomic"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/state"
)

// said counts what is said of a request, to tell whoever waits how far it is.
type said struct {
	races        int // that verify reads back when none is named
	lines, heads atomic.Int64
}

// count takes one line. A race's report begins at the margin, and what belongs to it is indented.
func (s *said) count(line string) {
	s.lines.Add(1)
	if !strings.HasPrefix(line, " ") {
		s.heads.Add(1)
	}
}

// progress is what is waited for; empty for what is done at once.
func (s *said) progress(r control.Request) string {
	switch r.Do {
	case control.Verify:
		switch {
		case r.Race != "":
			return "reads the results of " + r.Race + " back from OpenTrack"
		case r.CSV:
			return fmt.Sprintf("reads the results back from OpenTrack: %d lines", s.lines.Load())
		}
		return fmt.Sprintf("reads the results back from OpenTrack: %d of %d races", s.heads.Load(), s.races)
	case control.History:
		return fmt.Sprintf("reads the history: %d lines", s.lines.Load())
	case control.Plan:
		return "compares " + r.Race + " with its page on OpenTrack"
	case control.Replace:
		return "loads " + r.Race + " anew into OpenTrack"
	}
	return ""
}

// racesOf is how many races a configuration has in OpenTrack: several tables may feed one.
func racesOf(cfg *config.Config) int {
	units := map[state.Unit]bool{}
	for _, race := range cfg.Races {
		units[race.Unit] = true
	}
	return len(units)
}
