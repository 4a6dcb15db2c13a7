package daemon

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/uploader/sandbox"
)

func TestStatusFollowsARace(t *testing.T) {
	f := newField(t)
	f.must(os.Remove(f.path("")))
	f.start("", oneRace+"name = \"My 5k\"\n")
	f.awaitStatus("no folder", func(s status.Status) bool {
		return s.State == status.NoFolder && strings.Contains(s.Trouble, "create the folder")
	})
	f.must(os.Mkdir(f.path(""), 0o755))
	f.write("5k.csv", "Bib,Time\n349,14:25.10\n690,DNF\n")
	f.awaitStatus("live", func(s status.Status) bool {
		return s.State == status.Live && s.Totals().Confirmed == 2 && s.Trouble == ""
	})
	s := f.daemon.Status()
	u := s.Units[0]
	if u.LastRead.IsZero() || u.LastConfirmed.Before(u.LastRead) || u.HTTPTook <= 0 {
		t.Errorf("%+v", u)
	}
	want := status.Unit{
		Unit: "R1/1/1", Name: "My 5k", Read: 2, Confirmed: 2, LastBib: "690", LastMark: "DNF", LastFile: "5k.csv", LastLine: 3,
		HTTPStatus: 200, Public: 2, LastRead: u.LastRead, LastConfirmed: u.LastConfirmed, HTTPTook: u.HTTPTook,
		Verified: u.Verified, VerifiedAt: u.VerifiedAt,
	}
	if u != want {
		t.Errorf("%+v", u)
	}
	if s.Share != "" || s.Poll != 0.1 || s.Process != status.Running {
		t.Errorf("%+v", s)
	}
	f.append("5k.csv", "12,14:40\n")
	f.awaitStatus("the change is known", func(s status.Status) bool { return s.ChangedFile == "5k.csv" && !s.Changed.IsZero() })
	f.awaitStatus("the connection is known", func(s status.Status) bool {
		c := s.Connection
		return c.Login == status.LoginOK && c.Took > 0 && c.Clock != nil && c.Clock.Ahead > -2 && c.Clock.Ahead < 2 && c.Down.IsZero()
	})
}

func TestStatusInTrouble(t *testing.T) {
	tests := map[string]struct {
		password, event string
		before          func(f *field)
		want            string
		trouble         string
		exit            int
	}{
		"the login is refused": {"hunter2", "R1", func(*field) {}, status.LoginRefused, "check username and password", 2},
		"the server is down":   {"apitest", "R1", func(f *field) { f.down() }, status.Stalled, "refused", 2},
		"a unit is refused":    {"apitest", "R9", func(*field) {}, status.Stalled, "R9/1/1: ", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			f.password = test.password
			f.write("5k.csv", "Bib,Time\n1,14:20\n")
			test.before(f)
			f.start("", strings.ReplaceAll(oneRace, "R1", test.event))
			f.awaitStatus(name, func(s status.Status) bool {
				return s.State == test.want && strings.Contains(s.LastError, test.trouble) && s.Totals().Pending == 1 && s.ExitCode() == test.exit
			})
		})
	}
}

// Before the race nothing waits, and it is known all the same that the login will be refused, or that nobody is there.
func TestStatusBeforeTheFirstFinisher(t *testing.T) {
	t.Run("the login", func(t *testing.T) {
		f := newField(t)
		f.password = "hunter2"
		f.start("", oneRace)
		f.awaitStatus("the login is refused", func(s status.Status) bool {
			return s.State == status.LoginRefused && s.Connection.Login == status.LoginNo && strings.Contains(s.LastError, "check username and password")
		})
	})
	t.Run("the network", func(t *testing.T) {
		f := newField(t)
		f.down()
		f.start("", oneRace)
		f.awaitStatus("nobody answers", func(s status.Status) bool {
			c := s.Connection
			return s.State == status.Live && s.ExitCode() == 1 && !c.Down.IsZero() && strings.Contains(c.DownWhy, "refused") && c.Login == status.LoginNotTried
		})
	})
}

// Several races: one is refused, the others go on, and status says which.
func TestOneRefusedRaceAmongOthers(t *testing.T) {
	f := newField(t)
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.start("", oneRace+strings.ReplaceAll(oneRace, "R1", "R9"))
	f.awaitStatus("one is refused", func(s status.Status) bool {
		return s.State == status.Stalled && s.Units[0].Refused == "" && s.Units[0].Confirmed == 1 && strings.Contains(s.Units[1].Refused, "HTTP 400")
	})
}

