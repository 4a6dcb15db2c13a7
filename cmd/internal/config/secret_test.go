package config

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// FuzzParse feeds anything at all: no panic, every mistake inside the file, and nothing printed that could move the
// cursor of a terminal.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{small, large, everyForm, "poll = 5", "a = \"\x1b[31m\"", "[race]\n[race]", "note = a\\\tb\n", "x", "a = \u202e", "\"\u202e", "[[race]]\nfiles=[5]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := parseWith("config.toml", text, noEnvironment)
		mistakes, ok := errors.AsType[*Mistakes](err)
		if !ok {
			return
		}
		checkMistakes(t, string(text), mistakes)
	})
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	const secret = "hunter2"
	for _, line := range []string{
		`password = "hunter2"`,
		`password = hunter2`,
		`password: hunter2`,
		`password = """` + "\nhunter2" + `"""`,
		`Passwort = 'hunter2'`,
		`"password" = "hunter2"`,
		`opentrack.password = "hunter2"`,
		`pass = "hunter2"`,
		`api_key = "hunter2"`,
		`auth-token = ["hunter2"]`,
		`token = { value = "hunter2" }`,
		`secret = 1 hunter2`,
		`x = 1, password = "hunter2"`,
		`x = { password = "hunter2", y = }`,
		`password hunter2 = 5`,
		`competition = "https://me:hunter2@data.opentrack.run/x/2026/GBR/my-race/"`,
		`competition = https://me:hunter2@data.opentrack.run/x/2026/GBR/my-race/`,
		`competition = "https://hunter2@data.opentrack.run:x/"`,
		`dir = "ftp://me:hunter2@server/"`,
		`heartbeat_url = "http://example.org/ping/hunter2"`,
		`heartbeat_url = https://example.org/ping/hunter2`,
		`heartbeat = "https://example.org/?id=hunter2"`,
		`ping_url = 'example.org/hunter2'`,
		`alert.heartbeat_url = "https://exa mple.org/ping/hunter2"`,
	} {
		for _, where := range []string{"[opentrack]\n", "", small} {
			_, err := parseWith("config.toml", []byte(where+line+"\n"), noEnvironment)
			mistakes, ok := errors.AsType[*Mistakes](err)
			if !ok {
				t.Errorf("%s: %v", line, err)
				continue
			}
			var out bytes.Buffer
			mistakes.Print(&out)
			if printed := out.String() + mistakes.Error(); strings.Contains(printed, secret) {
				t.Errorf("%s is printed:\n%s", line, printed)
			}
		}
	}
}

func TestALongLineIsShownAroundThePlace(t *testing.T) {
	text := small + "statuses = [" + strings.Repeat(`"DNF", `, 100) + `"X", ` + strings.Repeat(`"DNF", `, 100) + "]\n"
	var last string
	for line := range strings.Lines(printed(t, text)) {
		if n := len([]rune(line)); strings.Contains(line, " | ") && n > before+after+20 {
			t.Fatalf("%d characters: %s", n, line)
		}
		if strings.Contains(line, `"X"`) && strings.HasPrefix(line, "  9 | …") {
			last = line
		}
		if caret := strings.Index(line, "^"); last != "" && caret >= 0 {
			if got := []rune(last)[caret:][:3]; string(got) != `"X"` {
				continue
			}
			return
		}
	}
	t.Error("the place is not shown")
}
