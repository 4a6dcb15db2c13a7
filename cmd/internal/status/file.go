package status

import (
	"encoding/json"
	"errors"
	"fmt"
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

// Read returns the newest status of the files, with its Process as it is now; the State is [NotRunning] where that is not
// [Running]. A file that cannot be read is an error only when no other can.
func Read(now time.Time, paths ...string) (Status, error) {
	newest := Status{State: NotRunning, Process: NeverStarted, Units: []Unit{}, Alerts: []Alert{}, AlertTrouble: []string{}}
	var unreadable error
	for _, path := range paths {
		s, err := read(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			unreadable = err
		case s.Updated.After(newest.Updated):
			newest = s
		}
	}
	if newest.Updated.IsZero() {
		return newest, unreadable
	}
	return newest.seen(now, alive), nil
}

func read(path string) (Status, error) {
	var s Status
	text, err := borrow.ReadFile(path)
	if err != nil {
		return s, fmt.Errorf("read status: %w", err)
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("read status %s: %w; it is written anew when finishwatch runs", path, err)
	}
	return s, nil
}
