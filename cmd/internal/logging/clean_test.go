package logging

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"a plain text is left alone":               {"Zürich 5k – Läufer 007", "Zürich 5k – Läufer 007"},
		"line breaks and tabs become blanks":       {"a\nb\r\nc\td", "a b  c d"},
		"breaks of Unicode become blanks":          {"a\u0085b\u2028c\u2029d", "a b c d"},
		"escape sequences are disarmed":            {"\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"},
		"NUL, BEL, DEL and C1 show":                {"\x00\x07\x7f\u009b", "\ufffd\ufffd\ufffd\ufffd"},
		"overrides of direction show":              {"\u202a\u202b\u202c\u202d\u202e", strings.Repeat("\ufffd", 5)},
		"isolates of direction show":               {"\u2066\u2067\u2068\u2069", strings.Repeat("\ufffd", 4)},
		"marks of direction show":                  {"\u200e\u200f\u061c", strings.Repeat("\ufffd", 3)},
		"bytes that are not UTF-8 show":            {"M\xfcller", "M\ufffdller"},
		"a long text is cut":                       {strings.Repeat("a", 2000), strings.Repeat("a", maxText) + "…"},
		"a long text is cut between characters":    {"a" + strings.Repeat("ü", 2000), "a" + strings.Repeat("ü", 511) + "…"},
		"a text that grows by cleaning is cut too": {strings.Repeat("\x1b", 1000), strings.Repeat("\ufffd", 341) + "…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Clean(test.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b\u202e\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || len(got) > maxText+len("…") || strings.ContainsFunc(got, hostile) {
			t.Errorf("Clean(%q) = %q", s, got)
		}
		if again := Clean(got); again != got {
			t.Errorf("cleaned twice: %q, once: %q", again, got)
		}
	})
}

// hostile repeats what must not come through in other words than Clean has it.
func hostile(r rune) bool {
	switch {
	case r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r >= '\u2028' && r <= '\u2029':
		return true
	}
	return strings.ContainsRune("\u200e\u200f\u061c", r) || unicode.Is(unicode.Cc, r)
}
