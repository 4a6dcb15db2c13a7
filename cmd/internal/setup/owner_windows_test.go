package setup

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

func TestAStoredPasswordIsForItsOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	stored, saved := filepath.Join(dir, "stored"), filepath.Join(dir, "saved")
	if err := Store(stored, "secret"); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(dir, "config.toml"), "# nothing\n", saved, "secret"); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{stored, saved} {
		rights, err := windows.GetNamedSecurityInfo(file, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
		if err != nil {
			t.Fatal(err)
		}
		text := rights.String()
		for _, many := range []string{";WD)", ";BU)", ";AU)"} { // everybody, users of this machine, who has logged in
			if strings.Contains(text, many) {
				t.Errorf("%s: %s", file, text)
			}
		}
	}
}
