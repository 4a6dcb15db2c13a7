package state_test

import (
	"errors"
	"path/filepath"
	"testing"

	"finishwatch/state"
)

func TestALedgerBelongsToOneCompetition(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	for _, test := range []struct {
		competition string
		foreign     bool
	}{
		{"here/x/2026/GBR/first", false},
		{"here/x/2026/GBR/first", false},
		{"here/x/2026/GBR/second", true},
		{"there/x/2026/GBR/first", true},
		{"here/x/2026/GBR/first", false},
	} {
		ledger, err := state.Open(path, state.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		err = ledger.BelongTo(test.competition)
		if _, foreign := errors.AsType[*state.ForeignError](err); foreign != test.foreign || !foreign && err != nil {
			t.Errorf("%s: %v", test.competition, err)
		}
		if err := ledger.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
