package checkup

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/uploader"
)

// patience bounds each question to the network.
const patience = 15 * time.Second

func name(ctx context.Context, f Facts) Finding {
	const item = "name of the server"
	host := f.Config.OpenTrack.Server.Hostname()
	if net.ParseIP(host) != nil {
		return green(item, "%s is an address", host)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := f.Lookup(ctx, host); err != nil {
		return red(item, "look at the network: cable, WLAN, mobile data; a login page of the WLAN; or correct [opentrack] competition",
			"%s is not found: %v", host, err)
	}
	return green(item, "%s is found", host)
}

func connection(ctx context.Context, f Facts) Finding {
	item := "secure connection"
	server := f.Config.OpenTrack.Server
	if server.Scheme != "https" {
		item = "connection"
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := f.Dial(ctx, addressOf(server)); err != nil {
		return red(item, mendOf(err), "%s: %v", server.Host, err)
	}
	if server.Scheme != "https" {
		return green(item, "%s answers, without TLS: an imitation on this machine", server.Host)
	}
	return green(item, "the certificate of %s is good", server.Host)
}

func addressOf(server *url.URL) string {
	port := server.Port()
	switch {
	case port != "":
	case server.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(server.Hostname(), port)
}

// mendOf is what to do about a connection that fails.
func mendOf(err error) string {
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return "look at this laptop's date and time: a wrong clock makes every certificate look expired"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "somebody else answers: log in to the network in a browser, or use another one; apt install ca-certificates where they are missing"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "somebody else answers: log in to the network in a browser, or use another one"
	}
	return "look at the network, and whether it lets https through; try another one"
}

func login(ctx context.Context, f Facts) Finding {
	const item = "login"
	if f.NoLogin != nil {
		return loginRed(item, "finishwatch login stores it", "%v", f.NoLogin)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := f.Server.Login(ctx)
	if err == nil {
		return green(item, "%s is taken", f.Config.OpenTrack.Username)
	}
	if refused, ok := errors.AsType[*uploader.Error](err); ok && refused.Class == uploader.LoginRefused {
		return loginRed(item, "correct username in [opentrack], or store another password: finishwatch login", "%v", err)
	}
	return red(item, "try again; if it stays so, use another network", "%v", err)
}

func loginRed(item, mend, format string, args ...any) Finding {
	found := red(item, mend, format, args...)
	found.Login = true
	return found
}

// rights looks for the competition among those that the user may edit (OpenTrack's documentation, my-competitions), by the
// short name at the end of their addresses.
func rights(ctx context.Context, f Facts) Finding {
	const item = "rights"
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	addresses, err := f.Server.Competitions(ctx)
	if err != nil {
		return unknown(item, "the list of competitions cannot be read: %v", err)
	}
	wanted := "/" + path.Base(f.Config.OpenTrack.Competition)
	if !slices.ContainsFunc(addresses, func(a string) bool { return strings.HasSuffix(strings.TrimRight(a, "/"), wanted) }) {
		return loginRed(item, "ask the meeting's director to make this user a director of it, or correct [opentrack] competition",
			"%s is not among the %d competitions of %s", f.Config.OpenTrack.Competition, len(addresses), f.Config.OpenTrack.Username)
	}
	return green(item, "%s may enter results of %s", f.Config.OpenTrack.Username, f.Config.OpenTrack.Competition)
}

func event(ctx context.Context, f Facts, unit state.Unit) Finding {
	item := "race " + unit.String()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	there, err := f.Server.Exists(ctx, unit)
	switch {
	case err != nil:
		return unknown(item, "its page cannot be read, which the director may have hidden: %v", err)
	case !there:
		return red(item, "add the event to OpenTrack's event grid, or correct eventid, round and heat in [[race]]", "OpenTrack has no such event")
	}
	return green(item, "is in OpenTrack's event grid")
}

// units are the units of the configuration, each once.
func units(cfg *config.Config) []state.Unit {
	var list []state.Unit
	for _, race := range cfg.Races {
		if !slices.Contains(list, race.Unit) {
			list = append(list, race.Unit)
		}
	}
	return list
}

// maxSkew is how far the clock may be off: the Date of an answer has whole seconds, and the answer took its time.
const maxSkew = 3 * time.Second

func clock(ctx context.Context, f Facts) Finding {
	const item = "clock"
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	theirs, ours, err := f.Date(ctx)
	if err != nil {
		return unknown(item, "the server does not tell its time: %v", err)
	}
	if off := ours.Sub(theirs).Round(time.Second); off.Abs() > maxSkew {
		word := "ahead of"
		if off < 0 {
			word = "behind"
		}
		return red(item, "timedatectl set-ntp true (Windows, macOS: set the time automatically); times of day in exports are not changed by it",
			"this laptop is %s %s the server", off.Abs(), word)
	}
	return green(item, "as the server's, within %s", maxSkew)
}
