package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every command of the README is run as it stands there. Its blocks tell one story, from an empty folder to a service, and are
// run in their order in one folder; the commands in its sentences, tables and samples are run beside a daemon that has a race.
// Only addresses and paths are others: see translate. What cannot be run here is in elsewhere, with where it is tried.

// commandLine is a line of a block, or a piece of code in the prose, that is a command.
type commandLine struct {
	text string
	line int // in the README
}

var (
	remarkBehind = regexp.MustCompile(`\s{2,}#.*$|^#.*$`)
	inSample     = regexp.MustCompile(`(?:finishwatch|systemctl) [a-z].*?(?:\s{2,}|\n)`)
	isCommand    = regexp.MustCompile(`^(finishwatch|systemctl|systemd-\S+|systemd/\S+|journalctl|apt|mount|net|go|GOOS=\S+|CGO_ENABLED=\S+|ipconfig|df|dmesg|sysctl|install|cp|mkdir|cat|chmod|\.ci/\S+)( |$)`)
)

// blockCommands are the lines of the blocks that are run in order.
func blockCommands(t *testing.T) (blocks [][]commandLine) {
	t.Helper()
	known := newClaims(t, samples())
	for _, block := range readmeBlocks(t) {
		switch block.kind {
		case "prose", "toml":
			continue
		case "text", "fstab":
			first, _, _ := strings.Cut(block.text, "\n")
			if block.kind == "fstab" {
				first = strings.Join(strings.Fields(first)[:3], " ")
			}
			if !known.cover(first) {
				t.Errorf("README.md:%d: say in samples what keeps this block right", block.line)
			}
			continue
		case "", "sh", "bat":
		default:
			t.Errorf("README.md:%d: a block is sh, bat, toml, fstab or text, not %q", block.line, block.kind)
			continue
		}
		var list []commandLine
		for i, line := range strings.Split(block.text, "\n") {
			if line = strings.TrimSpace(remarkBehind.ReplaceAllString(line, "")); line != "" {
				list = append(list, commandLine{text: line, line: block.line + i})
			}
		}
		blocks = append(blocks, list)
	}
	known.unused(t)
	return blocks
}

// saidCommands are the commands in prose and samples.
func saidCommands(t *testing.T) (list []commandLine) {
	t.Helper()
	for _, block := range readmeBlocks(t) {
		for i, line := range strings.SplitAfter(block.text, "\n") {
			var found []string
			switch block.kind {
			case "prose":
				if strings.Count(line, "`")%2 != 0 {
					t.Errorf("README.md:%d: keep a piece of code in one line, so that this test sees it: %s", block.line+i, line)
				}
				found = codeSpans(line)
			case "text":
				found = inSample.FindAllString(line, -1)
			}
			for _, text := range found {
				if text = strings.TrimPrefix(strings.TrimRight(strings.TrimSpace(text), ";"), "sudo "); isCommand.MatchString(text) {
					list = append(list, commandLine{text: text, line: block.line + i})
				}
			}
		}
	}
	return list
}

// The blocks of the README, from an empty folder to the settings of the service.
func TestTheBlocksOfTheReadmeRun(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	tried := newClaims(t, elsewhere())
	r.export("5k.csv", textBlock(t, "Bib,Name,Time\n"))
	for _, block := range blockCommands(t) {
		for _, c := range block {
			if !tried.cover(c.text) {
				r.before(c.text)
				r.do(c)
				r.after(c.text)
			}
		}
	}
	for _, c := range saidCommands(t) {
		tried.cover(c.text)
	}
	tried.unused(t)
}

// The commands in the sentences, the tables and the card.
func TestTheCommandsOfTheReadmeRun(t *testing.T) {
	t.Parallel()
	r := raceWithTwoTimes(t)
	tried := newClaims(t, elsewhere())
	r.openRun("finishwatch run --config " + r.config)
	done := map[string]bool{}
	for _, c := range saidCommands(t) {
		if again := done[c.text] && c.text != "finishwatch resume"; again || tried.cover(c.text) || isName(c.text) {
			continue // what is said again shows nothing new, but a resume ends the pause before it
		}
		done[c.text] = true
		r.before(c.text)
		r.do(c)
		r.dir = filepath.Dir(r.config)
	}
}

// isName reports whether a text only names a command, which wants more behind it.
func isName(text string) bool {
	words := strings.Fields(text)
	if len(words) != 2 || words[0] != "finishwatch" {
		return false
	}
	command, _, err := newRoot().Find(words[1:])
	return err == nil && command.Args != nil && command.Args(command, nil) != nil
}

// The row that the README explains is what explain prints.
func TestTheExplainedRowOfTheReadme(t *testing.T) {
	r := raceWithTwoTimes(t)
	rows := []string{"Place;Startnr;Name;Race;Zeit;Status"}
	for line := 2; line <= 203; line++ {
		row := fmt.Sprintf("%d;%d;Ash;5K;0:14:%02d,0;", line, 1000+line, line%60)
		switch line {
		case 12:
			row = "6;77;Birch;5K;0:14:31,4;"
		case 203:
			row = "7;77;Cedar;5K;0:14:50,2;"
		}
		rows = append(rows, row)
	}
	r.export("road.csv", strings.Join(rows, "\n")+"\n")
	r.edit(r.config, "files = [\"5k*.csv\"]", "files = [\"road.csv\"]\nrounding = \"up_second\"")
	r.edit(r.config, "name = \"My 5k\"\n", "[race.where]\nRace = \"5K\"\n")
	out, err := exec.Command("finishwatch", "explain", "--config", r.config, "--line", "203", "road.csv").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), textBlock(t, "line 203\n")) {
		t.Errorf("README.md explains line 203 otherwise than explain:\n%s", out)
	}
}

// Every option of the share's line in fstab is explained below it, and no other.
func TestTheShareOfTheReadme(t *testing.T) {
	var options []string
	for _, block := range readmeBlocks(t) {
		if block.kind == "fstab" {
			fields := strings.Fields(block.text)
			if len(fields) != 6 {
				t.Fatalf("README.md:%d: a line of fstab has six fields", block.line)
			}
			for option := range strings.SplitSeq(fields[3], ",") {
				name, _, _ := strings.Cut(option, "=")
				options = append(options, name)
			}
		}
	}
	var explained []string
	for _, row := range cells(t, "## A shared folder") {
		for _, span := range codeSpans(row[0]) {
			for option := range strings.SplitSeq(span, ",") {
				name, _, _ := strings.Cut(option, "=")
				explained = append(explained, name)
			}
		}
	}
	compare(t, "## A shared folder", options, explained)
}
