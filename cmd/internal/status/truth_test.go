package status

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finishwatch/cmd/internal/terminal"
)

// The clock may be set back between two runs: then the one that is there has the older status.
func TestADaemonThatRunsCountsBeforeOneThatStopped(t *testing.T) {
	stopped := fiveK(func(s *Status) { s.State, s.Server, s.Updated = NotRunning, "stopped", now.Add(time.Hour) })
	runs := fiveK(func(s *Status) { s.Server, s.PID = "runs", os.Getpid() })
	for name, order := range map[string][]Status{"first": {runs, stopped}, "last": {stopped, runs}} {
		var paths []string
		for i, s := range order {
			paths = append(paths, filepath.Join(t.TempDir(), fmt.Sprint(i)))
			if err := s.Write(paths[i]); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := Read(now, paths...); err != nil || got.Process != Running || got.Server != "runs" {
			t.Errorf("%s: %s of %q, %v", name, got.Process, got.Server, err)
		}
	}
}

// Whoever can write the file must not get hold of the terminal with it.
func TestAHostileStatusIsCleaned(t *testing.T) {
	const evil = "LIVE\x1b]0;owned\a\nLIVE"
	s := fiveK(func(s *Status) {
		s.State, s.Server, s.Folder, s.Trouble, s.LastError = evil, evil, evil, evil, evil
		s.Alerts, s.AlertTrouble = []Alert{{Title: evil, Detail: evil, Safe: evil, Now: evil}}, []string{evil}
		s.Units = []Unit{
			{Unit: evil, Name: evil, LastBib: evil, LastMark: evil, LastFile: evil, HeldWhy: evil, Held: 1, Unverified: evil, Refused: evil, OnHold: true},
			{Unit: evil},
		}
	})
	hostile := func(name, text string) {
		t.Helper()
		if strings.ContainsAny(text, "\x1b\a") {
			t.Errorf("%s: %q", name, text)
		}
	}
	var out bytes.Buffer
	s.Print(&out, now, shell)
	hostile("print", out.String())
	hostile("line", s.Line())
	s.State, s.Process = NotRunning, Process(evil)
	hostile("change", s.change())
	out.Reset()
	picture := &screen{w: &out, size: func() (int, int, error) { return 80, 24, nil }}
	if err := picture.draw(s, errors.New(evil), now); err != nil || strings.Contains(out.String(), "\x1b]") {
		t.Errorf("screen: %q %v", out.String(), err)
	}
}

// An age below nothing is from before the clock was set back.
func TestADaemonEndedAtATimeThatIsStillToCome(t *testing.T) {
	for _, p := range []Process{Stopped, Ended, Hung} {
		if why := ended(p, -time.Hour).Why(now); strings.Contains(why, "-") {
			t.Error(why)
		}
	}
}

// What a person keeps back does not go out by a start.
func TestWhatIsSafeWhereNothingRuns(t *testing.T) {
	tests := map[string]struct {
		is   func(*Status)
		want string
	}{
		"it was sending":    {func(*Status) {}, "3 rows are kept on this laptop, and sent when it runs again"},
		"it was paused":     {func(s *Status) { s.Paused = true }, "3 rows are kept on this laptop; sending is paused, finishwatch resume goes on"},
		"the race is held":  {func(s *Status) { s.Units[0].OnHold = true }, "3 rows are kept on this laptop; races are ON HOLD, finishwatch release sends them"},
		"nothing is unsent": {func(s *Status) { s.Units[0].Pending, s.Paused = 0, true }, "no row is waiting"},
	}
	for name, test := range tests {
		s := ended(Stopped, time.Minute)
		test.is(&s)
		var out bytes.Buffer
		s.Print(&out, now, shell)
		if !strings.Contains(out.String(), "nothing is lost; "+test.want+"\n") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

// What cannot be written down is not among the rows that are counted.
func TestALedgerThatCannotBeWrittenKeepsNothing(t *testing.T) {
	s := fiveK(func(s *Status) { s.State, s.Unwritten, s.Units[0].Pending = Stalled, true, 0 })
	var out bytes.Buffer
	s.Print(&out, now, shell)
	if why := s.Why(now); why != "the ledger cannot be written" {
		t.Error(why)
	}
	if strings.Contains(out.String(), "no row is waiting") || !strings.Contains(out.String(), "what cannot be written down is still in the exports") {
		t.Error(out.String())
	}
}

// systemctl shows this line and nothing else.
func TestTheLineSaysThatSomebodyShouldLook(t *testing.T) {
	tests := map[string]struct {
		is   func(*Status)
		want string
	}{
		"all is well":                {func(*Status) {}, "waiting 3"},
		"the server does not answer": {func(s *Status) { s.Connection.Down = now }, "waiting 3 (the server does not answer)"},
		"a file cannot be read":      {func(s *Status) { s.Trouble = "x" }, "waiting 3 (see trouble)"},
		"a race is held":             {func(s *Status) { s.Units[0].OnHold = true }, "waiting 3 (R1/1/1 is ON HOLD)"},
	}
	for name, test := range tests {
		if s := fiveK(test.is); !strings.HasSuffix(s.Line(), test.want) {
			t.Errorf("%s: %s", name, s.Line())
		}
	}
}

func TestRowsOnHoldAreNotOnTheWay(t *testing.T) {
	s := twoRaces(func(s *Status) {
		s.State, s.OldestPending, s.Units[0].OnHold, s.Units[1].Pending = CatchingUp, 20, true, 1
	})
	if got := s.Why(now); got != "1 row is on the way, the oldest for 20 s; it is sending" {
		t.Error(got)
	}
}

func TestManyRacesThatAreRefusedAreCounted(t *testing.T) {
	s := fiveK(func(s *Status) {
		s.State, s.Units = Stalled, nil
		for i := range 50 {
			s.Units = append(s.Units, Unit{Unit: fmt.Sprintf("R%d/1/1", i+1), Refused: "no"})
		}
	})
	if got := s.Why(now); got != "R1/1/1, R2/1/1, R3/1/1 and 47 more are refused by the server" {
		t.Error(got)
	}
	s.Units = s.Units[:4]
	if got := s.Why(now); got != "R1/1/1, R2/1/1, R3/1/1, R4/1/1 are refused by the server" {
		t.Error(got)
	}
}

// A picture that is larger than the terminal scrolls, and is then drawn somewhere else each time.
func TestThePictureFitsIntoAnyTerminal(t *testing.T) {
	s := twoRaces(func(s *Status) {
		s.Units[0].Name, s.Units[0].LastFile = "馬拉松大賽半程馬拉松組別青年男子", strings.Repeat("終點計時", 40)
		s.Trouble = "中文檔案.csv: cannot be read because of 一二三四五六七八九十一二三四五六七八九十"
	})
	for _, size := range [][2]int{{1, 1}, {2, 2}, {3, 5}, {10, 3}, {20, 4}, {27, 10}, {40, 10}, {80, 24}, {200, 60}} {
		var out bytes.Buffer
		picture := &screen{w: &out, size: func() (int, int, error) { return size[0], size[1], nil }}
		if err := picture.draw(s, nil, now); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(home, "", restOfLine, "", restBelow, "").Replace(out.String())
		lines := strings.Split(text, "\r\n")
		if len(lines) > size[1] {
			t.Errorf("%v: %d lines", size, len(lines))
		}
		for _, line := range lines {
			if n := terminal.Columns(line); n > size[0] && size[0] > 1 { // a wide letter never fits into one column
				t.Errorf("%v: %d columns: %q", size, n, line)
			}
		}
	}
}

// A status that could not be read for once does not make it turn bad again.
func TestTheBellRingsOnceAlsoWhereTheStatusCannotBeRead(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out, size: func() (int, int, error) { return 80, 24, nil }}
	bad := fiveK(func(s *Status) { s.State = Stalled })
	for _, cannot := range []error{nil, errors.New("damaged"), nil} {
		if err := s.draw(bad, cannot, now); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(out.String(), bell); n != 0 {
		t.Errorf("bad from the start: it rings %d times", n)
	}
}

func TestAStatusThatIsTooLargeIsNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "status.json")
	if err := os.WriteFile(path, bytes.Repeat([]byte(" "), maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(now, path); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Error(err)
	}
	if _, err := Read(now, t.TempDir()); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
}

func TestClip(t *testing.T) {
	tests := map[string]struct {
		text  string
		width int
		want  string
	}{
		"it fits":                     {"abc", 3, "abc"},
		"the rest is cut":             {"abcd", 3, "abc"},
		"a wide letter needs two":     {"a終b", 2, "a"},
		"one letter at least":         {"終", 1, "終"},
		"a mark on a letter needs no": {"e\u0301x", 1, "e\u0301"},
	}
	for name, test := range tests {
		if got := clip(test.text, test.width); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Where there is room for one line it is the one that says how it is.
func TestAPictureOfOneLine(t *testing.T) {
	if got := fit([]string{"LIVE", "  read"}, 80, 1); len(got) != 1 || got[0] != "LIVE" {
		t.Errorf("%q", got)
	}
}
