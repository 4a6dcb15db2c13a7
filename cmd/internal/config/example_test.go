package config

import (
	"maps"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

const exampleFile = "../../../config.example.toml"

func readExample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// switchedOn takes the # away from every setting. A remark has a blank behind its #.
func switchedOn(text string) string {
	return regexp.MustCompile(`(?m)^#(\S)`).ReplaceAllString(text, "$1")
}

func TestTheExampleIsAGoodConfiguration(t *testing.T) {
	c, err := parseWith("/etc/finishwatch/config.toml", []byte(readExample(t)), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	if c.OpenTrack.Competition != "2026/GBR/api-test" || len(c.Races) != 1 {
		t.Errorf("read as %+v", c)
	}
}

func TestTheExampleSwitchedOnChangesOnlyWhatItCallsAnExample(t *testing.T) {
	text := switchedOn(readExample(t))
	text, _, _ = strings.Cut(text, "[race.passings]")
	on, err := parseWith("/etc/finishwatch/config.toml", []byte(text), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	off, err := parseWith("/etc/finishwatch/config.toml", []byte(readExample(t)), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	off.OpenTrack.PasswordFile = here("/etc/finishwatch/opentrack.password")
	if runtime.GOOS != "linux" {
		off.State.File = here("/var/lib/finishwatch/finishwatch.db") // shown is the default of the service
	}
	off.Alert.Command = []string{here("/usr/local/bin/alert-phone"), "race"}
	off.Alert.HeartbeatURL = &url.URL{Scheme: "https", Host: "example.org", Path: "/ping/my-race"}
	off.Races[0].Line = on.Races[0].Line
	off.Races[0].Rules.Columns = on.Races[0].Rules.Columns
	off.Races[0].Rules.Where = map[string]string{"Race": "5K"}
	if diff := cmp.Diff(off, on, compareMarks()); diff != "" {
		t.Errorf("(-switched off +switched on):\n%s", diff)
	}
}

func TestTheExampleShowsTheSchema(t *testing.T) {
	var shown map[string]any
	if _, err := toml.Decode(switchedOn(readExample(t)), &shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(schemaAsShown(), flat("", shown)); diff != "" {
		t.Errorf("config.example.toml (-schema +example):\n%s", diff)
	}
}

// schemaAsShown is the schema with the values that the example must show. [race.passings] is refused as a whole, so
// that the schema has no keys for it.
func schemaAsShown() map[string]any {
	want := map[string]any{
		"race.where.Race":       "5K",
		"race.passings.chips":   "chips.csv",
		"race.passings.min":     "5m",
		"opentrack.competition": "https://test-data.opentrack.run/en-gb/x/2026/GBR/api-test/",
		"opentrack.username":    "api-test@mailinator.com",
		"watch.dir":             "/srv/timing",
		"race.files":            []any{"5k*.csv"},
		"race.eventid":          "R1",
	}
	for _, k := range keys(defaultStateFile("linux", noEnvironment)) {
		switch {
		case k.required:
		case k.example != nil:
			want[join(k.table, k.name)] = k.example
		default:
			want[join(k.table, k.name)] = k.standard
		}
	}
	return want
}

// flat names every value by its tables; of a list of tables the only one counts.
func flat(prefix string, values map[string]any) map[string]any {
	all := map[string]any{}
	for name, value := range values {
		name = join(prefix, name)
		if list, _ := asTables(value); len(list) == 1 {
			maps.Copy(all, flat(name, list[0]))
			continue
		}
		all[name] = value
	}
	return all
}

// remarkAbove returns the lines above the last line that begins so: the last, because [log] has a format, too.
func remarkAbove(text, beginning string) string {
	paragraphs := strings.Split(text, "\n\n")
	slices.Reverse(paragraphs)
	for _, paragraph := range paragraphs {
		if slices.ContainsFunc(strings.Split(paragraph, "\n"), func(line string) bool { return strings.HasPrefix(line, beginning) }) {
			return paragraph
		}
	}
	return ""
}

func TestEveryKeyOfTheExampleIsExplained(t *testing.T) {
	for _, k := range keys("") {
		beginning := "#" + k.name + " ="
		if k.required {
			beginning = k.name + " ="
		}
		if remark := remarkAbove(readExample(t), beginning); !strings.HasPrefix(remark, "# ") {
			t.Errorf("%s has no remark: %q", join(k.table, k.name), remark)
		}
	}
}
