package checkup

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/watcher"
)

// server answers as a test says.
type server struct {
	login        error
	competitions []string
	list         error
	there        bool
	page         error
}

func (s *server) Login(context.Context) error                      { return s.login }
func (s *server) Competitions(context.Context) ([]string, error)   { return s.competitions, s.list }
func (s *server) Exists(context.Context, state.Unit) (bool, error) { return s.there, s.page }

// laptop is one on which everything is well; a test breaks one thing.
type laptop struct {
	Facts
	files   fstest.MapFS
	server  *server
	listing watcher.Listing
	free    uint64
	lookup  error
	dial    error
	ahead   time.Duration
	date    error
}

func newLaptop() *laptop {
	l := &laptop{free: 100 << 30, listing: watcher.Listing{Files: []string{"5k.csv"}}}
	l.server = &server{competitions: []string{"https://data.opentrack.run/x/2026/GBR/other/", "https://data.opentrack.run/x/2026/GBR/my-race/"}, there: true}
	l.files = fstest.MapFS{
		"srv/timing":                             {Mode: fs.ModeDir | 0o755},
		"srv":                                    {Mode: fs.ModeDir | 0o755},
		"srv/timing/5k.csv":                      {Mode: 0o644},
		"proc/sys/fs/inotify/max_user_watches":   {Data: []byte("65536\n")},
		"proc/sys/fs/inotify/max_user_instances": {Data: []byte("128\n")},
		"run/systemd/system":                     {Mode: fs.ModeDir | 0o755},
		"var/log/journal":                        {Mode: fs.ModeDir | 0o755},
		"proc/acpi/button/lid/LID0/state":        {},
		"etc/systemd/logind.conf":                {Data: []byte("[Login]\n#HandleLidSwitch=suspend\n")},
		"usr/lib/systemd/logind.conf.d/a.conf":   {Data: []byte("[Login]\nHandleLidSwitch=suspend\n")},
		"etc/systemd/logind.conf.d/race.conf":    {Data: []byte("[Login]\nHandleLidSwitch=ignore\nHandleLidSwitchExternalPower = ignore\n")},
	}
	address, _ := url.Parse("https://data.opentrack.run")
	l.Facts = Facts{
		Config: &config.Config{
			OpenTrack: config.OpenTrack{Server: address, Competition: "2026/GBR/my-race", Username: "me@example.org"},
			Watch:     config.Watch{Dir: "/srv/timing", Poll: time.Second},
			State:     config.State{File: "/var/lib/finishwatch/finishwatch.db"},
			Races:     []config.Race{{Unit: state.Unit{Event: "R1", Round: 1, Heat: 1}}},
		},
		Linux: true, Service: "finishwatch", Files: l.files, Server: l.server,
		Look:   func() watcher.Listing { return l.listing },
		Free:   func(string) (uint64, error) { return l.free, nil },
		Lookup: func(context.Context, string) error { return l.lookup },
		Dial:   func(context.Context, string) error { return l.dial },
		Date: func(context.Context) (theirs, ours time.Time, err error) {
			now := time.Date(2026, 5, 2, 10, 0, 0, 0, time.UTC)
			return now, now.Add(l.ahead), l.date
		},
	}
	return l
}

func refused(class uploader.Class) error { return &uploader.Error{Op: "log in", Class: class} }

