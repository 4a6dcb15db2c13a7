package config

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// content is what could be read of a text.
type content struct {
	text   string // as long as the source; lines with syntax errors are blank
	values map[string]any
	gaps   bool
}

// maxSyntax is after how many syntax errors the rest is left unread: by then one causes the next.
const maxSyntax = 20

// decode has the library read the text. The library stops at its first syntax error; where that surely concerns one
// line only, such as dir = "C:\data", the line is blanked and the rest read as well.
func decode(text string, mistakes *Mistakes) content {
	c := content{text: text}
	if at, ok := notUTF8(text); ok {
		mistakes.add(at, "the file is not UTF-8 here", "save it as UTF-8 (in Notepad: Save as, Encoding)")
		return c
	}
	for range maxSyntax {
		values, err := decodeTOML(c.text)
		if err == nil {
			c.values = values
			return c
		}
		line, curable := syntaxMistake(text, err, mistakes)
		c.gaps = true
		if !curable || strings.TrimSpace(line.of(c.text)) == "" {
			return c
		}
		c.text = c.text[:line.start] + strings.Repeat(" ", line.end-line.start) + c.text[line.end:]
	}
	return c
}

// decodeTOML turns the panics that the library keeps for its own bugs into errors: no text may end the daemon.
func decodeTOML(text string) (values map[string]any, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("this file cannot be read as TOML")
		}
	}()
	_, err = toml.Decode(text, &values)
	return values, err
}

// notUTF8 finds the first byte that is not UTF-8. A file in UTF-16 is full of zeros.
func notUTF8(text string) (int, bool) {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") || strings.Contains(text[:min(len(text), 6)], "\x00") {
		return 0, true
	}
	for i, r := range text {
		if r == utf8.RuneError {
			if _, width := utf8.DecodeRuneInString(text[i:]); width == 1 {
				return i, true
			}
		}
	}
	return 0, false
}

// syntaxMistake keeps one syntax error in words for people and returns its line. Curable is an error that concerns
// this line alone.
func syntaxMistake(text string, err error, mistakes *Mistakes) (line span, curable bool) {
	parse, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		mistakes.add(0, err.Error(), "begin anew from config.example.toml")
		return span{}, false
	}
	offset := errorOffset(text, parse)
	line = mistakes.source.line(offset)
	s := statement{line: strings.TrimRight(line.of(text), " \t"), message: parse.Message}
	s.key, s.value = s.split()
	if mistakes.source.hides(offset) {
		// The library quotes what it did not understand.
		mistakes.add(line.start, "this line is not TOML, and a password does not belong in this file",
			`write it into a file of its own and here only password_file = "/etc/finishwatch/opentrack.password" below [opentrack]`)
		return line, s.alone()
	}
	for _, rule := range syntaxRules() {
		if !regexp.MustCompile(rule.message).MatchString(parse.Message) {
			continue
		}
		what, fix := rule.say(s)
		if fix == "" {
			continue
		}
		mistakes.add(offset, what, fix)
		return line, rule.curable && s.alone()
	}
	mistakes.add(offset, parse.Message, "compare the line with config.example.toml")
	return line, false
}

// errorOffset is where the library stopped, moved on to what a person sees: not the inside of a character, not the blanks in
// front of it, and the control character itself.
func errorOffset(text string, err toml.ParseError) int {
	offset := min(max(err.Position.Start, 0), len(text))
	for offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]) {
		offset--
	}
	if strings.Contains(err.Message, "control characters") {
		isControl := func(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\n' }
		return offset + max(strings.IndexFunc(text[offset:], isControl), 0)
	}
	if seen := strings.TrimLeft(text[offset:], " \t"); seen != "" && seen[0] != '\n' && seen[0] != '\r' {
		return len(text) - len(seen)
	}
	return offset
}
