// Package checkup looks at everything around finishwatch that a race day needs: the server, the login, and this laptop.
//
// Its one idea: each check is a small function of [Facts], which are asked through seams, so that every red light and its
// mend is tested without a network and without breaking a laptop. It changes nothing and sends no results.
package checkup

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/watcher"
)

// Light is how a check came out.
type Light int

// The lights. Unknown is neither: the check could not be made, or does not apply here.
const (
	Green Light = iota
	Red
	Unknown
)

// Finding is what one check found. A red one says in Mend what to do.
type Finding struct {
	Name  string
	Light Light
	Says  string
	Mend  string
	Login bool // it is the login or the rights, which has an exit code of its own
}

// Facts are what the checks ask. Files are asked for below the root of the file system, without a leading slash.
type Facts struct {
	Config  *config.Config
	Linux   bool
	Service string // the unit that runs this configuration; empty where none does
	Files   fs.FS
	Look    func() watcher.Listing            // into the watched folder, as this user
	Resolve func(path string) (string, error) // of links
	Free    func(folder string) (bytes uint64, err error)
	Lookup  func(ctx context.Context, host string) error
	Dial    func(ctx context.Context, address string) error // TLS, or plain TCP for a server on this machine
	Date    func(ctx context.Context) (theirs, ours time.Time, err error)
	Server  Server
	NoLogin error // why there is no password
}

// Server is what the checks need of OpenTrack.
type Server interface {
	Login(ctx context.Context) error
	Competitions(ctx context.Context) ([]string, error)
	Exists(ctx context.Context, unit state.Unit) (bool, error)
}

// Run makes all checks in turn and tells each finding as it comes. What depends on a check that failed is not tried: a
// laptop without a network has one red light, not eight.
func Run(ctx context.Context, f Facts, tell func(Finding)) (worst Finding) {
	note := func(found Finding) bool {
		tell(found)
		if found.Light == Red && (worst.Light != Red || found.Login) {
			worst = found
		}
		return found.Light != Red
	}
	for _, check := range []func(Facts) Finding{unit, folder, kind, inotify, ledger, space, lid, journal} {
		note(check(f))
	}
	if !note(name(ctx, f)) || !note(connection(ctx, f)) {
		return worst
	}
	note(clock(ctx, f))
	if !note(login(ctx, f)) {
		return worst
	}
	note(rights(ctx, f))
	for _, unit := range units(f.Config) {
		note(event(ctx, f, unit))
	}
	return worst
}

// Print writes a finding as one or two lines, in words and not only in colours.
func (f Finding) Print(w io.Writer) {
	word := map[Light]string{Green: "ok", Red: "RED", Unknown: "?"}[f.Light]
	fmt.Fprintf(w, "  %-4s %-22s %s\n", word, f.Name, f.Says)
	if f.Mend != "" {
		fmt.Fprintf(w, "       → %s\n", f.Mend)
	}
}

func green(name, format string, args ...any) Finding {
	return Finding{Name: name, Says: fmt.Sprintf(format, args...)}
}

func red(name, mend, format string, args ...any) Finding {
	return Finding{Name: name, Light: Red, Says: fmt.Sprintf(format, args...), Mend: mend}
}

func unknown(name, format string, args ...any) Finding {
	return Finding{Name: name, Light: Unknown, Says: fmt.Sprintf(format, args...)}
}
