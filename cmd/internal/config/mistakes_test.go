package config

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is printed now into testdata")

// golden is one pair of sections of a txtar file: a configuration and what is printed about it.
type golden struct{ sentence, text, want string }

// readGolden reads "-- sentence --" followed by a configuration, then "-- printed --" followed by the messages.
func readGolden(t *testing.T, file string) []golden {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []golden
	section := new(string)
	for line := range strings.Lines(string(data)) {
		name, ok := strings.CutPrefix(strings.TrimSpace(line), "-- ")
		name, closed := strings.CutSuffix(name, " --")
		switch {
		case !ok || !closed:
			*section += line
		case name == "printed":
			section = &cases[len(cases)-1].want
		default:
			cases = append(cases, golden{sentence: name})
			section = &cases[len(cases)-1].text
		}
	}
	return cases
}

func writeGolden(t *testing.T, file string, cases []golden) {
	t.Helper()
	var out strings.Builder
	for _, c := range cases {
		out.WriteString("-- " + c.sentence + " --\n" + c.text + "-- printed --\n" + c.want)
	}
	if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// printed is what a person sees of a configuration: nothing when it is good.
func printed(t *testing.T, text string) string {
	t.Helper()
	_, err := parseWith("config.toml", []byte(text), noEnvironment)
	if err == nil {
		return ""
	}
	mistakes, ok := errors.AsType[*Mistakes](err)
	if !ok {
		t.Fatalf("error of another kind: %v", err)
	}
	var out bytes.Buffer
	mistakes.Print(&out)
	return out.String()
}

func noEnvironment(string) string { return "" }

func TestMistakesArePrinted(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	total := 0
	for _, file := range files {
		cases := readGolden(t, file)
		total += len(cases)
		for i, c := range cases {
			got := printed(t, c.text)
			if *update {
				cases[i].want = got
				continue
			}
			t.Run(c.sentence, func(t *testing.T) {
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", file, diff)
				}
				if got == "" {
					t.Error("no mistake was found")
				}
			})
		}
		if *update {
			writeGolden(t, file, cases)
		}
	}
	if total < 40 {
		t.Errorf("%d cases; at least forty are wanted", total)
	}
}

// adviceKnown are the cases whose advice cannot be followed without knowing more than the line: what to write depends on
// something else in the file, or on the person.
func adviceKnown() []string {
	return []string{
		"several wrong files over several lines", "the same race twice", "two names for one race", "two notes for one race",
		"bounds the wrong way round", "a key twice",
	}
}

// TestTheAdviceIsGood follows what each message says to write, where it is a line, and expects that nothing is wrong with
// that line any more.
func TestTheAdviceIsGood(t *testing.T) {
	files, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, file := range files {
		for _, c := range readGolden(t, file) {
			_, err := parseWith("config.toml", []byte(c.text), noEnvironment)
			mistakes, ok := errors.AsType[*Mistakes](err)
			if !ok || slices.Contains(adviceKnown(), c.sentence) {
				continue
			}
			for _, m := range mistakes.List {
				line, ok := lineOf(m.Fix)
				if !ok {
					continue
				}
				followed++
				lines := strings.Split(c.text, "\n")
				lines[m.Line-1] = line
				_, err := parseWith("config.toml", []byte(strings.Join(lines, "\n")), noEnvironment)
				if again, ok := errors.AsType[*Mistakes](err); ok {
					for _, left := range again.List {
						if left.Line == m.Line {
							t.Errorf("%s: %q is said to be good, and then: %s; %s", c.sentence, line, left.Text, left.Fix)
						}
					}
				}
			}
		}
	}
	if followed < 80 {
		t.Errorf("%d lines were followed; is the advice still read?", followed)
	}
}

// lineOf is the line of TOML in an advice: the longest beginning of it that is one.
func lineOf(fix string) (string, bool) {
	line, ok := strings.CutPrefix(strings.TrimPrefix(fix, "delete it: "), "write ")
	if !ok || !strings.Contains(line, " = ") || line == `key = "value", or put # in front of a remark` {
		return "", false
	}
	for _, end := range []string{" in single quotes", " on a line of its own", "; ", ", ", " or ", " for the first"} {
		if _, err := decodeTOML(line); err == nil {
			return line, true
		}
		line, _, _ = strings.Cut(line, end)
	}
	_, err := decodeTOML(line)
	return line, err == nil
}
