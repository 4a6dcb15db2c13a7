package parse

import (
	"strings"
	"testing"
)

func FuzzReadCSV(f *testing.F) {
	for _, c := range goldenCases(f) {
		data := c.data(f)
		f.Add(data, uint16(len(data)/2), byte(0))
		f.Add(data, uint16(len(data)*2/3), byte(strings.Count(c.ruleText, "chip")))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16, choice byte) {
		fuzzRead(t, data, cut, fuzzRules(choice))
	})
}

// fuzzRead reads an export whole and cut, and asserts what holds of every format.
func fuzzRead(t *testing.T, data []byte, cut uint16, rules Rules) {
	whole, err := Read(data, rules, TailStill)
	if err != nil {
		whole = nil
	} else {
		checkReading(t, whole, rules)
		accountsAgree(t, "fuzzed", data, rules, false)
	}
	if len(data) == 0 {
		return
	}
	// What a growing file publishes, the whole must have. A last line without a newline may be in dispute.
	grown, err := Read(data, rules, TailGrowing)
	if err == nil {
		pairs, disputed := allowed(grown)
		checkPrefix(t, data, int(cut)%len(data), rules, TailGrowing, pairs, disputed)
		pairs, disputed = allowed(whole)
		checkPrefix(t, data, len(data), rules, TailGrowing, pairs, disputed)
	} else if strings.HasPrefix(err.Error(), twoGuns) {
		return // the start was the gun until another one was written; see Read
	} else if n := checkPrefix(t, data, int(cut)%len(data), rules, TailGrowing, nil, nil); n > 0 {
		t.Errorf("a prefix of %d bytes publishes %d finishes of a file that is refused: %v", int(cut)%len(data), n, err)
	}
}

// fuzzRules turns a byte into rules.
func fuzzRules(choice byte) Rules {
	rules := Rules{Clock: []string{"", "chip", "gun"}[choice%3]}
	switch choice / 3 % 8 {
	case 1:
		rules.Columns = Columns{Bib: "2", Time: "4"}
	case 2:
		rules.Columns = Columns{Bib: "Bib"}
	case 3:
		rules.TimeUnit = "seconds"
	case 4:
		rules.Rounding, rules.MinutesPastHour = RoundUpSecond, true
	case 5:
		rules.Where = map[string]string{"Race": "5K"}
	case 6:
		rules.Statuses = []Code{DNF}
	case 7:
		rules.Encoding = "utf-16"
	}
	return rules
}

// checkReading asserts what holds of every reading.
func checkReading(t *testing.T, r *Reading, rules Rules) {
	seen, line := map[Bib]bool{}, 0
	for _, f := range r.Finishes {
		text := f.Mark.String()
		if again, err := ParseMark(text); err != nil || again != f.Mark {
			t.Errorf("line %d: mark %q reads back as %q, %v", f.Line, text, again, err)
		}
		if f.Bib == "" || string(f.Bib) != strings.TrimSpace(string(f.Bib)) || len(f.Bib) > maxBib || bibProblem([]byte(f.Bib)) != "" {
			t.Errorf("line %d: bib %q", f.Line, f.Bib)
		}
		if seen[f.Bib] {
			t.Errorf("line %d: bib %s twice", f.Line, f.Bib)
		}
		if f.Line <= line {
			t.Errorf("line %d stands behind line %d", f.Line, line)
		}
		if rules.Statuses != nil && (f.Mark.Code() == DNS || f.Mark.Code() == DQ) {
			t.Errorf("line %d: %s is not to be sent", f.Line, f.Mark)
		}
		seen[f.Bib], line = true, f.Line
	}
	line = 0
	for _, h := range r.Held {
		if strings.HasPrefix(h.Reason, "two times") && seen[h.Bib] {
			t.Errorf("line %d: %s is held for two times and published", h.Line, h.Bib)
		}
		if h.Line < line || h.Reason == "" || strings.ContainsAny(h.Reason, "\x1b\n\u202e") || len(h.Reason) > 400 {
			t.Errorf("line %d held behind %d: %q", h.Line, line, h.Reason)
		}
		line = h.Line
	}
	line = 0
	for _, i := range r.Ignored {
		if i.Line <= line || i.Reason == "" {
			t.Errorf("line %d ignored behind %d: %q", i.Line, line, i.Reason)
		}
		line = i.Line
	}
}
