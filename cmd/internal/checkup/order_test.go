package checkup

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Of several red lights the first is what to begin with, and the login has the last word also before others.
func TestTheWorstLight(t *testing.T) {
	l := newLaptop()
	l.free, l.server.there = 0, false
	if worst := Run(t.Context(), l.Facts, func(Finding) {}); worst.Name != "free space" {
		t.Errorf("worst is %+v", worst)
	}
	l = newLaptop()
	l.server.competitions, l.server.there = nil, false
	if worst := Run(t.Context(), l.Facts, func(Finding) {}); worst.Name != "rights" {
		t.Errorf("worst is %+v", worst)
	}
}

// What a green light says.
func TestGreenLights(t *testing.T) {
	l := newLaptop()
	l.listing.Share = "smb"
	l.Service = ""
	l.Config.OpenTrack.Server, _ = url.Parse("http://127.0.0.1:8080")
	said := map[string]string{}
	Run(t.Context(), l.Facts, func(f Finding) { said[f.Name] = f.Says })
	for name, want := range map[string]string{
		"service":            "run by hand",
		"watched folder":     "/srv/timing is readable, exports: 2",
		"kind of folder":     "a network share (smb): looked at every 1s",
		"ledger":             "in /var/lib/finishwatch/finishwatch.db",
		"name of the server": "127.0.0.1 is an address",
		"connection":         "without TLS",
	} {
		if !strings.Contains(said[name], want) {
			t.Errorf("%s: %q, want %q", name, said[name], want)
		}
	}
	l = newLaptop()
	Run(t.Context(), l.Facts, func(f Finding) { said[f.Name] = f.Says })
	for name, want := range map[string]string{
		"kind of folder": "on this machine", "secure connection": "the certificate of data.opentrack.run is good",
	} {
		if !strings.Contains(said[name], want) {
			t.Errorf("%s: %q, want %q", name, said[name], want)
		}
	}
}

func TestWhichPortIsCalled(t *testing.T) {
	for address, want := range map[string]string{
		"https://data.opentrack.run": "data.opentrack.run:443",
		"https://example.org:8443":   "example.org:8443",
		"http://127.0.0.1":           "127.0.0.1:80",
		"http://[::1]:8080":          "[::1]:8080",
	} {
		l := newLaptop()
		l.Config.OpenTrack.Server, _ = url.Parse(address)
		called := ""
		l.Dial = func(_ context.Context, address string) error { called = address; return nil }
		if Run(t.Context(), l.Facts, func(Finding) {}); called != want {
			t.Errorf("%s: %q is called", address, called)
		}
	}
}

// A network that takes ten seconds is slow and not dead; one that never answers ends.
func TestASlowNetwork(t *testing.T) {
	for takes, want := range map[time.Duration]Light{10 * time.Second: Green, time.Hour: Red} {
		synctest.Test(t, func(t *testing.T) {
			l := newLaptop()
			l.Lookup = func(ctx context.Context, _ string) error {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(takes):
					return nil
				}
			}
			if worst := Run(t.Context(), l.Facts, func(Finding) {}); worst.Light != want {
				t.Errorf("%s: %+v", takes, worst)
			}
		})
	}
}

func TestHowAFindingIsPrinted(t *testing.T) {
	for want, f := range map[string]Finding{
		"  ok   lid                    closed\n":                 green("lid", "closed"),
		"  RED  lid                    open\n       → shut it\n": red("lid", "shut it", "open"),
		"  ?    lid                    where?\n":                 unknown("lid", "where?"),
	} {
		var b strings.Builder
		if f.Print(&b); b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}
