package parse

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// pair is what is published about one athlete.
type pair struct {
	bib  Bib
	mark Mark
}

// allowed returns what a prefix of an export may publish: what the whole publishes, and one of the results of a bib
// of which another one stands further down. The whole is read as still.
func allowed(whole *Reading) (map[pair]bool, map[Bib]bool) {
	pairs, disputed := map[pair]bool{}, map[Bib]bool{}
	if whole == nil {
		return pairs, disputed
	}
	for _, f := range whole.Finishes {
		pairs[pair{f.Bib, f.Mark}] = true
	}
	for _, h := range whole.Held {
		if strings.HasPrefix(h.Reason, "two times") {
			disputed[h.Bib] = true
		}
	}
	return pairs, disputed
}

// checkPrefix complains about what a prefix publishes and must not. lastLine is set where the last line may be torn.
func checkPrefix(t testing.TB, data []byte, cut int, rules Rules, tail Tail, pairs map[pair]bool, disputed map[Bib]bool) (published int) {
	t.Helper()
	r, err := Read(data[:cut], rules, tail)
	if err != nil {
		return 0
	}
	if readerLogs[r.Format] {
		return checkPassings(t, data[:cut], r, rules, tail, pairs)
	}
	last := -1
	if tail == TailStill {
		for _, f := range r.Finishes {
			last = max(last, f.Line)
		}
	}
	for _, f := range r.Finishes {
		if !pairs[pair{f.Bib, f.Mark}] && !disputed[f.Bib] && f.Line != last {
			t.Errorf("cut at byte %d: line %d publishes %s %s", cut, f.Line, f.Bib, f.Mark)
		}
	}
	return len(r.Finishes)
}

func TestEveryPrefixPublishesOnlyWhatTheWholeDoes(t *testing.T) {
	total, prefixes := 0, 0
	for _, c := range goldenCases(t) {
		data, rules := c.data(t), c.rules(t)
		whole, _ := Read(data, rules, TailStill)
		pairs, disputed := allowed(whole)
		for _, tail := range []Tail{TailGrowing, TailStill} {
			t.Run(fmt.Sprintf("%s/%d", filepath.Base(c.path), tail), func(t *testing.T) {
				prefixes += len(data) + 1
				for cut := range len(data) + 1 {
					total += checkPrefix(t, data, cut, rules, tail, pairs, disputed)
				}
			})
		}
	}
	t.Logf("%d prefixes", prefixes)
	if total < 10000 {
		t.Errorf("only %d finishes in all prefixes: the sweep checks nothing", total)
	}
}

// A row is published as soon as its newline is there, and not before.
func TestGrowingPublishesCompleteRowsAtOnce(t *testing.T) {
	text := "Place,Bib,Name,Time\n1,349,Ash,14:25.10\n2,12,Birch,1:02:33\n"
	for cut := range len(text) + 1 {
		r, err := Read([]byte(text[:cut]), Rules{}, TailGrowing)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if want := max(strings.Count(text[:cut], "\n")-1, 0); len(r.Finishes) != want {
			t.Errorf("cut at %d: %d finishes, want %d", cut, len(r.Finishes), want)
		}
	}
}

func TestLastLineWithoutNewline(t *testing.T) {
	const head = "Bib,Name,Time\n1,Ash,14:25.1\n2,Birch,1:02:33.4\n"
	const bibLast = "Time,Bib\n14:25,349\n14:26,"
	for sentence, tt := range map[string]struct {
		text                  string
		growing, quiet, still bool
	}{
		"a full time as the last cell":                     {head + "3,Cedar,1:02:40.1", false, true, true},
		"a time shorter in form than those above":          {head + "3,Cedar,1:02", false, false, true},
		"a time with fewer decimals than those above":      {head + "3,Cedar,1:02:40", false, false, true},
		"a time less than the one above, at the full hour": {"Bib,Time\n1,59:40\n3,1:02", false, false, true},
		"a time with none above it to compare with":        {"Bib,Time\n3,1:02", false, false, true},
		"a time that is torn":                              {head + "3,Cedar,1:0", false, false, false},
		"a column is missing":                              {head + "3,Cedar", false, false, false},
		"a column is missing behind the time":              {"Bib,Time,Club\n1,14:25,Herons\n3,14:31", false, false, false},
		"an open quote":                                    {head + `3,Cedar,"1:02:40.1`, false, false, false},
		"a closed quote":                                   {head + `3,Cedar,"1:02:40.1"`, false, true, true},
		"a bib in the last cell, as long as those above":   {bibLast + "350", false, true, true},
		"a bib in the last cell, shorter than those above": {bibLast + "35", false, false, true},
		"a blank status in the last cell may still come":   {"Bib,Time,Status\n1,14:25,\n3,14:26,", false, false, true},
		"a newline ends it":                                {head + "3,Cedar,1:02\n", true, true, true},
	} {
		for tail, want := range map[Tail]bool{TailGrowing: tt.growing, TailQuiet: tt.quiet, TailStill: tt.still} {
			r, err := Read([]byte(tt.text), Rules{}, tail)
			if err != nil {
				t.Errorf("%s: %v", sentence, err)
				continue
			}
			got := false
			for _, f := range r.Finishes {
				got = got || f.Bib == "3" || f.Bib == "35" || f.Bib == "350"
			}
			if got != want {
				t.Errorf("%s, tail %d: counts %v, want %v\n%s", sentence, tail, got, want, shown(r, err))
			}
			if tail == TailGrowing && !strings.HasSuffix(tt.text, "\n") && len(r.Held) > 0 {
				t.Errorf("%s: a growing file leaves the last line out entirely, not %v", sentence, r.Held)
			}
		}
	}
}

func TestUTF16IsReadFromEveryPrefix(t *testing.T) {
	for _, c := range goldenCases(t) {
		if !strings.Contains(c.path, "utf-16") {
			continue
		}
		data := c.data(t)
		for cut := 40; cut < len(data); cut++ {
			r, err := Read(data[:cut], c.rules(t), TailGrowing)
			if err == nil && len(r.Finishes) > 0 && !strings.HasPrefix(r.Encoding, "utf-16") {
				t.Errorf("%s cut at %d: read as %s", c.path, cut, r.Encoding)
			}
		}
	}
}
