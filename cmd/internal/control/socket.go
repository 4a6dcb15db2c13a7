package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"finishwatch/cmd/internal/logging"
)

const (
	maxRequest = 64 << 10         // bytes
	patience   = 10 * time.Second // for a request to arrive
	leafing    = 10 * time.Minute // for a line of an answer to be taken: somebody leafs through them
	maxAtOnce  = 8                // requests that are carried out
	maxOpen    = 64               // connections
)

// message is one line of an answer.
type message struct {
	Line *string  `json:"line,omitempty"`
	End  *Outcome `json:"end,omitempty"`
}

// Listen makes the socket, for this user and root alone. One that nobody listens on any more is taken over. Under systemd
// the service may not make one, and gets it; see [Inherited].
func Listen(path string) (net.Listener, error) {
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("control socket %s: another finishwatch listens there", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	listener, err := listenPrivately(path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return listener, nil
}

// Serve answers requests until ctx ends, and then returns nil. It closes the listener.
func Serve(ctx context.Context, listener net.Listener, doer Doer) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	defer listener.Close()
	var running sync.WaitGroup
	defer running.Wait()
	open, seats := make(chan struct{}, maxOpen), make(chan struct{}, maxAtOnce)
	for {
		c, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("control socket: %w", err)
		case err != nil:
			if !pause(ctx, time.Second) { // too many open files, perhaps; that passes
				return nil
			}
			continue
		}
		if !ours(c) {
			refuse(c)
			continue
		}
		select {
		case open <- struct{}{}:
			running.Go(func() {
				defer func() { <-open }()
				answer(ctx, c, doer, seats)
			})
		default:
			_ = c.Close()
		}
	}
}

// pause waits; false when ctx ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// answer reads one request and carries it out when there is a seat. Who hangs up ends what was asked for, where that can be
// ended.
func answer(ctx context.Context, c net.Conn, doer Doer, seats chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now().Add(time.Second)) })
	defer stop()
	defer c.Close()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	line, err := bufio.NewReader(io.LimitReader(c, maxRequest)).ReadBytes('\n')
	var r Request
	if err != nil || json.Unmarshal(line, &r) != nil {
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	out := json.NewEncoder(c)
	write := func(m message) {
		_ = c.SetWriteDeadline(time.Now().Add(leafing))
		if ctx.Err() != nil { // nobody waits for who leafs while this ends
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		}
		if out.Encode(m) != nil {
			cancel()
		}
	}
	go func() {
		_, _ = c.Read(make([]byte, 1)) // returns when the other end is gone
		cancel()
	}()
	select {
	case seats <- struct{}{}:
		defer func() { <-seats }()
	case <-ctx.Done():
		return
	}
	outcome := doer.Do(ctx, r, func(text string) { write(message{Line: &text}) })
	write(message{End: &outcome})
}

// ErrNotRunning says that no daemon listens.
var ErrNotRunning = errors.New("no finishwatch is running here")

// Client asks the daemon that listens at a path.
type Client struct{ Path string }

// Do implements [Doer]. Where no daemon listens the outcome's error is that of [ErrNotRunning]; see [Client.Running].
func (c Client) Do(ctx context.Context, r Request, say func(string)) Outcome {
	conn, err := c.dial(ctx)
	switch {
	case ctx.Err() != nil:
		return Outcome{Exit: 1, Error: "interrupted"}
	case errors.Is(err, syscall.EAGAIN):
		return Outcome{Exit: 1, Error: "somebody on this machine asks finishwatch without end, and it does not come to this; try again"}
	case err != nil:
		return Outcome{Exit: 3, Error: ErrNotRunning.Error()}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	_ = json.NewEncoder(conn).Encode(r) // who is refused is told why, perhaps before it has asked
	for in := json.NewDecoder(conn); ; {
		var m message
		switch err := in.Decode(&m); {
		case ctx.Err() != nil:
			return Outcome{Exit: 1, Error: "interrupted"}
		case err != nil:
			return Outcome{Exit: 3, Error: "finishwatch ended before it had answered; look at its log"}
		case m.End != nil: // cleaned there already, if nobody has got into it
			m.End.Error = logging.Clean(m.End.Error)
			return *m.End
		case m.Line != nil:
			say(logging.Clean(*m.Line))
		}
	}
}

// dial connects. Where others crowd the queue of a daemon it tries again and again, for as long as patience.
func (c Client) dial(ctx context.Context) (net.Conn, error) {
	for end := time.Now().Add(patience); ; {
		conn, err := (&net.Dialer{Timeout: patience}).DialContext(ctx, "unix", c.Path)
		if !errors.Is(err, syscall.EAGAIN) || time.Now().After(end) || !pause(ctx, 5*time.Millisecond) {
			return conn, err
		}
	}
}

// Running reports whether a daemon listens; also one whose queue is full.
func (c Client) Running() bool {
	conn, err := net.DialTimeout("unix", c.Path, patience)
	if err != nil {
		return errors.Is(err, syscall.EAGAIN)
	}
	_ = conn.Close()
	return true
}
