package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func writeSecret(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
	return file
}

func variables(all map[string]string) func(string) string {
	return func(name string) string { return all[name] }
}

func TestThePasswordIsFoundInThreePlacesInTurn(t *testing.T) {
	file := writeSecret(t, "password", "from file\n", 0o600)
	credentials := filepath.Dir(writeSecret(t, credentialName, "from credential\n", 0o644))
	empty := t.TempDir()
	blank := filepath.Dir(writeSecret(t, credentialName, "\n", 0o600))
	for sentence, c := range map[string]struct {
		file string
		env  map[string]string
		want string
	}{
		"the file before all":                {file, map[string]string{"CREDENTIALS_DIRECTORY": credentials, passwordVariable: "from variable"}, "from file"},
		"the credential before the variable": {"", map[string]string{"CREDENTIALS_DIRECTORY": credentials, passwordVariable: "from variable"}, "from credential"},
		"the variable last":                  {"", map[string]string{passwordVariable: "from variable\n"}, "from variable"},
		"an empty credential is none":        {"", map[string]string{"CREDENTIALS_DIRECTORY": blank, passwordVariable: "from variable"}, "from variable"},
		"no credential of ours":              {"", map[string]string{"CREDENTIALS_DIRECTORY": empty, passwordVariable: "from variable"}, "from variable"},
	} {
		t.Run(sentence, func(t *testing.T) {
			got, err := (&Config{OpenTrack: OpenTrack{PasswordFile: c.file}}).Password(variables(c.env))
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestAPasswordIsTakenAsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"apitest":           "apitest",
		"apitest\n":         "apitest",
		"apitest\r\n":       "apitest",
		"\ufeffapitest\r\n": "apitest",
		" with blanks \n":   " with blanks ",
		"größer\n":          "größer",
	} {
		got, err := (&Config{OpenTrack: OpenTrack{PasswordFile: writeSecret(t, "password", text, 0o600)}}).Password(noEnvironment)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestAPasswordThatCannotBeOneIsRefused(t *testing.T) {
	for sentence, c := range map[string]struct{ file, says string }{
		"empty":            {writeSecret(t, "password", "\n", 0o600), "is empty"},
		"several lines":    {writeSecret(t, "password", "hunter2\nhunter2\n", 0o600), "several lines"},
		"too long":         {writeSecret(t, "password", strings.Repeat("hunter2", 1000), 0o600), "too long"},
		"UTF-16":           {writeSecret(t, "password", "\xff\xfeh\x00u\x00", 0o600), "UTF-8"},
		"no file":          {filepath.Join(t.TempDir(), "none"), "write the password into this file"},
		"a folder":         {t.TempDir(), "is not a file"},
		"no place":         {"", "password_file in [opentrack]"},
		"no place, second": {"", "/etc/finishwatch/" + credentialName},
		"no place, third":  {"", "$" + passwordVariable},
	} {
		t.Run(sentence, func(t *testing.T) {
			_, err := (&Config{OpenTrack: OpenTrack{PasswordFile: c.file}}).Password(noEnvironment)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%v does not say %q", err, c.says)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in the error: %v", err)
			}
		})
	}
}

func TestAPasswordFileForEverybodyIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such permissions")
	}
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: false, 0o644: true, 0o604: true, 0o666: true, 0o602: true} {
		file := writeSecret(t, "password", "hunter2", mode)
		_, err := (&Config{OpenTrack: OpenTrack{PasswordFile: file}}).Password(noEnvironment)
		if (err != nil) != refused {
			t.Errorf("mode %o: %v", mode, err)
		}
		if refused && !strings.HasSuffix(err.Error(), "run: chmod 600 "+shellQuoted(file)) {
			t.Errorf("mode %o: %v does not end in the mend", mode, err)
		}
	}
}

func TestAFileOfRootGivesWayToTheCredential(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("root may read everything; Windows has no such permissions")
	}
	file := writeSecret(t, "password", "from file", 0o000)
	c := &Config{OpenTrack: OpenTrack{PasswordFile: file}}
	credentials := filepath.Dir(writeSecret(t, credentialName, "from credential", 0o400))
	if got, err := c.Password(variables(map[string]string{"CREDENTIALS_DIRECTORY": credentials})); got != "from credential" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := c.Password(variables(map[string]string{passwordVariable: "from variable"})); err == nil {
		t.Error("a file that cannot be read gave way to the variable")
	}
}

// The copy that systemd hands over is nobody's to mend: the error names the file that it is made of.
func TestACredentialIsMendedWhereItComesFrom(t *testing.T) {
	credentials := filepath.Dir(writeSecret(t, credentialName, "hunter2\nhunter2\n", 0o400))
	_, err := (&Config{Path: "/etc/finishwatch/10k.toml"}).Password(variables(map[string]string{"CREDENTIALS_DIRECTORY": credentials}))
	if err == nil || !strings.Contains(err.Error(), "/etc/finishwatch/10k.password has several lines") {
		t.Error(err)
	}
}

func TestAMendIsSafeToPaste(t *testing.T) {
	for file, want := range map[string]string{
		"/etc/opentrack.password": "/etc/opentrack.password",
		"/home/anna/my password":  "'/home/anna/my password'",
		"/tmp/$(reboot)'":         `'/tmp/$(reboot)'\'''`,
	} {
		if got := shellQuoted(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
