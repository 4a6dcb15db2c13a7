package config

import (
	"regexp"
	"strings"
)

// advice is a message of the library in words for people.
type advice struct {
	text, fix string
	at        int // the byte in the line; negative for where the library stopped
}

// atStop is advice about the place where the library stopped.
func atStop(text, fix string) advice { return advice{text, fix, -1} }

// atValue is advice about the value of the line.
func (s statement) atValue(text, fix string) advice { return advice{text, fix, s.valueAt} }

// syntaxRule says a message of the library in words for people. A rule that has no advice leaves the line to the next.
type syntaxRule struct {
	message string
	curable bool // it concerns this line alone
	say     func(statement) advice
}

func syntaxRules() []syntaxRule {
	always := func(text, fix string) func(statement) advice {
		return func(statement) advice { return atStop(text, fix) }
	}
	return []syntaxRule{
		{`.`, true, sayUnseen},
		{`.`, true, sayHeader},
		{`invalid escape|hexadecimal digits|not valid UTF-8`, true, sayEscape},
		{`leading zeroes`, true, sayZero},
		{`.`, true, sayDoubledSign},
		{`.`, true, sayQuotes},
		{`^Invalid (integer|float)|invalid datetime|floats must start|expected a digit|not a (binary|octal|hexa)|cannot use sign`, true, func(s statement) advice {
			return s.atValue("this is neither a number nor a date; text needs quotes", s.write(s.bare()))
		}},
		{`out of range`, true, func(s statement) advice { return s.atValue("the number is too large", s.write(s.bare())) }},
		{`unexpected comma|array terminator`, true, sayList},
		{`expected value but found`, true, sayNoValue},
		{`top-level item to end`, true, sayLeftOver},
		{`expected '\.' or '='|key separator`, true, sayNoEquals},
		{`strings cannot contain newlines|expected '(")'|expected "'"`, true, sayOpenQuote},
		{`array terminator`, false, always("a comma or the closing bracket of the list is missing", `write lists as ["a", "b"]`)},
		{`inline table`, false, always("a comma or the closing brace is missing", `write { a = "b", c = "d" }, or a table of its own`)},
		{`table array name|end table name|end of table name|table names cannot`, false, always("this is not the header of a table", "write [watch], and [[race]] for each race")},
		{`control characters`, false, always("there is an invisible control character here", "delete it; type the line anew if it cannot be seen")},
		{`expected '"""'|expected "'''"`, false, sayOpenText},
		{`unexpected EOF`, false, always("the file ends in the middle of a value", "close the quotation marks and brackets")},
		{`unexpected '='|key name appears blank|unexpected '\.'`, true, always("the key in front of = is missing", `write key = "value"`)},
	}
}

// sayUnseen is about characters that come along when a line is copied from a web page or a chat.
func sayUnseen(s statement) advice {
	masked := regexp.MustCompile(`"[^"]*"|'[^']*'`).ReplaceAllStringFunc(s.line, func(quoted string) string { return strings.Repeat("x", len(quoted)) })
	for i, r := range masked {
		if !unseen(r) || r < 0xa0 {
			continue
		}
		a := advice{text: "there is a character here that looks like a blank or like nothing, and is none", fix: "delete it, or type the line anew", at: i}
		clean := statement{line: strings.Map(func(r rune) rune {
			if unseen(r) {
				return ' '
			}
			return r
		}, s.line)}
		if clean.key, clean.value = clean.split(); clean.key != "" && clean.bare() != "" {
			clean.known = keyAt("", clean.key)
			a.fix = "delete it: " + clean.write(clean.bare())
		}
		return a
	}
	return advice{}
}

// sayHeader is about a line that is meant as the header of a table.
func sayHeader(s statement) advice {
	header := meantHeader(s.line)
	if header == "" || header == strings.TrimSpace(s.line) {
		return advice{}
	}
	at := len(s.line) - len(strings.TrimLeft(s.line, " \t"))
	if open := strings.TrimRight(header, "]"); strings.HasPrefix(s.line[at:], open) && len(s.line)-at < len(header) {
		at = len(s.line) // only the end is missing
	}
	return advice{"this is not the header of a table", "write " + header, at}
}

// meantHeader is the header that a line is meant to be, or nothing.
func meantHeader(line string) string {
	parts := regexp.MustCompile(`^\s*([[<({]*)\s*([A-Za-z_]+(?:\.[A-Za-z_]+)?)(?:\s+\d+)?\s*([\]>)}:]*)\s*(?:#.*)?$`).FindStringSubmatch(line)
	if parts == nil || parts[1]+parts[3] == "" {
		return ""
	}
	for _, t := range tables() {
		if plain(parts[2]) == plain(t.name) {
			return t.header()
		}
	}
	return ""
}

