package uploader

import (
	"context"
	"slices"

	"finishwatch/parse"
	"finishwatch/state"
)

// Verification is what reading a unit back showed: "confirmed" means that the server accepted it, "verified" that it
// is there.
type Verification struct {
	Unit      state.Unit
	Same      int         // confirmed bibs that the server shows with the same mark
	Missing   []parse.Bib // confirmed bibs that it shows without a mark or not at all, sorted
	Different []parse.Bib // confirmed bibs that it shows with another mark, sorted
	Others    int         // bibs with a mark that we did not send
}

// Clean reports whether the server shows exactly what it accepted.
func (v Verification) Clean() bool { return len(v.Missing) == 0 && len(v.Different) == 0 }

// Verify reads a unit back and compares it with what was confirmed. An error means that it cannot be verified, not
// that anything is wrong.
func Verify(ctx context.Context, server Server, ledger *state.Ledger, unit state.Unit) (Verification, error) {
	results, err := server.ReadBack(ctx, unit)
	if err != nil {
		return Verification{Unit: unit}, err
	}
	return compare(unit, ledger.Confirmed(unit), results), nil
}

func compare(unit state.Unit, confirmed map[parse.Bib]parse.Mark, results []Result) Verification {
	v := Verification{Unit: unit}
	shown := make(map[parse.Bib]Result, len(results))
	for _, r := range results {
		shown[r.Bib] = r
		if _, ours := confirmed[r.Bib]; !ours && r.Performance != "" {
			v.Others++
		}
	}
	for bib, mark := range confirmed {
		switch r := shown[bib]; {
		case r.Performance == "":
			v.Missing = append(v.Missing, bib)
		case !r.Is(mark):
			v.Different = append(v.Different, bib)
		default:
			v.Same++
		}
	}
	slices.Sort(v.Missing)
	slices.Sort(v.Different)
	return v
}
