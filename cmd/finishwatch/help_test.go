package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// allCommands are the program's commands as they are typed, but for those that are hidden.
func allCommands(root *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{root}
	for i := 0; i < len(list); i++ {
		for _, below := range list[i].Commands() {
			if !below.Hidden {
				list = append(list, below)
			}
		}
	}
	return list
}

func pathOf(cmd *cobra.Command) string {
	return strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), "finishwatch"))
}

func TestEveryCommandSaysInASentenceWhatItDoes(t *testing.T) {
	for _, cmd := range allCommands(newRoot()) {
		short := cmd.Short
		if short == "" || len(short) > 90 || strings.ContainsAny(short, ".\n") || short[:1] != strings.ToUpper(short[:1]) {
			t.Errorf("%s: %q is no sentence without its full stop", cmd.CommandPath(), short)
		}
		if strings.HasPrefix(details(cmd), short) {
			t.Errorf("%s says its sentence twice", cmd.CommandPath())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" || strings.HasSuffix(f.Usage, ".") {
				t.Errorf("%s --%s: %q", cmd.CommandPath(), f.Name, f.Usage)
			}
		})
	}
}

// The sentence and the example are what somebody in a hurry reads: they stand in front.
func TestHelpIsASentenceAnExampleAndTheFlags(t *testing.T) {
	for _, cmd := range allCommands(newRoot()) {
		path := strings.Fields(pathOf(cmd))
		root := newRoot()
		var out bytes.Buffer
		root.SetOut(&out)
		root.SetArgs(append(path, "--help"))
		if pathOf(cmd) == "help" {
			root.SetArgs([]string{"help", "help"})
		}
		if err := root.Execute(); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		order := []string{sentence(cmd) + "\n", "\nExamples:\n" + cmd.Example, "\nUsage:\n", "\nFlags:\n"}
		at := -1
		for _, part := range order {
			next := strings.Index(text, part)
			if next <= at {
				t.Fatalf("%s: %q is not where it belongs:\n%s", cmd.CommandPath(), part, text)
			}
			at = next
		}
		if details(cmd) != "" && !strings.HasSuffix(text, "\n"+folded(details(cmd))+"\n") {
			t.Errorf("%s: the rest is not at the end:\n%s", cmd.CommandPath(), text)
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(text, "--"+f.Name) {
				t.Errorf("%s: --%s is not in the help", cmd.CommandPath(), f.Name)
			}
		})
	}
}

func TestHelpFitsATerminal(t *testing.T) {
	const text = "One two three.\nFour.\n\n  a table   stays as it is, also where it is wider than a terminal, which nobody can help here at all\nand on."
	want := "One two three. Four.\n\n  a table   stays as it is, also where it is wider than a terminal, which nobody can help here at all\nand on."
	if got := folded(text); got != want {
		t.Errorf("%q", got)
	}
	for line := range strings.Lines(folded(strings.Repeat("word ", 160))) {
		if n := len(strings.TrimSpace(line)); n > width || n < width-5 {
			t.Errorf("a line of %d", n)
		}
	}
}

