package status

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"finishwatch/cmd/internal/borrow"
)

// Beat is how often the daemon writes its status at least.
const Beat = 2 * time.Second

// Write puts the status into its file at once: a reader sees the old one or the new one, never half of it.
func (s Status) Write(path string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".status-*")
	if err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(append(text, '\n'))
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Close())
	if err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	if err := borrow.Replace(temporary.Name(), path); err != nil {
		return fmt.Errorf("write status: %w", err)
	}
	return nil
}

// Read returns the status of the files that counts, with its Process as it is now; the State is [NotRunning] where that is
// not [Running]. That is the one of a daemon that runs, else the newest: where the clock was set back, what was left before
// that looks newer than what is so. A file that cannot be read is an error only when no other can.
func Read(now time.Time, paths ...string) (Status, error) {
	best := Status{State: NotRunning, Process: NeverStarted, Units: []Unit{}, Alerts: []Alert{}, AlertTrouble: []string{}}
	var unreadable error
	for _, path := range paths {
		s, err := read(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			unreadable = err
		case s.Updated.IsZero():
		default:
			if s = s.seen(now, alive); s.counts(best) {
				best = s
			}
		}
	}
	if best.Updated.IsZero() {
		return best, unreadable
	}
	return best, nil
}

// counts reports whether s says more about this moment than the other one.
func (s Status) counts(other Status) bool {
	if runs := s.Process == Running; runs != (other.Process == Running) {
		return runs
	}
	return s.Updated.After(other.Updated)
}

// maxFile bounds what is read: a hundred races take a tenth of it.
const maxFile = 4 << 20

func read(path string) (Status, error) {
	var s Status
	// A pipe in its place would keep whoever opens it waiting.
	info, err := os.Stat(path)
	if err != nil {
		return s, fmt.Errorf("read status: %w", err)
	}
	if !info.Mode().IsRegular() {
		return s, fmt.Errorf("read status %s: no regular file; take it away, and it is written anew when finishwatch runs", path)
	}
	f, err := borrow.Open(path)
	if err != nil {
		return s, fmt.Errorf("read status: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return s, fmt.Errorf("read status: %w", err)
	}
	if len(text) > maxFile {
		return s, fmt.Errorf("read status %s: too large; it is written anew when finishwatch runs", path)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read status %s: %w; it is written anew when finishwatch runs", path, err)
	}
	return s, nil
}
