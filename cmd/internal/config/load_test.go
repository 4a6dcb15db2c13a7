package config

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

const small = `[opentrack]
competition = "https://data.opentrack.run/en-gb/x/2026/GBR/my-race/"
username = "me@example.org"
[watch]
dir = "/srv/timing"
[[race]]
files = ["5k.csv"]
eventid = "R1"
`

const large = `
[opentrack]
competition = "http://127.0.0.1:8080/api/2026/GBR/api-test/roadxc_upload/?a=b#c"
username = "me@example.org"
password_file = "secret/password"
ignore_unknowns = true
compress = "never"
timeout = "1m30s"
min_interval = "0s"
max_batch = 5000
new_finishers = "update"
corrections = "update"
removals = "hold"
[watch]
dir = "exports"
poll = "500ms"
settle = "10ms"
max_age = "0s"
max_size = "1GB"
[state]
file = "../ledger.db"
[log]
level = "debug"
format = "journal"
[[race]]
files = ["5k*.csv", "late/**/*.txt"]
eventid = "003"
round = 2
heat = 3
name = "My 5k"
note = "wet"
format = "csv"
encoding = "windows-1252"
clock = "gun"
start = ""
time_unit = "m.ss"
rounding = "up_second"
statuses = ["DQ"]
minutes_past_hour = true
fastest = "13:00"
slowest = "1:02:33"
columns = { bib = 3, time = "Zeit", status = "Status" }
where.Race = "5K"
where."2" = ""
[[race]]
files = ["10k.csv"]
eventid = "R1"
statuses = []
[alert]
quiet_alert = "0s"
command = ["./horn", "", "-v"]
heartbeat_url = "http://localhost:9/x?y=z"
`

func compareMarks() cmp.Option {
	return cmp.Comparer(func(a, b parse.Mark) bool { return a == b })
}

