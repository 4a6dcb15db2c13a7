package state

import "finishwatch/parse"

// Shown is a bib as the server shows it.
type Shown struct {
	Mark    parse.Mark // zero where it shows none, or one that cannot be read
	Text    string     // as it is written there
	Starter bool       // it is there without a mark
}

// Verification is what reading a unit back showed: "confirmed" means that the server accepted it, "verified" that it
// is there. The lists are sorted.
type Verification struct {
	Unit      Unit
	Same      int         // confirmed bibs that the server shows with the same mark
	Missing   []parse.Bib // confirmed bibs that it shows as starters without a mark
	Stripped  []parse.Bib // confirmed bibs that it does not show at all
	Different []parse.Bib // confirmed bibs that it shows with another mark
	Others    []parse.Bib // bibs that it shows with a mark that is not ours
	Resend    int         // bibs that are sent again: a late request was carried out after its successor
}

// Clean reports whether the server shows exactly what it accepted.
func (v Verification) Clean() bool {
	return len(v.Missing) == 0 && len(v.Stripped) == 0 && len(v.Different) == 0
}

// Verified compares what the server shows with what it accepted, and stores what changed since it was last read back.
//
// A bib that it shows with a mark that was offered before the confirmed one is sent again, by update, at most twice for
// each confirmed mark: the earlier request was carried out after its successor. Any other mark is somebody's decision,
// and only said.
func (l *Ledger) Verified(unit Unit, shown map[parse.Bib]Shown) (Verification, error) {
	return Verification{Unit: unit}, errToDo
}

// Unverified returns how many confirmed bibs of the unit have not been read back since they were confirmed.
func (l *Ledger) Unverified(unit Unit) int { return 0 }
