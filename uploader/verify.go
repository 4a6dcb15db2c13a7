package uploader

import (
	"context"

	"finishwatch/parse"
	"finishwatch/state"
)

// Verify reads a unit back and lets the ledger compare it with what was confirmed. An error means that it cannot be
// verified, not that anything is wrong; [ErrHidden] is one.
func Verify(ctx context.Context, reader Reader, ledger *state.Ledger, unit state.Unit) (state.Verification, error) {
	before := ledger.Confirmed(unit)
	results, err := reader.ReadBack(ctx, unit)
	if err != nil {
		return state.Verification{Unit: unit}, err
	}
	if len(results) == 0 && len(before) > 0 {
		return state.Verification{Unit: unit}, ErrHidden
	}
	return ledger.Verified(unit, before, shownOf(results))
}

// Reader reads results back.
type Reader interface {
	ReadBack(ctx context.Context, unit state.Unit) ([]Result, error)
}

// ErrHidden says that a page shows nothing at all of a unit of which rows were accepted.
var ErrHidden error = &Error{Op: "read results back", Class: Doubtful, Detail: "the page shows no results: the director may hide them, or every bib is unknown and ignore_unknowns drops it"}

// shownOf is what a page shows, for the ledger.
func shownOf(results []Result) map[parse.Bib]state.Shown {
	shown := make(map[parse.Bib]state.Shown, len(results))
	for _, r := range results {
		mark, err := parse.ParseMark(r.Performance)
		if err != nil {
			mark = parse.Mark{}
		}
		shown[r.Bib] = state.Shown{Mark: mark, Text: words([]byte(r.Performance)), Starter: r.Performance == ""}
	}
	return shown
}
