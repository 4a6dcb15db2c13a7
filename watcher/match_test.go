package watcher

import (
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, path string
		want, folded  bool
	}{
		{"5k*.csv", "5k.csv", true, true},
		{"5k*.csv", "5k-final.csv", true, true},
		{"5k*.csv", "sub/5k.csv", false, false},
		{"5K*.CSV", "5k.csv", false, true},
		{"**/*.csv", "a.csv", true, true},
		{"**/*.csv", "x/y/a.csv", true, true},
		{"heat [12]/*.{csv,txt}", "heat 2/a.txt", true, true},
		{"heat [12]/*.{csv,txt}", "heat 3/a.txt", false, false},
		{"[a", "[a", false, false},
	}
	for _, test := range tests {
		if got := match(test.pattern, test.path, false); got != test.want {
			t.Errorf("match(%q, %q) = %v", test.pattern, test.path, got)
		}
		if got := match(test.pattern, test.path, true); got != test.folded {
			t.Errorf("match(%q, %q) on Windows = %v", test.pattern, test.path, got)
		}
	}
}

func TestValidPattern(t *testing.T) {
	tests := map[string]string{
		"5k*.csv": "", "**/*.csv": "", "heat [12]/*.{csv,txt}": "", "*": "", "a..b.csv": "", "Läufe/*.csv": "",
		"": "empty pattern", `heats\*.csv`: `write "/"`, "/srv/*.csv": "absolute", "C:/timing/*.csv": "absolute",
		"../*.csv": "leads out", "a/../b.csv": "leads out", "{a,..}/b.csv": "leads out", "heats/": "add the files",
		"[a.csv": "malformed", "{a,b.csv": "malformed", "./a.csv": `write "a.csv"`, "a//b.csv": `write "a/b.csv"`,
		".hidden.csv": "hidden or temporary", "*.tmp": "hidden or temporary", "~$*.xlsx": "hidden or temporary",
	}
	for pattern, want := range tests {
		err := ValidPattern(pattern)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("ValidPattern(%q) = %v, want %q", pattern, err, want)
		}
	}
}

func TestReach(t *testing.T) {
	tests := []struct {
		pattern, folder string
		want            bool
	}{
		{"*.csv", "a", false},
		{"a/*.csv", "a", true},
		{"a/*.csv", "b", false},
		{"a/*.csv", "a/b", false},
		{"a/*/c.csv", "a/b", true},
		{"**/*.csv", "a/b/c", true},
		{"a/**/c.csv", "a/b/c", true},
		{"a/**/c.csv", "b", false},
		{"**", "a/b", true},
		{"a/**", "a/b", true},
		{"{a/b,c}/*.csv", "a/b", true}, // looked at too much rather than too little
	}
	for _, test := range tests {
		if got := reach(test.pattern, test.folder); got != test.want {
			t.Errorf("reach(%q, %q) = %v", test.pattern, test.folder, got)
		}
	}
}

func TestFolderAdviceBelowHome(t *testing.T) {
	for dir, want := range map[string]bool{
		"/home": true, "/home/ann/timing": true, "/root/x": true, "/srv/home/x": false, "/homes": false, "timing": false,
	} {
		if got := protected(dir) != ""; got != want {
			t.Errorf("protected(%q) = %v", dir, got)
		}
	}
}
