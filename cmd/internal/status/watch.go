package status

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"finishwatch/cmd/internal/logging"
)

// View shows a status to whoever asks for it.
type View struct {
	Commands Commands
	JSON     bool // for a program

	every time.Duration // between two looks of Watch; zero for a second
}

// Show writes the status once.
func (v View) Show(w io.Writer, s Status, now time.Time) error {
	if v.JSON {
		return json.NewEncoder(w).Encode(s)
	}
	s.Print(w, now, v.Commands)
	return nil
}

// Watch goes on showing what read returns until ctx ends, and returns nil then. On a terminal the picture is redrawn in
// place; elsewhere a line is written each time that something other than the time has changed.
func (v View) Watch(ctx context.Context, out io.Writer, read func() (Status, error)) error {
	if v.every == 0 {
		v.every = time.Second
	}
	file, ok := out.(*os.File)
	if ok && !v.JSON && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" {
		return v.onScreen(ctx, file, read)
	}
	return v.inLines(ctx, out, read)
}

// inLines writes a line for each change.
func (v View) inLines(ctx context.Context, w io.Writer, read func() (Status, error)) error {
	last := ""
	return v.loop(ctx, func() error {
		s, err := read()
		line := s.change()
		if err != nil {
			line = logging.Clean(err.Error())
		}
		switch {
		case line == last:
			return nil
		case v.JSON && err == nil:
			last = line
			return v.Show(w, s, time.Now())
		case v.JSON:
			last = line
			return json.NewEncoder(w).Encode(map[string]string{"error": line})
		}
		last = line
		_, err = fmt.Fprintf(w, "%s  %s\n", time.Now().Format(time.TimeOnly), line)
		return err
	})
}

// change is the line without what changes by itself; where it differs, something has happened.
func (s Status) change() string {
	line := s.headline()
	s.Alerts = nil // they are in it
	switch {
	case s.State == NotRunning:
		line += " (" + string(s.Process) + ")"
	case s.State == Live && s.attention() != "":
		line += " (" + s.attention() + ")"
	}
	return logging.Clean(line)
}

// loop calls show at once and then again and again until ctx ends.
func (v View) loop(ctx context.Context, show func() error) error {
	ticker := time.NewTicker(v.every)
	defer ticker.Stop()
	for {
		if err := show(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// onScreen draws on the terminal's other screen, so that what was there comes back in the end, with the last picture
// below it.
func (v View) onScreen(ctx context.Context, f *os.File, read func() (Status, error)) (err error) {
	defer enableSequences(f)()
	s := &screen{w: f, size: func() (int, int, error) { return term.GetSize(int(f.Fd())) }, commands: v.Commands}
	fmt.Fprint(f, enterScreen)
	defer func() {
		fmt.Fprint(f, leaveScreen)
		if last, cannot := read(); err == nil && cannot == nil {
			err = v.Show(f, last, time.Now())
		}
	}()
	return v.loop(ctx, func() error {
		now, err := read()
		return s.draw(now, err, time.Now())
	})
}