// A dead network mount keeps whoever asks it waiting: no error, and no look into the folder any more.
func TestAFolderThatDoesNotAnswerIsNoFolder(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	if s := f.daemon.Status(); s.State != status.Live || s.Trouble != "" {
		t.Errorf("%+v", s)
	}
	f.daemon.feed.progress = time.Now().Add(-time.Hour)
	if s := f.daemon.Status(); s.State != status.NoFolder || !strings.Contains(s.Trouble, "has not answered for 1h") {
		t.Errorf("%+v", s)
	}
}

// What waits longer than ten seconds is said, also when the server is well: a unit waits alone, or the network is slow.
func TestCatchingUp(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	s := status.Status{OldestPending: lag + 1}
	if got := f.daemon.word(s, f.daemon.uploader.Report()); got != status.CatchingUp {
		t.Error(got)
	}
	s.OldestPending = lag - 1
	if got := f.daemon.word(s, f.daemon.uploader.Report()); got != status.Live {
		t.Error(got)
	}
	s.Paused, s.Unwritten = true, true
	if got := f.daemon.word(s, f.daemon.uploader.Report()); got != status.Stalled {
		t.Errorf("%s: a pause hides that nothing can be written down", got)
	}
}

// What a person holds is not on its way, however long.
func TestARaceOnHoldIsNotCatchingUp(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	unit := f.daemon.units[0]
	mark, err := parse.ParseMark("14:20")
	f.must(err)
	_, err = f.daemon.ledger.Observe(unit, state.Observation{File: "5k.csv", Finishes: []parse.Finish{{Bib: "1", Mark: mark, Line: 2}}})
	f.must(err)
	if s := f.daemon.Status(); s.OldestPending <= 0 {
		t.Errorf("a row waits: %v", s.OldestPending)
	}
	f.must(f.daemon.ledger.HoldUnit(unit, true))
	if s := f.daemon.Status(); s.OldestPending != 0 || s.Units[0].OldestPending <= 0 || !s.Units[0].OnHold {
		t.Errorf("%+v", s)
	}
}

// Nothing waits, and nothing could be sent: that is known before the first finisher.
func TestAnAnswerOfNoUseIsTrouble(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>please log in to the WLAN"))
	}))
	t.Cleanup(server.Close)
	f := newField(t)
	f.write("5k.csv", "Bib,Time\n")
	f.open("", oneRace)
	defer f.daemon.Close()
	account := accountOf(f.daemon.cfg, f.daemon.options)
	account.Server, _ = url.Parse(server.URL)
	client := uploader.NewClient(account, uploader.Form{})
	f.daemon.clients = []*uploader.Client{client}
	f.daemon.probe.server = client
	f.daemon.probe.ask(t.Context())
	s := f.daemon.Status()
	if s.State != status.Live || s.ExitCode() != 1 || !strings.Contains(s.LastError, "login page") || !s.Connection.Down.IsZero() {
		t.Errorf("%s, exit %d: %s", s.State, s.ExitCode(), s.LastError)
	}
}

// A reader of the status file sees a whole one at any moment, counts that fit together, and the end.
func TestTheStatusFile(t *testing.T) {
	f := newField(t)
	f.start("", oneRace)
	path := filepath.Join(f.dir, "status.json")
	f.append("5k.csv", "Bib,Time\n")
	f.await("a status with a finisher", func() bool {
		f.append("5k.csv", time.Now().Format("150405.000000000")[7:]+",14:20\n")
		s, err := status.Read(time.Now(), path)
		f.must(err)
		if u := s.Totals(); u.Confirmed > u.Read || u.Confirmed+u.Pending > u.Read+u.Held {
			t.Errorf("%+v", u)
		}
		return s.Totals().Confirmed > 20
	})
	info, err := os.Stat(path)
	f.must(err)
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v", info.Mode())
	}
	f.stop()
	text, err := os.ReadFile(path)
	f.must(err)
	var s status.Status
	f.must(json.Unmarshal(text, &s))
	if s.State != status.NotRunning || s.Totals().Confirmed < 20 {
		t.Errorf("%s", text)
	}
	left, err := filepath.Glob(filepath.Join(f.dir, ".status*"))
	f.must(err)
	if left != nil {
		t.Errorf("left behind: %q", left)
	}
}

