package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// console is the terminal of the process. Questions go to out, which is not where a configuration may be written to.
type console struct {
	in  *os.File
	out io.Writer
	buf *bufio.Reader
}

// NewTerminal returns the terminal behind in; out is where it is asked. It is not ok where in is no terminal.
func NewTerminal(in *os.File, out io.Writer) (Terminal, bool) {
	if !term.IsTerminal(int(in.Fd())) {
		return nil, false
	}
	return &console{in: in, out: out, buf: bufio.NewReader(in)}, true
}

// Say implements [Terminal].
func (c *console) Say(text string) { fmt.Fprintln(c.out, text) }

// Line implements [Terminal].
func (c *console) Line(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(c.out, prompt)
	return answer(ctx, func() (string, error) {
		line, err := c.buf.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	})
}

// Secret implements [Terminal]. Ctrl-C must not leave a terminal behind that shows nothing any more.
func (c *console) Secret(ctx context.Context, prompt string) (string, error) {
	fd := int(c.in.Fd()) // once: whoever is left behind below must not ask for it beside a Close
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(c.out, prompt)
	defer fmt.Fprintln(c.out)
	secret, err := answer(ctx, func() (string, error) {
		text, err := term.ReadPassword(fd)
		return string(text), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before)
	}
	return secret, err
}

// answer waits for a person or the end of the command, whichever comes first. Nothing ends a read from a terminal: it is
// left behind, and the process ends soon.
func answer(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		text string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
