// Package config reads the configuration file (DESIGN: TOML, one [[race]] table a race) and says every mistake in it at
// once, each with its place and what to write instead. Use [Load]; show its [*Mistakes] with Print.
//
// Its one idea: every key is one line of a table (schema.go) with a default and a kind, and a kind knows its own rules.
// Defaults, hints and the test of config.example.toml come from that table. The TOML library reads the values, a small
// finder (place.go) knows where they stand.
//
// It decides nothing else: no file is opened but the configuration and the password file, nothing is started.
package config

import (
	"net/url"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// Config is a configuration without mistakes. Paths are absolute.
type Config struct {
	Path      string // the file it came from
	OpenTrack OpenTrack
	Watch     Watch
	State     State
	Log       Log
	Alert     Alert
	Races     []Race // at least one
}

// OpenTrack says where results go and how politely.
type OpenTrack struct {
	Server         *url.URL // scheme and host only, such as https://data.opentrack.run
	Competition    string   // year/country/slug, such as 2026/GBR/api-test
	Username       string
	PasswordFile   string // empty where the systemd credential or the environment has it
	IgnoreUnknowns bool
	Compress       string        // auto, always, never
	Timeout        time.Duration // of one request
	MinInterval    time.Duration // between two PUTs
	MaxBatch       int           // rows in one PUT
	NewFinishers   state.Mode    // append or update
	Corrections    string        // update or hold
	Removals       string        // hold or replace
	RemovalsLimit  int           // bibs that replace may take away at once
}

// Watch says which folder is watched and how.
type Watch struct {
	Dir     string
	Poll    time.Duration
	Settle  time.Duration
	MaxAge  time.Duration // 0: any age
	MaxSize int64         // bytes
}

// State says where the ledger lies.
type State struct {
	File string
}

// Log says what is logged and how.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // auto, console, json, journal
}

// Alert says how people are told when something is wrong.
type Alert struct {
	Command      []string      // a program and its first arguments; empty for none
	HeartbeatURL *url.URL      // asked once a minute while results arrive; nil for none
	Quiet        time.Duration // without a new row while the race is on; 0: never
}

// Race says which files are one race, how they are read and where its results go.
type Race struct {
	Files []string // globs below Watch.Dir
	Unit  state.Unit
	Name  string
	Note  string
	Rules parse.Rules // without the chips: see [Race.Chips]

	ChipFile string // the chip map of a raw reader log; empty for none
	Line     int    // where its table begins in the configuration file

	Open []Open // what finishwatch init left to choose, and nobody has chosen
}

// Open is a key that is switched off below the word CHOOSE.
type Open struct {
	Key  string
	Line int
}
