package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo answers with what it was asked, and waits where it was asked to.
type echo struct{ begun, gone chan struct{} }

func (e echo) Do(ctx context.Context, r Request, say func(string)) Outcome {
	if r.Bib == "wait" {
		close(e.begun)
		<-ctx.Done()
		close(e.gone)
		return Outcome{Exit: 1}
	}
	for i := range 3 {
		say(fmt.Sprint(r.Do, " ", r.Race, " ", i))
	}
	return Outcome{Exit: 65, Error: "as asked", Seen: r.Seen}
}

// serving is a socket that is served until the test ends.
func serving(t *testing.T, doer Doer) string {
	t.Helper()
	path := SocketFor(filepath.Join(t.TempDir(), "status.json"))
	listener, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, doer) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return path
}

func TestARequestIsAnsweredLineByLine(t *testing.T) {
	path := serving(t, echo{})
	var lines []string
	outcome := Client{path}.Do(t.Context(), Request{Do: Hold, Race: "R1", Seen: "x"}, func(line string) { lines = append(lines, line) })
	if want := (Outcome{Exit: 65, Error: "as asked", Seen: "x"}); outcome != want {
		t.Errorf("%+v", outcome)
	}
	if strings.Join(lines, "|") != "hold R1 0|hold R1 1|hold R1 2" {
		t.Errorf("%q", lines)
	}
}

func TestOnlyTheServicesUserMayConnect(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the folder's rights are the socket's")
	}
	info, err := os.Stat(serving(t, echo{}))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestWhoHangsUpEndsTheRequest(t *testing.T) {
	e := echo{make(chan struct{}), make(chan struct{})}
	path := serving(t, e)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan Outcome, 1)
	go func() { done <- Client{path}.Do(ctx, Request{Do: Verify, Bib: "wait"}, func(string) {}) }()
	<-e.begun
	stop()
	if o := <-done; o.Exit != 1 {
		t.Errorf("%+v", o)
	}
	select {
	case <-e.gone:
	case <-time.After(20 * time.Second):
		t.Error("the daemon goes on with a request whose asker is gone")
	}
}

// What is no request, or too long, is hung up on; the next one is answered.
func TestRubbishIsHungUpOn(t *testing.T) {
	path := serving(t, echo{})
	for sentence, text := range map[string]string{
		"no JSON":  "GET / HTTP/1.1\r\n\r\n",
		"too long": `{"do":"` + strings.Repeat("x", maxRequest) + `"}` + "\n",
		"nothing":  "\n",
	} {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte(text))
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		if n, err := c.Read(make([]byte, 1)); n > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %d bytes, %v", sentence, n, err)
		}
		_ = c.Close()
	}
	if o := (Client{path}).Do(t.Context(), Request{Do: Pause}, func(string) {}); o.Exit != 65 {
		t.Errorf("%+v", o)
	}
}

func TestNobodyListens(t *testing.T) {
	c := Client{filepath.Join(t.TempDir(), "none.sock")}
	if o := c.Do(t.Context(), Request{Do: Pause}, func(string) {}); o.Exit != 3 || c.Running() {
		t.Errorf("%+v", o)
	}
}

