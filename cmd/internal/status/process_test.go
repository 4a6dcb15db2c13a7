package status

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

func TestWhetherThereIsADaemonBehindTheNumbers(t *testing.T) {
	tests := map[string]struct {
		state string
		age   time.Duration
		alive bool
		want  Process
	}{
		"just written":                                 {Live, time.Second, true, Running},
		"as old as it may be":                          {Live, Fresh, true, Running},
		"older, and the process is there":              {Live, Fresh + 1, true, Hung},
		"older, and the process is gone":               {Live, Fresh + 1, false, Ended},
		"the process died a few seconds ago":           {Live, 6 * time.Second, false, Ended},
		"in a container, where no process is seen":     {Live, 4 * time.Second, false, Running},
		"stopped a moment ago":                         {NotRunning, time.Second, true, Stopped},
		"stopped yesterday":                            {NotRunning, 24 * time.Hour, false, Stopped},
		"written before the clock was set back":        {Live, -time.Hour, true, Hung},
		"the same, and dead":                           {Live, -time.Hour, false, Ended},
		"a clock that is a little behind the daemon's": {Live, -time.Second, true, Running},
		"in an outage":                                 {Stalled, time.Second, true, Running},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := Status{State: test.state, Process: Running, Updated: now.Add(-test.age), Alerts: []Alert{{ID: "disk"}}}
			got := s.seen(now, func(int, uint64) bool { return test.alive })
			if got.Process != test.want {
				t.Errorf("%s", got.Process)
			}
			want := test.state
			if test.want != Running {
				want = NotRunning
			}
			if got.State != want || (len(got.Alerts) > 0) != (want == test.state && test.state != NotRunning) {
				t.Error(got.State, got.Alerts)
			}
		})
	}
}

// A process that is there, one that has ended, one that another user has, and one that got the number of one before.
func TestAlive(t *testing.T) {
	if !alive(os.Getpid(), Birth()) {
		t.Error("this process is not there")
	}
	if runtime.GOOS == "linux" {
		if Birth() == 0 || alive(os.Getpid(), Birth()+1) {
			t.Error("a process that was born at another time is the same")
		}
		if !alive(1, 0) {
			t.Error("the first process of the machine is not there")
		}
	}
	child := exec.Command(os.Args[0], "-test.run=^$")
	if err := child.Run(); err != nil {
		t.Fatal(err)
	}
	if alive(child.Process.Pid, 0) || alive(0, 0) || alive(-1, 0) {
		t.Error("a process that ended is there")
	}
}
