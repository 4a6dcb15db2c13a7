package config

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The README's section "Keys" has a row for each key of the schema: | key | kind | default | range | what it is for |. All but the
// last cell are found out here by asking the schema.

const keysHeading = "### Keys"

func TestTheReadmeHasEveryKey(t *testing.T) {
	var want []string
	rows := keyRows(t)
	for _, k := range keys(defaultStateFile("linux", noEnvironment)) {
		row := fmt.Sprintf("| `%s` | %s | %s | %s |", join(k.table, k.name), kindOf(k), defaultOf(k), rangeOf(k))
		want = append(want, row)
		if !slices.ContainsFunc(rows, func(r string) bool { return strings.HasPrefix(r, row+" ") && len(r) > len(row)+5 }) {
			t.Errorf("README.md, %q: add this row, with what the key is for behind it:\n%s", keysHeading, row)
		}
	}
	for _, row := range rows {
		if !slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(row, w+" ") }) {
			t.Errorf("README.md, %q: take this row out, the schema says something else:\n%s", keysHeading, row)
		}
	}
}

// keyRows are the rows of the section's tables.
func keyRows(t *testing.T) (rows []string) {
	t.Helper()
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+keysHeading+"\n")
	if !found {
		t.Fatalf("README.md has no section %q", keysHeading)
	}
	section, _, _ = strings.Cut(section, "\n### ")
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	return rows
}

// said is what the schema says against a value, with its advice; nothing when it takes it.
func said(k key, written any) string {
	faults := k.set(&draft{config: &Config{}, race: &Race{}}, value{name: k.name, any: written})
	if faults == nil {
		return ""
	}
	return faults[0].text + "; " + faults[0].fix
}

// found returns what a pattern finds in what the schema says against a value.
func found(k key, written any, pattern string) []string {
	return regexp.MustCompile(pattern).FindStringSubmatch(said(k, written))
}

const (
	noWord = "~~~~"
	atMost = "must be at most (\\S+);"
	atMin  = "must be at least (\\S+);"
)

func kindOf(k key) string {
	if kind := map[string]string{
		"competition": "address", "files": "list of names", "eventid": "text", "start": "time", "statuses": "list of words",
		"fastest": "time", "slowest": "time", "command": "path or list", "heartbeat_url": "address",
	}[k.name]; kind != "" {
		return kind
	}
	switch {
	case said(k, true) == "":
		return "true or false"
	case found(k, int64(-1), "must be from") != nil:
		return "whole number"
	case found(k, "2000000h", atMost) != nil:
		return "length of time"
	case found(k, "1B", atMin) != nil:
		return "size"
	case found(k, noWord, "does not know") != nil:
		return "word"
	case said(k, int64(3)) == "":
		return "text or number"
	case found(k, "~/x", "is not understood here") != nil:
		return "path"
	}
	return "text"
}

func rangeOf(k key) string {
	switch kindOf(k) {
	case "whole number":
		m := found(k, int64(-1), `from (\d+) to (\d+)`)
		return m[1] + " to " + m[2]
	case "length of time":
		return found(k, "-1h", atMin)[1] + " to " + found(k, "2000000h", atMost)[1]
	case "size":
		return found(k, "1B", atMin)[1] + " to " + found(k, "999999GB", atMost)[1]
	case "word":
		words := regexp.MustCompile(`"[^"]*"`).FindAllString(strings.Replace(said(k, noWord), `"`+noWord+`"`, "", 1), -1)
		if k.name == "encoding" {
			words = append(words, "and what else browsers know")
		}
		return strings.ReplaceAll("`"+strings.Join(words, "`, `")+"`", "`and what else browsers know`", "and what else browsers know")
	case "text or number":
		return "the header, or the column's number from 1"
	case "path", "path or list":
		return "of this machine"
	}
	if m := found(k, strings.Repeat("x", 5000), `(\d+) are allowed`); m != nil {
		return "up to " + m[1] + " characters"
	}
	return map[string]string{
		"competition": "`https`; `http` for this machine alone", "files": "below `dir`; `*` letters, `**` folders",
		"eventid": "1 to 20 capitals, digits, `-`, `_`, `.`", "start": "of day, or with the date", "statuses": "`\"DNF\"`, `\"DNS\"`, `\"DQ\"`",
		"heartbeat_url": "`https`; `http` for this machine alone", "fastest": "a mark, or empty", "slowest": "a mark, or empty",
	}[k.name]
}

func defaultOf(k key) string {
	switch standard := k.standard.(type) {
	case nil:
		return "**required**"
	case string:
		return fmt.Sprintf("`%q`", standard)
	case []any:
		return strings.NewReplacer(" ", ", ").Replace(fmt.Sprintf("`%q`", standard))
	}
	return fmt.Sprintf("`%v`", k.standard)
}
