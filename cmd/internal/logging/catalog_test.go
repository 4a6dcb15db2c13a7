package logging

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// catalogEntry is one message as the catalog explains it.
type catalogEntry struct{ id, body string }

// Whoever reads a warning in the journal can ask what it means: journalctl -x. Code, IDs and catalog say the same.
func TestEveryWarningIsInTheCatalog(t *testing.T) {
	entries := readCatalog(t)
	ids := map[string]string{}
	for subject, entry := range entries {
		ids[subject] = entry.id
	}
	if diff := cmp.Diff(messageIDs(), ids); diff != "" {
		t.Errorf("the IDs of messages.go (-) and of the catalog (+) differ:\n%s", diff)
	}
	said := slices.Sorted(maps.Keys(warnings(t)))
	if diff := cmp.Diff(said, slices.Sorted(maps.Keys(entries))); diff != "" {
		t.Errorf("what the program warns of (-) and what the catalog explains (+) differ:\n%s", diff)
	}
}

func TestTheCatalogHelps(t *testing.T) {
	known := map[string]bool{}
	for _, field := range Fields() {
		if name := field.Journal; name != "" {
			known[name] = true
		} else {
			known[journalName(field.Name)] = true
		}
	}
	placeholder := regexp.MustCompile(`@([A-Z_]+)@`)
	seen := map[string]bool{}
	for subject, entry := range readCatalog(t) {
		paragraphs := strings.Split(entry.body, "\n\n")
		if len(paragraphs) != 3 || !strings.HasPrefix(paragraphs[1], "Safe: ") || !strings.HasPrefix(paragraphs[2], "Now: ") {
			t.Errorf("%s: it has to say what happened, what is safe (Safe:) and what to do (Now:):\n%s", subject, entry.body)
		}
		if seen[entry.id] || !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(entry.id) {
			t.Errorf("%s: its ID %q is not one, or another message has it", subject, entry.id)
		}
		seen[entry.id] = true
		for _, match := range placeholder.FindAllStringSubmatch(entry.body, -1) {
			if !known[match[1]] {
				t.Errorf("%s: nothing is logged as %s", subject, match[1])
			}
		}
	}
}

// readCatalog returns the entries by subject.
func readCatalog(t *testing.T) map[string]catalogEntry {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "systemd", "finishwatch.catalog"))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]catalogEntry{}
	for _, text := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		id, rest, _ := strings.Cut(text, "\n")
		head, body, found := strings.Cut(rest, "\n\n")
		subject, ok := strings.CutPrefix(strings.SplitN(head, "\n", 2)[0], "Subject: ")
		if !found || !ok || entries[subject].id != "" {
			t.Fatalf("not an entry, or the second with its subject: %s", text)
		}
		entries[subject] = catalogEntry{id, strings.TrimSpace(body)}
	}
	return entries
}

// warnings are the messages of the module's log calls at warning or above, with where they are.
func warnings(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range goFolders(t, filepath.Join("..", "..", "..")) {
		set, files := parseFolder(t, dir)
		constants := textConstants(files)
		for _, file := range files {
			imports := importNames(file)
			ast.Inspect(file, func(node ast.Node) bool {
				if call, ok := node.(*ast.CallExpr); ok {
					if message := warning(call, imports, constants); message != "" {
						found[message] = fmt.Sprint(set.Position(call.Pos()))
					}
				}
				return true
			})
		}
	}
	return found
}

// warning is the message of a log call at warning or above, or nothing.
func warning(call *ast.CallExpr, imports, constants map[string]string) string {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return ""
	}
	if receiver, ok := method.X.(*ast.Ident); ok && imports[receiver.Name] != "" {
		return "" // a function of a package
	}
	switch method.Sel.Name {
	case "Warn", "Error", "DPanic", "Panic", "Fatal":
		message, _ := constant(call.Args[0], constants)
		return message
	}
	return ""
}
