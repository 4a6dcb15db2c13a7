package parse

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// words is what a listener who only hears the news believes of each bib, and how many rows without one are held.
type words struct {
	bibs     map[Bib]string
	nameless int
}

// hear takes a reading in as the ledger does: a finish counts although another row of its bib is held, unless the news
// says otherwise.
func (w *words) hear(r *Reading, more bool) {
	if !more {
		*w = words{bibs: map[Bib]string{}}
	}
	for _, f := range r.Finishes {
		w.bibs[f.Bib] = f.Mark.String()
	}
	finished := map[Bib]bool{}
	for _, f := range r.Finishes {
		finished[f.Bib] = true
	}
	for _, h := range r.Held {
		switch {
		case h.Bib == "":
			w.nameless++
		case more && finished[h.Bib]:
			panic("the news has bib " + h.Bib + " both as a finish and as held")
		case readerLogs[r.Format]: // a bib may be held for several reads, and the reason may be that of either
			if more || !finished[h.Bib] {
				w.bibs[h.Bib] = "held"
			}
		case more || !finished[h.Bib]:
			w.bibs[h.Bib] = "held: " + h.Reason
		}
	}
}

func heardAtOnce(r *Reading) words {
	var w words
	w.hear(r, false)
	return w
}

// growInPieces reads a file that is written in pieces, and complains when the news do not add up to the whole.
func growInPieces(t interface{ Errorf(string, ...any) }, data []byte, rules Rules, cuts []int) (readOn int) {
	g := NewGrowth(rules)
	var heard words
	last := 0
	for _, cut := range append(cuts, len(data)) {
		r, more, err := g.Read(bytes.Clone(data[:cut]), last, TailGrowing)
		whole, wholeErr := Read(data[:cut], rules, TailGrowing)
		if fmt.Sprint(err) != fmt.Sprint(wholeErr) {
			t.Errorf("cut at %d: %v, and read whole %v", cut, err, wholeErr)
			return readOn
		}
		last = cut
		if err != nil {
			continue
		}
		if more {
			readOn++
		}
		heard.hear(r, more)
		want := heardAtOnce(whole)
		if !maps.Equal(heard.bibs, want.bibs) || heard.nameless != want.nameless {
			t.Errorf("cuts %v, at %d (more %v):\nheard %v, %d without a bib\nwhole %v, %d", cuts, cut, more,
				heard.bibs, heard.nameless, want.bibs, want.nameless)
			return readOn
		}
		if r.Columns != whole.Columns || r.Delimiter != whole.Delimiter || r.Format != whole.Format {
			t.Errorf("cut at %d: %+v is not %+v", cut, r, whole)
		}
	}
	return readOn
}

// Whatever a file is written in, byte by byte, the news add up to what the whole says.
func TestNewsOfAGrowingFileAddUp(t *testing.T) {
	readOn := map[string]int{}
	for _, c := range goldenCases(t) {
		data, rules := c.data(t), c.rules(t)
		step := 1 + len(data)/400
		var cuts []int
		for cut := 0; cut < len(data); cut += step {
			cuts = append(cuts, cut)
		}
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			readOn[filepath.Base(filepath.Dir(c.path))] += growInPieces(t, data, rules, cuts)
		})
	}
	for _, format := range []string{"csv", "ipico", "rfid", "rr-passings", "ct", "tm"} {
		if readOn[format] < 100 {
			t.Errorf("%s was read on from where it grew only %d times", format, readOn[format])
		}
	}
}

