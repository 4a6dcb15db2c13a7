package status

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 5, 3, 11, 0, 0, 0, time.UTC)

func race(state string) Status {
	return Status{
		State: state, Updated: now, Server: "test-data.opentrack.run/x/2026/GBR/api-test", Folder: "/srv/timing",
		Units: []Unit{
			{Unit: "R1/1/1", Name: "My 5k", Read: 412, Confirmed: 409, Pending: 3, LastBib: "349", LastMark: "14:25.10"},
			{Unit: "R2/1/1", Read: 10, Confirmed: 10},
		},
	}
}

func TestWhatAPersonReads(t *testing.T) {
	held := race(Live)
	held.Units[0].Held, held.Units[0].HeldWhy = 2, "bib 77: two times"
	stalled := race(Stalled)
	stalled.Outage, stalled.OldestPending, stalled.LastError = 754, 61, "no such host; check the network"
	folder := race(NoFolder)
	folder.Units[0].Pending, folder.Trouble = 0, "watch /srv/timing: create the folder"
	folder.Units[0].Confirmed = 412
	refused := race(Live)
	refused.LastError = "R2/1/1: refused"
	hostile := race(Live)
	hostile.Units = []Unit{{Unit: "R1/1/1", Read: 1, LastBib: "7\x1b[2J\nLIVE", Held: 1, HeldWhy: "bib \u202e7"}}
	const top = "  → test-data.opentrack.run/x/2026/GBR/api-test\n"
	const second = "  R2/1/1\n    read           10\n    confirmed      10\n    waiting         0\n"
	const first = "  R1/1/1  My 5k\n    read          412   last bib 349  14:25.10\n    confirmed     409\n    waiting         3\n"
	tests := map[string]struct {
		status Status
		line   string
		text   string
		exit   int
	}{
		"all is well": {
			race(Live), "LIVE  read 422, confirmed 419, waiting 3",
			"LIVE" + top + first + second + "  folder     /srv/timing\n", 0,
		},
		"something is held": {
			held, "LIVE  read 422, confirmed 419, waiting 3, HELD 2",
			"LIVE, attention" + top + first + "    HELD            2   bib 77: two times\n" + second + "  folder     /srv/timing\n", 1,
		},
		"catching up": {
			race(CatchingUp), "CATCHING UP  read 422, confirmed 419, waiting 3",
			"CATCHING UP" + top + first + second + "  folder     /srv/timing\n", 1,
		},
		"an outage": {
			stalled, "STALLED  read 422, confirmed 419, waiting 3, nothing sent for 12m34s",
			"STALLED" + top + first + second + "  oldest waiting  1m1s\n  folder     /srv/timing\n" +
				"  trouble    no such host; check the network\n  nothing is lost; 3 rows are kept on this laptop\n", 2,
		},
		"no folder": {
			folder, "NO FOLDER  read 422, confirmed 422, waiting 0",
			"NO FOLDER" + top + strings.NewReplacer("409", "412", "        3\n", "        0\n").Replace(first) + second +
				"  folder     /srv/timing\n  trouble    watch /srv/timing: create the folder\n  nothing is lost; no row is waiting\n", 2,
		},
		"a refused unit": {
			refused, "LIVE  read 422, confirmed 419, waiting 3",
			"LIVE, attention" + top + first + second + "  folder     /srv/timing\n  trouble    R2/1/1: refused\n", 1,
		},
		"not running any more": {
			race(NotRunning), "NOT RUNNING  read 422, confirmed 419, waiting 3",
			"NOT RUNNING" + top + first + second + "  folder     /srv/timing\n  nothing is lost; 3 rows are kept on this laptop\n" +
				"  these numbers are 20 s old\n", 3,
		},
		"never started": {
			Status{State: NotRunning},
			"NOT RUNNING  read 0, confirmed 0, waiting 0",
			"NOT RUNNING\n  no status has been written yet: start the daemon with finishwatch run\n", 3,
		},
		"a bib that would paint over the screen": {
			hostile, "LIVE  read 1, confirmed 0, waiting 0, HELD 1",
			"LIVE, attention" + top + "  R1/1/1\n    read            1   last bib 7\ufffd[2J LIVE  \n    confirmed       0\n    waiting         0\n" +
				"    HELD            1   bib \ufffd7\n  folder     /srv/timing\n", 1,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.line, test.status.Line()); diff != "" {
				t.Errorf("line:\n%s", diff)
			}
			var text bytes.Buffer
			test.status.Print(&text, now.Add(20*time.Second))
			if diff := cmp.Diff(test.text, text.String()); diff != "" {
				t.Errorf("text:\n%s", diff)
			}
			if got := test.status.ExitCode(); got != test.exit {
				t.Errorf("exit code %d", got)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	tests := map[string]int{Live: 0, CatchingUp: 1, Stalled: 2, NoFolder: 2, LoginRefused: 2, NotRunning: 3}
	for state, want := range tests {
		if got := (Status{State: state}).ExitCode(); got != want {
			t.Errorf("%s: %d", state, got)
		}
	}
	if got := (Status{State: Live, Trouble: "5k.csv: refused"}).ExitCode(); got != 1 {
		t.Errorf("trouble with a file: %d", got)
	}
}

func TestRead(t *testing.T) {
	at := func(age time.Duration, name string) Status {
		return Status{State: Live, Updated: now.Add(-age), Server: name, Units: []Unit{}}
	}
	tests := map[string]struct {
		files []any // a Status, or text as it stands; nil is no file
		want  string
		from  string
		error string
	}{
		"no file":                                {[]any{nil, nil}, NotRunning, "", ""},
		"a fresh one":                            {[]any{at(time.Second, "a"), nil}, Live, "a", ""},
		"the newest of two":                      {[]any{at(9*time.Second, "a"), at(time.Second, "b")}, Live, "b", ""},
		"the newest of two, the other way round": {[]any{at(time.Second, "a"), at(9*time.Second, "b")}, Live, "a", ""},
		"as old as it may be":                    {[]any{at(Fresh, "a")}, Live, "a", ""},
		"an old one":                             {[]any{at(Fresh+time.Second, "a")}, NotRunning, "a", ""},
		"one from before the clock was set back": {[]any{at(-time.Hour, "a")}, NotRunning, "a", ""},
		"a clock that is a little behind":        {[]any{at(-time.Second, "a")}, Live, "a", ""},
		"damaged":                                {[]any{`{"state":"LI`}, NotRunning, "", "it is written anew when finishwatch runs"},
		"empty":                                  {[]any{``}, NotRunning, "", "it is written anew"},
		"a damaged one beside a good one":        {[]any{`{"state":"LI`, at(time.Second, "b")}, Live, "b", ""},
		"a good one beside a damaged one":        {[]any{at(time.Second, "a"), `nonsense`}, Live, "a", ""},
		"keys of a later version":                {[]any{`{"state":"LIVE","server":"a","updated":"2026-05-03T11:00:00Z","moon":"full"}`}, Live, "a", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var paths []string
			for i, file := range test.files {
				path := filepath.Join(t.TempDir(), string(rune('a'+i))+".json")
				paths = append(paths, path)
				var err error
				switch file := file.(type) {
				case string:
					err = os.WriteFile(path, []byte(file), 0o644)
				case Status:
					err = file.Write(path)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			got, err := Read(now, paths...)
			if got.State != test.want || got.Server != test.from {
				t.Errorf("%s from %q", got.State, got.Server)
			}
			if (err != nil) != (test.error != "") || err != nil && !strings.Contains(err.Error(), test.error) {
				t.Error(err)
			}
		})
	}
}

// The keys are a contract.
func TestTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "status.json")
	s := race(Live)
	s.Units = s.Units[:1]
	s.PID = 7
	if err := s.Write(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"state":"LIVE","units":[{"unit":"R1/1/1","name":"My 5k","read":412,"confirmed":409,"pending":3,"held":0,"verified":0,` +
		`"last_bib":"349","last_mark":"14:25.10","held_why":"","on_hold":false,"unverified":""}],"oldest_pending_s":0,"outage_s":0,"last_error":"",` +
		`"updated":"2026-05-03T11:00:00Z","server":"test-data.opentrack.run/x/2026/GBR/api-test","folder":"/srv/timing","trouble":"","pid":7,"paused":false}` + "\n"
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Error(diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o644 {
		t.Errorf("mode %v: others cannot read it", info.Mode())
	}
	none, err := Read(now, filepath.Join(t.TempDir(), "none"))
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(none); !bytes.Contains(text, []byte(`"units":[]`)) {
		t.Errorf("without a status there is no list of units: %s", text)
	}
}

func TestAReaderNeverSeesHalfAStatus(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "status.json")
	if err := race(Live).Write(path); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := race(Live).Write(path); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 300 {
		if s, err := Read(now, path); err != nil || len(s.Units) != 2 {
			t.Fatalf("%+v %v", s, err)
		}
	}
	close(stop)
	writer.Wait()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
	if err := race(Live).Write(filepath.Join(dir, "nowhere", "status.json")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
