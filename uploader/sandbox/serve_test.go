package sandbox_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"finishwatch/uploader/sandbox"
)

func TestServeEndsWithItsContext(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := sandbox.New(sandbox.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()

	c := connect(t, "http://"+listener.Addr().String())
	c.login()
	c.taken(r1("append", "1 10:00"))

	// A request that is being delayed must not hold up the end.
	asked := make(chan struct{})
	s.SetFaults(func(*http.Request) sandbox.Fault {
		close(asked)
		return sandbox.Fault{Kind: sandbox.FaultAnswer, Delay: time.Hour}
	})
	answered := make(chan error, 1)
	go func() {
		_, _, err := c.do(c.request("PUT", uploadPath, r1("append", "2 10:00")))
		answered <- err
	}()
	<-asked
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := <-answered; err != nil {
		t.Errorf("the answer under way was cut off: %v", err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("still listening")
	}
}

func TestServeStaysOnThisMachine(t *testing.T) {
	listener, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // ends a Serve that does not refuse
	defer cancel()
	err = sandbox.New(sandbox.Options{}).Serve(ctx, listener)
	if err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("Serve: %v", err)
	}
	if listener.Close() == nil {
		t.Error("the refused listener stayed open")
	}
}

func TestServeSaysWhyItEnded(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := sandbox.New(sandbox.Options{}).Serve(t.Context(), listener); err == nil {
		t.Error("no error for a closed listener")
	}
}
