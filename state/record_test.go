package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	berrors "go.etcd.io/bbolt/errors"
	"pgregory.net/rapid"

	"finishwatch/parse"
)

var sameRecord = cmp.Options{
	cmp.AllowUnexported(record{}, refusal{}),
	cmp.Comparer(func(a, b parse.Mark) bool { return a == b }),
}

func anyMark() *rapid.Generator[parse.Mark] {
	return rapid.Custom(func(t *rapid.T) parse.Mark {
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0:
			return parse.Mark{}
		case 1:
			return parse.CodeMark(rapid.SampledFrom([]parse.Code{parse.DNF, parse.DNS, parse.DQ}).Draw(t, "code"))
		}
		m, err := parse.TimeMark(rapid.Int64Range(1, 100*60*60*100-100).Draw(t, "hundredths"), rapid.IntRange(0, 2).Draw(t, "decimals"))
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "minutes") {
			m = m.InMinutes()
		}
		return m
	})
}

func anyRefusal(t *rapid.T) *refusal {
	mark := anyMark().Draw(t, "refused")
	if mark.IsZero() {
		return nil
	}
	return &refusal{mark: mark, words: rapid.String().Draw(t, "words")}
}

func anyRecord() *rapid.Generator[record] {
	return rapid.Custom(func(t *rapid.T) record {
		return record{
			seq:  rapid.Uint64().Draw(t, "seq"),
			seen: anyMark().Draw(t, "seen"), offered: anyMark().Draw(t, "offered"), confirmed: anyMark().Draw(t, "confirmed"),
			released: anyMark().Draw(t, "released"), held: rapid.String().Draw(t, "held"), refusal: anyRefusal(t),
			verified: look(rapid.IntRange(0, 3).Draw(t, "verified")), resent: uint8(rapid.IntRange(0, 2).Draw(t, "resent")),
			mixed: rapid.Bool().Draw(t, "mixed"), early: rapid.Bool().Draw(t, "early"), personal: rapid.Bool().Draw(t, "personal"),
			chosen: rapid.Bool().Draw(t, "chosen"), gone: rapid.Bool().Draw(t, "gone"), again: rapid.Bool().Draw(t, "again"),
		}
	})
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyRecord().Draw(t, "record")
		future := rapid.SliceOf(rapid.Byte()).Draw(t, "fields of a later version")
		past := rapid.SliceOf(rapid.Byte()).Draw(t, "history")
		got, history, err := decodeRecord(append(want.encode(past), future...))
		if err != nil || !bytes.Equal(history, past) {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameRecord); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestASealFindsEveryChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit, bib := Unit{"R1", 1, 1}, rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "bib")
		body := anyRecord().Draw(t, "record").encode(nil)
		sealed := newSealer(unit).seal(bib, body)
		got, err := newSealer(unit).unseal(bib, sealed)
		if err != nil || !bytes.Equal(got, body) {
			t.Fatal(got, err)
		}
		if _, err := newSealer(Unit{"R1", 1, 2}).unseal(bib, sealed); err == nil {
			t.Error("the record of another unit is taken")
		}
		if _, err := newSealer(unit).unseal(append(bib, '0'), sealed); err == nil {
			t.Error("the record of another bib is taken")
		}
		sealed[rapid.IntRange(0, len(sealed)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, err := newSealer(unit).unseal(bib, sealed); err == nil {
			t.Error("a changed record is taken")
		}
	})
}

// A prefix of a record is never one: each part has its length in front, also the history, which is the last.
func TestAPrefixOfARecordIsNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := anyRecord().Draw(t, "record").encode(rapid.SliceOf(rapid.Byte()).Draw(t, "history"))
		for n := range whole {
			if r, _, err := decodeRecord(whole[:n]); err == nil {
				t.Fatalf("%d of %d bytes are read as %+v", n, len(whole), r)
			}
		}
	})
}

func TestOnlyDamageIsDamage(t *testing.T) {
	for _, err := range []error{
		&os.PathError{Op: "open", Err: syscall.EIO}, fmt.Errorf("mmap: %w", syscall.ENOMEM), os.ErrPermission, syscall.EROFS,
	} {
		if !failed(err) {
			t.Errorf("%v: the ledger would be set aside", err)
		}
	}
	for _, err := range []error{berrors.ErrInvalid, berrors.ErrChecksum, errors.New("file size too small 12")} {
		if failed(err) {
			t.Errorf("%v: the ledger would stay", err)
		}
	}
}

func FuzzRecord(f *testing.F) {
	mark, _ := parse.ParseMark("14:25.10")
	f.Add(record{}.encode(nil))
	f.Add(record{seq: 300, seen: mark, offered: mark, confirmed: parse.CodeMark(parse.DQ), mixed: true, held: "why"}.encode(nil))
	f.Add([]byte{1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, history, err := decodeRecord(b)
		if err != nil {
			return
		}
		again, _, err := decodeRecord(r.encode(history))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, again, sameRecord); diff != "" {
			t.Error(diff)
		}
	})
}
