// Package status is what the daemon publishes about itself besides its log: one small JSON file of counts, never of
// names, and the words in which people read it.
//
// The ledger's lock keeps a second process out of it, even to read, so `finishwatch status` reads this file. A file
// that is old says that the daemon is not running, or hangs.
package status

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"finishwatch/cmd/internal/borrow"
)

// The words of SERVICE section 3.
const (
	Live         = "LIVE"
	CatchingUp   = "CATCHING UP"
	Stalled      = "STALLED"
	NoFolder     = "NO FOLDER"
	LoginRefused = "LOGIN REFUSED"
	Paused       = "PAUSED"
	NotRunning   = "NOT RUNNING"
)

// Status is the daemon at one moment. Its JSON is a contract (DESIGN section 7): keys may be added, never renamed.
type Status struct {
	State         string    `json:"state"`
	Units         []Unit    `json:"units"`
	OldestPending float64   `json:"oldest_pending_s"` // seconds
	Outage        float64   `json:"outage_s"`         // seconds
	LastError     string    `json:"last_error"`
	Updated       time.Time `json:"updated"`

	Server  string `json:"server"`
	Folder  string `json:"folder"`
	Trouble string `json:"trouble"` // with the folder or a file, ending in what to do
	PID     int    `json:"pid"`
	Paused  bool   `json:"paused"` // a person's pause: everything is read, nothing sent

	Started time.Time `json:"started,omitzero"`         // when this configuration was put in force
	Refused string    `json:"config_refused,omitempty"` // why the last one that was asked for was not
}

// Unit is one race in numbers.
type Unit struct {
	Unit      string `json:"unit"`
	Name      string `json:"name"`
	Read      int    `json:"read"`
	Confirmed int    `json:"confirmed"`
	Pending   int    `json:"pending"`
	Held      int    `json:"held"`
	Verified  int    `json:"verified"`
	LastBib   string `json:"last_bib"`
	LastMark  string `json:"last_mark"`
	HeldWhy   string `json:"held_why"` // why one of the held rows is held
	OnHold    bool   `json:"on_hold"`  // a person's hold of the race

	VerifiedAt time.Time `json:"verified_at,omitzero"` // when the page was read last; zero for never
	Unverified string    `json:"unverified"`           // what is wrong on the page, or why it cannot be read
}

// Fresh is how old a status may be before the daemon counts as not running or hung. The daemon writes every [Beat].
const (
	Beat  = 2 * time.Second
	Fresh = 15 * time.Second
)

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

// Read returns the newest status of the files, and [NotRunning] when there is none or the newest is old. A file that
// cannot be read is an error only when no other can.
func Read(now time.Time, paths ...string) (Status, error) {
	newest := Status{State: NotRunning, Units: []Unit{}}
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
	if newest.Updated.IsZero() && unreadable != nil {
		return newest, unreadable
	}
	// A daemon that runs writes by the clock that is read here. A time that is still to come is from before the clock was
	// set back, and nobody has written since.
	if age := now.Sub(newest.Updated); age > Fresh || age < -Fresh {
		newest.State = NotRunning
	}
	return newest, nil
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

// attention reports whether a person should look at the race for another reason than held rows.
func (u Unit) attention() bool { return u.OnHold || u.Unverified != "" }

// Totals adds the units up.
func (s Status) Totals() Unit {
	var t Unit
	for _, u := range s.Units {
		t.Read += u.Read
		t.Confirmed += u.Confirmed
		t.Pending += u.Pending
		t.Held += u.Held
	}
	return t
}

// ExitCode is 0 fine, 1 attention, 2 bad, 3 not running (SERVICE section 3).
func (s Status) ExitCode() int {
	switch s.State {
	case NotRunning:
		return 3
	case Stalled, NoFolder, LoginRefused:
		return 2
	case CatchingUp, Paused:
		return 1
	}
	if s.Totals().Held > 0 || s.LastError != "" || s.Trouble != "" || slices.ContainsFunc(s.Units, Unit.attention) {
		return 1
	}
	return 0
}
