package alert

import (
	"bufio"
	"context"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/cmd/internal/status"
)

// rough answers each question with these bytes, in which the path of the question takes the place of PATH, and keeps the
// connection.
func rough(t *testing.T, answer string) *url.URL {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				line, _ := bufio.NewReader(connection).ReadString('\n')
				path := strings.Fields(line + " ? ?")[1]
				_, _ = connection.Write([]byte(strings.ReplaceAll(answer, "PATH", path)))
			}()
		}
	}()
	return &url.URL{Scheme: "http", Host: listener.Addr().String(), Path: "/secret", User: url.UserPassword("me", "hunter2")}
}

// Who knows the address can pretend to be this laptop: what a server says back goes nowhere.
func TestAServerThatRepeatsTheAddress(t *testing.T) {
	tests := map[string]string{
		"no HTTP":          "you asked for PATH hunter2\r\n\r\n",
		"a broken status":  "HTTP/1.1 PATH hunter2\r\n\r\n",
		"a broken header":  "HTTP/1.1 200 OK\r\nPATH hunter2\r\n\r\n",
		"a broken length":  "HTTP/1.1 200 OK\r\nContent-Length: PATH\r\n\r\n",
		"another encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: PATH\r\n\r\n",
		"a status":         "HTTP/1.1 500 PATH hunter2\r\nContent-Length: 0\r\n\r\n",
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			err := getter(rough(t, answer), "")(t.Context())
			if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "hunter2") {
				t.Error(err)
			}
		})
	}
}

// The body of 101 is the bare connection, which no context ends.
func TestAServerThatSwitchesProtocols(t *testing.T) {
	get := getter(rough(t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), "")
	done := make(chan error, 1)
	go func() { done <- get(t.Context()) }()
	select {
	case err := <-done:
		if err == nil || err.Error() != "HTTP 101" {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it hangs")
	}
}

// A daemon that ends as soon as it began, again and again, must not sound like one that is well.
func TestTheHeartDoesNotBeatAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var beats atomic.Int64
		h := &Heartbeat{log: zap.NewNop(), healthy: func() bool { return true }, get: func(context.Context) error { beats.Add(1); return nil }}
		running(t, h.Run, func() { after(firstBeat - time.Second) })
		if n := beats.Load(); n != 0 {
			t.Error(n)
		}
	})
}

// Where the daemon cannot even be looked at, nobody knows that results arrive.
func TestALookThatHangsStopsTheHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &daemon{s: well()}
		hang := make(chan struct{})
		looks := 0
		a := New(0, NewMemory(), func() Snapshot {
			if looks++; looks > 10 {
				<-hang
			}
			return d.look()
		}, func([]Event) {}, zap.NewNop())
		running(t, a.Run, func() {
			after(5 * time.Second)
			if !a.Healthy() {
				t.Error("it is well")
			}
			after(time.Minute)
			if a.Healthy() {
				t.Error("the last look is a minute ago")
			}
			close(hang)
			synctest.Wait()
		})
	})
}

// Between two configurations an alert goes on as the one that it was: it is neither said again nor forgotten.
func TestAReloadForgetsNoAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := well(unit(func(u *status.Unit) { u.LastRead = time.Time{} }))
		gone.Status.State = status.NoFolder
		d := &daemon{s: gone}
		core, logs := observer.New(zap.DebugLevel)
		memory := NewMemory()
		began := time.Now()
		running(t, New(0, memory, d.look, func([]Event) {}, zap.New(core)).Run, func() { after(time.Minute) })
		second := New(0, memory, d.look, func([]Event) {}, zap.New(core))
		if got := second.Active(); len(got) != 1 || !got[0].Since.Equal(began) || second.Healthy() {
			t.Errorf("before it looks: %+v", got)
		}
		running(t, second.Run, func() {
			after(time.Minute)
			d.becomes(well(unit(func(u *status.Unit) { u.LastRead = time.Time{} })))
			after(time.Minute)
		})
		want := []string{"error watched folder is gone", "info alert is over lasted=2m1s"}
		if diff := cmp.Diff(want, lines(logs, "lasted")); diff != "" {
			t.Error(diff)
		}
	})
}

// What nobody was told yet is told by the program of the next configuration, also where the one before was killed for it.
func TestAReloadForgetsNothingToTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory, calls := NewMemory(), &calls{start: time.Now(), took: time.Second}
		first := NewCommand([]string{"horn"}, memory, zap.NewNop())
		first.run = calls.run
		running(t, first.Run, func() {
			first.Tell([]Event{event("folder", false)})
			after(time.Millisecond)
			first.Tell([]Event{event("disk", false)})
		})
		second := NewCommand([]string{"siren"}, memory, zap.NewNop())
		second.run = calls.run
		running(t, second.Run, func() { after(time.Minute) })
		if len(calls.list) != 2 || !strings.Contains(calls.list[1], "title of folder") || !strings.Contains(calls.list[1], "\nfinishwatch: title of disk") {
			t.Errorf("%q", calls.list)
		}
	})
}

func TestALongDetailDoesNotHideWhatToDo(t *testing.T) {
	e := event("stalled", false)
	e.Alert.Detail = strings.Repeat("R1/1/1 is refused · ", 100)
	if text, _ := words([]Event{e}); !strings.Contains(text, "…. Safe: all is. Now: do") {
		t.Error(text)
	}
}

// The next configuration may have another time of quiet, or no program that could be told.
func TestTheNextConfigurationHasItsOwnSettings(t *testing.T) {
	memory := NewMemory()
	for _, quiet := range []time.Duration{0, time.Minute} {
		if got := memory.watching(quiet).quiet; got != quiet {
			t.Errorf("%s, want %s", got, quiet)
		}
	}
	memory.untold = []Event{event("disk", false)}
	memory.Forget()
	if c := NewCommand([]string{"horn"}, memory, zap.NewNop()); len(c.waiting) != 0 {
		t.Errorf("%+v", c.waiting)
	}
}

// What comes back again and again is over in the end all the same.
func TestHowLongAnAlertMustStayAway(t *testing.T) {
	k := kind{ends: 30 * time.Second}
	for again, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, longest, longest} {
		if got := (&phase{again: again}).patience(k); got != want {
			t.Errorf("the %d. time: %s, want %s", again+1, got, want)
		}
	}
	if got := (&phase{again: 1000}).patience(k); got != longest {
		t.Error(got)
	}
}
