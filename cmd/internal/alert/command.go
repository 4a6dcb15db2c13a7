package alert

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/status"
)

// Command tells people by a program of theirs: a light, a horn, a message to a phone. What it is told is the last of its
// arguments, without a shell, and in its environment.
type Command struct {
	argv []string // the program and what stands before the text
	run  func(ctx context.Context, argv, environment []string) error
	log  *zap.Logger
	wake chan struct{}
	kept *Memory

	mu      sync.Mutex
	waiting []Event
	trouble string
}

// NewCommand returns what runs a program, and starts nothing. What the memory has that nobody was told is told first.
func NewCommand(argv []string, memory *Memory, log *zap.Logger) *Command {
	c := &Command{argv: argv, run: execute, log: log, wake: make(chan struct{}, 1), kept: memory}
	if untold := memory.untold; len(untold) > 0 {
		c.Tell(untold)
	}
	return c
}

const (
	// maxRun is how long the program may take. Then it is killed, with what it has started.
	maxRun = 10 * time.Second
	// pause is the least time from one start of the program to the next. What comes in between is told together.
	pause = 30 * time.Second
	// maxTold bounds what is told together.
	maxTold = 20
)

// Tell gives the program something to tell. It does not wait.
func (c *Command) Tell(events []Event) {
	c.mu.Lock()
	c.waiting = append(c.waiting, events...)
	c.waiting = c.waiting[max(0, len(c.waiting)-maxTold):]
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run runs the program whenever there is something to tell, until ctx ends, and returns nil. A program that runs then is
// killed; what it was told, and what waits, is in the memory for the next configuration.
func (c *Command) Run(ctx context.Context) error {
	defer c.keep()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		}
		next := time.NewTimer(pause)
		c.once(ctx)
		select {
		case <-ctx.Done():
			next.Stop()
			return nil
		case <-next.C:
		}
	}
}

func (c *Command) keep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.untold = c.waiting
}

// once tells all that waits.
func (c *Command) once(ctx context.Context) {
	c.mu.Lock()
	events := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	if len(events) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, maxRun)
	defer cancel()
	text, environment := words(events)
	err := c.run(ctx, append(append([]string{}, c.argv...), text), environment)
	if ctx.Err() == context.Canceled {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiting = append(events, c.waiting...)
		return
	}
	c.take(err)
}

// take says once that the program cannot be run, and once that it can again.
func (c *Command) take(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.trouble
	if c.trouble = ""; err != nil {
		c.trouble = fmt.Sprintf("the command of [alert] did not work: %v", err)
	}
	switch {
	case err != nil && was == "":
		c.log.Warn("alert command did not work", zap.Error(err), zap.String("advice", commandAdvice))
	case err == nil && was != "":
		c.log.Info("alert command works again")
	}
}

const commandAdvice = "try it in a shell; the service needs the drop-in alert-command.conf before it may start anything"

// Trouble is why people are not told, ending in what to do; empty when they are.
func (c *Command) Trouble() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trouble == "" {
		return ""
	}
	return c.trouble + "; " + commandAdvice
}

// maxDetail bounds the detail, so that what to do is never cut off: see [logging.Clean].
const maxDetail = 400

func bounded(detail string) string {
	if runes := []rune(detail); len(runes) > maxDetail/2 && len(detail) > maxDetail {
		return strings.ToValidUTF8(detail[:maxDetail], "") + "…"
	}
	return detail
}

// words are what the program is told: a line for each event, and the same in pieces in its environment. Texts of files and
// servers are cleaned.
func words(events []Event) (text string, environment []string) {
	var lines, ids, titles, states []string
	for _, e := range events {
		ids, titles = append(ids, e.Alert.ID), append(titles, e.Alert.Title)
		if e.Over {
			states = append(states, "ended")
			lines = append(lines, fmt.Sprintf("over: %s, after %s", e.Alert.Title, status.Duration(e.Lasted)))
			continue
		}
		states = append(states, "began")
		line := "finishwatch: " + e.Alert.Title + because(bounded(e.Alert.Detail)) + ". Safe: " + e.Alert.Safe + ". Now: " + e.Alert.Now
		lines = append(lines, logging.Clean(line))
	}
	return strings.Join(lines, "\n"), []string{
		"FINISHWATCH_ALERT=" + strings.Join(ids, ","),
		"FINISHWATCH_ALERT_TITLE=" + strings.Join(titles, "; "),
		"FINISHWATCH_ALERT_STATE=" + strings.Join(states, ","),
	}
}
