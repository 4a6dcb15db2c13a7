package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finishwatch/cmd/internal/logging"
	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// Desk carries requests out on a ledger.
type Desk struct {
	Races    []Race
	Ledger   *state.Ledger
	Reader   uploader.Reader    // reads results back; nil where that cannot be done
	Uploader *uploader.Uploader // sends what a person asked for
	Verifier *uploader.Verifier

	// Stale takes exports of a unit that are held for their age, and returns their names. Nil where nothing is read.
	Stale func(state.Unit) []string
	// Wake tells the loops that something may go out now.
	Wake func()
	// Reload reads the configuration again. Nil where nothing runs.
	Reload func() error
}

// Race is a unit as people call it.
type Race struct {
	Unit state.Unit
	Name string
}

// String is the race as people are told of it.
func (r Race) String() string { return strings.TrimSpace(r.Unit.String() + "  " + r.Name) }

// Do implements [Doer].
func (d *Desk) Do(ctx context.Context, r Request, say func(string)) Outcome {
	clean := func(text string) { say(logging.Clean(text)) }
	do, known := map[string]func(context.Context, Request, func(string)) Outcome{
		Pause: d.pause, Resume: d.pause, Hold: d.hold, Release: d.release, History: d.history, Verify: d.verify,
		Plan: d.plan, Replace: d.replace, Reload: d.reload, Guards: d.guards,
	}[r.Do]
	if !known {
		return Outcome{Exit: 64, Error: fmt.Sprintf("%q is not known to the finishwatch that runs; is it an older version?", logging.Clean(r.Do))}
	}
	if len(r.Bib) > maxBib {
		return Outcome{Exit: exitUsage, Error: "that is no bib: it is longer than any; write it as in the export"}
	}
	outcome := do(ctx, r, clean)
	outcome.Error = logging.Clean(outcome.Error)
	return outcome
}

// maxBib is longer than any bib, in bytes.
const maxBib = 64

// The exit codes that a request can end with (DESIGN section 7).
const (
	exitUsage = 64
	exitData  = 65
	exitReach = 69
	exitState = 73
	exitLogin = 77
	exitSetUp = 78
)

func fail(code int, format string, args ...any) Outcome {
	return Outcome{Exit: code, Error: fmt.Sprintf(format, args...)}
}

// unit finds the race that a person means; no name means the only one.
func (d *Desk) unit(name string) (Race, Outcome) {
	var found []Race
	var all []string
	for _, race := range d.Races {
		all = append(all, race.String())
		if name == race.Unit.String() || name == race.Unit.Event || race.Name != "" && strings.EqualFold(name, race.Name) || name == "" {
			found = append(found, race)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], Outcome{}
	case len(found) == 0:
		return Race{}, fail(exitUsage, "no race is called %q; there are: %s", name, strings.Join(all, ", "))
	case name == "":
		return Race{}, fail(exitUsage, "say which race: %s", strings.Join(all, ", "))
	}
	return Race{}, fail(exitUsage, "%q may be several races; say which: %s", name, strings.Join(all, ", "))
}

// units are the race that a person named, or all.
func (d *Desk) units(name string) ([]Race, Outcome) {
	if name == "" {
		return d.Races, Outcome{}
	}
	race, wrong := d.unit(name)
	return []Race{race}, wrong
}

// pause stops all sending, or lets it go on.
func (d *Desk) pause(_ context.Context, r Request, say func(string)) Outcome {
	on := r.Do == Pause
	if on == d.Ledger.Paused() {
		say(map[bool]string{true: "paused already", false: "not paused"}[on])
		return Outcome{}
	}
	if err := d.Ledger.Pause(on); err != nil {
		return fail(exitState, "%v", err)
	}
	if on {
		say("paused: everything is read and kept, nothing is sent until finishwatch resume")
		d.onItsWay(say)
		return Outcome{}
	}
	d.Wake()
	say(fmt.Sprintf("resumed: %s", waiting(d.pending())))
	return Outcome{}
}

func (d *Desk) pending() (rows int) {
	for _, race := range d.Races {
		rows += d.Ledger.Counts(race.Unit).Pending
	}
	return rows
}

func waiting(rows int) string {
	switch rows {
	case 0:
		return "no row waits"
	case 1:
		return "1 row that waited goes out"
	}
	return fmt.Sprintf("%d rows that waited go out in finish order", rows)
}

// hold keeps a race or a bib back.
func (d *Desk) hold(_ context.Context, r Request, say func(string)) Outcome {
	race, wrong := d.unit(r.Race)
	switch {
	case wrong.Exit != 0:
		return wrong
	case r.Bib != "":
		if err := d.Ledger.HoldBib(race.Unit, parse.Bib(r.Bib), true); err != nil {
			return fail(exitState, "%v", err)
		}
		say(fmt.Sprintf("%s bib %s is held: what is public stays, corrections wait; finishwatch release %s --bib %s ends it", race.Unit, r.Bib, race.Unit, r.Bib))
		d.onItsWay(say)
		return Outcome{}
	}
	if err := d.Ledger.HoldUnit(race.Unit, true); err != nil {
		return fail(exitState, "%v", err)
	}
	say(fmt.Sprintf("%s is held: it is read and kept, nothing of it is sent; finishwatch release %s ends it", race.Unit, race.Unit))
	d.onItsWay(say)
	return Outcome{}
}