func TestEachLightAndItsMend(t *testing.T) {
	tests := map[string]struct {
		broken func(*laptop)
		name   string // of the finding that is not green; empty for none
		light  Light
		says   string
		mend   string
	}{
		"all is well": {func(*laptop) {}, "", Green, "", ""},
		"the folder is not there": {
			func(l *laptop) { l.listing = watcher.Listing{Folder: errors.New("/srv/timing: no such folder")} },
			"watched folder", Red, "no such folder", "make or mount it",
		},
		"a file in it cannot be read": {
			func(l *laptop) { l.listing.Troubles = []watcher.Trouble{{Path: "5k.csv", Reason: "permission denied"}} },
			"watched folder", Red, "5k.csv: permission denied", "let finishwatch's user read it",
		},
		"the service's user may not enter": {
			func(l *laptop) { l.files["srv/timing"].Mode = fs.ModeDir | 0o750 },
			"watched folder", Red, "may not enter /srv/timing", "chmod o+rx /srv/timing",
		},
		"nor the folder above": {
			func(l *laptop) { l.files["srv"].Mode = fs.ModeDir | 0o700 },
			"watched folder", Red, "may not enter /srv", "chmod o+rx /srv",
		},
		"an export is for its owner alone": {
			func(l *laptop) { l.files["srv/timing/5k.csv"].Mode = 0o600 },
			"watched folder", Red, "may not read /srv/timing/5k.csv", "chmod o+r",
		},
		"run by hand, rights of others do not matter": {
			func(l *laptop) { l.Service = ""; l.files["srv/timing"].Mode = fs.ModeDir | 0o700 }, "", Green, "", "",
		},
		"below home": {
			func(l *laptop) { l.Config.Watch.Dir = "/home/me/race/timing" },
			"watched folder", Red, "sees no homes", "drop-ins/home.conf",
		},
		"below home, with the drop-in": {func(l *laptop) {
			l.Config.Watch.Dir = "/home/me/race/timing"
			l.files["home/me"] = &fstest.MapFile{Mode: fs.ModeDir | 0o700}
			l.files["etc/systemd/system/finishwatch.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=-/home/me/race\n")}
		}, "", Green, "", ""},
		"below home, with a drop-in for another folder": {func(l *laptop) {
			l.Config.Watch.Dir = "/home/me/race/timing"
			l.files["etc/systemd/system/finishwatch.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=/home/me/rac\n")}
		}, "watched folder", Red, "sees no homes", ""},
		"few watches": {
			func(l *laptop) { l.files["proc/sys/fs/inotify/max_user_watches"].Data = []byte("128\n") },
			"notifications", Red, "fs.inotify.max_user_watches is 128", "sysctl -w fs.inotify.max_user_watches=8192",
		},
		"a full disk": {func(l *laptop) { l.free = 20 << 20 }, "free space", Red, "20 MB", "make room"},
		"the lid": {
			func(l *laptop) { delete(l.files, "etc/systemd/logind.conf.d/race.conf") },
			"lid", Red, "closing it means suspend", "HandleLidSwitch=ignore",
		},
		"the lid on battery alone": {
			func(l *laptop) {
				l.files["etc/systemd/logind.conf.d/race.conf"].Data = []byte("HandleLidSwitchExternalPower=ignore\n")
			},
			"lid", Red, "closing it means suspend", "",
		},
		"no lid": {func(l *laptop) {
			delete(l.files, "etc/systemd/logind.conf.d/race.conf")
			delete(l.files, "proc/acpi/button/lid/LID0/state")
		}, "", Green, "", ""},
		"a journal in memory": {
			func(l *laptop) { delete(l.files, "var/log/journal") }, "journal", Red, "Storage=auto", "Storage=persistent",
		},
		"a journal that is switched to memory": {
			func(l *laptop) {
				l.files["etc/systemd/journald.conf"] = &fstest.MapFile{Data: []byte("Storage=volatile\n")}
			},
			"journal", Red, "Storage=volatile", "",
		},
		"no systemd":             {func(l *laptop) { delete(l.files, "run/systemd/system") }, "journal", Unknown, "does not run", ""},
		"the name is not found":  {func(l *laptop) { l.lookup = errors.New("no such host") }, "name of the server", Red, "no such host", "WLAN"},
		"nobody answers":         {func(l *laptop) { l.dial = errors.New("refused") }, "secure connection", Red, "refused", "another one"},
		"somebody else answers":  {func(l *laptop) { l.dial = x509.UnknownAuthorityError{} }, "secure connection", Red, "", "somebody else answers"},
		"expired certificates":   {func(l *laptop) { l.dial = x509.CertificateInvalidError{Reason: x509.Expired} }, "secure connection", Red, "", "date and time"},
		"the clock is ahead":     {func(l *laptop) { l.ahead = 90 * time.Second }, "clock", Red, "1m30s ahead of", "timedatectl"},
		"the clock is behind":    {func(l *laptop) { l.ahead = -4 * time.Second }, "clock", Red, "4s behind", ""},
		"a second is nothing":    {func(l *laptop) { l.ahead = time.Second }, "", Green, "", ""},
		"no time from there":     {func(l *laptop) { l.date = errors.New("no Date") }, "clock", Unknown, "no Date", ""},
		"no password":            {func(l *laptop) { l.NoLogin = errors.New("no password") }, "login", Red, "no password", "finishwatch login"},
		"the login is refused":   {func(l *laptop) { l.server.login = refused(uploader.LoginRefused) }, "login", Red, "", "finishwatch login"},
		"the login gets nowhere": {func(l *laptop) { l.server.login = refused(uploader.Unreachable) }, "login", Red, "", "another network"},
		"no rights":              {func(l *laptop) { l.server.competitions = l.server.competitions[:1] }, "rights", Red, "not among the 1", "director"},
		"rights are not told":    {func(l *laptop) { l.server.list = errors.New("HTTP 500") }, "rights", Unknown, "HTTP 500", ""},
		"no such event":          {func(l *laptop) { l.server.there = false }, "race R1/1/1", Red, "no such event", "event grid"},
		"a hidden page":          {func(l *laptop) { l.server.page = errors.New("HTTP 403") }, "race R1/1/1", Unknown, "HTTP 403", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLaptop()
			test.broken(l)
			var found []Finding
			Run(t.Context(), l.Facts, func(f Finding) {
				if f.Light != Green {
					found = append(found, f)
				}
				if f.Light == Red && f.Mend == "" {
					t.Errorf("red without a mend: %+v", f)
				}
			})
			if test.name == "" {
				if len(found) > 0 {
					t.Errorf("not green: %+v", found)
				}
				return
			}
			if len(found) == 0 || found[0].Name != test.name || found[0].Light != test.light ||
				!strings.Contains(found[0].Says, test.says) || !strings.Contains(found[0].Mend, test.mend) {
				t.Errorf("%+v, want %q", found, test.name)
			}
		})
	}
}

// A laptop without a network has one red light, not one for everything behind it; and the login has the last word.
func TestWhatDependsOnARedLightIsNotTried(t *testing.T) {
	l := newLaptop()
	l.lookup = errors.New("no such host")
	l.server.login = refused(uploader.LoginRefused)
	names := ""
	worst := Run(t.Context(), l.Facts, func(f Finding) { names += f.Name + "," })
	if worst.Name != "name of the server" || strings.Contains(names, "login") {
		t.Errorf("worst %+v of %s", worst, names)
	}
	l = newLaptop()
	l.free, l.server.login = 0, refused(uploader.LoginRefused)
	if worst := Run(t.Context(), l.Facts, func(Finding) {}); !worst.Login {
		t.Errorf("worst is %+v", worst)
	}
}
