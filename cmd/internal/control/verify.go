package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// verify reads results back and reports, race by race: the end-of-race report. It ends with 0 when all that was accepted is
// there and nothing waits, 65 when not, and 69 when a page cannot be read.
func (d *Desk) verify(ctx context.Context, r Request, say func(string)) Outcome {
	races, wrong := d.units(r.Race)
	if wrong.Exit != 0 {
		return wrong
	}
	if r.CSV {
		say(row("race", "bib", "mark", "state", "shown"))
	}
	exit := 0
	for _, race := range races {
		found := d.Verifier.Look(ctx, race.Unit)
		if ctx.Err() != nil {
			return fail(1, "interrupted")
		}
		if r.CSV {
			d.reportCSV(race, found, say)
		} else {
			d.report(race, found, say)
		}
		counts := d.Ledger.Counts(race.Unit)
		switch {
		case found.Err != nil:
			exit = max(exit, exitReach)
		case !found.Was.Clean(), counts.Pending > 0:
			exit = max(exit, exitData)
		}
	}
	if exit == exitReach {
		return fail(exit, "not verified: a page could not be read, as said above; results that were confirmed stay so, run it again later")
	}
	return Outcome{Exit: exit}
}

// report is one race for people.
func (d *Desk) report(race Race, found uploader.Verified, say func(string)) {
	counts := d.Ledger.Counts(race.Unit)
	say(race.String())
	say(fmt.Sprintf("  read %d, confirmed %d, waiting %d, held %d", counts.Read, counts.Confirmed, counts.Pending, counts.Held))
	if found.Err != nil {
		say(fmt.Sprintf("  not verified: %v", found.Err))
		return
	}
	v := found.Was
	say(fmt.Sprintf("  on OpenTrack with the same mark  %d", v.Same))
	list := func(what string, bibs []parse.Bib, advice string) {
		if len(bibs) > 0 {
			say(fmt.Sprintf("  %-32s %d  %s", what, len(bibs), named(bibs, found.Shown)))
			say("      " + advice)
		}
	}
	list("there without a time", v.Missing, `was the start list entered before? set new_finishers = "update", or correct them by hand`)
	list("not there at all", v.Stripped, "deleted there? finishwatch sync shows it and loads the race anew; with ignore_unknowns: not in the race's start list")
	list("there with another mark", v.Different, "somebody changed them there, or an upload is still under way; verify again in a minute")
	list("there and not ours", v.Others, "entered by hand, or by another laptop")
	if v.Resend > 0 {
		say(fmt.Sprintf("  sent again  %d: an earlier upload was carried out after a later one", v.Resend))
	}
	for _, h := range heldBy(d.Ledger.Held(race.Unit)) {
		if len(h.bibs) == 1 {
			say(fmt.Sprintf("  HELD bib %s: %s", h.bibs[0], h.reason))
			continue
		}
		say(fmt.Sprintf("  HELD %d bibs: %s: %s", len(h.bibs), named(h.bibs, nil), h.reason))
	}
}

// heldFor is a reason with its bibs.
type heldFor struct {
	reason string
	bibs   []parse.Bib
}

// heldBy puts bibs that are held for the same reason together: a wrong clock holds hundreds for one.
func heldBy(held []state.HeldBib) (reasons []heldFor) {
	slices.SortFunc(held, func(a, b state.HeldBib) int { return strings.Compare(string(a.Bib), string(b.Bib)) })
	for _, h := range held {
		i := slices.IndexFunc(reasons, func(r heldFor) bool { return r.reason == h.Reason })
		if i < 0 {
			i, reasons = len(reasons), append(reasons, heldFor{reason: h.Reason})
		}
		reasons[i].bibs = append(reasons[i].bibs, h.Bib)
	}
	return reasons
}

// maxBibs bounds how many bibs a line of the report names.
const maxBibs = 20

func named(bibs []parse.Bib, shown map[parse.Bib]string) string {
	var texts []string
	for _, bib := range bibs[:min(len(bibs), maxBibs)] {
		text := string(bib)
		if mark := shown[bib]; mark != "" {
			text += " (" + mark + ")"
		}
		texts = append(texts, text)
	}
	if more := len(bibs) - maxBibs; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}

// reportCSV is one race for a spreadsheet: every bib that was accepted, is held, or is there and not ours.
func (d *Desk) reportCSV(race Race, found uploader.Verified, say func(string)) {
	unit := race.Unit.String()
	wrong := map[parse.Bib]string{}
	for word, bibs := range map[string][]parse.Bib{"no time there": found.Was.Missing, "not there": found.Was.Stripped, "differs": found.Was.Different} {
		for _, bib := range bibs {
			wrong[bib] = word
		}
	}
	confirmed, seen := d.Ledger.Confirmed(race.Unit), d.Ledger.Seen(race.Unit)
	for _, bib := range slices.Sorted(maps.Keys(confirmed)) {
		word := wrong[bib]
		switch {
		case found.Err != nil:
			word = "not verified"
		case word == "" && seen[bib].Same(confirmed[bib]):
			word = "verified"
		case word == "":
			word = "not verified" // it was sent while the page was read
		}
		say(row(unit, string(bib), confirmed[bib].String(), word, found.Shown[bib]))
	}
	held := d.Ledger.Held(race.Unit)
	slices.SortFunc(held, func(a, b state.HeldBib) int { return strings.Compare(string(a.Bib), string(b.Bib)) })
	for _, h := range held {
		say(row(unit, string(h.Bib), "", "held", h.Reason))
	}
	for _, bib := range found.Was.Others {
		say(row(unit, string(bib), "", "not ours", found.Shown[bib]))
	}
}

