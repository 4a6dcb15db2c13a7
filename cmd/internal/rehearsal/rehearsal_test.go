package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tried is a rehearsal with the daemon as it is.
func tried(athletes int) Options {
	o := ofField(athletes, 1)
	o.program = as("whole")
	return o
}

// rehearse plays and returns what was printed.
func rehearse(t *testing.T, o Options) (string, error) {
	t.Helper()
	var text bytes.Buffer
	err := Run(t.Context(), &text, &text, o)
	return text.String(), err
}

// together plays many rehearsals at once, since each of them mostly waits, and looks at each in a test of its own.
func together(t *testing.T, all map[string]Options, look func(t *testing.T, name, text string, err error)) {
	t.Helper()
	type ended struct {
		text string
		err  error
	}
	results := map[string]chan ended{}
	for name, o := range all {
		results[name] = make(chan ended, 1)
		go func() {
			text, err := rehearse(t, o)
			results[name] <- ended{text, err}
		}()
	}
	for name, result := range results {
		got := <-result
		t.Run(name, func(t *testing.T) { look(t, name, got.text, got.err) })
	}
}

func TestEveryStyleEndsClean(t *testing.T) {
	all := map[string]Options{}
	for _, help := range Styles() {
		o := tried(60)
		o.Waves, o.Style = 2, help.Style
		all[string(help.Style)] = o
	}
	together(t, all, func(t *testing.T, _, text string, err error) {
		if err != nil || !strings.Contains(text, "\nCLEAN: read 60, confirmed 60, 60 of 60") {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

func TestEveryFaultEndsCleanAndIsMet(t *testing.T) {
	tests := map[string]string{
		"flaky":                 "flaky answer",
		"outage 3s at 2s":       "survived 1 outage (",
		"lost-replies":          "lost repl",
		"token-expiry":          "expired login",
		"slow 4s":               "slow repl",
		"captive 3s at 2s":      "survived 1 captive network (",
		"kill at 2s; kill":      "survived 2 kills",
		"outage 3s; kill; slow": "survived 1 outage (",
	}
	all := map[string]Options{}
	for script := range tests {
		o := tried(60)
		o.Faults = script
		all[script] = o
	}
	together(t, all, func(t *testing.T, script, text string, err error) {
		if err != nil || !strings.Contains(text, "\nCLEAN: read 60") || !strings.Contains(text, tests[script]) || strings.Contains(text, "nothing was sent while") {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

// A rehearsal that cannot fail proves nothing: a daemon that is broken in one way does not end clean.
func TestABrokenDaemonIsNotClean(t *testing.T) {
	tests := map[string]string{
		"one who believes that it has sent": "is missing",
		"one who rounds":                    "which the export never said",
		"one who leaves out a code":         "DNF is missing",
		"one who ends by itself":            "finishwatch ended by itself (exit status 73)",
		"one who does not stop well":        "was asked to stop and ended with exit status 4",
		"a naive one":                       "which the export never said",
	}
	all := map[string]Options{}
	for how := range tests {
		o := tried(120)
		o.program, o.patience = as(how), 2*time.Second
		all[how] = o
	}
	together(t, all, func(t *testing.T, how, text string, err error) {
		if !errors.Is(err, ErrNotClean) || !strings.Contains(text, "NOT CLEAN") || !strings.Contains(text, tests[how]) {
			t.Errorf("%v\n%s", err, text)
		}
	})
}

func TestADaemonThatDoesNotStart(t *testing.T) {
	o := tried(10)
	o.program = as("nobody that there is")
	if _, err := rehearse(t, o); err == nil || !strings.Contains(err.Error(), `nobody is "nobody that there is"`) {
		t.Error(err)
	}
	o.program = []string{filepath.Join(t.TempDir(), "none")}
	if _, err := rehearse(t, o); err == nil {
		t.Error("no error")
	}
}

// The verdict as a program reads it.
func TestJSON(t *testing.T) {
	o := tried(30)
	o.JSON, o.Faults = true, "kill at 1s"
	var out bytes.Buffer
	if err := Run(t.Context(), &out, io.Discard, o); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Clean           bool
		Finishes, Right int
		Delay           struct{ P50, P99, Worst float64 } `json:"delay_s"`
		Survived        []struct {
			Fault string
			Times int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err, &out)
	}
	if !got.Clean || got.Right != 30 || got.Delay.Worst < got.Delay.P50 || got.Delay.Worst == 0 || len(got.Survived) != 1 || got.Survived[0].Times != 1 {
		t.Error(&out)
	}
}

// write makes files in a new folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// An export that ends without a newline, and some that nobody can read.
func TestAnExportOfOnesOwn(t *testing.T) {
	dir := write(t, map[string]string{
		"my race [1].csv": "Bib,Time\r\n349,14:25.10\r\n347,14:33.00", "refused.csv": "Bib,Gun Time,Chip Time\n1,14:25,14:20\n", "empty.csv": "",
	})
	o := tried(1)
	o.From = filepath.Join(dir, "my race [1].csv")
	if text, err := rehearse(t, o); err != nil || !strings.Contains(text, "CLEAN: read 2, confirmed 2, 2 of 2") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, name := range []string{"refused.csv", "empty.csv", "none.csv"} {
		o.From = filepath.Join(dir, name)
		if _, err := rehearse(t, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A folder with the configuration of a race day: columns, clock, where, rounding, start, a raw log with its chip map,
// and a document.
func TestARaceDayWithItsConfiguration(t *testing.T) {
	dir := write(t, map[string]string{
		"exports/both.csv":   "Nr;Lauf;Gun Time;Chip Time\n1;5K;14:25.1;14:20.0\n2;10K;31:00.0;30:58.0\n3;5K;14:30.0;14:29.0\n",
		"exports/heat/x.xml": `<?xml version="1.0" encoding="UTF-8"?><ResultList xmlns="http://www.orienteering.org/datastandard/3.0" iofVersion="3.0"><Event><Name>N</Name></Event><ClassResult><Class><Name>H21</Name></Class><PersonResult><Person><Name><Family>A</Family><Given>B</Given></Name></Person><Result><BibNumber>77</BibNumber><Time>1865</Time><Status>OK</Status></Result></PersonResult></ClassResult></ResultList>`,
		"exports/mat.txt":    "1,501,10:15:13.45\n2,502,10:15:20.00\n",
		"exports/mat 2.txt":  "<html><body>no such page</body></html>\n",
		"exports/other.csv":  "Bib,Time\n1,14:00\n",
		"config/race.toml": `[opentrack]
competition = "https://data.opentrack.run/x/2026/GBR/my-race/"
username = "me@example.org"
password_file = "secret"
min_interval = "100ms"
[watch]
dir = '/nowhere'
max_age = "1h"
settle = "50ms"
[[race]]
files = ["both*.csv"]
eventid = "5K"
clock = "gun"
rounding = "up_second"
[race.columns]
bib = "Nr"
[race.where]
Lauf = "5K"
[[race]]
files = ["both*.csv"]
eventid = "10K"
clock = "chip"
[race.columns]
bib = "Nr"
[race.where]
Lauf = "10K"
[[race]]
files = ["mat*.txt"]
eventid = "T"
start = "10:00:00"
[[race]]
files = ["**/*.xml"]
eventid = "O"
`,
	})
	for _, style := range []Style{StyleAppend, StyleRename} {
		t.Run(string(style), func(t *testing.T) {
			t.Parallel()
			o := tried(1)
			o.From, o.Config, o.Style = filepath.Join(dir, "exports"), filepath.Join(dir, "config", "race.toml"), style
			text, err := rehearse(t, o)
			for _, want := range []string{"CLEAN: read 6, confirmed 6, 6 of 6", "5K/1/1", "1 14:26", "2 30:58.0", "501 15:13.45", "77 31:05", "not played: other.csv: no [[race]]", "not played: mat 2.txt: this is an HTML page"} {
				if err != nil || !strings.Contains(text, want) {
					t.Errorf("%v, no %q\n%s", err, want, text)
				}
			}
		})
	}
}

func TestTheSettingsOfAPerson(t *testing.T) {
	dir := write(t, map[string]string{"chips.csv": "chip,bib\nA1,7\n", "race.toml": "\ufeff" + `[opentrack]
competition = "https://data.opentrack.run/x/2026/GBR/my-race/"
username = "me@example.org"
ignore_unknowns = true
max_batch = 7
[watch]
dir = 'C:\timing'
[[race]]
files = ["a.txt"]
eventid = "003"
start = "10:00:00"
[race.passings]
chips = "chips.csv"
min = "5m"
`})
	text, err := ownSettings(filepath.Join(dir, "race.toml"), "127.0.0.1:99")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	cfg, err := settings(to, text)
	if err != nil {
		t.Fatal(err)
	}
	race := cfg.Races[0]
	if cfg.OpenTrack.Server.Host != "127.0.0.1:99" || cfg.OpenTrack.Competition != "2026/GBR/my-race" || cfg.OpenTrack.Username != username ||
		cfg.Watch.Dir != filepath.Join(to, "timing") || cfg.State.File != filepath.Join(to, "finishwatch.db") {
		t.Errorf("not replaced: %+v", cfg)
	}
	if !cfg.OpenTrack.IgnoreUnknowns || cfg.OpenTrack.MaxBatch != 7 || race.Unit.Event != "003" || race.ChipFile != filepath.Join(dir, "chips.csv") ||
		race.Rules.Passings.Min != 5*time.Minute {
		t.Errorf("not kept: %+v", cfg)
	}
	if got, err := cfg.Password(func(string) string { return "" }); err != nil || got != password {
		t.Error(got, err)
	}
	if _, err := ownSettings(filepath.Join(dir, "none.toml"), "127.0.0.1:99"); err == nil {
		t.Error("no error")
	}
}

func TestWhatCannotBePlayed(t *testing.T) {
	tests := map[string]struct {
		change func(*Options)
		want   string
	}{
		"no athlete":                     {func(o *Options) { o.Athletes = 0 }, "--athletes"},
		"too many":                       {func(o *Options) { o.Athletes = MaxAthletes + 1 }, "--athletes"},
		"no wave":                        {func(o *Options) { o.Waves = 0 }, "--waves"},
		"no such style":                  {func(o *Options) { o.Style = "x" }, "--style"},
		"no such fault":                  {func(o *Options) { o.Faults = "x" }, "--faults"},
		"a configuration for nothing":    {func(o *Options) { o.Config = "x" }, "--from"},
		"a fault after the race is over": {func(o *Options) { o.Faults, o.Speed = "outage 30s at 1m", FullSpeed() }, "--speed"},
		"backwards":                      {func(o *Options) { o.Speed = -1 }, "--speed"},
	}
	for name, test := range tests {
		o := tried(10)
		test.change(&o)
		if _, err := rehearse(t, o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNoBrowserIsNoReasonToFail(t *testing.T) {
	t.Setenv("PATH", "")
	o := tried(5)
	o.Open = true
	text, err := rehearse(t, o)
	if err != nil || !strings.Contains(text, "no browser can be opened") || !strings.Contains(text, "yourself\n") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestAnInterruptedRehearsalIsNotClean(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := tried(300)
	o.onPage = func(string) { time.AfterFunc(300*time.Millisecond, cancel) }
	if err := Run(ctx, io.Discard, io.Discard, o); err == nil || errors.Is(err, ErrNotClean) {
		t.Error(err)
	}
}
