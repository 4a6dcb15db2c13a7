package setup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// typist answers from a list and keeps what was said.
type typist struct {
	answers []string
	said    strings.Builder
	secrets int
}

func (t *typist) Say(text string) { t.said.WriteString(text + "\n") }

func (t *typist) next() (string, error) {
	if len(t.answers) == 0 {
		return "", io.EOF
	}
	answer := t.answers[0]
	t.answers = t.answers[1:]
	return answer, nil
}

func (t *typist) Line(_ context.Context, prompt string) (string, error) {
	t.said.WriteString(prompt)
	return t.next()
}

func (t *typist) Secret(_ context.Context, prompt string) (string, error) {
	t.secrets++
	t.said.WriteString(prompt)
	return t.next()
}

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		known   Destination
		keep    string
		answers []string
		want    Answers
		says    string
		secrets int
	}{
		"everything": {
			keep:    "/x/opentrack.password",
			answers: []string{"https://data.opentrack.run/en-gb/x/2026/GBR/my-race/event/R1/?tab=2", " me@example.org ", "hunter2"},
			want:    Answers{Destination{Competition: "https://data.opentrack.run/x/2026/GBR/my-race/", Username: "me@example.org"}, "hunter2"},
			says:    "results go to https://data.opentrack.run/x/2026/GBR/my-race/", secrets: 1,
		},
		"Enter skips each, and without a login there is no password": {keep: "/x/p", answers: []string{"", ""}},
		"the address is asked for again, without repeating a password in it": {
			answers: []string{"https://me:hunter2@data.opentrack.run/x/2026/GBR/my-race/", "data.opentrack.run", "https://data.opentrack.run/x/2026/GBR/my-race/", ""},
			want:    Answers{Destination: Destination{Competition: "https://data.opentrack.run/x/2026/GBR/my-race/"}}, says: "a user name or password does not belong in the address",
		},
		"what flags said is not asked": {
			known: Destination{Competition: "https://data.opentrack.run/x/2026/GBR/a/", Username: "me"}, keep: "/x/p", answers: []string{""},
			want: Answers{Destination: Destination{Competition: "https://data.opentrack.run/x/2026/GBR/a/", Username: "me"}}, secrets: 1,
		},
		"no place for the password": {answers: []string{"", "me"}, want: Answers{Destination: Destination{Username: "me"}}},
		"the end of the input":      {keep: "/x/p", answers: []string{"", "me"}, want: Answers{Destination: Destination{Username: "me"}}, secrets: 1},
		"invisible characters":      {answers: []string{"", "me\x1b[2J", "me"}, want: Answers{Destination: Destination{Username: "me"}}, says: "type it anew"},
	} {
		typist := &typist{answers: c.answers}
		got, err := Ask(t.Context(), typist, c.known, c.keep)
		if err != nil || got != c.want || typist.secrets != c.secrets {
			t.Errorf("%s: %+v %v, %d secrets, want %+v, %d", name, got, err, typist.secrets, c.want, c.secrets)
		}
		if said := typist.said.String(); !strings.Contains(said, c.says) || strings.Contains(said, "hunter2") {
			t.Errorf("%s: said %q", name, said)
		}
	}
}