func sayEscape(s statement) advice {
	a := s.atValue("a backslash in double quotes is the beginning of a special character", "write single quotes instead of double ones")
	quoted := regexp.MustCompile(`"[^"]*"`).FindString(s.value)
	if i := badEscape(quoted); i >= 0 {
		a.at = s.valueAt + strings.Index(s.value, quoted) + i
	}
	if instead, ok := inSingleQuotes(quoted); ok {
		if s.key != "" && strings.HasPrefix(s.value, quoted) {
			instead = s.key + " = " + instead
		}
		a.fix = "write " + instead + " in single quotes, where a backslash is only a backslash"
	}
	return a
}

// badEscape finds the first backslash in double quotes that is not doubled, or -1. In front of a quotation mark it may be
// meant as what it is.
func badEscape(quoted string) int {
	for i := 0; i < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		if i+1 < len(quoted) && quoted[i+1] != '\\' && quoted[i+1] != '"' {
			return i
		}
		i++
	}
	return -1
}

// sayZero is about a zero in front of a number. An eventid is text; a heat is a number.
func sayZero(s statement) advice {
	text := "a number with a zero in front is text"
	if s.known != nil {
		if _, isNumber := s.known.standard.(int64); isNumber {
			text = "a number has no zero in front"
		}
	}
	return s.atValue(text, s.write(s.bare()))
}

// sayDoubledSign is about == and :=.
func sayDoubledSign(s statement) advice {
	sign := regexp.MustCompile(`^\s*[A-Za-z0-9_-]+\s*([=:]{2,})`).FindStringSubmatchIndex(s.line)
	if sign == nil {
		return advice{}
	}
	return advice{"only one = belongs between a key and its value", s.write(s.bare()), sign[2]}
}

