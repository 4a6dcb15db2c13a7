package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text of a configuration as it is shown to people.
type source struct {
	text    string
	secrets []span // never shown
}

func newSource(text string) *source {
	return &source{text: text, secrets: slices.Concat(secretValues(text), loginsInAddresses(text), heartbeatPaths(text))}
}

// hide keeps a stretch from ever being shown.
func (s *source) hide(at span) { s.secrets = append(s.secrets, at) }

// hides reports whether a secret stands on the line of an offset. Then no part of that line may be quoted.
func (s *source) hides(offset int) bool {
	at := s.line(offset)
	return slices.ContainsFunc(s.secrets, func(secret span) bool { return secret.start < at.end && at.start < secret.end })
}

// line returns the line around an offset without its end.
func (s *source) line(offset int) span {
	start := strings.LastIndexByte(s.text[:offset], '\n') + 1
	length := strings.IndexByte(s.text[start:], '\n')
	if length < 0 {
		length = len(s.text) - start
	}
	return span{start, start + len(strings.TrimSuffix(s.text[start:start+length], "\r"))}
}

// position turns an offset into a line and a column, both from 1. A column counts characters.
func (s *source) position(offset int) (line, column int) {
	at := s.line(offset)
	return strings.Count(s.text[:at.start], "\n") + 1, utf8.RuneCountInString(s.text[at.start:offset]) + 1
}

// before and after are how many characters of a long line are shown around the place.
const before, after = 100, 80

// show returns a line made safe to print, and how many characters of it stand left of the column.
func (s *source) show(line, column int) (shown string, left int) {
	start := 0
	for range line - 1 {
		start += strings.IndexByte(s.text[start:], '\n') + 1
	}
	at := s.line(start)
	var out []rune
	number := 0
	for i, r := range s.text[at.start:at.end] {
		if number++; number == column {
			left = len(out)
		}
		out = append(out, s.shownAs(r, at.start+i)...)
	}
	if column > number {
		left = len(out)
	}
	return crop(out, left)
}

// crop shortens a long line to the surroundings of the place.
func crop(line []rune, left int) (string, int) {
	if end := left + after; len(line) > end+1 {
		line = append(slices.Clone(line[:end]), '…')
	}
	if start := left - before; start > 1 {
		line, left = append([]rune{'…'}, line[start:]...), before+1
	}
	return string(line), left
}

// shownAs returns what a person sees instead of one character: a TAB as blanks, so that the caret stands right
// wherever the terminal has its stops; nothing that could move the cursor, turn the writing round or hide itself.
func (s *source) shownAs(r rune, offset int) []rune {
	for _, secret := range s.secrets {
		if secret.start <= offset && offset < secret.end {
			if offset == secret.start {
				return []rune("********")
			}
			return nil
		}
	}
	switch {
	case r == '\t':
		return []rune("    ")
	case unicode.IsPrint(r):
		return []rune{r}
	}
	return []rune{utf8.RuneError}
}

// secretValues finds what stands behind every key that looks like a password. It looks at lines, not at TOML, because
// the line of a syntax error is shown as well; there even the equals sign may be missing.
func secretValues(text string) []span {
	var found []span
	for _, separator := range []string{secretName + `["']?[ \t]*[=:][ \t]*`, `(?m:^)[ \t]*` + secretName + `[ \t]+`} {
		for _, at := range regexp.MustCompile(`(?i)`+separator+`([^\r\n]*)`).FindAllStringSubmatchIndex(text, -1) {
			if text[at[2]:at[3]] != "password_file" && at[4] < at[5] {
				found = append(found, span{at[4], at[5]})
			}
		}
	}
	return found
}

// secretName matches a key. "passings" is a word of ours and no secret.
const secretName = `([\w-]*(?:pass(?:[_-]?(?:w|ph|c)\w*|\b|_)|pwd|kennwort|secret|token|credential|api[_-]?key)[\w-]*)`

// looksSecret reports whether the value of a key with this name must not be shown.
func looksSecret(name string) bool {
	return name != "password_file" && len(secretValues(name+"=x")) > 0
}

// loginsInAddresses finds user:password in https://user:password@server.
func loginsInAddresses(text string) []span {
	var found []span
	for _, at := range regexp.MustCompile(`://([^/\s"'?#]*)@`).FindAllStringSubmatchIndex(text, -1) {
		if at[2] < at[3] {
			found = append(found, span{at[2], at[3]})
		}
	}
	return found
}

// heartbeatPaths finds what follows the server in the address of a heartbeat: who knows it can pretend to be this laptop.
func heartbeatPaths(text string) []span {
	var found []span
	for _, at := range regexp.MustCompile(`(?i)(?:heartbeat|ping)[\w-]*["']?[ \t]*[=:][ \t]*["']*(?:\w+://)?(?:[^/?:"'\r\n]|:\d)*[/?]([^"'\r\n]+)`).FindAllStringSubmatchIndex(text, -1) {
		found = append(found, span{at[2], at[3]})
	}
	return found
}

// clean makes a short text of unknown origin, such as a file name, safe to print on one line.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}