// A socket that a killed daemon left behind is taken over; one that is listened on is not.
func TestASocketIsTakenOverFromTheDead(t *testing.T) {
	path := serving(t, echo{})
	if _, err := Listen(path); err == nil {
		t.Error("two listen on one socket")
	}
	dead := filepath.Join(t.TempDir(), "s.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: dead, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	_ = left.Close()
	listener, err := Listen(dead)
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if _, err := os.Stat(dead); err == nil {
		t.Error("it is left behind")
	}
}

func TestWhereTheSocketIs(t *testing.T) {
	for status, want := range map[string]string{
		"/run/finishwatch/status.json":                 "/run/finishwatch/control.sock",
		"/home/me/a.db.status.json":                    "/home/me/a.db.status.json.sock",
		"/" + strings.Repeat("x", 90) + "/status.json": "",
	} {
		got := filepath.ToSlash(SocketFor(status))
		if want == "" && (len(got) > maxPath || got != filepath.ToSlash(SocketFor(status))) || want != "" && got != want {
			t.Errorf("%s: %s", status, got)
		}
	}
}

// Whatever is said on the socket is one line of JSON each.
func TestLinesCannotBeForged(t *testing.T) {
	text, err := json.Marshal(message{Line: new("a\nb\x1b[2J")})
	if err != nil || strings.Contains(string(text), "\n") || strings.Contains(string(text), "\x1b") {
		t.Errorf("%s %v", text, err)
	}
}

func TestCellsThatASpreadsheetWouldRun(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "@x": "'@x", "+1": "'+1", "349": "349", "": "", "-": "-", `a"b`: `"a""b"`} {
		if got := row(cell); got != want && !(cell == "" && got == `""`) {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}

// Clients that connect and say nothing keep nobody waiting.
func TestIdleClientsKeepNobodyWaiting(t *testing.T) {
	path := serving(t, echo{})
	for range 3 * maxAtOnce {
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience/2) // they are hung up on after patience
	defer cancel()
	if o := (Client{path}).Do(ctx, Request{Do: Pause}, func(string) {}); o.Exit != 65 {
		t.Errorf("%+v", o)
	}
}

// intruder is a daemon into which somebody found a way.
type intruder struct{}

func (intruder) Do(_ context.Context, _ Request, say func(string)) Outcome {
	say("paused\n\x1b]0;mine\a")
	return Outcome{Exit: 1, Error: "run this:\x1b[8m"}
}

// Root asks, and the service answers: what it says does not reach the terminal as commands.
func TestAnAnswerThatSpeaksToTheTerminal(t *testing.T) {
	path := serving(t, intruder{})
	var lines []string
	outcome := Client{path}.Do(t.Context(), Request{Do: Pause}, func(line string) { lines = append(lines, line) })
	if said := strings.Join(lines, "|") + outcome.Error; strings.ContainsAny(said, "\x1b\a\n") || !strings.Contains(said, "paused") {
		t.Errorf("%q", said)
	}
}

// late says something when it has been ended for a while.
type late struct{}

func (late) Do(ctx context.Context, _ Request, say func(string)) Outcome {
	<-ctx.Done()
	time.Sleep(time.Millisecond)
	say("it ended")
	return Outcome{Exit: 1}
}

// Who leafs through a long report gets all of it; a reload does not wait for them.
func TestWhoReadsAnAnswerSlowly(t *testing.T) {
	for name, doer := range map[string]Doer{"it goes on": echo{}, "it is reloaded meanwhile": late{}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				asker, asked := net.Pipe()
				defer asker.Close()
				done := make(chan struct{})
				go func() {
					answer(ctx, asked, doer, make(chan struct{}, maxAtOnce))
					close(done)
				}()
				if err := json.NewEncoder(asker).Encode(Request{Do: History}); err != nil {
					t.Fatal(err)
				}
				if doer == (late{}) {
					synctest.Wait()
					began := time.Now()
					stop()
					if <-done; time.Since(began) > patience {
						t.Errorf("it waits for %s", time.Since(began))
					}
					return
				}
				time.Sleep(5 * time.Minute)
				all, _ := io.ReadAll(asker)
				if lines := strings.Count(string(all), "\n"); lines != 4 {
					t.Errorf("%d lines of 4: %s", lines, all)
				}
				<-done
			})
		})
	}
}

func TestABibThatIsLongerThanAny(t *testing.T) {
	d := &Desk{}
	if o := d.Do(t.Context(), Request{Do: Hold, Bib: strings.Repeat("7", maxBib+1)}, func(string) {}); o.Exit != exitUsage {
		t.Errorf("%+v", o)
	}
}
