package logging

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds one text of a log line, in bytes. An error that quotes a server's page must not bury the line.
const maxText = 1024

// Clean makes untrusted text safe to show on one line: to a person, on a terminal, in a journal.
//
// Line breaks and tabs become blanks. Other control characters, characters that change the direction of writing and
// bytes that are not UTF-8 become U+FFFD: visible, because somebody put them there. A text of more than 1024 bytes is
// cut and ends in an ellipsis.
//
// Otherwise a cell of an export could forge a second log line (with a priority of its own: journald reads <0> at the
// start of a line), recolour the terminal, or show 41:52 for 25:14.
func Clean(s string) string {
	if len(s) <= maxText && utf8.ValidString(s) && strings.IndexFunc(s, unsafeRune) < 0 {
		return s
	}
	s = strings.ToValidUTF8(bound(s, maxText), string(utf8.RuneError))
	return bound(strings.Map(safeRune, s), maxText) // U+FFFD is longer than what it stands for
}

// bound cuts s to at most limit bytes and an ellipsis, between two characters.
func bound(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

func unsafeRune(r rune) bool { return safeRune(r) != r }

// safeRune returns the character that may be shown in place of r.
func safeRune(r rune) rune {
	switch {
	case r == '\t', r == '\n', r == '\v', r == '\f', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return utf8.RuneError
	}
	return r
}
