package state

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"finishwatch/parse"
)

var sameRecord = cmp.Options{
	cmp.AllowUnexported(record{}),
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

func anyRecord() *rapid.Generator[record] {
	return rapid.Custom(func(t *rapid.T) record {
		return record{
			seq:  rapid.Uint64().Draw(t, "seq"),
			seen: anyMark().Draw(t, "seen"), offered: anyMark().Draw(t, "offered"), confirmed: anyMark().Draw(t, "confirmed"),
			mixed: rapid.Bool().Draw(t, "mixed"), early: rapid.Bool().Draw(t, "early"), held: rapid.String().Draw(t, "held"),
		}
	})
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyRecord().Draw(t, "record")
		future := rapid.SliceOf(rapid.Byte()).Draw(t, "fields of a later version")
		got, _, err := decodeRecord(append(want.encode(nil), future...))
		if err != nil {
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

// A prefix of a record is a record only when nothing but the end of the last text is missing, which it never is.
func TestAPrefixOfARecordIsNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := anyRecord().Draw(t, "record").encode(nil)
		for n := range whole {
			if r, _, err := decodeRecord(whole[:n]); err == nil {
				t.Fatalf("%d of %d bytes are read as %+v", n, len(whole), r)
			}
		}
	})
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
