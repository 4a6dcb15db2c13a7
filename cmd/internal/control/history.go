package control

import (
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
)

// history says what happened to a bib, or, as CSV, to everybody.
func (d *Desk) history(ctx context.Context, r Request, say func(string)) Outcome {
	races, wrong := d.units(r.Race)
	switch {
	case wrong.Exit != 0:
		return wrong
	case r.CSV:
		return d.historyCSV(ctx, races, parse.Bib(r.Bib), say)
	case r.Bib == "":
		return fail(exitUsage, "say which bib, or ask for --csv")
	}
	known := false
	for _, race := range races {
		events, err := d.Ledger.History(race.Unit, parse.Bib(r.Bib))
		if err != nil {
			return fail(exitState, "%v", err)
		}
		if len(events) == 0 {
			continue
		}
		known = true
		say(fmt.Sprintf("%s  bib %s", race, r.Bib))
		for _, e := range events {
			say("  " + inWords(e))
		}
	}
	if !known {
		return fail(exitUsage, "nothing is known of bib %s; bibs are spelled as in the export: 007 is not 7", r.Bib)
	}
	return Outcome{}
}

// stamp is how times are written: local time, and in CSV with the offset.
const stamp = "2006-01-02 15:04:05.000"

// inWords is an event for people.
func inWords(e state.Event) string {
	parts := []string{e.At.Local().Format(stamp), fmt.Sprintf("%-9s", e.Kind)}
	switch {
	case !e.Old.IsZero():
		parts = append(parts, fmt.Sprintf("%s → %s", e.Old, e.Mark))
	case !e.Mark.IsZero():
		parts = append(parts, e.Mark.String())
	}
	if e.Mode != "" {
		parts = append(parts, "by "+string(e.Mode))
	}
	if e.File != "" {
		parts = append(parts, fmt.Sprintf("%s line %d", e.File, e.Line))
	}
	if e.Words != "" {
		parts = append(parts, e.Words)
	}
	return strings.Join(parts, "  ")
}

// historyCSV says it for a spreadsheet.
func (d *Desk) historyCSV(ctx context.Context, races []Race, only parse.Bib, say func(string)) Outcome {
	say(row("time", "race", "bib", "event", "mark", "old", "mode", "file", "line", "words"))
	for _, race := range races {
		err := d.Ledger.AllHistory(race.Unit, func(e state.Event) error {
			if only != "" && e.Bib != only {
				return ctx.Err()
			}
			line := ""
			if e.Line > 0 {
				line = strconv.Itoa(e.Line)
			}
			say(row(e.At.Format(time.RFC3339Nano), race.Unit.String(), string(e.Bib), e.Kind, e.Mark.String(), e.Old.String(),
				string(e.Mode), e.File, line, e.Words))
			return ctx.Err()
		})
		if err != nil {
			return fail(exitState, "%v", err)
		}
	}
	return Outcome{}
}

// row is a line of CSV. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
func row(cells ...string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+@\t", rune(cell[0])) {
			cells[i] = "'" + cell
		}
	}
	_ = w.Write(cells) // a strings.Builder never fails
	w.Flush()
	return strings.TrimRight(b.String(), "\n")
}
