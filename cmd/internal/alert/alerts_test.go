package alert

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/cmd/internal/status"
)

// daemon is what is looked at.
type daemon struct {
	mu sync.Mutex
	s  Snapshot
}

func (d *daemon) look() Snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.s
	s.Now = time.Now()
	return s
}

func (d *daemon) becomes(s Snapshot) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.s = s
}

// running runs a loop in a bubble beside a story, and ends it.
func running(t *testing.T, run func(context.Context) error, story func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	synctest.Wait()
	story()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// lines are what a log has: level, message and the fields that are wanted.
func lines(logs *observer.ObservedLogs, fields ...string) []string {
	var list []string
	for _, entry := range logs.All() {
		var line strings.Builder
		line.WriteString(entry.Level.String() + " " + entry.Message)
		for _, field := range fields {
			if value, ok := entry.ContextMap()[field]; ok {
				fmt.Fprintf(&line, " %s=%v", field, value)
			}
		}
		list = append(list, line.String())
	}
	return list
}

// The folder goes and comes back: two lines, two things to tell, and an alert in between.
func TestAnAlertFromItsBeginToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{s: well()}
		d.s.Status.Units[0].LastRead = time.Time{}
		core, logs := observer.New(zap.DebugLevel)
		var told []string
		a := New(0, NewMemory(), d.look, func(events []Event) {
			for _, e := range events {
				told = append(told, fmt.Sprint(e.Alert.ID, e.Over))
			}
		}, zap.New(core))
		running(t, a.Run, func() {
			after(time.Minute)
			if got := a.Active(); got == nil || len(got) != 0 || !a.Healthy() {
				t.Errorf("%+v", got)
			}
			gone := well()
			gone.Status.State, gone.Status.Trouble = status.NoFolder, "watch /srv/timing: no such file or directory"
			d.becomes(gone)
			after(10 * time.Second)
			got := a.Active()
			if len(got) != 1 || got[0].ID != "folder" || time.Since(got[0].Since) > 10*time.Second || a.Healthy() {
				t.Errorf("%+v", got)
			}
			after(time.Hour)
			d.becomes(well(unit(func(u *status.Unit) { u.LastRead = time.Time{} })))
			after(time.Minute)
			if got := a.Active(); len(got) != 0 || !a.Healthy() {
				t.Errorf("%+v", got)
			}
		})
		want := []string{
			"error watched folder is gone reason=watch /srv/timing: no such file or directory",
			"info alert is over reason=watched folder is gone lasted=1h0m10s",
		}
		if diff := cmp.Diff(want, lines(logs, "reason", "lasted")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"folderfalse", "foldertrue"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// The journal's catalog has an entry for each message, so each kind must have its own line, at the level that fits.
func TestEveryKindIsSaid(t *testing.T) {
	for _, k := range kinds() {
		core, logs := observer.New(zap.DebugLevel)
		say(zap.New(core), Event{Alert: status.Alert{Title: k.title, Detail: "d", Now: k.now}})
		want := "warn "
		if k.bad {
			want = "error "
		}
		if diff := cmp.Diff([]string{want + k.title + " reason=d advice=" + k.now}, lines(logs, "reason", "advice")); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAWarningDoesNotStopTheHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{s: well(func(s *Snapshot) { s.Free = 1 })}
		d.s.Status.Units[0].LastRead = time.Time{}
		a := New(0, NewMemory(), d.look, func([]Event) {}, zap.NewNop())
		running(t, a.Run, func() {
			after(time.Minute)
			if got := a.Active(); len(got) != 1 || got[0].ID != "disk" || !a.Healthy() {
				t.Errorf("%+v", got)
			}
		})
	})
}
