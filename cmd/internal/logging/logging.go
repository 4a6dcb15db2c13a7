// Package logging makes the program's logger: zap, in the format that suits whoever reads it.
//
// [New] is all that a command needs. Its one idea: what a log line says may come from a stranger's file or a stranger's
// server, so every text is cleaned and bounded here, in one place, whatever the format ([Clean]). The packages that log
// use plain zap fields; their names are listed in [Fields].
//
// The package does not rotate, sample or ship logs: that is for journald, or for whoever redirects standard error.
package logging

import (
	"fmt"
	"io"
	"os"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"
)

const journalSocket = "/run/systemd/journal/socket"

// New returns a logger that writes to w, normally standard error.
//
// level is debug, info, warn or error. format is console, json, journal or auto: journal when w is connected to
// journald, console on a terminal, else json. getenv is asked for JOURNAL_STREAM, by which systemd tells a service that
// its standard error is the journal.
//
// Only one channel is used: journald sorts native entries and lines of standard error by arrival, each for itself, and
// a story told over both would come out of order.
func New(w *os.File, level, format string, getenv func(string) string) (*zap.Logger, error) {
	return Through(w, w, level, format, getenv)
}

// Through is New for a log whose lines take another way to w, such as above a line of progress.
func Through(through io.Writer, w *os.File, level, format string, getenv func(string) string) (*zap.Logger, error) {
	enabled, err := parseLevel(level)
	if err != nil {
		return nil, err
	}
	if format == "auto" {
		format = suitable(w, getenv)
	}
	out := unsynced(through)
	var core zapcore.Core
	switch format {
	case "console":
		core = newConsole(out, enabled)
	case "json":
		core = newJSON(out, enabled)
	case "journal":
		core = newJournal(journalSocket, newJSON(out, enabled), messageIDs(), time.Second)
	default:
		return nil, fmt.Errorf("log format %q: use auto, console, json or journal", format)
	}
	return zap.New(core, zap.ErrorOutput(out)), nil
}

// ToJournal reports whether w, normally standard error, ends in the journal.
func ToJournal(w *os.File, getenv func(string) string) bool {
	return isJournal(w, getenv("JOURNAL_STREAM"))
}

// parseLevel knows the four levels of the configuration; zap has more, which nobody should ask for.
func parseLevel(name string) (zapcore.Level, error) {
	switch name {
	case "debug", "info", "warn", "error":
		return zapcore.ParseLevel(name)
	}
	return 0, fmt.Errorf("log level %q: use debug, info, warn or error", name)
}

// suitable chooses the format for auto.
func suitable(w *os.File, getenv func(string) string) string {
	switch {
	case isJournal(w, getenv("JOURNAL_STREAM")):
		return "journal"
	case term.IsTerminal(int(w.Fd())):
		return "console"
	}
	return "json"
}

// isJournal reports whether stream, which reads device:inode in decimal, names the file behind w. The variable alone
// proves nothing: it is inherited by children whose standard error goes elsewhere (systemd.exec(5)).
func isJournal(w *os.File, stream string) bool {
	var device, inode uint64
	if n, err := fmt.Sscanf(stream, "%d:%d", &device, &inode); n != 2 || err != nil {
		return false
	}
	d, i, ok := identity(w)
	return ok && d == device && i == inode
}

// unsynced hides the file's Sync, which is an error on terminals and pipes; standard error is not buffered anyway.
func unsynced(w io.Writer) zapcore.WriteSyncer {
	return zapcore.Lock(zapcore.AddSync(struct{ io.Writer }{w}))
}
