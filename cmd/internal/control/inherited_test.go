//go:build unix

package control

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// handedOver is a socket as systemd hands it over, with the path on which it listens.
func handedOver(t *testing.T) (*Inherited, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "finishwatch.sock")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	file, err := listener.File()
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	t.Cleanup(func() { _ = file.Close() })
	return &Inherited{file}, path
}

// One daemon follows another when a configuration is reloaded; who asks in between is answered by the next.
func TestASocketFromSystemdGoesOnToTheNextDaemon(t *testing.T) {
	inherited, path := handedOver(t)
	if InheritedFor(filepath.Join(t.TempDir(), "status.json")) == "" {
		t.Error("no socket beside a runtime folder that is there")
	}
	for range 2 {
		listener, err := inherited.Listen()
		if err != nil {
			t.Fatal(err)
		}
		answered := make(chan Outcome, 1)
		go func() { answered <- Client{path}.Do(t.Context(), Request{Do: Hold}, func(string) {}) }()
		ctx, stop := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() { served <- Serve(ctx, listener, echo{}) }()
		if o := <-answered; o.Exit != 65 {
			t.Errorf("%+v", o)
		}
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
		if !(Client{path}).Running() {
			t.Error("with the daemon, the socket is gone that systemd holds")
		}
	}
}

func TestASocketFromSystemdThatIsNone(t *testing.T) {
	file, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := (&Inherited{file}).Listen(); err == nil {
		t.Error("a folder is listened on")
	}
}

// While the service is stopped its runtime folder is gone, and nobody connects to where systemd would start it.
func TestASocketFromSystemdIsNotTriedWhileNothingRuns(t *testing.T) {
	run := t.TempDir()
	for status, want := range map[string]string{
		filepath.Join(run, "status.json"):             run + ".sock",
		filepath.Join(run, "gone", "status.json"):     "",
		filepath.Join(run, "finishwatch.db.status.x"): "",
	} {
		if got := InheritedFor(status); got != want {
			t.Errorf("%s: %q", status, got)
		}
	}
}

func TestWhoMayAsk(t *testing.T) {
	for name, test := range map[string]struct {
		peer, self int
		may        bool
	}{
		"root":                        {0, 61234, true},
		"the service's own user":      {61234, 61234, true},
		"somebody else":               {1000, 61234, false},
		"nobody":                      {65534, 61234, false},
		"a user whom nobody can name": {-1, 61234, false},
		"somebody else, asking root":  {1000, 0, false},
	} {
		if got := mayAsk(test.peer, true, test.self); got != test.may {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !mayAsk(0, false, 61234) {
		t.Error("where nobody can be told, the rights of the socket decide")
	}
}

func TestWhoIsAtTheOtherEnd(t *testing.T) {
	path := serving(t, echo{})
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if uid, known := peer(c); known != (runtime.GOOS == "linux") || known && uid != os.Geteuid() {
		t.Errorf("%d at the other end, which is this process; known: %v", uid, known)
	}
	_ = c.Close()
	if runtime.GOOS == "linux" && ours(c) {
		t.Error("who is gone before they are looked at is one of us")
	}
	if a, b := net.Pipe(); !ours(a) {
		t.Error("who cannot be told is refused, rights or no rights", b)
	}
}

// Anybody may connect to the socket of systemd. Who fills its queue does not make a daemon look as if none ran.
func TestAQueueThatOthersFill(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("systemd is Linux's, and so is what a full queue answers")
	}
	inherited, path := handedOver(t)
	if err := unix.Listen(int(inherited.file.Fd()), 1); err != nil { // as short as it can be
		t.Fatal(err)
	}
	var others []net.Conn
	for c, err := net.Dial("unix", path); err == nil; c, err = net.Dial("unix", path) {
		others = append(others, c)
	}
	if !(Client{path}).Running() {
		t.Error("nothing runs")
	}
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, stop)
	if o := (Client{path}).Do(ctx, Request{Do: Hold}, func(string) {}); o.Error != "interrupted" {
		t.Errorf("it does not wait for its turn: %+v", o)
	}
	listener, err := inherited.Listen()
	if err != nil {
		t.Fatal(err)
	}
	serving, end := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(serving, listener, echo{}) }()
	if o := (Client{path}).Do(t.Context(), Request{Do: Hold}, func(string) {}); o.Exit != 65 {
		t.Errorf("%+v", o)
	}
	for _, c := range others {
		_ = c.Close()
	}
	end()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
