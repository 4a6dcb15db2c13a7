package daemon

import (
	"context"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
)

type answer bool

func (a answer) answers() bool { return bool(a) }

func TestALoopThatMakesNoProgressHangs(t *testing.T) {
	const day = 24 * time.Hour
	tests := map[string]struct {
		later   time.Duration
		working bool
		answers answer
		want    string
	}{
		"just looked":    {0, false, true, ""},
		"a look is late": {10 * time.Second, false, true, ""},
		"no look for long, and the folder is fine": {time.Minute, false, true, "the watcher"},
		"no look, because the folder is dead":      {day, false, false, ""},
		"a large file is read":                     {time.Minute, true, true, ""},
		"a file is read for ever":                  {3 * time.Minute, true, true, "reading an export"},
		"the same on a dead folder":                {3 * time.Minute, true, false, "reading an export"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			f.start("", oneRace)
			f.awaitStatus("live", func(s status.Status) bool { return s.State == status.Live })
			f.stop()
			if test.working {
				f.daemon.feed.working()
			}
			if got := f.daemon.hung(time.Now().Add(test.later), test.answers); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestTheFolderIsAskedOnceAtATime(t *testing.T) {
	probe := &folderProbe{dir: t.TempDir()}
	if !probe.answers() {
		t.Error("a folder that is there does not answer")
	}
	probe.open.Store(true) // a question that a dead mount does not answer
	if probe.answers() {
		t.Error("it asks again beside one that is open")
	}
}

// A dead mount must not keep back what an earlier run has read: the first look is waited for, but not for ever.
func TestTheFirstLookIsNotWaitedForForEver(t *testing.T) {
	dead := make(chan struct{}) // nobody closes it
	tests := map[string]struct {
		quiet   time.Duration
		working bool
		waits   bool
	}{
		"a moment":                   {time.Second, false, true},
		"the folder does not answer": {time.Minute, false, false},
		"a large export is read":     {time.Minute, true, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			f.start("", oneRace)
			f.awaitStatus("live", func(s status.Status) bool { return s.State == status.Live })
			f.stop()
			f.daemon.feed.progress = time.Now().Add(-test.quiet)
			if test.working {
				f.daemon.feed.working()
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			f.daemon.firstLook(ctx, dead)
			if waits := ctx.Err() != nil; waits != test.waits {
				t.Errorf("it waits: %v, want %v", waits, test.waits)
			}
		})
	}
}

// The clock of Windows may stand still for milliseconds.
func TestWorkThatHasJustBegunIsWork(t *testing.T) {
	var p pulse
	now := time.Now()
	if p.at(now) != 0 {
		t.Error("it works before it has begun")
	}
	p.since.Store(&now)
	if p.at(now) == 0 {
		t.Error("it does not work")
	}
}
