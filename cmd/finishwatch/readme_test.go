package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
	"finishwatch/parse"
)

// The README is tested like the program: its tables are equal to what the code knows (here), and its commands are run (in
// readme_run_test.go).

// root is the module's folder, from this package.
var root = filepath.Join("..", "..")

// block is a fenced block of the README, or the prose between two of them, whose kind is "prose".
type block struct {
	kind, text string
	line       int // in the README, from 1
}

// readmeBlocks returns the README in its order.
func readmeBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	current := block{kind: "prose", line: 1}
	for i, line := range strings.Split(string(text), "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		switch {
		case !isFence:
			current.text += line + "\n"
		case current.kind != "prose":
			blocks = append(blocks, current)
			current = block{kind: "prose", line: i + 2}
		default:
			blocks = append(blocks, current)
			current = block{kind: fence, line: i + 2}
		}
	}
	if current.kind != "prose" {
		t.Fatalf("README.md:%d: this block is not closed", current.line)
	}
	return append(blocks, current)
}

// prose is the README without its blocks.
func prose(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, block := range readmeBlocks(t) {
		if block.kind == "prose" {
			b.WriteString(block.text)
		}
	}
	return b.String()
}

// section is the prose below a heading, up to the next one.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(prose(t), "\n"+heading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", heading)
	}
	text, _, _ = strings.Cut(text, "\n#")
	return text
}

// cells are the rows of a section's tables, without those above the lines; a row is its cells.
func cells(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	lines := strings.Split(section(t, heading), "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "| ") || i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|---") {
			continue
		}
		var row []string
		for cell := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows
}

// compare says which rows a table lacks, and which it has and should not.
func compare(t *testing.T, heading string, want, have []string) {
	t.Helper()
	for _, row := range want {
		if !slices.Contains(have, row) {
			t.Errorf("README.md, %q: add this row:\n%s", heading, row)
		}
	}
	for _, row := range have {
		if !slices.Contains(want, row) {
			t.Errorf("README.md, %q: take this row out, the program knows nothing of it:\n%s", heading, row)
		}
	}
}

func joined(rows [][]string) (lines []string) {
	for _, row := range rows {
		lines = append(lines, "| "+strings.Join(row, " | ")+" |")
	}
	return lines
}

func TestTheReadmeHasEveryCommand(t *testing.T) {
	var want []string
	top := newRoot()
	top.InitDefaultCompletionCmd()
	for _, command := range top.Commands() {
		if !command.Hidden && command.Name() != "help" {
			want = append(want, fmt.Sprintf("| `%s` | %s | %s |", command.Use, command.Short, flagsOf(command)))
		}
	}
	compare(t, "### Commands", want, joined(cells(t, "### Commands")))
}

// flagsOf names the flags of a command, without those that every command has.
func flagsOf(command *cobra.Command) string {
	var names []string
	command.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden && flag.Name != "help" && flag.Name != "config" {
			names = append(names, "`--"+flag.Name+"`")
		}
	})
	return strings.Join(names, " ")
}

func TestTheReadmeHasEveryExitCode(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "exit.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "exit") && len(spec.Values) == 1 {
			means := "ok"
			if spec.Comment != nil {
				means = strings.TrimSpace(spec.Comment.Text())
			}
			want = append(want, fmt.Sprintf("| %s | %s |", spec.Values[0].(*ast.BasicLit).Value, means))
		}
		return true
	})
	compare(t, "### Exit codes", want, joined(cells(t, "### Exit codes")))
}

func TestTheReadmeHasEveryFormat(t *testing.T) {
	var want, have []string
	for _, format := range parse.Formats() {
		want = append(want, format.Name)
	}
	for _, row := range cells(t, "### Formats") {
		have = append(have, codeSpans(row[0])...)
	}
	slices.Sort(have)
	compare(t, "### Formats", want, slices.Compact(have))
}

func TestTheReadmeHasEveryWordOfStatus(t *testing.T) {
	words := []string{status.Live, status.CatchingUp, status.Stalled, status.NoFolder, status.LoginRefused, status.Paused, status.NotRunning}
	var have []string
	for _, row := range cells(t, "## Reading status") {
		if word := strings.Trim(row[0], "`"); len(row) == 3 && word != "LIVE, attention" {
			have = append(have, word)
		}
	}
	compare(t, "## Reading status", words, have)
	card := textBlock(t, cardHead)
	for _, word := range words {
		if !strings.Contains(card, "\n  "+word+" ") {
			t.Errorf("README.md, race-day card: say what %q means", word)
		}
	}
}

const cardHead = "FINISHWATCH ON RACE DAY\n"

// textBlock is the block of text that begins so.
func textBlock(t *testing.T, head string) string {
	t.Helper()
	for _, block := range readmeBlocks(t) {
		if block.kind == "text" && strings.HasPrefix(block.text, head) {
			return block.text
		}
	}
	t.Fatalf("README.md has no block that begins with %q", head)
	return ""
}

func TestTheCardFitsOnAPage(t *testing.T) {
	card := textBlock(t, cardHead)
	if n := strings.Count(card, "\n"); n > 45 {
		t.Errorf("the race-day card has %d lines; 45 are a page", n)
	}
	for line := range strings.Lines(card) {
		if n := len([]rune(line)); n > 121 {
			t.Errorf("too wide for a page, %d characters: %s", n, line)
		}
	}
}

// Settings in the text are loaded as they stand there, behind what every configuration needs.
func TestTheSettingsOfTheReadmeLoad(t *testing.T) {
	const needed = "[opentrack]\ncompetition = \"https://test-data.opentrack.run/x/2026/GBR/api-test/\"\nusername = \"me@example.org\"\n"
	for _, block := range readmeBlocks(t) {
		if block.kind != "toml" {
			continue
		}
		text := block.text
		for _, part := range []struct{ table, text string }{
			{"[opentrack]", needed}, {"[watch]", "[watch]\ndir = \"/srv/timing\"\n"}, {"[[race]]", "[[race]]\nfiles = [\"*.csv\"]\neventid = \"R1\"\n"},
		} {
			if !strings.Contains(block.text, part.table) {
				text = part.text + text
			}
		}
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path); err != nil {
			t.Errorf("README.md:%d: %v\n%s", block.line, err, text)
		}
	}
}

func TestTheLinksOfTheReadmeLeadSomewhere(t *testing.T) {
	text := prose(t)
	var anchors []string
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		anchors = append(anchors, "#"+strings.ReplaceAll(anchor, " ", "-"))
	}
	if diff := cmp.Diff(anchors, slices.Compact(slices.Clone(anchors))); diff != "" {
		t.Errorf("two headings are the same:\n%s", diff)
	}
	for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(link[1], "#") {
			if !slices.Contains(anchors, link[1]) {
				t.Errorf("README.md has no heading for the link %s", link[1])
			}
		} else if _, err := os.Stat(filepath.Join(root, link[1])); err != nil {
			t.Errorf("README.md: a link leads nowhere: %v", err)
		}
	}
}

// codeSpans are the pieces of code in a line of prose.
func codeSpans(text string) (spans []string) {
	for _, match := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(text, -1) {
		spans = append(spans, match[1])
	}
	return spans
}