// sayQuotes is about quotation marks inside a text, behind it, and such as a word processor makes.
func sayQuotes(s statement) advice {
	switch {
	case s.key == "" || strings.HasPrefix(s.value, "[") || strings.HasPrefix(s.value, "{"):
		return advice{}
	case strings.ContainsAny(s.value, "“”„‘’‚`´«»") && !wellQuoted(s.value):
		return s.atValue("these are not the straight quotation marks that TOML needs", s.write(s.bare()))
	}
	parts := regexp.MustCompile(`^(?:"(.+)"|'(.+)')$`).FindStringSubmatch(s.value)
	if parts == nil {
		return advice{}
	}
	inner := parts[1] + parts[2]
	mark := s.value[:1]
	if i := strings.Index(inner, mark); i >= 0 && !strings.Contains(inner, `\`) && !strings.Contains(inner, "=") && !strings.Contains(inner, mark+",") {
		return advice{"the text ends at this quotation mark", s.write(unmarked(inner, mark)), s.valueAt + 1 + i}
	}
	return advice{}
}

// unmarked takes off quotation marks at the end that are of no use; those around a word inside stay.
func unmarked(text, mark string) string {
	if bare := strings.Trim(text, mark); !strings.Contains(bare, mark) {
		return bare
	}
	return text
}

// wellQuoted reports whether a value is one text in straight quotes.
func wellQuoted(value string) bool {
	return regexp.MustCompile(`^("[^"]*"|'[^']*')\s*(#.*)?$`).MatchString(value)
}

// sayList is about a list in one line.
func sayList(s statement) advice {
	if s.key == "" || !strings.HasPrefix(s.value, "[") || len(s.items()) == 0 {
		return advice{}
	}
	fix := s.write(s.items()...)
	switch {
	case s.opens():
		return advice{"the closing bracket of the list is missing", fix, len(s.line)}
	case strings.Contains(s.message, "unexpected comma"):
		return atStop("there is a comma too many", fix)
	case regexp.MustCompile(`^\[\s*[^"'\s]`).MatchString(s.value):
		return s.atValue("every text in a list needs quotes", fix)
	}
	return atStop("a comma is missing here", fix)
}

func sayNoValue(s statement) advice {
	switch {
	case s.key == "":
		return atStop("a value is missing or not in quotes", `text needs quotes: "so"`)
	case s.bare() == "":
		return atStop("the value behind = is missing", "write a value, or put # in front of the line")
	case s.wantsFlag():
		return s.atValue("TOML knows only true and false", s.write(s.bare()))
	case strings.HasPrefix(s.value, "["):
		return s.atValue("every text in a list needs quotes", s.write(s.items()...))
	}
	return s.atValue("text needs quotes", s.write(s.bare()))
}

// wantsFlag reports whether the value is a word for yes or no where one is wanted.
func (s statement) wantsFlag() bool {
	if s.known == nil {
		return false
	}
	_, wanted := s.known.standard.(bool)
	_, given := meantFlag(s.bare())
	return wanted && given
}

func sayLeftOver(s statement) advice {
	quoted := regexp.MustCompile(`^("[^"]*"|'[^']*')`).FindString(s.value)
	behind := strings.TrimSpace(strings.TrimPrefix(s.value, quoted))
	more := strings.TrimLeft(behind, ", ")
	switch {
	case s.key == "" || strings.HasPrefix(s.value, "[") || strings.HasPrefix(s.value, "{"):
	case quoted == "":
		return s.atValue("text needs quotes", s.write(s.bare()))
	case regexp.MustCompile(`^[A-Za-z_-]+\s*=`).MatchString(more):
		return atStop("a second key stands behind the value", "write "+more+" on a line of its own")
	case behind != more && regexp.MustCompile(`^["']`).MatchString(more):
		return s.atValue("several values are a list, in brackets", s.write(s.items()...))
	case strings.HasPrefix(s.value[len(quoted):], behind) && !strings.HasPrefix(behind, quoted[:1]):
		return atStop("the quotation mark closes too early", s.write(statement{value: quoted}.bare()+behind))
	default:
		return atStop("something is left over behind the value", "write "+s.key+" = "+quoted+"   # "+behind)
	}
	return atStop("something is left over behind the value", "put # in front of a remark, and each key on a line of its own")
}

func sayNoEquals(s statement) advice {
	if s.key != "" {
		if strings.HasPrefix(s.value, "[") {
			return atStop("an = is missing behind the key", s.write(s.items()...))
		}
		return atStop("an = is missing behind the key", s.write(s.bare()))
	}
	start := len(s.line) - len(strings.TrimLeft(s.line, " \t"))
	if found := remarkOf(s.line); found != nil {
		return advice{"a remark begins with #", "write # " + found[2], start}
	}
	if parts := regexp.MustCompile(`^\s*([^=\[\]"']+?)\s*=\s*(.+)$`).FindStringSubmatch(s.line); parts != nil {
		return advice{sayKey(parts[1]), "write " + keyMeant(parts[1]) + " = " + parts[2], start}
	}
	return atStop("an = is missing behind the key", `write key = "value", or put # in front of a remark`)
}

// remarkOf finds a remark as other languages have it.
func remarkOf(line string) []string {
	return regexp.MustCompile(`^\s*(//+|;+|--+|/\*+)\s*(.*)$`).FindStringSubmatch(line)
}

func sayKey(name string) string {
	switch {
	case keyMeant(name) != bareOrQuoted(name):
		return "the key is spelled in another way"
	case strings.ContainsAny(name, " \t"):
		return "a name with a blank needs quotes"
	}
	return "a name with other characters than A to Z, figures, - and _ needs quotes"
}

// keyMeant is the key of the schema that a name stands for, or the name in quotes, as the heading of a column.
func keyMeant(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r >= 0x80 {
			return -1
		}
		return r
	}, name)
	for _, k := range keys("") {
		if plain(k.name) == plain(ascii) {
			return k.name
		}
	}
	return bareOrQuoted(name)
}

// sayOpenText is about a text over several lines that never ends.
func sayOpenText(s statement) advice {
	mark := s.value[:min(len(s.value), 3)]
	fix := "close the text with " + mark
	if one := s.write(s.bare()); one != "" {
		fix = one + ", or close the text with " + mark
	}
	return s.atValue("the text that begins here is never closed", fix)
}

// sayOpenQuote is about a text that is not closed. In Windows it often is, behind a backslash.
func sayOpenQuote(s statement) advice {
	if strings.HasPrefix(s.value, `"`) && strings.HasSuffix(s.value, `\"`) {
		if instead, ok := inSingleQuotes(strings.TrimSuffix(s.value, `\"`) + `"`); ok && s.key != "" {
			return advice{
				"a backslash in front of the quotation mark makes it a part of the text",
				"write " + s.key + " = " + instead + " in single quotes, where a backslash is only a backslash", s.valueAt + len(s.value) - 2,
			}
		}
	}
	fix := s.write(s.bare())
	if strings.HasPrefix(s.value, "[") {
		fix = s.write(s.items()...)
	}
	if fix == "" {
		fix = "close the text with the mark that it begins with"
	}
	return atStop("the quotation mark at the end is missing", fix)
}
