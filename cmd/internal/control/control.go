// Package control lets a person speak to the daemon: pause, hold, release, history, verify, sync. The daemon serves a
// socket beside its status, or the one that systemd hands over; a command of the program asks there, and where no daemon
// runs, does the same on the ledger itself.
//
// Its one idea: a [Desk] carries a [Request] out and says what it did, line by line, and does not know whether it sits
// in the daemon or in the command. It decides nothing on its own: whatever changes the public comes from a person.
package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// Request is what a person asks for.
type Request struct {
	Do    string `json:"do"`             // one of the words below
	Race  string `json:"race,omitempty"` // a unit such as R1/1/1, an event with one unit, or the race's name
	Bib   string `json:"bib,omitempty"`
	Mark  string `json:"mark,omitempty"`
	CSV   bool   `json:"csv,omitempty"`
	Seen  string `json:"seen,omitempty"`  // replace: which plan the person has seen
	Force bool   `json:"force,omitempty"` // replace: also when the page could not be read
}

// The words of [Request.Do].
const (
	Pause   = "pause"
	Resume  = "resume"
	Hold    = "hold"
	Release = "release"
	History = "history"
	Verify  = "verify"
	Plan    = "plan"    // sync: what replacing a race would change
	Replace = "replace" // sync: do it
	Reload  = "reload"
	Guards  = "guards" // explain: what keeps rows of a race back; lines of bib, TAB, reason
)

// Outcome is how a request ended.
type Outcome struct {
	Exit  int    `json:"exit"`            // the command's exit code
	Error string `json:"error,omitempty"` // for people, ending in what to do
	Seen  string `json:"seen,omitempty"`  // plan: which plan was shown
}

// Doer carries out requests; say takes the lines for the person as they come.
type Doer interface {
	Do(ctx context.Context, r Request, say func(line string)) Outcome
}

// maxPath is the longest path of a socket, in bytes: every system takes 103, and it is made under a longer name first.
const maxPath = 85

// SocketFor is where the daemon listens whose status goes to statusFile: beside it, or, where that path is too long for a
// socket, in the folder for temporary files.
func SocketFor(statusFile string) string {
	path := filepath.Join(filepath.Dir(statusFile), "control.sock")
	if filepath.Base(statusFile) != "status.json" {
		path = statusFile + ".sock" // several ledgers may lie in one folder
	}
	if len(path) <= maxPath {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), "finishwatch-"+hex.EncodeToString(sum[:8])+".sock")
}