// The rows of all fixtures in any order, some of them twice: disputes, claims and duplicates arise across the pieces.
func TestNewsOfShuffledFilesAddUp(t *testing.T) {
	type file struct {
		data  []byte
		rules Rules
	}
	var files []file
	for _, c := range goldenCases(t) {
		files = append(files, file{c.data(t), c.rules(t)})
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(files).Draw(t, "file")
		lines := bytes.SplitAfter(f.data, []byte("\n"))
		head := rapid.IntRange(0, min(4, len(lines))).Draw(t, "head")
		data := slices.Clone(bytes.Join(lines[:head], nil))
		body := lines[head:]
		for range rapid.IntRange(0, 30).Draw(t, "rows") {
			if len(body) > 0 {
				data = append(data, rapid.SampledFrom(body).Draw(t, "row")...)
			}
		}
		cuts := rapid.SliceOfN(rapid.IntRange(0, len(data)), 0, 12).Draw(t, "cuts")
		slices.Sort(cuts)
		growInPieces(t, data, f.rules, cuts)
	})
}

// What was changed in front of where reading stopped is read again, and so is a last line that was believed.
func TestAGrowthStartsAnewWhereItMust(t *testing.T) {
	g := NewGrowth(Rules{})
	const head = "Bib,Time\n1,14:20\n"
	for _, step := range []struct {
		sentence  string
		text      string
		unchanged int
		tail      Tail
		more      bool
		finishes  int
	}{
		{"the first time", head, 0, TailGrowing, false, 1},
		{"the same again", head, len(head), TailGrowing, true, 0},
		{"a row more", head + "2,14:30\n", len(head), TailGrowing, true, 1},
		{"changed in front", "Bib,Time\n1,14:21\n2,14:30\n", 11, TailGrowing, false, 2},
		{"nobody knows what changed", "Bib,Time\n1,14:21\n2,14:30\n3,14:40\n", 0, TailGrowing, false, 3},
		{"a last line is believed", "Bib,Time\n1,14:21\n2,14:30\n3,14:40\n4,1:02", 33, TailStill, false, 4},
		{"and goes on", "Bib,Time\n1,14:21\n2,14:30\n3,14:40\n4,1:02:33\n", 39, TailGrowing, false, 4},
		{"shorter", head, len(head), TailGrowing, false, 1},
	} {
		r, more, err := g.Read([]byte(step.text), step.unchanged, step.tail)
		if err != nil || more != step.more || len(r.Finishes) != step.finishes {
			t.Errorf("%s: more %v, %+v, %v", step.sentence, more, r, err)
		}
	}
}

// A few bibs that are given one outcome after the other: results, disputes, statuses that need a person, misread times.
func TestNewsOfContradictingRowsAddUp(t *testing.T) {
	table := func(bib, time string) string { return bib + "," + time + "\n" }
	read := func(bib, time string) string { return "1,10" + bib + ",10" + bib + ",\"" + time + "\"\n" }
	start, err := ParseStart("2025-05-02T10:00:00")
	if err != nil {
		t.Fatal(err)
	}
	log := Rules{Start: start}
	log.Passings.Chips = map[string]Bib{"101": "1", "102": "2", "103": "3"}
	for sentence, kind := range map[string]struct {
		head  string
		rules Rules
		row   func(bib, time string) string
		times []string
	}{
		"a table": {"Bib,Time\n", Rules{}, table, []string{"14:20", "14:20", "14:21", "DNF", "MP", "l4:20", "0:30", "", "14:20 *"}},
		"a log": {"", log, read, []string{
			"02-05-2025 10:20:00.000", "02-05-2025 10:20:00.000", "02-05-2025 10:30:00.000",
			"02-05-2025 09:30:00.000", "10:25:00.000", "05-02-2025 10:20:00.000", "02-05-2025 10:00:20.000", "09-05-2025 10:20:00.000",
		}},
	} {
		t.Run(sentence, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				data := []byte(kind.head)
				var cuts []int
				for range rapid.IntRange(1, 12).Draw(t, "rows") {
					bib := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "bib")
					data = append(data, kind.row(bib, rapid.SampledFrom(kind.times).Draw(t, "time"))...)
					if rapid.Bool().Draw(t, "cut") {
						cuts = append(cuts, len(data))
					}
				}
				growInPieces(t, data, kind.rules, cuts)
			})
		})
	}
}
