// Package status is what the daemon publishes about itself besides its log: one small JSON file of counts, never of
// names, and the words in which people read it.
//
// The ledger's lock keeps a second process out of it, even to read, so `finishwatch status` reads this file. [Read] tells
// from its age and its process whether the daemon runs, hangs, was stopped or died; [Status.Print] says it to a person,
// [Watch] goes on saying it.
package status

import (
	"slices"
	"time"
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

	Unwritten bool `json:"ledger_unwritten,omitempty"` // the ledger could not be written: what was read since then is in the exports alone

	Started time.Time `json:"started,omitzero"`         // when this configuration was put in force
	Refused string    `json:"config_refused,omitempty"` // why the last one that was asked for was not

	Process Process `json:"process"`             // whether there is a daemon behind the numbers; see [Read]
	Birth   uint64  `json:"pid_birth,omitempty"` // by which the PID of a process that came later is told apart

	Share       string     `json:"share"`  // the network file system of the folder, such as "smb"; empty for a disk of this machine
	Poll        float64    `json:"poll_s"` // seconds between two looks into the folder
	Changed     time.Time  `json:"changed,omitzero"`
	ChangedFile string     `json:"changed_file"` // the file that changed then, relative to the folder
	Connection  Connection `json:"connection"`

	Alerts       []Alert  `json:"alerts"`        // the worst first
	AlertTrouble []string `json:"alert_trouble"` // why people are not told of them as [alert] says, ending in what to do
}

// Alert is something that a person should look at; package alert makes them.
type Alert struct {
	ID     string    `json:"id"` // stalled, login, folder, disk, refusals, missing, unverified, shrank, quiet, clock
	Title  string    `json:"title"`
	Detail string    `json:"detail"`
	Safe   string    `json:"safe"`
	Now    string    `json:"now"` // what to do
	Bad    bool      `json:"bad"` // results do not arrive
	Since  time.Time `json:"since"`
	Over   time.Time `json:"over_since,omitzero"` // since when it is not so any more: over, if it stays away
}

// Connection is what the server's answers have told.
type Connection struct {
	Answered time.Time `json:"answered,omitzero"`   // when it answered last; zero for never
	Took     float64   `json:"took_ms"`             // from that question to its answer, milliseconds
	Down     time.Time `json:"down_since,omitzero"` // since when it has not answered; zero when it does
	DownWhy  string    `json:"down_why,omitempty"`  // ending in what to do
	Login    string    `json:"login"`               // one of the words below
	Clock    *Clock    `json:"clock"`               // null when it is not known
}

// What is known of the login.
const (
	LoginOK       = "ok"
	LoginNo       = "refused"
	LoginNotTried = "not tried"
)

// Clock is how far this laptop's clock is ahead of the server's, in seconds; negative where it is behind.
type Clock struct {
	Ahead  float64 `json:"ahead_s"`
	Within float64 `json:"within_s"` // it may be so much more or less
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
	HeldWhy   string `json:"held_why"` // each reason with the bibs, or with how many
	OnHold    bool   `json:"on_hold"`  // a person's hold of the race

	VerifiedAt time.Time `json:"verified_at,omitzero"` // when the page could be read last; zero for never
	Unverified string    `json:"unverified"`           // what is wrong on the page, or why it cannot be read

	LastRead      time.Time `json:"last_read,omitzero"` // when the last finish or correction was read since the start
	LastFile      string    `json:"last_file"`          // and where
	LastLine      int       `json:"last_line"`
	LastConfirmed time.Time `json:"last_confirmed,omitzero"` // when an upload was accepted last since the start
	HTTPStatus    int       `json:"http_status"`             // of that upload
	HTTPTook      float64   `json:"http_took_ms"`            // milliseconds
	OldestPending float64   `json:"oldest_pending_s"`        // seconds
	Public        int       `json:"public"`                  // bibs with a mark in public, also where the files say another one now, or none
	Vanished      int       `json:"vanished"`                // bibs that are in no export any more, and stay public
	RefusedRows   int       `json:"refused_rows"`            // rows that the server does not take; they are among the held ones
	Refused       string    `json:"refused"`                 // why the server refuses the whole race; empty when it does not
	Missing       int       `json:"missing"`                 // rows that were accepted and are not on the page
	Different     int       `json:"different"`               // rows with another mark there than was accepted
	Unreadable    bool      `json:"unreadable"`              // the page could not be read at the last try
}

// attention reports whether a person should look at the race for another reason than held rows.
func (u Unit) attention() bool { return u.OnHold || u.Unverified != "" || u.Refused != "" }

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

// The exit codes of `finishwatch status` (SERVICE section 3).
const (
	ExitFine = iota
	ExitAttention
	ExitBad
	ExitNotRunning
)

// ExitCode is the exit code that fits.
func (s Status) ExitCode() int {
	switch s.State {
	case NotRunning:
		return ExitNotRunning
	case Stalled, NoFolder, LoginRefused:
		return ExitBad
	case CatchingUp, Paused:
		return ExitAttention
	}
	if len(s.Alerts) > 0 || len(s.AlertTrouble) > 0 || s.Totals().Held > 0 || s.LastError != "" || s.Trouble != "" || s.Refused != "" || !s.Connection.Down.IsZero() ||
		slices.ContainsFunc(s.Units, Unit.attention) {
		return ExitAttention
	}
	return ExitFine
}
