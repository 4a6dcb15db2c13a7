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

func TestRead(t *testing.T) {
	at := func(age time.Duration, name string) Status {
		return Status{State: Live, Updated: now.Add(-age), Server: name, Units: []Unit{}, PID: os.Getpid()}
	}
	tests := map[string]struct {
		files []any // a Status, or text as it stands; nil is no file
		want  Process
		from  string
		error string
	}{
		"no file":                                {[]any{nil, nil}, NeverStarted, "", ""},
		"a fresh one":                            {[]any{at(time.Second, "a"), nil}, Running, "a", ""},
		"the newest of two":                      {[]any{at(9*time.Second, "a"), at(time.Second, "b")}, Running, "b", ""},
		"the newest of two, the other way round": {[]any{at(time.Second, "a"), at(9*time.Second, "b")}, Running, "a", ""},
		"an old one":                             {[]any{at(Fresh+time.Second, "a")}, Hung, "a", ""},
		"damaged":                                {[]any{`{"state":"LI`}, NeverStarted, "", "it is written anew when finishwatch runs"},
		"empty":                                  {[]any{``}, NeverStarted, "", "it is written anew"},
		"a damaged one beside a good one":        {[]any{`{"state":"LI`, at(time.Second, "b")}, Running, "b", ""},
		"a good one beside a damaged one":        {[]any{at(time.Second, "a"), `nonsense`}, Running, "a", ""},
		"of an earlier version, which was stopped": {
			[]any{`{"state":"NOT RUNNING","server":"a","updated":"2026-05-03T10:00:00Z"}`}, Stopped, "a", "",
		},
		"keys of a later version": {[]any{`{"state":"LIVE","server":"a","updated":"2026-05-03T11:00:00Z","moon":"full"}`}, Running, "a", ""},
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
			if got.Process != test.want || got.Server != test.from || (got.State == NotRunning) == (test.want == Running) {
				t.Errorf("%s, %s from %q", got.State, got.Process, got.Server)
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
	s := fiveK()
	s.Units[0].HTTPTook, s.Birth = 180, 99
	s.Alerts = []Alert{{ID: "disk", Title: "disk is nearly full", Detail: "499 MB are left", Safe: "it stays", Now: "make room", Since: ago(42 * time.Second)}}
	if err := s.Write(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"state":"LIVE","units":[{"unit":"R1/1/1","name":"5k","read":412,"confirmed":409,"pending":3,"held":0,"verified":400,` +
		`"last_bib":"349","last_mark":"14:25.10","held_why":"","on_hold":false,"verified_at":"2026-05-03T10:59:48Z","unverified":"",` +
		`"last_read":"2026-05-03T10:59:57Z","last_file":"5k.csv","last_line":413,"last_confirmed":"2026-05-03T10:59:55Z","http_status":200,` +
		`"http_took_ms":180,"oldest_pending_s":4,"public":409,"vanished":0,"refused_rows":0,"refused":"","missing":0,"different":0,"unreadable":false}],` +
		`"oldest_pending_s":4,"outage_s":0,"last_error":"","updated":"2026-05-03T11:00:00Z","server":"test-data.opentrack.run/x/2026/GBR/api-test",` +
		`"folder":"/srv/timing","trouble":"","pid":4711,"paused":false,"started":"2026-05-03T10:00:00Z","process":"running","pid_birth":99,"share":"",` +
		`"poll_s":1,"changed":"2026-05-03T10:59:57Z","changed_file":"5k.csv","connection":{"answered":"2026-05-03T10:59:55Z","took_ms":42,` +
		`"login":"ok","clock":{"ahead_s":0.3,"within_s":0.1}},"alerts":[{"id":"disk","title":"disk is nearly full","detail":"499 MB are left",` +
		`"safe":"it stays","now":"make room","bad":false,"since":"2026-05-03T10:59:18Z"}],"alert_trouble":[]}` + "\n"
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
	if text, _ := json.Marshal(none); !bytes.Contains(text, []byte(`"units":[]`)) || !bytes.Contains(text, []byte(`"alerts":[],"alert_trouble":[]`)) {
		t.Errorf("without a status there are no lists: %s", text)
	}
}

func TestAReaderNeverSeesHalfAStatus(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "status.json")
	if err := twoRaces().Write(path); err != nil {
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
				if err := twoRaces().Write(path); err != nil {
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
	if err := twoRaces().Write(filepath.Join(dir, "nowhere", "status.json")); err == nil {
		t.Error("a folder that is not there is no error")
	}
}