func TestSave(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			return "-"
		}
		return string(text)
	}
	t.Run("two new files", func(t *testing.T) {
		dir := t.TempDir()
		path, password := filepath.Join(dir, "c.toml"), filepath.Join(dir, "p")
		must(t, Save(path, "text", password, "hunter2"))
		if read(path) != "text" || read(password) != "hunter2\n" {
			t.Errorf("%q %q", read(path), read(password))
		}
		info, err := os.Stat(password)
		must(t, err)
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("the password's mode is %v", info.Mode())
		}
	})
	t.Run("a configuration is there", func(t *testing.T) {
		dir := t.TempDir()
		path, password := filepath.Join(dir, "c.toml"), filepath.Join(dir, "p")
		must(t, os.WriteFile(path, []byte("mine"), 0o644))
		if err := Save(path, "text", password, "hunter2"); !errors.Is(err, ErrThere) {
			t.Error(err)
		}
		if read(path) != "mine" || read(password) != "-" {
			t.Errorf("%q %q", read(path), read(password))
		}
	})
	t.Run("a password is there", func(t *testing.T) {
		dir := t.TempDir()
		path, password := filepath.Join(dir, "c.toml"), filepath.Join(dir, "p")
		must(t, os.WriteFile(password, []byte("mine"), 0o644))
		if err := Save(path, "text", password, "hunter2"); !errors.Is(err, ErrThere) {
			t.Error(err)
		}
		if read(path) != "-" || read(password) != "mine" {
			t.Errorf("%q %q", read(path), read(password))
		}
	})
	t.Run("a link that leads nowhere is a file too", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("links need a right there")
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "c.toml")
		must(t, os.Symlink(filepath.Join(dir, "elsewhere"), path))
		if err := Free(path); !errors.Is(err, ErrThere) {
			t.Error(err)
		}
		if err := Save(path, "text", "", ""); !errors.Is(err, ErrThere) || read(filepath.Join(dir, "elsewhere")) != "-" {
			t.Error(err)
		}
	})
}

func TestNoPasswordLiesInTheFolderOfTheExports(t *testing.T) {
	for _, c := range [][3]string{
		{"/home/me/config.toml", "/srv/timing", "/home/me/opentrack.password"},
		{"/srv/config.toml", "/srv/timing", "/srv/opentrack.password"},
		{"/srv/timing/config.toml", "/srv/timing", ""},
		{"/srv/timing/below/config.toml", "/srv/timing", ""},
	} {
		if runtime.GOOS == "windows" {
			break
		}
		if got := PasswordFile(c[0], c[1]); got != c[2] {
			t.Errorf("%s for %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestSeries(t *testing.T) {
	for file, want := range map[string]string{
		"results_001.csv":             "results_[0-9]*.csv",
		"out/results-0012.lst.csv":    "out/results-[0-9]*.lst.csv",
		"5k_2026-05-02.csv":           "5k_[0-9]*.csv",
		"5k 20260502-101500 live.csv": "5k [0-9]* live.csv",
		"a[1]_20260502.csv":           "a[[]1]_[0-9]*.csv",
		"5k.csv":                      "",
		"race_1500.csv":               "",
		"heat_001.csv":                "",
		"Lauf 001.csv":                "",
		"001.csv":                     "",
		"20260502.csv":                "",
		"results_1.csv":               "",
		"results001x.csv":             "",
		"results(1).csv":              "",
	} {
		got, ok := series(file)
		if ok != (want != "") || got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}

func TestOldExportsAreSaidToBeHeld(t *testing.T) {
	dir := fill(t, map[string]string{"5k.csv": "Bib,Time\n7,14:26\n"})
	f, err := Look(dir)
	must(t, err)
	for age, want := range map[time.Duration]bool{time.Hour: false, 48 * time.Hour: true} {
		text, err := f.Config("config.toml", Destination{}, f.Newest.Add(age))
		must(t, err)
		if got := strings.Contains(text, `#max_age = "0s"`); got != want {
			t.Errorf("after %s: %t", age, got)
		}
	}
}

func TestTheTestLoginIsNotPassedOffAsTheirs(t *testing.T) {
	f, err := Look(fill(t, nil))
	must(t, err)
	for competition, want := range map[string]string{
		"": "its password is apitest",
		"https://data.opentrack.run/x/2026/GBR/my-race/": "CHOOSE: your own login",
	} {
		text, err := f.Config("config.toml", Destination{Competition: competition}, time.Now())
		must(t, err)
		if !strings.Contains(text, want) {
			t.Errorf("%q: %q is missing", competition, want)
		}
	}
}
