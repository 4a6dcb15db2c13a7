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
	links   *strings.Replacer
	free    uint64
	lookup  error
	dial    error
	ahead   time.Duration
	date    error
}

func newLaptop() *laptop {
	l := &laptop{free: 100 << 30, links: strings.NewReplacer(), listing: watcher.Listing{Files: []string{"5k.csv", "late/10k.csv"}}}
	l.server = &server{competitions: []string{"https://data.opentrack.run/x/2026/GBR/other/", "https://data.opentrack.run/x/2026/GBR/my-race/"}, there: true}
	l.files = fstest.MapFS{
		"srv/timing":                             {Mode: fs.ModeDir | 0o755},
		"srv":                                    {Mode: fs.ModeDir | 0o755},
		"srv/timing/5k.csv":                      {Mode: 0o644},
		"srv/timing/late/10k.csv":                {Mode: 0o644},
		"srv/timing/late":                        {Mode: fs.ModeDir | 0o755},
		"etc/finishwatch/config.toml":            {Mode: 0o644},
		"etc/finishwatch/chips.csv":              {Mode: 0o644},
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
			Path:      "/etc/finishwatch/config.toml",
			OpenTrack: config.OpenTrack{Server: address, Competition: "2026/GBR/my-race", Username: "me@example.org"},
			Watch:     config.Watch{Dir: "/srv/timing", Poll: time.Second},
			State:     config.State{File: "/var/lib/finishwatch/finishwatch.db"},
			Races:     []config.Race{{Unit: state.Unit{Event: "R1", Round: 1, Heat: 1}, ChipFile: "/etc/finishwatch/chips.csv"}},
		},
		Linux: true, Service: "finishwatch", Files: l.files, Server: l.server,
		Look:    func() watcher.Listing { return l.listing },
		Resolve: func(path string) (string, error) { return l.links.Replace(path), nil },
		Free:    func(string) (uint64, error) { return l.free, nil },
		Lookup:  func(context.Context, string) error { return l.lookup },
		Dial:    func(context.Context, string) error { return l.dial },
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
			func(l *laptop) {
				l.listing.Troubles = []watcher.Trouble{{Path: "5k.csv", Reason: "permission denied: let the user that finishwatch runs as read it"}}
			},
			"watched folder", Red, "5k.csv: permission denied", "let the user that finishwatch runs as read it",
		},
		"a file in it is too large": {
			func(l *laptop) {
				l.listing.Troubles = []watcher.Trouble{{Path: "5k.csv", Reason: "it has 9 bytes: raise max_size"}}
			},
			"watched folder", Red, "5k.csv: it has 9 bytes", "raise max_size",
		},
		"the service's user may not enter": {
			func(l *laptop) { l.files["srv/timing"].Mode = fs.ModeDir | 0o750 },
			"watched folder", Red, "may not enter /srv/timing", "chmod o+rx /srv/timing",
		},
		"nor the folder above": {
			func(l *laptop) { l.files["srv"].Mode = fs.ModeDir | 0o700 },
			"watched folder", Red, "may not enter /srv", "chmod o+x /srv",
		},
		"an export is for its owner alone": {
			func(l *laptop) { l.files["srv/timing/5k.csv"].Mode = 0o600 },
			"watched folder", Red, "may not read /srv/timing/5k.csv", "chmod o+r /srv/timing/5k.csv",
		},
		"a folder below is for its owner alone": {
			func(l *laptop) { l.files["srv/timing/late"].Mode = fs.ModeDir | 0o711 },
			"watched folder", Red, "may not read /srv/timing/late", "chmod o+rx /srv/timing/late",
		},
		"it may be listed and not entered": {
			func(l *laptop) { l.files["srv/timing"].Mode = fs.ModeDir | 0o754 },
			"watched folder", Red, "may not enter /srv/timing", "chmod o+rx /srv/timing",
		},
		"it may be entered and not listed": {
			func(l *laptop) { l.files["srv/timing"].Mode = fs.ModeDir | 0o751 },
			"watched folder", Red, "may not enter /srv/timing", "chmod o+rx /srv/timing",
		},
		"a link to a home": {
			func(l *laptop) { l.links = strings.NewReplacer("/srv/timing", "/home/me/exports") },
			"watched folder", Red, "does not see /home/me/exports", "drop-ins/home.conf",
		},
		"in a temporary folder": {
			func(l *laptop) { l.Config.Watch.Dir = "/var/tmp/timing" },
			"watched folder", Red, "has temporary folders of its own", "such as /srv/timing",
		},
		"the settings are for root alone": {
			func(l *laptop) { l.files["etc/finishwatch/config.toml"].Mode = 0o640 },
			"service", Red, "may not read /etc/finishwatch/config.toml", "chmod o+r /etc/finishwatch/config.toml",
		},
		"the chip map is for root alone": {
			func(l *laptop) { l.files["etc/finishwatch/chips.csv"].Mode = 0o600 },
			"service", Red, "may not read /etc/finishwatch/chips.csv", "chmod o+r",
		},
		"the chip map is in a home": {
			func(l *laptop) { l.links = strings.NewReplacer("/etc/finishwatch/chips.csv", "/root/chips.csv") },
			"service", Red, "does not see /root/chips.csv", "put it into /etc/finishwatch",
		},
		"everybody reads the password": {
			func(l *laptop) { l.files["etc/finishwatch/opentrack.password"] = &fstest.MapFile{Mode: 0o604} },
			"service", Red, "everybody on this machine can read", "chmod 600 /etc/finishwatch/opentrack.password",
		},
		"everybody changes the password": {
			func(l *laptop) { l.files["etc/finishwatch/opentrack.password"] = &fstest.MapFile{Mode: 0o602} },
			"service", Red, "or change /etc/finishwatch/opentrack.password", "",
		},
		"the password is in a file of root's, and not handed over": {
			func(l *laptop) {
				l.Service, l.Config.Path, l.Config.State.File = "finishwatch@a", "/etc/finishwatch/a.toml", "/var/lib/finishwatch@a/finishwatch.db"
				l.files["etc/finishwatch/a.toml"] = &fstest.MapFile{Mode: 0o644}
				l.files["etc/finishwatch/opentrack.password"] = &fstest.MapFile{Mode: 0o600}
				l.Config.OpenTrack.PasswordFile = "/etc/finishwatch/opentrack.password"
			},
			"service", Red, "may not read /etc/finishwatch/opentrack.password", "finishwatch login --config /etc/finishwatch/a.toml",
		},
		"the password is in a file, and handed over as well": {
			func(l *laptop) {
				l.files["etc/finishwatch/opentrack.password"] = &fstest.MapFile{Mode: 0o600}
				l.Config.OpenTrack.PasswordFile = "/root/opentrack.password"
			}, "", Green, "", "",
		},
		"the password that is handed over is still to come": {
			func(l *laptop) { l.Config.OpenTrack.PasswordFile = "/etc/finishwatch/opentrack.password" }, "", Green, "", "",
		},
		"the password is root's": {
			func(l *laptop) { l.files["etc/finishwatch/opentrack.password"] = &fstest.MapFile{Mode: 0o600} }, "", Green, "", "",
		},
		"an instance": {
			func(l *laptop) {
				l.Service, l.Config.State.File = "finishwatch@my-10k_2026", "/var/lib/private/finishwatch@my-10k_2026/finishwatch.db"
			}, "", Green, "", "",
		},
		"an instance whose name systemd does not take": {
			func(l *laptop) { l.Service = "finishwatch@10k.2026" },
			"service", Red, "systemd does not start finishwatch@10k.2026", "rename /etc/finishwatch/config.toml",
		},
		"an instance whose name is too long": {
			func(l *laptop) { l.Service = "finishwatch@" + strings.Repeat("x", 20) }, "service", Red, "systemd does not start", "up to 19",
		},
		"the ledger is where init puts it": {
			func(l *laptop) { l.Config.State.File = "/etc/finishwatch/finishwatch.db" },
			"ledger", Red, "may not write /etc/finishwatch", "take file away from [state] in /etc/finishwatch/config.toml",
		},
		"the ledger is in another service's place": {
			func(l *laptop) { l.Config.State.File = "/var/lib/finishwatch2/finishwatch.db" }, "ledger", Red, "may not write", "/var/lib/finishwatch",
		},
		"the ledger is where a drop-in lets it": {
			func(l *laptop) {
				l.Config.State.File = "/srv/state/finishwatch.db"
				l.files["etc/systemd/system/finishwatch.service.d/x.conf"] = &fstest.MapFile{Data: []byte("[Service]\nReadWritePaths=/srv/state\n")}
			}, "", Green, "", "",
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
			l.files["home/me/race"] = &fstest.MapFile{Mode: fs.ModeDir | 0o755}
			l.files["etc/systemd/system/finishwatch.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=-/home/me/race\n")}
		}, "", Green, "", ""},
		"below home, with the drop-in, and a folder that is shut": {func(l *laptop) {
			l.Config.Watch.Dir = "/home/me/race/timing"
			l.files["home/me/race"] = &fstest.MapFile{Mode: fs.ModeDir | 0o700}
			l.files["etc/systemd/system/finishwatch.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=-/home/me/race\n")}
		}, "watched folder", Red, "may not enter /home/me/race", "chmod o+x /home/me/race"},
		"below home, with the drop-in for all instances": {func(l *laptop) {
			l.Config.Watch.Dir, l.Service, l.Config.State.File = "/home/me/race/timing", "finishwatch@a", "/var/lib/finishwatch@a/finishwatch.db"
			l.files["etc/systemd/system/finishwatch@.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=-/home/me/race\n")}
		}, "", Green, "", ""},
		"below home, with a drop-in for another folder": {func(l *laptop) {
			l.Config.Watch.Dir = "/home/me/race/timing"
			l.files["etc/systemd/system/finishwatch.service.d/home.conf"] = &fstest.MapFile{Data: []byte("[Service]\nBindReadOnlyPaths=/home/me/rac\n")}
		}, "watched folder", Red, "sees no homes", ""},
		"few watches": {
			func(l *laptop) { l.files["proc/sys/fs/inotify/max_user_watches"].Data = []byte("128\n") },
			"notifications", Red, "fs.inotify.max_user_watches is 128", "sysctl -w fs.inotify.max_user_watches=8192",
		},
		"few instances": {
			func(l *laptop) { l.files["proc/sys/fs/inotify/max_user_instances"].Data = []byte("127\n") },
			"notifications", Red, "fs.inotify.max_user_instances is 127", "sysctl -w fs.inotify.max_user_instances=128",
		},
		"just enough room": {func(l *laptop) { l.free = leastFree }, "", Green, "", ""},
		"a full disk":      {func(l *laptop) { l.free = 20 << 20 }, "free space", Red, "20 MB", "make room"},
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
		"a bad certificate":      {func(l *laptop) { l.dial = x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign} }, "secure connection", Red, "", "lets https through"},
		"just within bounds":     {func(l *laptop) { l.ahead = maxSkew }, "", Green, "", ""},
		"the clock is ahead":     {func(l *laptop) { l.ahead = 90 * time.Second }, "clock", Red, "1m30s ahead of", "timedatectl set-ntp true"},
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
