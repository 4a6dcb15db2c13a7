package rehearsal

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"finishwatch/cmd/internal/logging"
	"finishwatch/parse"
	"finishwatch/uploader/sandbox"
)

// player writes the exports and says what happens.
type player struct {
	writings []*writing
	hand     *hand
	witness  *witness
	outcomes outcomes
	server   *sandbox.Server
	daemon   *process
	troubles *troubles
	patience time.Duration // how long nothing may happen in the end

	mu       sync.Mutex // guards what is printed
	w        io.Writer
	start    time.Time
	shown    int // entries of the journal that have been printed
	lastSaid time.Time
}

// perform writes every export to its end and then waits until the imitation has everything or nothing has happened for
// a while.
func (p *player) perform(ctx context.Context) error {
	for {
		next, left := p.nextWrite()
		if !left {
			break
		}
		if !wait(ctx, time.Until(next)) {
			return nil
		}
		for _, w := range p.writings {
			if err := p.write(ctx, w); err != nil {
				return fmt.Errorf("rehearsal: write the export: %w", err)
			}
		}
		p.progress(false)
	}
	for _, w := range p.writings {
		p.witness.hear(w.name, w.paper.text, true, parse.TailStill, time.Now())
	}
	p.say("the export is complete")
	p.awaitEnd(ctx)
	p.progress(true)
	return nil
}

// nextWrite is when the next write is due; false when all has been written.
func (p *player) nextWrite() (next time.Time, left bool) {
	for _, w := range p.writings {
		if w.next == len(w.events) {
			continue
		}
		due := p.start.Add(w.events[w.next].at)
		if due.Before(w.notBefore) {
			due = w.notBefore
		}
		if !left || due.Before(next) {
			next, left = due, true
		}
	}
	return next, left
}

// write writes what is due of one export: row by row where rows are appended, unless there are too many.
func (p *player) write(ctx context.Context, w *writing) error {
	now := time.Now()
	for w.next < len(w.events) && ctx.Err() == nil && !w.notBefore.After(now) {
		due := w.next
		for due < len(w.events) && !p.start.Add(w.events[due].at).After(now) {
			due++
		}
		if due == w.next {
			return nil
		}
		if !p.hand.now().anew() && due-w.next <= crowd {
			due = w.next + 1
		}
		changed, behind := w.paper.take(w.events[w.next:due])
		w.next = due
		err := p.hand.write(ctx, w, changed, behind)
		if err != nil {
			return err
		}
		p.witness.hear(w.name, w.paper.text, !changed, parse.TailGrowing, time.Now())
	}
	return nil
}

// quiet is how long nothing may happen before the player gives up, besides the time that a last line without a newline
// has to wait to be believed, which is a hundred times settle.
const quiet = 20 * time.Second

// aftermath is how long after the last fault a client may still be waiting before it tries again: it waits up to a
// minute (OPENTRACK section 6), and then has to send what has piled up.
const aftermath = 90 * time.Second

func (p *player) awaitEnd(ctx context.Context) {
	last, since := [2]int{-1}, time.Now()
	for {
		over, rest := p.troubles.over()
		confirmed := p.daemon.status().Totals().Confirmed
		// The comparison reads all that there is, so the numbers are asked first.
		if over && (confirmed >= len(p.outcomes.want) && p.judge().clean() || p.daemon.failure() != nil) {
			return
		}
		if now := [2]int{p.shown, confirmed}; now != last || !over {
			last, since = now, time.Now()
		}
		patience := p.patience
		if len(p.troubles.faults) > 0 && rest < aftermath {
			patience = aftermath
		}
		if time.Since(since) > patience || !wait(ctx, 5*pace) {
			return
		}
		p.progress(false)
	}
}

// judge compares, and puts the daemon's own numbers and the faults beside it.
func (p *player) judge() verdict {
	v := compare(p.server, p.witness, p.outcomes)
	t := p.daemon.status().Totals()
	v.read, v.confirmed, v.held = t.Read, t.Confirmed, t.Held
	if err := p.daemon.failure(); err != nil {
		v.wrong = slices.Insert(v.wrong, 0, err.Error()+"; its last words: "+p.daemon.lastWords())
	}
	v.survived = p.troubles.survivals()
	return v
}

// say prints a line with the time.
func (p *player) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%s  %s\n", p.clock(), text)
}

// progress prints the uploads that were accepted since the last call, and now and then the numbers.
func (p *player) progress(force bool) {
	for _, entry := range p.server.JournalFrom(p.shown) {
		p.shown++
		for _, b := range entry.Batches {
			p.say(fmt.Sprintf("%s %s %s%s → %s", b.Mode, b.Unit, counted(len(b.Rows), "row", "rows"), named(b.Rows), answered(entry.Status)))
		}
	}
	if !force && time.Since(p.lastSaid) < 2*time.Second {
		return
	}
	p.lastSaid = time.Now()
	s := p.daemon.status()
	t := s.Totals()
	line := fmt.Sprintf("%s  read %d, confirmed %d, waiting %d, held %d", s.State, t.Read, t.Confirmed, t.Pending, t.Held)
	if s.LastError != "" {
		line += "  (" + logging.Clean(s.LastError) + ")"
	}
	p.say(line)
}

func answered(status int) string {
	if status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("HTTP %d", status)
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
