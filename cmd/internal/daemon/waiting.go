package daemon

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"finishwatch/watcher"
)

// doing is what a run that shall end is at, for the person who waits for it.
type doing struct {
	mu   sync.Mutex
	text string // empty before it begins
}

func (d *doing) say(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.text = text
}

func (d *doing) said() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text
}

// Progress says in a line what [Daemon.Once] is waiting for, and how far it is.
func (d *Daemon) Progress() string {
	if text := d.doing.said(); text != "" {
		return text + ": " + d.counted()
	}
	what := d.feed.waitsFor()
	if what == "" {
		what = "reads the exports"
	}
	return what + ": " + d.counted()
}

func (d *Daemon) counted() string {
	read, confirmed, pending := 0, 0, 0
	for _, unit := range d.units {
		c := d.ledger.Counts(unit)
		read, confirmed, pending = read+c.Read, confirmed+c.Confirmed, pending+c.Pending
	}
	text := fmt.Sprintf("read %d, confirmed %d, waiting %d", read, confirmed, pending)
	if outage := d.uploader.Report().Outage; !outage.IsZero() {
		text += fmt.Sprintf(", server out of reach for %s", time.Since(outage).Round(time.Second))
	}
	return text
}

// note takes down whether a file has been read as far as it will be: a last line without a newline, or a spreadsheet,
// keeps a run that shall end waiting until it is still (see [watcher.Watcher.Settle]).
func (f *feed) note(s watcher.Snapshot) {
	text := bytes.TrimSuffix(s.Data, []byte{0}) // UTF-16, low byte first
	ended := len(text) == 0 || bytes.HasSuffix(text, []byte("\n")) || bytes.HasSuffix(text, []byte("\r"))
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done == nil {
		f.done = map[string]bool{}
	}
	f.done[s.Path] = s.Trust == watcher.Still || s.Trust >= watcher.Settled && ended
}

// waitsFor names the files that have not been read as far as they will be.
func (f *feed) waitsFor() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var files []string
	for _, path := range f.listing.Files {
		troubled := slices.ContainsFunc(f.listing.Troubles, func(t watcher.Trouble) bool { return t.Path == path })
		if !f.done[path] && !troubled {
			files = append(files, path)
		}
	}
	switch len(files) {
	case 0:
		return ""
	case 1:
		return "waits until " + files[0] + " has been quiet for long enough"
	}
	return fmt.Sprintf("waits until %s and %d more have been quiet for long enough", files[0], len(files)-1)
}
