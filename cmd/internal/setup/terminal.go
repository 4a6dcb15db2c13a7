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
	ctx context.Context //nolint:containedctx // a question lasts as long as the command
	in  *os.File
	out io.Writer
	buf *bufio.Reader
}

// NewTerminal returns the terminal behind in. It is not ok where that is none. Questions end with ctx.
func NewTerminal(ctx context.Context, in *os.File, out io.Writer) (Terminal, bool) {
	if !term.IsTerminal(int(in.Fd())) {
		return nil, false
	}
	return &console{ctx: ctx, in: in, out: out, buf: bufio.NewReader(in)}, true
}

// Say implements [Terminal].
func (c *console) Say(text string) { fmt.Fprintln(c.out, text) }

// Line implements [Terminal].
func (c *console) Line(prompt string) (string, error) {
	fmt.Fprint(c.out, prompt)
	return c.answer(func() (string, error) {
		line, err := c.buf.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	})
}

// Secret implements [Terminal]. Ctrl-C must not leave a terminal behind that shows nothing any more.
func (c *console) Secret(prompt string) (string, error) {
	before, err := term.GetState(int(c.in.Fd()))
	if err != nil {
		return "", err
	}
	fmt.Fprint(c.out, prompt)
	defer fmt.Fprintln(c.out)
	secret, err := c.answer(func() (string, error) {
		text, err := term.ReadPassword(int(c.in.Fd()))
		return string(text), err
	})
	if c.ctx.Err() != nil {
		_ = term.Restore(int(c.in.Fd()), before)
	}
	return secret, err
}

// answer waits for a person or the end of the command, whichever comes first. Nothing ends a read from a terminal: it is
// left behind, and the process ends soon.
func (c *console) answer(read func() (string, error)) (string, error) {
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
	case <-c.ctx.Done():
		return "", context.Cause(c.ctx)
	}
}
