package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/uploader"
)

// The exit codes (DESIGN section 7).
const (
	exitOK       = 0
	exitRed      = 1  // something that check --online looked at is red
	exitUsage    = 64 // a command or flag that does not exist
	exitData     = 65 // an export that is refused, or rows that the server refuses
	exitReach    = 69 // the server is out of reach
	exitSoftware = 70 // our own mistake
	exitState    = 73 // the ledger is in use, damaged or not writable
	exitLogin    = 77 // the login is refused
	exitConfig   = 78 // the configuration has mistakes
)

// exit is an error that knows its exit code. Err may be nil when everything has been said.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// failed gives an error of a command its exit code.
func failed(err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*exit](err); ok {
		return known
	}
	return &exit{code: codeOf(err), err: ended(err)}
}

// unheard is a command's end without an answer of the server. The daemon tries again by itself; a command does not.
type unheard struct{ error }

func (u unheard) Error() string { return reword(u.error.Error()) }

func (u unheard) Unwrap() error { return u.error }

// reword says of a command what the server's errors say of the daemon.
func reword(text string) string {
	byItself := (&uploader.Error{Class: uploader.Unreachable}).Fix()
	text = strings.ReplaceAll(text, "login page of the network; "+byItself, "login page of the network, and run it again")
	return strings.ReplaceAll(text, byItself, "look at the network (cable, WLAN, mobile data), and run it again")
}

// command writes what a command that ends says of the server.
type command struct{ io.Writer }

// Write implements [io.Writer].
func (c command) Write(p []byte) (int, error) {
	if _, err := io.WriteString(c.Writer, reword(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ended is an error as a command ends with it.
func ended(err error) error {
	if refused, ok := errors.AsType[*uploader.Error](err); ok && refused.Class == uploader.Unreachable {
		return unheard{err}
	}
	return err
}

func codeOf(err error) int {
	if _, ok := errors.AsType[*state.LockedError](err); ok || errors.Is(err, state.ErrNotALedger) {
		return exitState
	}
	if _, ok := errors.AsType[*state.ForeignError](err); ok {
		return exitState
	}
	refused, ok := errors.AsType[*uploader.Error](err)
	if !ok {
		return exitData
	}
	switch refused.Class {
	case uploader.LoginRefused:
		return exitLogin
	case uploader.BatchRefused:
		return exitData
	case uploader.Unreachable, uploader.WrongAddress, uploader.Doubtful:
	}
	return exitReach
}

// loadConfig reads the configuration; whatever is wrong with it has its own exit code.
func loadConfig(path string) (*config.Config, error) {
	cfg, err := config.Load(path)
	if err != nil {
		return nil, &exit{code: exitConfig, err: err}
	}
	return cfg, nil
}

// report prints an error for a person and returns the exit code.
func report(err error) int {
	known, ok := errors.AsType[*exit](err)
	if !ok {
		fmt.Fprintf(os.Stderr, "finishwatch: %v\n", err)
		return exitUsage
	}
	if mistakes, ok := errors.AsType[*config.Mistakes](err); ok {
		mistakes.Print(os.Stderr)
	} else if known.err != nil {
		fmt.Fprintf(os.Stderr, "finishwatch: %v\n", known.err)
	}
	return known.code
}
