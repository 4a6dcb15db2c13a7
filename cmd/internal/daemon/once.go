package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"finishwatch/cmd/internal/logging"
	"finishwatch/state"
	"finishwatch/uploader"
)

// patience is how long a run that shall end waits for a server that is out of reach.
const patience = time.Minute

// Once reads every file until it is settled, sends until nothing is pending, reads the results back, and writes what
// came of it to w. Its error is the folder's, the ledger's, an [*uploader.Error], or [ErrIncomplete]; nil when ctx ended.
func (d *Daemon) Once(ctx context.Context, w io.Writer) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	d.feed.broke = fail
	if err := d.watcher.Settle(ctx, d.feed); err != nil {
		return d.interrupted(ctx, w, err)
	}
	d.doing.say("sends")
	if err := d.uploader.Flush(ctx, patience); err != nil {
		d.summary(w)
		return d.interrupted(ctx, w, err)
	}
	clean := true
	for _, unit := range d.units {
		clean = d.summarise(ctx, w, unit) && clean
	}
	if trouble := d.feed.trouble(); trouble != "" {
		fmt.Fprintln(w, logging.Clean(trouble))
		clean = false
	}
	if !clean {
		return ErrIncomplete
	}
	return nil
}

// ErrIncomplete says that a run did what it could, and that not everything is on OpenTrack or could be checked. What is
// missing has been written.
var ErrIncomplete = errors.New("not everything is on OpenTrack, or it could not be checked; see above")

// interrupted tells a person who stopped a run what is still waiting. The cause of an end from within is an error.
func (d *Daemon) interrupted(ctx context.Context, w io.Writer, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	pending := 0
	for _, unit := range d.units {
		pending += d.ledger.Counts(unit).Pending
	}
	fmt.Fprintf(w, "stopped; %d rows wait and go out at the next start\n", pending)
	return nil
}

// summary writes the numbers of all units.
func (d *Daemon) summary(w io.Writer) {
	for _, unit := range d.units {
		fmt.Fprintln(w, d.numbers(unit))
	}
}

func (d *Daemon) numbers(unit state.Unit) string {
	c := d.statusOf(unit, d.uploader.Report(), nil)
	if d.options.DryRun != nil {
		return fmt.Sprintf("%s  read %d, would have been confirmed %d, held %d", unit, c.Read, c.Confirmed, c.Held)
	}
	return fmt.Sprintf("%s  read %d, confirmed %d, waiting %d, held %d", unit, c.Read, c.Confirmed, c.Pending, c.Held)
}

// summarise writes a unit's numbers and reads it back; false when the server does not show what it accepted, or does
// not show anything.
func (d *Daemon) summarise(ctx context.Context, w io.Writer, unit state.Unit) bool {
	fmt.Fprint(w, d.numbers(unit))
	defer fmt.Fprintln(w)
	counts := d.ledger.Counts(unit)
	if counts.Pending > 0 {
		fmt.Fprint(w, d.whyWaiting(unit))
	}
	if d.options.DryRun != nil || counts.Confirmed == 0 {
		return counts.Pending == 0
	}
	d.doing.say("reads the results of " + unit.String() + " back")
	found, err := uploader.Verify(ctx, d.reader, d.ledger, unit)
	missing := slices.Concat(found.Was.Missing, found.Was.Stripped)
	switch {
	case err != nil:
		fmt.Fprintf(w, ", not verified: %v", err)
	case found.Was.Clean():
		fmt.Fprintf(w, ", verified %d", found.Was.Same)
	default:
		fmt.Fprintf(w, ", verified %d, MISSING on OpenTrack %d %v, DIFFERENT there %d %v", found.Was.Same, len(missing),
			missing[:min(len(missing), maxNamed)], len(found.Was.Different), found.Was.Different[:min(len(found.Was.Different), maxNamed)])
	}
	return err == nil && found.Was.Clean() && counts.Pending == 0
}

// whyWaiting says why rows still wait when everything that may be sent has been.
func (d *Daemon) whyWaiting(unit state.Unit) string {
	switch {
	case d.ledger.Paused():
		return ", NOT SENT: paused by a person; finishwatch resume"
	case d.ledger.UnitHeld(unit):
		return fmt.Sprintf(", NOT SENT: held by a person; finishwatch release %s", unit)
	}
	return ", NOT SENT: run it again"
}
