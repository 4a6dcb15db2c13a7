package logging

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// catalogEntry is one message as the catalog explains it.
type catalogEntry struct{ id, body string }

// Whoever reads a warning in the journal can ask what it means: journalctl -x. Code, IDs and catalog say the same.
func TestEveryWarningIsInTheCatalog(t *testing.T) {
	entries, said, ids := readCatalog(t), logged(t), messageIDs()
	for message, call := range said {
		switch {
		case !call.warns():
		case ids[message] == "":
			t.Errorf("%s: add %q to messageIDs in messages.go, with an ID from systemd-id128 new", call.at, message)
		case entries[message].id == "":
			t.Errorf("%s: add an entry to systemd/finishwatch.catalog:\n-- %s\nSubject: %s\nDefined-By: finishwatch\n"+
				"Documentation: man:finishwatch(1)\n\n(what happened)\n\nSafe: (what is safe)\n\nNow: (what to do)", call.at, ids[message], message)
		}
	}
	for message, id := range ids {
		switch {
		case !said[message].warns():
			t.Errorf("messages.go: take out %q: nothing warns of it", message)
		case entries[message].id != "" && entries[message].id != id:
			t.Errorf("systemd/finishwatch.catalog: %q has the ID %s and not %s, as messages.go says", message, entries[message].id, id)
		}
	}
	for subject := range entries {
		if !said[subject].warns() {
			t.Errorf("systemd/finishwatch.catalog: take out %q: nothing warns of it", subject)
		}
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
