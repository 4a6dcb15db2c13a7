package config

import (
	"errors"
	"fmt"
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
		c.text = c.text[:line.start] + instead(line.of(c.text)) + c.text[line.end:]
	}
	return c
}

// instead is what is read in the place of a line that cannot be: the header that it is meant to be, or nothing. It has the
// same length, so that every place stays where it is.
func instead(line string) string {
	header := meantHeader(line)
	if len(header) > len(line) || header == strings.TrimSpace(line) {
		header = ""
	}
	return header + strings.Repeat(" ", len(line)-len(header))
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

// syntaxMistake keeps one syntax error in words for people and returns the line to leave out. Curable is an error that
// concerns this line alone.
func syntaxMistake(text string, err error, mistakes *Mistakes) (line span, curable bool) {
	parse, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		mistakes.add(0, err.Error(), "begin anew from config.example.toml")
		return span{}, false
	}
	offset := errorOffset(text, parse)
	if what, other := otherKind(text); other {
		mistakes.add(0, what, "name the right file with --config, or write one with finishwatch init FOLDER or from config.example.toml")
		return span{}, false
	}
	offset = beginning(text, offset, parse.Message)
	line = mistakes.source.line(offset)
	s := newStatement(text, line, offset, parse.Message)
	switch {
	case mistakes.source.hides(offset):
		// The library quotes what it did not understand.
		mistakes.add(line.start, "this line is not TOML, and a password does not belong in this file",
			`write it into a file of its own and here only password_file = "/etc/finishwatch/opentrack.password" below [opentrack]`)
		return line, s.alone()
	case strings.Contains(parse.Message, "already"):
		sayTwice(text, line, s, mistakes)
		return line, s.alone()
	}
	for _, rule := range syntaxRules() {
		if !regexp.MustCompile(rule.message).MatchString(parse.Message) {
			continue
		}
		said := rule.say(s)
		if said.fix == "" {
			continue
		}
		at := offset
		if said.at >= 0 {
			at = line.start + said.at
		}
		mistakes.add(at, said.text, said.fix)
		return line, rule.curable && s.ends()
	}
	mistakes.add(offset, parse.Message, "compare the line with config.example.toml")
	return line, false
}

// sayTwice is about a key or a table that was there before.
func sayTwice(text string, line span, s statement, mistakes *Mistakes) {
	name := strings.Trim(s.line, "[] \t")
	again := `(?m)^[ \t]*\[+[ \t]*` + regexp.QuoteMeta(name) + `[ \t]*\]`
	if s.key != "" {
		again = `(?m)^[ \t]*` + regexp.QuoteMeta(s.key) + `[ \t]*=`
	}
	first := ""
	if found := regexp.MustCompile(again).FindAllStringIndex(text[:line.start], -1); len(found) > 0 {
		number, _ := mistakes.source.position(found[len(found)-1][0])
		first = fmt.Sprintf(", first in line %d", number)
	}
	switch at := line.start + len(s.line) - len(strings.TrimLeft(s.line, " \t")); {
	case s.key != "":
		mistakes.add(at, s.key+" is set twice in this table"+first, "leave one of the two lines out")
	case name == "race":
		mistakes.add(at, "[race] stands here a second time"+first, "write [[race]] with double brackets, here and above")
	default:
		mistakes.add(at, name+" stands here a second time"+first, "put the keys of both together below one header")
	}
}

// otherKind says what a text is that is no configuration at all. A file of another program would give a mistake a line.
func otherKind(text string) (what string, other bool) {
	start := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(start, "{"):
		return "this looks like JSON and is no configuration", true
	case strings.HasPrefix(start, "<?") || strings.HasPrefix(start, "<!") || strings.HasPrefix(start, "<html"):
		return "this looks like XML and is no configuration", true
	case !strings.ContainsAny(start, "=[:"), !strings.Contains(start, "=") && strings.ContainsAny(start, ",;\t"):
		return "this is no configuration: there is no line in it such as [watch], and none with =", true
	}
	return "", false
}

// beginning moves an error to the line where it begins. A list that is not closed, or a text over several lines, is only
// noticed further down, in a line where nothing is wrong.
func beginning(text string, offset int, message string) int {
	switch {
	case strings.Contains(message, `"""`) || strings.Contains(message, "'''"):
		mark := `"""`
		if strings.Contains(message, "'''") {
			mark = "'''"
		}
		return max(strings.LastIndex(text[:offset], mark), 0)
	case strings.Contains(message, "array terminator"):
		if at, ok := openList(text, offset); ok {
			return at
		}
	}
	return offset
}

// openList finds the end of the line in which a list begins that is not closed, where the line of the offset is plainly
// none of its items.
func openList(text string, offset int) (int, bool) {
	above := strings.LastIndexByte(text[:offset], '\n')
	here, _, _ := strings.Cut(text[above+1:], "\n")
	if above < 0 || !regexp.MustCompile(`^\s*([A-Za-z0-9_-]+\s*=|\[|$)`).MatchString(here) {
		return 0, false
	}
	for end := above; end > 0; end = strings.LastIndexByte(text[:end], '\n') {
		start := strings.LastIndexByte(text[:end], '\n') + 1
		line := strings.TrimRight(text[start:end], " \t\r")
		if s := (statement{line: line}); line != "" {
			if _, s.value = s.split(); s.opens() {
				return start + len(line), true
			}
			return 0, false
		}
	}
	return 0, false
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
