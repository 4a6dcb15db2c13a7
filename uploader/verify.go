package uploader

import (
	"context"
	"slices"

	"finishwatch/parse"
	"finishwatch/state"
)

// Verify reads a unit back and lets the ledger compare it with what was confirmed. An error means that it cannot be
// verified, not that anything is wrong; [ErrHidden] is one.
func Verify(ctx context.Context, reader Reader, ledger *state.Ledger, unit state.Unit) (Verified, error) {
	v := Verified{Was: state.Verification{Unit: unit}}
	before := ledger.Confirmed(unit)
	results, err := reader.ReadBack(ctx, unit)
	if err == nil && len(results) == 0 && len(before) > 0 {
		err = ErrHidden
	}
	if err != nil {
		return v, err
	}
	shown := shownOf(results)
	if v.Was, err = ledger.VerifiedSince(unit, before, shown); err != nil {
		return v, err
	}
	v.Shown = make(map[parse.Bib]string, len(v.Was.Different)+len(v.Was.Others))
	for _, bib := range slices.Concat(v.Was.Different, v.Was.Others) {
		v.Shown[bib] = shown[bib].Text
	}
	return v, nil
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
