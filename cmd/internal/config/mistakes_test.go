package config

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
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
