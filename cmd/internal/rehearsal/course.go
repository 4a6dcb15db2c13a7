package rehearsal

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/watcher"
)

// course is what is played: exports and when each of their lines comes about.
type course struct {
	exports []*export
	length  time.Duration // until the last event
	left    []string      // files that are not played and why, for people
}

// export is one file of the timing program.
type export struct {
	name   string // below the watched folder, with slashes
	events []event
	whole  bool // a document, which is one event
}

// event is a line that comes about or changes.
type event struct {
	at   time.Duration // since the start of the play
	line int           // its place in the file, from 0
	text []byte        // with its newline
}

const (
	// pace is the least time between two writes.
	pace = 40 * time.Millisecond
	// lead is how long the head of a file stands there before the first finisher.
	lead = 10 * pace
)

// lengthFor is how long so many lines take unless somebody asks for another speed: a small field at a walking pace, a
// hundred thousand in about a minute.
func lengthFor(lines int) time.Duration {
	return min(time.Duration(lines)*pace, 12*time.Second+time.Duration(lines)*time.Millisecond/2)
}

// ordered sorts the events, and takes down how long they last.
func (c *course) ordered() *course {
	for _, e := range c.exports {
		slices.SortStableFunc(e.events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
		if n := len(e.events); n > 0 {
			c.length = max(c.length, e.events[n-1].at)
		}
	}
	return c
}

// stretch makes the play at least so long.
func (c *course) stretch(length time.Duration) {
	if c.length >= length || c.length == 0 {
		return
	}
	factor := float64(length) / float64(c.length)
	for _, e := range c.exports {
		for i := range e.events {
			e.events[i].at = time.Duration(float64(e.events[i].at) * factor)
		}
	}
	c.length = length
}

// final is an export as it is in the end.
func (e *export) final() []byte {
	var p paper
	p.take(e.events)
	return p.text
}

// paper is what an export says at one moment.
type paper struct {
	lines [][]byte // nil for a line that has not come about
	end   int      // behind the last line that has
	text  []byte   // all of them
}

// take writes events down. It reports whether anything but the end of the file changed, and the lines that came behind
// the end otherwise.
func (p *paper) take(events []event) (changed bool, behind [][]byte) {
	for _, e := range events {
		for len(p.lines) <= e.line {
			p.lines = append(p.lines, nil)
		}
		if e.line < p.end {
			changed = true
		} else {
			behind = append(behind, e.text)
			p.text = append(p.text, e.text...)
			p.end = e.line + 1
		}
		p.lines[e.line] = e.text
	}
	if changed {
		p.text = bytes.Join(p.lines[:p.end], nil)
	}
	return changed, behind
}

// half is the first half of the lines, as a program writes that was started anew and has not found all of its data.
func (p *paper) half() []byte { return bytes.Join(p.lines[:(p.end+1)/2], nil) }

// feeds reports whether a race reads a file.
func feeds(race config.Race, name string) bool {
	return slices.ContainsFunc(race.Files, func(pattern string) bool { return watcher.Match(pattern, name) })
}

// speedError says that an export cannot be played by its times.
func speedError(name, why string) error {
	return fmt.Errorf("rehearsal: --speed goes by the finish times, and %s %s; leave --speed out", name, why)
}