// plan shows what replacing a race would change.
func (d *Desk) plan(ctx context.Context, r Request, say func(string)) Outcome {
	race, wrong := d.unit(r.Race)
	if wrong.Exit != 0 {
		return wrong
	}
	lines, plan, wrong := d.planned(ctx, race)
	for _, line := range lines {
		say(line)
	}
	switch {
	case wrong.Exit != 0:
		return wrong
	case len(plan.Gone)+len(plan.Others)+len(plan.Added)+len(plan.Changed) == 0 && plan.Unread == nil:
		return Outcome{} // there is nothing to do, and no plan to agree to
	}
	return Outcome{Seen: digest(lines)}
}

// planned is the plan in words.
func (d *Desk) planned(ctx context.Context, race Race) ([]string, uploader.Plan, Outcome) {
	p, err := uploader.NewPlan(ctx, d.Reader, d.Ledger, race.Unit)
	if err != nil {
		return nil, p, fail(1, "interrupted")
	}
	if len(p.Batch.Rows) == 0 {
		return nil, p, fail(exitUsage, "%s: %v", race.Unit, uploader.ErrNothingToReplace)
	}
	lines := []string{fmt.Sprintf("%s: OpenTrack's rows of this race are deleted, and these %d are loaded", race.Unit, len(p.Batch.Rows))}
	lines = append(lines, d.removing(race, p)...)
	if p.Unread != nil {
		lines = append(lines, fmt.Sprintf("  the page cannot be read (%v): what else is there is not known, and goes", p.Unread))
		return lines, p, Outcome{}
	}
	for _, o := range p.Others {
		lines = append(lines, fmt.Sprintf("  removes  bib %s %s, which is NOT OURS", o.Bib, o.Performance))
	}
	for _, c := range p.Changed {
		lines = append(lines, fmt.Sprintf("  changes  bib %s: %s there, %s here", c.Row.Bib, c.Shown, c.Row.Mark))
	}
	for _, a := range p.Added {
		lines = append(lines, fmt.Sprintf("  adds     bib %s %s", a.Bib, a.Mark))
	}
	return append(lines, fmt.Sprintf("  %d stay as they are", p.Same)), p, Outcome{}
}

// removing are the bibs of ours that a plan takes away. One that is held, and not vanished, was offered once and had no
// answer: it may be there.
func (d *Desk) removing(race Race, p uploader.Plan) (lines []string) {
	vanished := d.Ledger.Vanished(race.Unit)
	reasons := map[parse.Bib]string{}
	for _, h := range d.Ledger.Held(race.Unit) {
		reasons[h.Bib] = h.Reason
	}
	for _, bib := range p.Gone {
		text := "which is in no export any more"
		if !slices.Contains(vanished, bib) {
			text = fmt.Sprintf("if it is there: it is HELD (%s), and no answer came to its upload", reasons[bib])
		}
		lines = append(lines, fmt.Sprintf("  removes  bib %s, %s", bib, text))
	}
	return lines
}

// digest tells one plan from every other one.
func digest(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// replace does what a person has seen and agreed to.
func (d *Desk) replace(ctx context.Context, r Request, say func(string)) Outcome {
	race, wrong := d.unit(r.Race)
	if wrong.Exit != 0 {
		return wrong
	}
	lines, plan, wrong := d.planned(ctx, race)
	switch {
	case wrong.Exit != 0:
		return wrong
	case digest(lines) != r.Seen:
		return fail(exitData, "%s has changed meanwhile; look at it again", race.Unit)
	case plan.Unread != nil && !r.Force:
		return fail(exitReach, "the page of %s cannot be read, so nobody knows what would be deleted; try later, or add --force", race.Unit)
	}
	switch err := d.Uploader.Replace(ctx, plan); {
	case errors.Is(err, state.ErrOutdated):
		return fail(exitData, "%s has changed meanwhile; look at it again", race.Unit)
	case err != nil:
		return fail(codeOf(err), "%v", err)
	}
	found := d.Verifier.Look(ctx, race.Unit) // so that status does not go on about what has been mended
	say(fmt.Sprintf("%s replaced: OpenTrack has taken %d rows, %d of them are read back", race.Unit, len(plan.Batch.Rows), found.Was.Same))
	return Outcome{}
}

// codeOf is the exit code of what came of an upload.
func codeOf(err error) int {
	refused, ok := errors.AsType[*uploader.Error](err)
	switch {
	case !ok:
		return exitState
	case refused.Class == uploader.LoginRefused:
		return exitLogin
	case refused.Class == uploader.BatchRefused:
		return exitData
	}
	return exitReach
}