// exampleLines are what stands in the examples of a command, without remarks.
func exampleLines(cmd *cobra.Command) (lines []string) {
	for line := range strings.SplitSeq(cmd.Example, "\n") {
		line, _, _ = strings.Cut(line, "   #")
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// words are those of a command line, as a shell would take it apart.
func words(line string) (list []string) {
	line, _, _ = strings.Cut(line, " > ")
	for _, word := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1) {
		list = append(list, strings.Trim(word, `"`))
	}
	return list
}

func TestEveryExampleIsACommandLineOfItsCommand(t *testing.T) {
	for _, cmd := range allCommands(newRoot()) {
		lines := exampleLines(cmd)
		if len(lines) == 0 {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, line := range lines {
			args := words(strings.TrimPrefix(line, "sudo "))
			if args[0] != "finishwatch" {
				t.Errorf("%s: %q is another program", cmd.CommandPath(), line)
				continue
			}
			found, rest, err := newRoot().Find(args[1:])
			if err != nil || cmd.HasParent() && !strings.HasPrefix(pathOf(found), pathOf(cmd)) {
				t.Errorf("%s: %q is the command %s, %v", cmd.CommandPath(), line, found.CommandPath(), err)
				continue
			}
			if slices.Contains(rest, "--help") {
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: %q: %v", cmd.CommandPath(), line, err)
			}
			if err := found.ValidateArgs(found.Flags().Args()); err != nil {
				t.Errorf("%s: %q: %v", cmd.CommandPath(), line, err)
			}
		}
	}
}

// notRun are the commands whose examples no story runs, and why not.
func notRun() map[string]string {
	return map[string]string{
		"":         "its example is rehearse's",
		"login":    "it needs a terminal, and root; login.txtar tells its story",
		"rehearse": "it takes minutes and opens a browser; rehearse.txtar plays a short one",
		"sandbox":  "it runs until it is stopped",
	}
}

func TestEveryExampleIsRun(t *testing.T) {
	story, err := os.ReadFile(filepath.Join("testdata", "script", "help.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	var run []string
	for line := range strings.Lines(string(story)) {
		if rest, ok := strings.CutPrefix(line, "examples "); ok {
			run = append(run, strings.Trim(strings.TrimSpace(rest), "'"))
		}
	}
	for _, cmd := range allCommands(newRoot()) {
		path := pathOf(cmd)
		_, excused := notRun()[path]
		if ran := slices.Contains(run, path); ran == excused {
			t.Errorf("%q: run in help.txtar %v, excused in notRun %v; run its examples there, or say why not here", path, ran, excused)
		}
	}
}

// cmdExamples runs the examples of a command: examples 'completion bash'. They are for the configuration of the story, and
// the folder of the exports is the story's. What is for root is not run.
func cmdExamples(ts *testscript.TestScript, _ bool, args []string) {
	root := newRoot()
	cmd, _, err := root.Find(strings.Fields(args[0]))
	ts.Check(err)
	for _, line := range exampleLines(cmd) {
		if strings.HasPrefix(line, "sudo ") || cmd.Name() == "run" && !strings.Contains(line, "--once") || strings.Contains(line, "--watch") {
			continue // it is for root, or runs until it is stopped
		}
		command, target, redirected := strings.Cut(strings.ReplaceAll(line, "/srv/timing", "timing"), " > ")
		if cmd.Flags().Lookup("config") != nil && !strings.Contains(line, "--config") && cmd.Name() != "init" {
			command += " --config config.toml"
		}
		if redirected {
			command += " > " + target
		}
		ts.Logf("> %s", command)
		ts.Check(ts.Exec("sh", "-c", command))
	}
}

func TestWhatWasMeantIsSaid(t *testing.T) {
	for line, want := range map[string]string{
		"rnu":                "\trun\n",
		"start":              "\trun\n",
		"validate":           "\tcheck\n",
		"delete":             "\tsync\n",
		"run --confg x":      "unknown flag: --confg; did you mean --config?",
		"run --dryrun":       "unknown flag: --dryrun; did you mean --dry-run?",
		"history --CSV":      "unknown flag: --CSV; did you mean --csv?",
		"rehearse --athlete": "unknown flag: --athlete; did you mean --athletes?",
		"run --colour":       "unknown flag: --colour",
		"hold":               `say which RACE, as in: finishwatch hold R1 --bib 349`,
		"hold My 5k":         `"5k" is one word too many; put quotes around what belongs together, as in: finishwatch hold R1 --bib 349`,
		"explain":            "say which FILE, as in: finishwatch explain results.csv",
		"formats x":          `finishwatch formats takes nothing behind it but flags: "x"; leave it out`,
	} {
		root := newRoot()
		root.SetArgs(strings.Fields(line))
		root.SetOut(&bytes.Buffer{})
		err := root.Execute()
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if strings.Contains(want, "--colour") && strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%s: a wild guess: %v", line, err)
		}
	}
}
