package status

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what is shown now into testdata")

var now = time.Date(2026, 5, 3, 11, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return now.Add(-d) }

var shell = Commands{Start: "finishwatch run --config config.toml", Restart: "end that process, then finishwatch run", Log: "in the window where it ran"}

// fiveK is a race in the middle, as SERVICE section 3 shows it.
func fiveK(change ...func(*Status)) Status {
	s := Status{
		State: Live, Process: Running, Updated: now, Started: ago(time.Hour), PID: 4711,
		Server: "test-data.opentrack.run/x/2026/GBR/api-test", Folder: "/srv/timing",
		Units: []Unit{{
			Unit: "R1/1/1", Name: "5k", Read: 412, Confirmed: 409, Pending: 3, Public: 409, OldestPending: 4,
			LastBib: "349", LastMark: "14:25.10", LastRead: ago(3 * time.Second), LastFile: "5k.csv", LastLine: 413,
			LastConfirmed: ago(5 * time.Second), HTTPStatus: 200, HTTPTook: 180.4, Verified: 400, VerifiedAt: ago(12 * time.Second),
		}},
		OldestPending: 4, Poll: 1, Changed: ago(3 * time.Second), ChangedFile: "5k.csv",
		Connection: Connection{Answered: ago(5 * time.Second), Took: 42, Login: LoginOK, Clock: &Clock{Ahead: 0.3, Within: 0.1}},
		Alerts:     []Alert{}, AlertTrouble: []string{},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

// twoRaces is the same with a second race.
func twoRaces(change ...func(*Status)) Status {
	s := fiveK()
	s.Units = append(s.Units, Unit{Unit: "R2/1/1", Read: 10, Confirmed: 10, Public: 10, LastBib: "7", LastMark: "31:20"})
	for _, c := range change {
		c(&s)
	}
	return s
}

// ended is a status that a daemon left, with what was found of its process.
func ended(p Process, age time.Duration) Status {
	return fiveK(func(s *Status) { s.State, s.Process, s.Updated = NotRunning, p, ago(age) })
}

// pictures are what people see, by what is so.
func pictures() map[string]Status {
	refused := "PUT roadxc_upload: HTTP 400: no such event; check that the event, round and heat exist in the competition's event grid"
	return map[string]Status{
		"all is well":        fiveK(),
		"two races are well": twoRaces(),
		"nothing has been read yet": fiveK(func(s *Status) {
			s.Units[0] = Unit{Unit: "R1/1/1"}
			s.ChangedFile, s.OldestPending, s.Connection = "", 0, Connection{Login: LoginNotTried}
		}),
		"on a share, and the last answer is old": fiveK(func(s *Status) {
			s.Share, s.Connection.Answered, s.Connection.Clock = "smb", ago(50*time.Second), &Clock{Ahead: -0.04, Within: 0.5}
		}),
		"two reasons why rows are held": fiveK(func(s *Status) {
			s.Units[0].Held = 2
			s.Units[0].HeldWhy = "5k.csv line 91: no bib · bib 77: two times: 5k.csv line 88 has 14:31, 5k.csv line 203 has 14:50"
		}),
		"somebody exported the other clock": fiveK(func(s *Status) {
			u := &s.Units[0]
			u.Read, u.Confirmed, u.Pending, u.Held, u.Public, u.OldestPending = 40, 0, 0, 40, 40, 0
			u.HeldWhy = "bibs 1, 10, 11, 12, 13 and 35 more: mass change: 40 of 40 marks changed at once in 5k.csv (bib 1 14:01 → 14:08); release, or export again"
		}),
		"bibs have vanished": fiveK(func(s *Status) {
			s.Units[0].Held, s.Units[0].Vanished, s.Units[0].HeldWhy = 1, 1, "bib 7: vanished: no export has a finish of this bib any more"
		}),
		"a person paused":   fiveK(func(s *Status) { s.State, s.Paused = Paused, true }),
		"a race is on hold": twoRaces(func(s *Status) { s.Units[0].OnHold = true }),
		"it is catching up": fiveK(func(s *Status) { s.State, s.OldestPending, s.Units[0].OldestPending = CatchingUp, 37, 37 }),
		"the page differs":  fiveK(func(s *Status) { s.Units[0].Unverified, s.Units[0].Different = "2 different there (bib 7)", 2 }),
		"the page is hidden": fiveK(func(s *Status) {
			s.Units[0].Unverified, s.Units[0].Unreadable = "not verified: read results back: the page shows no results", true
		}),
		"a file is in trouble": fiveK(func(s *Status) {
			s.Trouble = "5k.csv: permission denied: let the user that finishwatch runs as read it"
		}),
		"the network is gone": fiveK(func(s *Status) {
			s.State, s.Outage, s.LastError = Stalled, 754, "PUT roadxc_upload: no such host; it is tried again by itself"
			s.Connection.Down = ago(754 * time.Second)
		}),
		"the network is gone while nothing waits": fiveK(func(s *Status) {
			s.Units[0].Pending, s.Units[0].Confirmed, s.Units[0].OldestPending = 0, 412, 0
			s.Connection.Down, s.Connection.DownWhy = ago(75*time.Second), "no such host"
		}),
		"the login is refused": fiveK(func(s *Status) {
			s.State, s.Connection.Login, s.Outage = LoginRefused, LoginNo, 61
			s.LastError = "log in: HTTP 401; check username and password, and that this user may edit the competition; then finishwatch reload, or start it again"
		}),
		"one of two races is refused, the other goes on": twoRaces(func(s *Status) {
			s.State, s.LastError, s.Units[1].Refused = Stalled, "R2/1/1: "+refused, refused
			s.Units[1].Confirmed, s.Units[1].Pending, s.Units[1].Public, s.Units[1].OldestPending = 0, 10, 0, 90
		}),
		"the only race is refused": fiveK(func(s *Status) { s.State, s.Units[0].Refused = Stalled, refused }),
		"the disk is full": fiveK(func(s *Status) {
			s.State, s.Unwritten, s.Trouble = Stalled, true, "write ledger: no space left on device; is there room on the disk?"
		}),
		"the folder is gone and no row waits": fiveK(func(s *Status) {
			s.State, s.Trouble = NoFolder, "watch /srv/timing: no such file or directory: create the folder, mount the share or correct [watch] dir"
			s.Units[0].Confirmed, s.Units[0].Pending, s.Units[0].OldestPending = 412, 0, 0
		}),
		"an alert, and nobody is told of it": fiveK(func(s *Status) {
			s.State, s.Trouble = NoFolder, "watch /srv/timing: no such file or directory: mount the share"
			s.Alerts = []Alert{{
				ID: "folder", Title: "watched folder is gone", Detail: s.Trouble, Bad: true, Since: ago(42 * time.Second),
				Safe: "what was read before goes on", Now: "mount the share",
			}}
			s.AlertTrouble = []string{"the command of [alert] did not work: permission denied; try it in a shell"}
		}),
		"two alerts while results go on": fiveK(func(s *Status) {
			s.Alerts = []Alert{
				{ID: "disk", Title: "disk is nearly full", Detail: "499 MB are left", Since: ago(time.Hour), Safe: "it stays", Now: "make room"},
				{ID: "clock", Title: "this laptop's clock is wrong", Detail: "it is 9 s ahead of OpenTrack's", Since: ago(time.Minute), Safe: "marks", Now: "set it"},
			}
		}),
		"an alert whose reason has just gone": fiveK(func(s *Status) {
			s.Alerts = []Alert{{
				ID: "folder", Title: "watched folder is gone", Detail: "no such file or directory", Since: ago(42 * time.Second), Over: ago(3 * time.Second),
				Safe: "what was read before goes on", Now: "mount the share",
			}}
		}),
		"new settings were refused": fiveK(func(s *Status) { s.Refused = "ledger is in use by process 17" }),
		"it was stopped":            ended(Stopped, 5*time.Minute),
		"it hangs":                  ended(Hung, 42*time.Second),
		"it was killed":             ended(Ended, 3*time.Hour),
		"it was never started":      {State: NotRunning, Process: NeverStarted},
		"there is no configuration": {
			State: NotRunning, Process: NotConfigured,
			Trouble: "read the configuration: open config.toml: no such file or directory; write one with finishwatch init FOLDER",
		},
		"names that would paint over the screen": fiveK(func(s *Status) {
			u := &s.Units[0]
			u.Name, u.LastBib, u.Held, u.HeldWhy, s.ChangedFile = "5k\x1b[2J", "7\x1b[2J\nLIVE", 1, "bib \u202e7", "a\rb.csv"
		}),
	}
}

// Each picture, as a person sees it, with its line and its exit code.
func TestWhatAPersonReads(t *testing.T) {
	const file = "testdata/pictures.txtar"
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	got := map[string]string{}
	for sentence, s := range pictures() {
		var text bytes.Buffer
		text.WriteString(s.Line() + "\n\n")
		s.Print(&text, now, shell)
		text.WriteString("\nexit code " + string(rune('0'+s.ExitCode())) + "\n")
		got[sentence] = text.String()
	}
	if *update {
		writeArchive(t, file, got)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func writeArchive(t *testing.T, path string, texts map[string]string) {
	t.Helper()
	archive := &txtar.Archive{Comment: []byte("What people see. Written with go test -update; read it before you keep it.\n\n")}
	for _, sentence := range slices.Sorted(maps.Keys(texts)) {
		archive.Files = append(archive.Files, txtar.File{Name: sentence, Data: []byte(texts[sentence])})
	}
	if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		change func(*Status)
		want   int
	}{
		"well":                       {func(*Status) {}, ExitFine},
		"catching up":                {func(s *Status) { s.State = CatchingUp }, ExitAttention},
		"paused":                     {func(s *Status) { s.State = Paused }, ExitAttention},
		"stalled":                    {func(s *Status) { s.State = Stalled }, ExitBad},
		"no folder":                  {func(s *Status) { s.State = NoFolder }, ExitBad},
		"login refused":              {func(s *Status) { s.State = LoginRefused }, ExitBad},
		"not running":                {func(s *Status) { s.State = NotRunning }, ExitNotRunning},
		"a file in trouble":          {func(s *Status) { s.Trouble = "5k.csv: refused" }, ExitAttention},
		"an error":                   {func(s *Status) { s.LastError = "R2/1/1: refused" }, ExitAttention},
		"held":                       {func(s *Status) { s.Units[0].Held = 1 }, ExitAttention},
		"on hold":                    {func(s *Status) { s.Units[0].OnHold = true }, ExitAttention},
		"not verified":               {func(s *Status) { s.Units[0].Unverified = "x" }, ExitAttention},
		"a race refused":             {func(s *Status) { s.Units[0].Refused = "x" }, ExitAttention},
		"the server does not answer": {func(s *Status) { s.Connection.Down = now }, ExitAttention},
		"an alert":                   {func(s *Status) { s.Alerts = []Alert{{ID: "disk"}} }, ExitAttention},
		"nobody is told of alerts":   {func(s *Status) { s.AlertTrouble = []string{"x"} }, ExitAttention},
		"settings refused":           {func(s *Status) { s.Refused = "x" }, ExitAttention},
	}
	for name, test := range tests {
		if got := fiveK(test.change).ExitCode(); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}
