package alert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/cmd/internal/status"
)

func event(id string, over bool) Event {
	return Event{
		Alert: status.Alert{ID: id, Title: "title of " + id, Detail: "detail", Safe: "all is", Now: "do"},
		Over:  over, Lasted: 42 * time.Second,
	}
}

// calls is a program that takes down when it is run and with what.
type calls struct {
	start time.Time
	took  time.Duration
	err   error
	list  []string
}

func (c *calls) run(ctx context.Context, argv, environment []string) error {
	c.list = append(c.list, fmt.Sprint(time.Since(c.start), " ", argv[len(argv)-1]))
	timer := time.NewTimer(c.took)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return c.err
	}
}

// What comes while the program may not be run again is told together, and nothing is told twice.
func TestTheProgramIsRunSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, calls := NewCommand([]string{"horn"}, NewMemory(), zap.NewNop()), &calls{start: time.Now()}
		c.run = calls.run
		running(t, c.Run, func() {
			after(time.Minute)
			c.Tell([]Event{event("folder", false)})
			after(time.Second)
			c.Tell([]Event{event("folder", true)})
			c.Tell([]Event{event("disk", false), event("clock", false)})
			after(time.Hour)
			c.Tell([]Event{event("disk", true)})
			after(time.Second)
		})
		const began = "finishwatch: title of %s: detail. Safe: all is. Now: do"
		want := []string{
			"1m0s " + fmt.Sprintf(began, "folder"),
			"1m30s over: title of folder, after 42 s\n" + fmt.Sprintf(began, "disk") + "\n" + fmt.Sprintf(began, "clock"),
			"1h1m1s over: title of disk, after 42 s",
		}
		if diff := cmp.Diff(want, calls.list); diff != "" {
			t.Error(diff)
		}
	})
}

// A program that hangs is killed after ten seconds, and the next alert is told all the same.
func TestAProgramThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		c, calls := NewCommand([]string{"horn"}, NewMemory(), zap.New(core)), &calls{start: time.Now(), took: time.Hour}
		c.run = calls.run
		running(t, c.Run, func() {
			c.Tell([]Event{event("disk", false)})
			after(10 * time.Second)
			if c.Trouble() == "" {
				t.Error("nobody says that it hung")
			}
			c.Tell([]Event{event("disk", true)})
			after(time.Minute)
		})
		if len(calls.list) != 2 || !strings.HasPrefix(calls.list[1], "30s ") {
			t.Errorf("%q", calls.list)
		}
		if diff := cmp.Diff([]string{"warn alert command did not work"}, lines(logs)); diff != "" {
			t.Error(diff)
		}
	})
}

// A stop waits for nobody, and is no failure of the program.
func TestAStopEndsTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		c, calls := NewCommand([]string{"horn"}, NewMemory(), zap.New(core)), &calls{start: time.Now(), took: time.Hour}
		c.run = calls.run
		running(t, c.Run, func() {
			c.Tell([]Event{event("disk", false)})
			synctest.Wait()
		})
		if time.Since(calls.start) != 0 || logs.Len() != 0 || c.Trouble() != "" {
			t.Error(time.Since(calls.start), lines(logs))
		}
	})
}

// That the program cannot be run is said once, and once that it can again.
func TestAProgramThatCannotBeRunIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.InfoLevel)
		c, calls := NewCommand([]string{"horn"}, NewMemory(), zap.New(core)), &calls{start: time.Now(), err: errors.New("permission denied")}
		c.run = calls.run
		running(t, c.Run, func() {
			for i := range 20 {
				c.Tell([]Event{event("disk", i%2 == 1)})
				after(time.Minute)
			}
			if got := c.Trouble(); !strings.Contains(got, "permission denied") || !strings.Contains(got, "alert-command.conf") {
				t.Error(got)
			}
			calls.err = nil
			c.Tell([]Event{event("clock", false)})
			after(time.Minute)
			if got := c.Trouble(); got != "" {
				t.Error(got)
			}
		})
		if diff := cmp.Diff([]string{"warn alert command did not work error=permission denied", "info alert command works again"}, lines(logs, "error")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFloodIsBounded(t *testing.T) {
	c := NewCommand([]string{"horn"}, NewMemory(), zap.NewNop())
	for range 1000 {
		c.Tell([]Event{event("disk", false)})
	}
	if n := len(c.waiting); n != maxTold {
		t.Errorf("%d wait", n)
	}
}

func TestWordsOfStrangersAreCleaned(t *testing.T) {
	e := event("folder", false)
	e.Alert.Detail = "a\x1b[2J\nFAKE"
	text, environment := words([]Event{e, event("disk", true)})
	if strings.ContainsAny(text, "\x1b") || strings.Count(text, "\n") != 1 {
		t.Errorf("%q", text)
	}
	want := []string{
		"FINISHWATCH_ALERT=folder,disk", "FINISHWATCH_ALERT_TITLE=title of folder; title of disk", "FINISHWATCH_ALERT_STATE=began,ended",
	}
	if diff := cmp.Diff(want, environment); diff != "" {
		t.Error(diff)
	}
}

// script writes a program of the test.
func script(t *testing.T, text string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no sh")
	}
	path := filepath.Join(t.TempDir(), "horn")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// A real program: no shell reads the text, our secrets are not in its environment, what it writes is nobody's.
func TestARealProgram(t *testing.T) {
	t.Setenv("FINISHWATCH_PASSWORD", "hunter2")
	t.Setenv("NOTIFY_SOCKET", "/run/notify")
	t.Setenv("DISPLAY", ":0")
	out := filepath.Join(t.TempDir(), "out")
	horn := script(t, `printf '%s|' "$@" >`+out+`; env >>`+out+`; echo noise; echo noise >&2`)
	err := execute(t.Context(), []string{horn, "-v", "it's $(id) `id` \"x\""}, []string{"FINISHWATCH_ALERT=folder"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.HasPrefix(text, "-v|it's $(id) `id` \"x\"|") || !strings.Contains(text, "FINISHWATCH_ALERT=folder") || !strings.Contains(text, "DISPLAY=:0") {
		t.Error(text)
	}
	if strings.Contains(text, "hunter2") || strings.Contains(text, "NOTIFY_SOCKET") {
		t.Error("it knows what is none of its business:", text)
	}
	if err := execute(t.Context(), []string{script(t, "exit 3")}, nil); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Error(err)
	}
	if err := execute(t.Context(), []string{filepath.Join(t.TempDir(), "none"), "x"}, nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// What the program has started dies with it: the pipe that they hold is closed.
func TestAProgramIsKilledWithItsGroup(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "alive")
	horn := script(t, `mkfifo "$1"; (exec 3>"$1"; sleep 1000) & sleep 1000`)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- execute(ctx, []string{horn, fifo}, nil) }()
	for _, err := os.Stat(fifo); err != nil; _, err = os.Stat(fifo) {
		select {
		case err := <-done:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	reader, err := os.Open(fifo) // waits for the one who writes
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	stop()
	if err := <-done; err == nil {
		t.Error("it was killed, and that is no error")
	}
	closed := make(chan struct{})
	go func() {
		_, _ = reader.Read(make([]byte, 1))
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(20 * time.Second):
		t.Error("a child of the program lives on")
	}
}
