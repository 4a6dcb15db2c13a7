package rehearsal

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"finishwatch/cmd/internal/logging"
)

// player writes the script and says what happens.
type player struct {
	stage *stage
	w     io.Writer
	start time.Time

	lines     int                  // complete lines in the file
	complete  []moment             // when which lines became complete
	corrected map[string]time.Time // when the file said another time for a bib
	shown     int                  // entries of the journal that have been printed
	lastSaid  time.Time
}

// moment says that the lines up to this one were complete then.
type moment struct {
	lines int
	at    time.Time
}

// perform writes every step and then waits until the imitation has everything or nothing has happened for a while.
func (p *player) perform(ctx context.Context) error {
	p.corrected = map[string]time.Time{}
	path := filepath.Join(p.stage.cfg.Watch.Dir, p.stage.script.file)
	for _, s := range p.stage.script.steps {
		if !wait(ctx, s.pause) {
			return nil
		}
		if err := s.apply(path); err != nil {
			return fmt.Errorf("rehearsal: write the export: %w", err)
		}
		p.note(s)
		p.say(false)
	}
	fmt.Fprintf(p.w, "%s  the export is complete\n", p.clock())
	p.awaitEnd(ctx)
	p.say(true)
	return nil
}

func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// apply writes as a timing program does: open, write, close.
func (s step) apply(path string) error {
	flags := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if s.rewrite {
		flags = os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(s.data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func (p *player) note(s step) {
	now := time.Now()
	if s.lines > p.lines {
		p.lines = s.lines
		p.complete = append(p.complete, moment{lines: s.lines, at: now})
	}
	for bib := range s.again {
		p.corrected[bib] = now
	}
}

// quiet is how long nothing may happen before the player gives up: longer than a last line without a newline has to
// wait to be believed, which is a hundred times settle.
const quiet = 25 * time.Second

func (p *player) awaitEnd(ctx context.Context) {
	last, since := -1, time.Now()
	for {
		v := p.judge()
		if v.clean() || ctx.Err() != nil {
			return
		}
		if v.right != last {
			last, since = v.right, time.Now()
		}
		if time.Since(since) > quiet || !wait(ctx, pace) {
			return
		}
		p.say(false)
	}
}

// say prints the uploads that were accepted since the last call, and now and then the numbers.
func (p *player) say(force bool) {
	journal := p.stage.server.Journal()
	for _, entry := range journal[p.shown:] {
		for _, b := range entry.Batches {
			fmt.Fprintf(p.w, "%s  %s %s %d rows%s → HTTP %d\n", p.clock(), b.Mode, b.Unit, len(b.Rows), named(b.Rows), entry.Status)
		}
	}
	p.shown = len(journal)
	if !force && time.Since(p.lastSaid) < 2*time.Second {
		return
	}
	p.lastSaid = time.Now()
	t := p.stage.daemon.Status().Totals()
	fmt.Fprintf(p.w, "%s  written %d lines, read %d, confirmed %d, waiting %d, held %d\n", p.clock(), p.lines, t.Read, t.Confirmed, t.Pending, t.Held)
}

// maxNamed bounds how many rows a line of progress shows.
const maxNamed = 3

func named(rows [][2]string) string {
	var text strings.Builder
	for _, row := range rows[:min(len(rows), maxNamed)] {
		text.WriteString(fmt.Sprintf("  %s %s", logging.Clean(row[0]), logging.Clean(row[1])))
	}
	if len(rows) > maxNamed {
		text.WriteString(" …")
	}
	return text.String()
}

func (p *player) clock() string {
	return fmt.Sprintf("%5.1fs", time.Since(p.start).Seconds())
}