func TestAStatusFileThatCannotBeWrittenIsSaidOnce(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	f.daemon.options.StatusFile = filepath.Join(f.dir, "nowhere", "status.json")
	f.run()
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.awaitPage("R1", "1=14:20")
	const message = "status file cannot be written; results go on"
	f.await("it is said", func() bool { return f.said(message) > 0 })
	f.must(os.Mkdir(filepath.Join(f.dir, "nowhere"), 0o755))
	f.await("it is over", func() bool { return f.said("status file is written again") == 1 })
	if n := f.said(message); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

func TestTheServiceManagerIsTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no service manager to tell")
	}
	f := newField(t)
	dir, err := os.MkdirTemp("", "notify") // the path of a socket must be short
	f.must(err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	address := &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unixgram"}
	socket, err := net.ListenUnixgram("unixgram", address)
	f.must(err)
	t.Setenv("NOTIFY_SOCKET", address.Name)
	t.Setenv("WATCHDOG_USEC", "200000")
	var mu sync.Mutex
	var told []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 4096)
		for {
			n, err := socket.Read(buffer)
			if err != nil {
				return
			}
			mu.Lock()
			told = append(told, string(buffer[:n]))
			mu.Unlock()
		}
	}()
	t.Cleanup(func() { _ = socket.Close(); <-done })
	heard := func(text string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Contains(told, text)
		}
	}
	f.start("", oneRace)
	f.await("READY", heard("READY=1"))
	f.await("WATCHDOG", heard("WATCHDOG=1"))
	f.await("STATUS", heard("STATUS=LIVE  read 0, confirmed 0, waiting 0 (see trouble)"))
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.await("STATUS with the finisher", heard("STATUS=LIVE  read 1, confirmed 1, waiting 0"))
	f.stop()
	f.await("STOPPING", heard("STOPPING=1"))
	mu.Lock()
	defer mu.Unlock()
	if told[len(told)-1] != "STOPPING=1" {
		t.Errorf("%q", told)
	}
}

// A stop waits for nobody: not for a server that keeps the reply, not for one that is down.
func TestStopTakesLessThanASecond(t *testing.T) {
	tests := map[string]func(f *field){
		"nothing to do": func(*field) {},
		"the server keeps the reply": func(f *field) {
			f.must(f.server.Order(sandbox.Order{Kind: "slow-reply", Delay: "1m"}))
			f.write("5k.csv", "Bib,Time\n1,14:20\n")
			f.await("the PUT is there", func() bool { return f.sent("1") })
		},
		"the server is down": func(f *field) {
			f.down()
			f.write("5k.csv", "Bib,Time\n1,14:20\n")
			f.awaitStatus("stalled", func(s status.Status) bool { return s.State == status.Stalled })
		},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			f.start("", oneRace)
			f.awaitStatus("live", func(s status.Status) bool { return s.State == status.Live })
			before(f)
			pending := f.daemon.Status().Totals().Pending
			start := time.Now()
			f.stop()
			if took := time.Since(start); took > time.Second {
				t.Errorf("it took %s", took)
			}
			if stopped := f.logs.FilterMessage("stopped").All(); len(stopped) != 1 || stopped[0].ContextMap()["pending"] != int64(pending) {
				t.Errorf("in the end the log has %v, and %d were pending", stopped, pending)
			}
		})
	}
}

// What was not confirmed when the daemon was stopped goes out after the next start, also when the export has gone.
func TestAStopInAnOutageLosesNothing(t *testing.T) {
	f := newField(t)
	f.must(f.server.Order(sandbox.Order{Kind: "slow-reply", Delay: "1m"}))
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.start("", oneRace)
	f.await("the PUT is there", func() bool { return f.sent("1") })
	f.append("5k.csv", "2,14:30\n")
	f.awaitStatus("both are read", func(s status.Status) bool { return s.Totals().Read == 2 })
	f.stop()
	f.must(os.Remove(f.path("5k.csv")))
	f.start("", oneRace)
	f.awaitPage("R1", "1=14:20", "2=14:30")
	f.awaitStatus("all is confirmed", func(s status.Status) bool { return s.Totals().Confirmed == 2 })
	if got := f.daemon.ledger.Held(state.Unit{Event: "R1", Round: 1, Heat: 1}); got != nil {
		t.Errorf("held: %v", got)
	}
}
