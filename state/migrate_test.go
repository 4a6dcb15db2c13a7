package state_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"finishwatch/state"
)

// schema1 copies testdata/schema-1.db, a ledger that the last program with schema 1 made.
func schema1(t *testing.T) string {
	t.Helper()
	path := newPath(t)
	file, err := os.ReadFile("testdata/schema-1.db")
	must(t, err)
	must(t, os.WriteFile(path, file, 0o600))
	return path
}

func TestALedgerOfSchema1(t *testing.T) {
	path := schema1(t)
	l := open(t, path)
	want := map[state.Unit][]string{
		raceUnit: {
			"17 HELD no-time", "349 14:25.10 offered 14:25.10 confirmed 14:25.10", "007 14:26 offered 14:26 confirmed 14:26",
			"7 14:29 offered 14:29 confirmed 14:27.5", "12 14:30 offered 14:30 confirmed 14:30 HELD two-times",
			"13 14:31 offered 14:31 confirmed 14:31 HELD " + state.Vanished, "15 1:02:33", "14 DNF", "16 60:15",
		},
		otherUnit: {"1 20:05 offered 20:05", "2 20:01 offered 20:01", "3 20:02"},
	}
	check := func(when string) {
		t.Helper()
		for unit, lines := range want {
			if diff := cmp.Diff(lines, l.Lines(unit)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", when, unit, diff)
			}
		}
		if l.Origin(raceUnit) != state.OriginEmpty || l.Origin(otherUnit) != state.OriginUnread {
			t.Errorf("%s: the origins are %q and %q", when, l.Origin(raceUnit), l.Origin(otherUnit))
		}
		if err := l.BelongTo("data.opentrack.run/x/2026/GBR/other"); err == nil {
			t.Errorf("%s: it belongs to nobody", when)
		}
	}
	check("migrated")
	must(t, l.Close())
	l = open(t, path)
	defer l.Close()
	check("opened again")
	if got := l.Counts(raceUnit); got != (state.Counts{Read: 8, Confirmed: 4, Pending: 4, Held: 3, Public: 5}) || l.Unverified(raceUnit) != 5 {
		t.Errorf("%+v, unverified %d", got, l.Unverified(raceUnit))
	}
	if diff := cmp.Diff([]string{"update R1/1/1 7=14:29"}, words(offer(t, l, 1, raceUnit))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"update R2/1/1 1=20:05 2=20:01"}, words(offer(t, l, 10, otherUnit))); diff != "" {
		t.Errorf("mixed and early are forgotten: %s", diff)
	}
	told := []string{"read 14:29", "offered 14:29", "confirmed 14:27.5"}
	if diff := cmp.Diff(told, tell(history(t, l, "7"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"read 14:31", "vanished 14:31", "offered 14:31", "confirmed 14:31"}, tell(history(t, l, "13"))); diff != "" {
		t.Error(diff)
	}
}

// A migration that finds damage changes nothing.
func TestADamagedLedgerOfSchema1(t *testing.T) {
	path := schema1(t)
	edit(t, path, func(tx *bbolt.Tx) error {
		bibs := tx.Bucket([]byte("units")).Bucket([]byte("R2/1/1")).Bucket([]byte("bibs"))
		value := append([]byte(nil), bibs.Get([]byte("3"))...)
		value[bytes.Index(value, []byte("20:02"))+4] ^= 1 // the last digit of a time
		return bibs.Put([]byte("3"), value)
	})
	for range 2 {
		if _, err := state.Open(path, state.Options{}); !errors.Is(err, state.ErrNotALedger) {
			t.Fatal(err)
		}
	}
	edit(t, path, func(tx *bbolt.Tx) error {
		if got := string(tx.Bucket([]byte("facts")).Get([]byte("schema"))); got != "1" {
			t.Errorf("schema %s", got)
		}
		return nil
	})
}