func mustParse(t *testing.T, text string) *Config {
	t.Helper()
	c, err := parseWith("/etc/finishwatch/config.toml", []byte(text), noEnvironment)
	if mistakes, ok := errors.AsType[*Mistakes](err); ok {
		var out strings.Builder
		mistakes.Print(&out)
		t.Fatal(out.String())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mark(t *testing.T, text string) parse.Mark {
	t.Helper()
	m, err := parse.ParseMark(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// here is a path as it is spelled on this system: on Windows it has a drive.
func here(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		panic(err)
	}
	return absolute
}

func TestDefaultsFillASmallConfiguration(t *testing.T) {
	want := &Config{
		Path: here("/etc/finishwatch/config.toml"),
		OpenTrack: OpenTrack{
			Server: &url.URL{Scheme: "https", Host: "data.opentrack.run"}, Competition: "2026/GBR/my-race", Username: "me@example.org",
			Compress: "auto", Timeout: 30 * time.Second, MinInterval: 2 * time.Second, MaxBatch: 500,
			NewFinishers: state.Append, Corrections: "update", Removals: "hold", RemovalsLimit: 5,
		},
		Watch: Watch{Dir: here("/srv/timing"), Poll: time.Second, Settle: 300 * time.Millisecond, MaxAge: 24 * time.Hour, MaxSize: 64 << 20},
		State: State{File: systemStateFile("", noEnvironment)},
		Log:   Log{Level: "info", Format: "auto"},
		Alert: Alert{Quiet: 10 * time.Minute},
		Races: []Race{{
			Files: []string{"5k.csv"}, Unit: state.Unit{Event: "R1", Round: 1, Heat: 1}, Line: 6,
			Rules: parse.Rules{Format: "auto", Encoding: "auto", Statuses: []parse.Code{parse.DNF, parse.DNS, parse.DQ}},
		}},
	}
	if diff := cmp.Diff(want, mustParse(t, small), compareMarks()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryKeyOfALargeConfigurationCounts(t *testing.T) {
	want := &Config{
		Path: here("/etc/finishwatch/config.toml"),
		OpenTrack: OpenTrack{
			Server: &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}, Competition: "2026/GBR/api-test", Username: "me@example.org",
			PasswordFile: here("/etc/finishwatch/secret/password"), IgnoreUnknowns: true,
			Compress: "never", Timeout: 90 * time.Second, MaxBatch: 5000,
			NewFinishers: state.Update, Corrections: "update", Removals: "hold", RemovalsLimit: 5,
		},
		Watch: Watch{Dir: here("/etc/finishwatch/exports"), Poll: 500 * time.Millisecond, Settle: 10 * time.Millisecond, MaxSize: 1 << 30},
		State: State{File: here("/etc/ledger.db")},
		Log:   Log{Level: "debug", Format: "journal"},
		Alert: Alert{
			Command:      []string{here("/etc/finishwatch/horn"), "", "-v"},
			HeartbeatURL: &url.URL{Scheme: "http", Host: "localhost:9", Path: "/x", RawQuery: "y=z"},
		},
		Races: []Race{{
			Files: []string{"5k*.csv", "late/**/*.txt"}, Unit: state.Unit{Event: "003", Round: 2, Heat: 3}, Name: "My 5k", Note: "wet", Line: 25,
			Rules: parse.Rules{
				Format: "csv", Encoding: "windows-1252", Clock: "gun", TimeUnit: "m.ss", Rounding: parse.RoundUpSecond,
				Statuses: []parse.Code{parse.DQ}, MinutesPastHour: true, Fastest: mark(t, "13:00"), Slowest: mark(t, "1:02:33"),
				Columns: parse.Columns{Bib: "3", Time: "Zeit", Status: "Status"}, Where: map[string]string{"Race": "5K", "2": ""},
				Mixed: true,
			},
		}, {
			Files: []string{"10k.csv"}, Unit: state.Unit{Event: "R1", Round: 1, Heat: 1}, Line: 45,
			// Not nil: to parse.Rules nil means all three.
			Rules: parse.Rules{Format: "auto", Encoding: "auto", Statuses: []parse.Code{}, Mixed: true},
		}},
	}
	if diff := cmp.Diff(want, mustParse(t, large), compareMarks()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGoodConfigurationsInOtherClothes(t *testing.T) {
	for sentence, text := range map[string]string{
		"ends of lines of Windows":        strings.ReplaceAll(small, "\n", "\r\n"),
		"a byte order mark":               "\ufeff" + small,
		"no newline at the end":           strings.TrimSpace(small),
		"inline tables":                   `race = [{ files = ["a"], eventid = "1" }]` + "\n" + strings.Split(small, "[[race]]")[0],
		"two files for one race":          small + "[[race]]\nfiles = [\"5k-late.csv\"]\neventid = \"R1\"\n",
		"one file for two races by where": small + "where.Race = \"5K\"\n[[race]]\nfiles = [\"5k.csv\"]\neventid = \"R1\"\nwhere.Race = \"5 K\"\n",
		"one file for two races":          small + "[[race]]\nfiles = [\"5k.csv\"]\neventid = \"R2\"\n",
		"a column by the word round":      small + "[race.where]\nround = \"1\"\nname = \"5k\"\n",
		"a Windows path in single quotes": strings.Replace(small, `"/srv/timing"`, `'C:\timing'`, 1),
		"a doubled backslash":             strings.Replace(small, `"/srv/timing"`, `"C:\\timing"`, 1),
		"equal bounds":                    small + "fastest = \"14:00\"\nslowest = \"14:00\"\n",
		"defaults of what is to come":     small + "format = \"auto\"\nstart = \"\"\n",
	} {
		t.Run(sentence, func(t *testing.T) { mustParse(t, text) })
	}
}

func TestMistakesInOtherClothes(t *testing.T) {
	for sentence, c := range map[string]struct {
		text         string
		line, column int
	}{
		"ends of lines of Windows":        {strings.ReplaceAll(small+"round = 0\n", "\n", "\r\n"), 9, 9},
		"a byte order mark counts not":    {"\ufeff" + `poll = "1s"` + "\n" + small, 1, 1},
		"UTF-16":                          {"\xff\xfe[\x00w\x00", 1, 1},
		"UTF-16 without a mark":           {"[\x00w\x00a\x00t\x00", 1, 1},
		"windows-1252":                    {small + "name = \"M\xfcnchen\"\n", 9, 10},
		"letters of two bytes in front":   {small + `"größe" = 5 ; "x"`, 9, 13},
		"a control character in the file": {small + "name = \"a\x07b\"\n", 9, 10},
	} {
		t.Run(sentence, func(t *testing.T) {
			_, err := parseWith("config.toml", []byte(c.text), noEnvironment)
			mistakes, ok := errors.AsType[*Mistakes](err)
			if !ok || len(mistakes.List) != 1 {
				t.Fatalf("one mistake is wanted, not %v", err)
			}
			if m := mistakes.List[0]; m.Line != c.line || m.Column != c.column {
				t.Errorf("%d:%d %s, want %d:%d", m.Line, m.Column, m.Text, c.line, c.column)
			}
		})
	}
}

func TestLoadReadsAFile(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two")
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.FromSlash("/var/lib/one/finishwatch.db"); runtime.GOOS != "windows" && c.State.File != want {
		t.Errorf("the ledger is %s, want %s", c.State.File, want)
	}
	if c.Path != here(file) {
		t.Errorf("path is %s, want %s", c.Path, here(file))
	}
}

func TestLoadSaysWhyAFileCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.toml")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "config.example.toml") {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(dir); err == nil || !strings.HasSuffix(err.Error(), "; name the right file with --config") {
		t.Errorf("a folder: %v", err)
	}
	huge := filepath.Join(dir, "huge.toml")
	if err := os.WriteFile(huge, []byte(strings.Repeat("# nothing\n", maxText/9)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(huge); err == nil || !strings.Contains(err.Error(), "right file") {
		t.Errorf("a huge file: %v", err)
	}
}

func TestTheLedgerHasItsPlaceOnEverySystem(t *testing.T) {
	for _, c := range []struct {
		system, variable, value, want string
	}{
		{"linux", "", "", "/var/lib/finishwatch/finishwatch.db"},
		{"linux", "STATE_DIRECTORY", "/var/lib/private/fw", "/var/lib/private/fw/finishwatch.db"},
		{"windows", "", "", `C:\ProgramData\finishwatch\finishwatch.db`},
		{"windows", "ProgramData", `D:\Data`, `D:\Data\finishwatch\finishwatch.db`},
		{"darwin", "HOME", "/Users/anna", "/Users/anna/Library/Application Support/finishwatch/finishwatch.db"},
		{"darwin", "", "", "/var/lib/finishwatch/finishwatch.db"},
	} {
		if got := filepath.ToSlash(defaultStateFile(c.system, environment(c.variable, c.value))); got != filepath.ToSlash(c.want) {
			t.Errorf("%s with %s=%s: %s, want %s", c.system, c.variable, c.value, got, c.want)
		}
	}
}

func TestItsOwnFolderIsTheUsualOneWithoutAServiceManager(t *testing.T) {
	const windows, mac = `C:\ProgramData\finishwatch\finishwatch.db`, "/Users/anna/Library/Application Support/finishwatch/finishwatch.db"
	for _, c := range []struct{ system, home, ledger, want string }{
		{"windows", "", windows, `C:\ProgramData\finishwatch`},
		{"windows", "", `D:\race\finishwatch.db`, ""},
		{"darwin", "/Users/anna", mac, "/Users/anna/Library/Application Support/finishwatch"},
		{"darwin", "/Users/anna", "/Volumes/race/finishwatch.db", ""},
		{"darwin", "", "/var/lib/finishwatch/finishwatch.db", ""},
		{"linux", "/home/anna", "/var/lib/finishwatch/finishwatch.db", ""},
	} {
		if got := (&Config{State: State{File: filepath.FromSlash(c.ledger)}}).OwnFolder(c.system, environment("HOME", c.home)); filepath.ToSlash(got) != filepath.ToSlash(c.want) {
			t.Errorf("%s with %s: %q, want %q", c.system, c.ledger, got, c.want)
		}
	}
}

func TestTheStatusLiesInTheRuntimeDirectoryOrBesideTheLedger(t *testing.T) {
	c := &Config{State: State{File: filepath.FromSlash("/var/lib/finishwatch/finishwatch.db")}}
	if got, want := c.StatusFile(noEnvironment), filepath.FromSlash("/var/lib/finishwatch/finishwatch.db.status.json"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := c.StatusFile(environment("RUNTIME_DIRECTORY", "/run/finishwatch")); runtime.GOOS != "windows" && got != "/run/finishwatch/status.json" {
		t.Errorf("%s with a runtime directory", got)
	}
}

// environment has one variable.
func environment(name, value string) func(string) string {
	return func(asked string) string {
		if name != "" && asked == name {
			return value
		}
		return ""
	}
}

func TestAnInstanceHasItsOwnLedger(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("instances are systemd's")
	}
	none := func(string) string { return "" }
	service := func(name string) string { return map[string]string{"STATE_DIRECTORY": "/var/lib/finishwatch@5k"}[name] }
	tests := map[string]struct {
		path   string
		getenv func(string) string
		want   string
	}{
		"the service":               {"/etc/finishwatch/config.toml", none, "/var/lib/finishwatch/finishwatch.db"},
		"an instance, from a shell": {"/etc/finishwatch/5k.toml", none, "/var/lib/finishwatch@5k/finishwatch.db"},
		"an instance, from systemd": {"/etc/finishwatch/5k.toml", service, "/var/lib/finishwatch@5k/finishwatch.db"},
		"another place":             {"/srv/5k.toml", none, "/var/lib/finishwatch/finishwatch.db"},
		"a folder below":            {"/etc/finishwatch/old/5k.toml", none, "/var/lib/finishwatch/finishwatch.db"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := systemStateFile(test.path, test.getenv); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestWhereTheConfigurationLies(t *testing.T) {
	none := func(string) string { return "" }
	service := func(name string) string { return map[string]string{"STATE_DIRECTORY": "/var/lib/finishwatch"}[name] }
	home := func(name string) string { return map[string]string{"HOME": "/Users/me"}[name] }
	tests := map[string]struct {
		system string
		getenv func(string) string
		want   string
	}{
		"Linux":   {"linux", none, "/etc/finishwatch/config.toml"},
		"systemd": {"linux", service, "/etc/finishwatch/config.toml"},
		"Windows": {"windows", none, `C:\ProgramData\finishwatch\config.toml`},
		"macOS":   {"darwin", home, filepath.Join("/Users/me", "Library", "Application Support", "finishwatch", "config.toml")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := DefaultFile(test.system, test.getenv); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
