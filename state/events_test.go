package state

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"finishwatch/parse"
)

var sameEvent = cmp.Options{cmp.AllowUnexported(event{}), cmp.Comparer(func(a, b parse.Mark) bool { return a == b })}

func anyEvent() *rapid.Generator[event] {
	return rapid.Custom(func(t *rapid.T) event {
		return event{
			at:   rapid.Int64Range(-1<<40, 1<<42).Draw(t, "at"),
			kind: uint8(rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")), mode: uint8(rapid.IntRange(0, 3).Draw(t, "mode")),
			mark: anyMark().Draw(t, "mark"), old: anyMark().Draw(t, "old"),
			file: rapid.StringN(0, -1, 200).Draw(t, "file"), line: rapid.IntRange(0, 1<<30).Draw(t, "line"),
			words: rapid.StringN(0, -1, 300).Draw(t, "words"),
		}
	})
}

// However long a history is, it stays within its bounds, in order, and still has the events that explain the marks.
func TestAHistoryIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(anyEvent(), 0, 80).Draw(t, "events")
		var stored []byte
		for _, e := range all {
			stored = encodeHistory(append(decodeHistory(stored, nil), e))
			if len(stored) > maxHistory {
				t.Fatalf("%d bytes", len(stored))
			}
		}
		kept := decodeHistory(stored, nil)
		if len(kept) > maxEvents {
			t.Fatalf("%d events", len(kept))
		}
		whole := make([]event, len(all))
		for i, e := range all {
			e.file, e.words = tailOf(e.file), head(e.words, maxWords)
			whole[i] = e
		}
		next := 0
		for _, e := range kept {
			for next < len(whole) && !cmp.Equal(whole[next], e, sameEvent) {
				next++
			}
			if next == len(whole) {
				t.Fatalf("%+v is none of those that happened, or not in order", e)
			}
			next++
		}
		if diff := cmp.Diff(marksOf(whole), marksOf(kept)); diff != "" {
			t.Fatalf("what is kept explains other marks:\n%s", diff)
		}
		if len(all) > 0 && !cmp.Equal(kept[len(kept)-1], whole[len(whole)-1], sameEvent) {
			t.Fatal("the newest event is lost")
		}
	})
}

// marksOf replays events.
func marksOf(events []event) [3]string {
	var seen, offered, confirmed parse.Mark
	for _, e := range events {
		switch kinds[e.kind] {
		case EventRead, EventCorrected:
			seen = e.mark
		case EventOffered:
			if e.mark.IsZero() {
				confirmed = parse.Mark{}
			} else {
				offered = e.mark
			}
		case EventConfirmed:
			confirmed = e.mark
		case EventRemoved:
			seen, offered, confirmed = e.mark, parse.Mark{}, parse.Mark{}
		}
	}
	return [3]string{seen.String(), offered.String(), confirmed.String()}
}

func FuzzHistory(f *testing.F) {
	mark, _ := parse.ParseMark("14:25.10")
	f.Add(encodeHistory([]event{{at: 1, mark: mark, file: "5k.csv", line: 3}, {at: 5, kind: 6, mode: 1, mark: mark}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		events := decodeHistory(b, nil)
		for _, e := range events {
			e.file, e.words = tailOf(e.file), head(e.words, maxWords)
			_ = kinds[e.kind] + string(modes[e.mode])
		}
		again := decodeHistory(encodeHistory(events), nil)
		if len(again) > maxEvents || len(events) <= maxEvents && len(b) < maxHistory/2 && len(again) != len(events) {
			t.Errorf("%d events are %d", len(events), len(again))
		}
	})
}

func TestTextsAreCutBetweenLetters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if h := head(text, maxWords); len(h) > maxWords || !strings.HasPrefix(text, h) || !utf8.ValidString(h) {
			t.Fatalf("%q", h)
		}
		if e := tailOf(text); len(e) > maxFile || !strings.HasSuffix(text, e) || !utf8.ValidString(e) {
			t.Fatalf("%q", e)
		}
	})
}

// What is written behind a stored history is what would stand there if all of it were written anew.
// What nobody has looked at is no event, whatever else a change says of it.
func TestWhatNobodyHasLookedAtIsNoEvent(t *testing.T) {
	s := scribe{}
	s.write(change{entry: &entry{}, to: record{again: true}})
	if len(s.events) > 0 {
		t.Errorf("%+v", s.events)
	}
}

func TestAHistoryIsWrittenOnAsItWouldBeWrittenAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := encodeHistory(rapid.SliceOfN(anyEvent(), 0, 40).Draw(t, "events"))
		c := change{entry: &entry{record: anyRecord().Draw(t, "from")}, to: anyRecord().Draw(t, "to")}
		on, anew := scribe{now: 1 << 40}, scribe{now: 1 << 40}
		got := on.add(history, c)
		anew.write(c)
		want := history
		if len(anew.events) > 0 {
			want = encodeHistory(append(decodeHistory(history, nil), anew.events...))
		}
		if diff := cmp.Diff(decodeHistory(want, nil), decodeHistory(got, nil), sameEvent); diff != "" || !bytes.Equal(want, got) {
			t.Fatalf("(-anew +on):\n%s", diff)
		}
	})
}

// The history of a record is found without reading the record.
func TestTheHistoryIsFoundBehindEveryRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		past := rapid.SliceOf(rapid.Byte()).Draw(t, "history")
		whole := anyRecord().Draw(t, "record").encode(past)
		if got, err := historyOf(whole); err != nil || !bytes.Equal(got, past) {
			t.Fatalf("%v: %q is not %q", err, got, past)
		}
		if _, err := historyOf(whole[:rapid.IntRange(0, len(whole)-1).Draw(t, "cut")]); err == nil {
			t.Fatal("a record that was cut is read")
		}
	})
}
