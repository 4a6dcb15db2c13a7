package parse

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

var update = flag.Bool("update", false, "rewrite the wanted readings in testdata")

// A golden case is a txtar archive: a sentence, rules, an export and what must be read from it.
type goldenCase struct {
	path, about, ruleText, export, want string

	chips string // a chip map
}

// parts reads a txtar archive. The package of that name is not among our dependencies.
func parts(text string) (about string, files map[string]string) {
	files = map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		if n, ok := strings.CutPrefix(line, "-- "); ok {
			name, _ = strings.CutSuffix(strings.TrimSpace(n), " --")
			continue
		}
		if name == "" {
			about += line
			continue
		}
		files[name] += line
	}
	return about, files
}

func goldenCases(t testing.TB) []goldenCase {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	var cases []goldenCase
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		about, files := parts(string(text))
		cases = append(cases, goldenCase{path, about, files["rules"], files["export"], files["want"], files["chips"]})
	}
	return cases
}

// rules reads the rules of a case: lines of key = value, with the names of the configuration.
func (c goldenCase) rules(t testing.TB) (rules Rules) {
	t.Helper()
	mark := func(text string) Mark {
		m, err := ParseMark(text)
		if err != nil {
			t.Fatal(c.path, err)
		}
		return m
	}
	if c.chips != "" {
		chips, err := ReadChips([]byte(c.chips))
		if err != nil {
			t.Fatal(c.path, err)
		}
		rules.Passings.Chips = chips
	}
	for line := range strings.Lines(c.ruleText) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " = ")
		switch key {
		case "as":
		case "format":
			rules.Format = value
		case "start":
			start, err := ParseStart(value)
			if err != nil {
				t.Fatal(c.path, err)
			}
			rules.Start = start
		case "zone":
			rules.Zone = time.FixedZone(value, 2*60*60)
		case "min":
			rules.Passings.Min, _ = time.ParseDuration(value)
		case "encoding":
			rules.Encoding = value
		case "clock":
			rules.Clock = value
		case "time_unit":
			rules.TimeUnit = value
		case "bib":
			rules.Columns.Bib = value
		case "time":
			rules.Columns.Time = value
		case "status":
			rules.Columns.Status = value
		case "fastest":
			rules.Fastest = mark(value)
		case "slowest":
			rules.Slowest = mark(value)
		case "rounding":
			rules.Rounding = map[string]Rounding{"up_second": RoundUpSecond, "up_tenth": RoundUpTenth}[value]
		case "mixed":
			rules.Mixed = value == "true"
		case "minutes_past_hour":
			rules.MinutesPastHour = value == "true"
		case "statuses":
			rules.Statuses = []Code{}
			for name := range strings.FieldsSeq(value) {
				code, _ := CodeNamed(name)
				rules.Statuses = append(rules.Statuses, code)
			}
		default:
			name, ok := strings.CutPrefix(key, "where.")
			if !ok {
				t.Fatalf("%s: rule %q", c.path, key)
			}
			rules.Where = map[string]string{name: value}
		}
	}
	return rules
}

// data is the export in the encoding that the case asks for.
func (c goldenCase) data(t testing.TB) []byte {
	t.Helper()
	text, as := c.export, ""
	for line := range strings.Lines(c.ruleText) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "as = "); ok {
			as = v
		}
	}
	switch as {
	case "":
		return []byte(text)
	case "xlsx":
		return workbook(t, text)
	case "cr":
		return []byte(strings.ReplaceAll(text, "\n", "\r"))
	case "bom-crlf":
		return []byte("\xEF\xBB\xBF" + strings.ReplaceAll(text, "\n", "\r\n"))
	case "utf-16be-bom":
		b, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	enc, err := htmlindex.Get(as)
	if err != nil {
		t.Fatal(err)
	}
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shown writes a reading as the cases have it.
func shown(r *Reading, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
		return b.String()
	}
	fmt.Fprintf(&b, "%s %s %q bib=%s time=%s status=%s\n", r.Format, r.Encoding, r.Delimiter, r.Columns.Bib, r.Columns.Time, r.Columns.Status)
	for _, f := range r.Finishes {
		fmt.Fprintf(&b, "finish  %d %s %s\n", f.Line, f.Bib, f.Mark)
	}
	for _, h := range r.Held {
		fmt.Fprintf(&b, "held    %d %s: %s\n", h.Line, h.Bib, h.Reason)
	}
	for _, i := range r.Ignored {
		fmt.Fprintf(&b, "ignored %d: %s\n", i.Line, i.Reason)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, c := range goldenCases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(c.path), ".txtar"), func(t *testing.T) {
			got := shown(Read(c.data(t), c.rules(t), TailStill))
			if *update {
				text, _ := os.ReadFile(c.path)
				before, _, _ := strings.Cut(string(text), "-- want --\n")
				if err := os.WriteFile(c.path, []byte(before+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s(-want +got):\n%s", c.about, diff)
			}
		})
	}
}
