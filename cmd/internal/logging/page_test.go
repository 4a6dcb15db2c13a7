package logging

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The README's section "Log messages" has a row for each message. Those of warnings and errors are made from the catalog, so
// that meaning and action are written once; what the others mean is written in the README alone.

const pageHeading = "### Log messages"

var update = flag.Bool("update", false, "write the rows that are made from the catalog into README.md")

// call is where a message is logged, and how loud.
type call struct{ level, at string }

func (c call) warns() bool { return c.level == "Error" || c.level == "Warn" }

func TestTheReadmeHasEveryMessage(t *testing.T) {
	said := logged(t)
	var explained []string // the rows that must stand there word for word
	for message, entry := range readCatalog(t) {
		explained = append(explained, pageRow(message, entry))
	}
	if *update {
		updatePage(t, said, explained)
	}
	page := readPage(t)
	for _, row := range explained {
		if !slices.Contains(page[said[messageOf(row)].level], row) {
			t.Errorf("README.md, %q, table %q: add this row, made from the catalog, or run go test ./cmd/internal/logging -update:\n%s", pageHeading, said[messageOf(row)].level, row)
		}
	}
	for level, rows := range page {
		for _, row := range rows {
			message := messageOf(row)
			switch {
			case said[message].level != level:
				t.Errorf("README.md, %q, table %q: take this row out, the program says nothing so at this level:\n%s", pageHeading, level, row)
			case said[message].warns() && !slices.Contains(explained, row):
				t.Errorf("README.md, %q, table %q: take this row out, the catalog says something else:\n%s", pageHeading, level, row)
			case strings.HasSuffix(row, "| |") || strings.Count(row, "|") < 3:
				t.Errorf("README.md, %q, table %q: say what it means:\n%s", pageHeading, level, row)
			}
		}
	}
	for message, call := range said {
		if !call.warns() && !slices.ContainsFunc(page[call.level], func(row string) bool { return messageOf(row) == message }) {
			t.Errorf("%s: add a row to README.md, %q, table %q:\n| %s | (what it means, and what to do if anything) |", call.at, pageHeading, call.level, message)
		}
	}
}

// pageRow is an entry of the catalog as a row of the page. A fact that journald would fill in stands there by its name.
func pageRow(message string, entry catalogEntry) string {
	paragraphs := strings.Split(entry.body, "\n\n")
	cell := func(i int) string {
		if i >= len(paragraphs) {
			return ""
		}
		text := strings.Join(strings.Fields(strings.TrimPrefix(paragraphs[i], "Now: ")), " ")
		pieces := strings.Split(text, "`")
		for i := range pieces {
			fact := regexp.MustCompile(`@([A-Z_]+)@`)
			if i%2 == 1 { // in code, where italics are none
				pieces[i] = fact.ReplaceAllString(pieces[i], "$1")
				continue
			}
			pieces[i] = fact.ReplaceAllStringFunc(pieces[i], func(name string) string {
				return "*" + strings.ToLower(strings.ReplaceAll(strings.Trim(name, "@"), "_", " ")) + "*"
			})
		}
		return strings.Join(pieces, "`")
	}
	return fmt.Sprintf("| %s | %s | %s |", message, cell(0), cell(2))
}

func messageOf(row string) string {
	message, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " |")
	return message
}

// updatePage writes the rows that are made from the catalog in the place of those that are there.
func updatePage(t *testing.T, said map[string]call, explained []string) {
	t.Helper()
	slices.Sort(explained)
	before, section, after := cutPage(t)
	var b strings.Builder
	level := ""
	for line := range strings.Lines(section) {
		if bold := levelLine.FindStringSubmatch(line); bold != nil {
			level = bold[1]
		}
		if (call{level: level}).warns() && strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| message |") {
			continue
		}
		b.WriteString(line)
		for _, row := range explained {
			if strings.HasPrefix(line, "|---") && said[messageOf(row)].level == level {
				b.WriteString(row + "\n")
			}
		}
	}
	if err := os.WriteFile(readme, []byte(before+b.String()+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// readme is the page's file.
var readme = filepath.Join("..", "..", "..", "README.md")

// levelLine is the line above a table, which names a level in bold type.
var levelLine = regexp.MustCompile(`^\*\*(\w+)\*\*`)

// cutPage returns the page and what is in front of it and behind it.
func cutPage(t *testing.T) (before, section, after string) {
	t.Helper()
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, section, found := strings.Cut(string(data), "\n"+pageHeading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", pageHeading)
	}
	end := regexp.MustCompile(`(?m)^##`).FindStringIndex(section + "\n##")
	return before + "\n" + pageHeading + "\n", section[:min(end[0], len(section))], section[min(end[0], len(section)):]
}

// readPage returns the rows of the page's tables by the level that the line above a table names in bold type.
func readPage(t *testing.T) map[string][]string {
	t.Helper()
	_, section, _ := cutPage(t)
	page := map[string][]string{}
	level := ""
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if bold := levelLine.FindStringSubmatch(line); bold != nil {
			level = bold[1]
		}
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| message |") {
			page[level] = append(page[level], line)
		}
	}
	return page
}

// logged are the messages of the module's log calls. Of a message that is said at several levels the loudest counts.
func logged(t *testing.T) map[string]call {
	t.Helper()
	levels := []string{"", "Debug", "Info", "Warn", "Error"}
	found := map[string]call{}
	for _, dir := range goFolders(t, filepath.Join("..", "..", "..")) {
		set, files := parseFolder(t, dir)
		constants := textConstants(files)
		for _, file := range files {
			imports := importNames(file)
			ast.Inspect(file, func(node ast.Node) bool {
				if level, message := logCall(node, imports, constants); message != "" {
					if slices.Index(levels, level) > slices.Index(levels, found[message].level) {
						found[message] = call{level, fmt.Sprint(set.Position(node.Pos()))}
					}
				}
				return true
			})
		}
	}
	return found
}

// logCall is the level and the message of a log call, or nothing.
func logCall(node ast.Node, imports, constants map[string]string) (level, message string) {
	call, ok := node.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", ""
	}
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if receiver, ok := method.X.(*ast.Ident); ok && imports[receiver.Name] != "" {
		return "", "" // a function of a package
	}
	switch level = method.Sel.Name; level {
	case "DPanic", "Panic", "Fatal":
		level = "Error"
	case "Debug", "Info", "Warn", "Error":
	default:
		return "", ""
	}
	message, _ = constant(call.Args[0], constants)
	return level, message
}