// onItsWay says that an upload had begun before a person stopped what comes after it.
func (d *Desk) onItsWay(say func(string)) {
	if d.Uploader != nil && d.Uploader.Sending() {
		say("an upload is on its way just now: what is in it can still appear; see finishwatch status")
	}
}

// release lets go out what was held.
func (d *Desk) release(_ context.Context, r Request, say func(string)) Outcome {
	race, wrong := d.unit(r.Race)
	if wrong.Exit != 0 {
		return wrong
	}
	var mark parse.Mark
	if r.Mark != "" {
		if r.Bib == "" {
			return fail(exitUsage, "--mark %s is the mark of one bib; say which with --bib", r.Mark)
		}
		var err error
		if mark, err = parse.ParseMark(r.Mark); err != nil {
			return fail(exitUsage, "--mark %q is no mark; write it as the export does: 14:25.10, 1:02:33, DNF", r.Mark)
		}
	}
	held := d.Ledger.UnitHeld(race.Unit)
	released, err := d.Ledger.Release(race.Unit, parse.Bib(r.Bib), mark)
	var stale []string
	if d.Stale != nil && r.Bib == "" {
		stale = d.Stale(race.Unit)
	}
	if wrong := d.releaseTrouble(race, r, err, held || len(stale) > 0); wrong.Exit != 0 {
		return wrong
	}
	if held && r.Bib == "" {
		say(fmt.Sprintf("%s is not held any more", race.Unit))
	}
	for _, file := range stale {
		say(fmt.Sprintf("%s is read although it is old", file))
	}
	for _, bib := range released[:min(len(released), maxLines)] {
		say(strings.TrimRight(fmt.Sprintf("%s bib %s  %s  was held: %s", race.Unit, bib.Bib, bib.Mark, bib.Reason), " "))
	}
	if more := len(released) - maxLines; more > 0 {
		say(fmt.Sprintf("and %d more; finishwatch history --csv names them all", more))
	}
	d.leftHeld(race, say)
	d.Wake()
	return Outcome{}
}

// releaseTrouble puts into words why nothing was released.
func (d *Desk) releaseTrouble(race Race, r Request, err error, other bool) Outcome {
	choice, several := errors.AsType[*state.ChoiceError](err)
	switch {
	case err == nil, errors.Is(err, state.ErrNothingHeld) && other:
		return Outcome{}
	case errors.Is(err, state.ErrNothingHeld) && r.Bib != "":
		return fail(exitUsage, "%s bib %s is not held; finishwatch status says what is", race.Unit, r.Bib)
	case errors.Is(err, state.ErrNothingHeld):
		return fail(exitUsage, "nothing of %s is held; finishwatch status says what is", race.Unit)
	case several:
		return fail(exitUsage, "%v; finishwatch release %s --bib %s --mark …", choice, race.Unit, r.Bib)
	case errors.Is(err, state.ErrVanished):
		return fail(exitUsage, "%v %s", err, race.Unit) // it ends in finishwatch sync
	}
	return fail(exitState, "%v", err)
}

// leftHeld says what a release of a whole race could not decide.
func (d *Desk) leftHeld(race Race, say func(string)) {
	held := d.Ledger.Held(race.Unit)
	if len(held) == 0 {
		return
	}
	slices.SortFunc(held, func(a, b state.HeldBib) int { return strings.Compare(string(a.Bib), string(b.Bib)) })
	say(fmt.Sprintf("%d of %s stay held:", len(held), race.Unit))
	for _, h := range held[:min(len(held), maxLines)] {
		say(fmt.Sprintf("  bib %s: %s", h.Bib, h.Reason))
	}
	if more := len(held) - maxLines; more > 0 {
		say(fmt.Sprintf("  and %d more", more))
	}
}

// maxLines bounds how many bibs are listed one by one.
const maxLines = 20

// guards says what keeps rows of a race back, each in a line of JSON: bib and reason.
func (d *Desk) guards(_ context.Context, r Request, say func(string)) Outcome {
	race, wrong := d.unit(r.Race)
	if wrong.Exit != 0 {
		return wrong
	}
	keep := func(bib, reason string) {
		text, _ := json.Marshal([2]string{bib, reason}) // two texts can always be written
		say(string(text))
	}
	if d.Ledger.Paused() {
		keep("", "paused by a person; finishwatch resume")
	}
	if d.Ledger.UnitHeld(race.Unit) {
		keep("", fmt.Sprintf("a person holds the race; finishwatch release %s", race.Unit))
	}
	held := d.Ledger.Held(race.Unit)
	slices.SortFunc(held, func(a, b state.HeldBib) int { return strings.Compare(string(a.Bib), string(b.Bib)) })
	for _, h := range held {
		keep(string(h.Bib), h.Reason)
	}
	return Outcome{}
}

// reload reads the configuration again.
func (d *Desk) reload(_ context.Context, _ Request, say func(string)) Outcome {
	if d.Reload == nil {
		return fail(exitUsage, "reload is not available yet; restart finishwatch to apply the configuration")
	}
	if err := d.Reload(); err != nil {
		for line := range strings.Lines(err.Error()) {
			say(strings.TrimRight(line, "\n"))
		}
		return fail(exitSetUp, "the configuration has mistakes; the one before stays in force")
	}
	return Outcome{}
}
