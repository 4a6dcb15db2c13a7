package config

import (
	"regexp"
	"strconv"
	"strings"
)

// statement is a line that the library could not read.
type statement struct {
	line, message string
	key, value    string // left and right of the equals sign, or empty
}

// split takes the line apart as far as it is key = value. A colon instead of the equals sign is a habit from YAML,
// nothing at all one from other programs.
func (s statement) split() (key, value string) {
	parts := regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s*[=:]\s*(.*?)\s*$`).FindStringSubmatch(s.line)
	if parts == nil {
		parts = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s+("[^"]*"|'[^']*'|\[.*\]|\d\S*)\s*$`).FindStringSubmatch(s.line)
	}
	if parts == nil {
		return "", ""
	}
	return parts[1], parts[2]
}

// alone reports whether the line is a whole statement: nothing in it goes on in the next line.
func (s statement) alone() bool {
	return s.key != "" && !strings.Contains(s.value, `"""`) && !strings.Contains(s.value, "'''") &&
		strings.Count(s.value, "[") == strings.Count(s.value, "]") && strings.Count(s.value, "{") == strings.Count(s.value, "}")
}

// bare is the value without a comment behind it and without quotes that are of no use.
func (s statement) bare() string {
	text, _, _ := strings.Cut(" "+s.value, " #")
	return strings.Trim(strings.TrimSpace(text), "\"'“”„‘’`´«»")
}

// inQuotes writes the line with its value in quotes: single ones where a backslash would mean something else.
func (s statement) inQuotes() string {
	switch text := s.bare(); {
	case s.key == "" || text == "":
		return ""
	case strings.ContainsAny(text, `\"`) && !strings.Contains(text, "'"):
		return "write " + s.key + " = '" + text + "'"
	default:
		return "write " + s.key + " = " + strconv.Quote(text)
	}
}

// listInQuotes writes the line with every item of its list in quotes.
func (s statement) listInQuotes() string {
	var items []string
	for item := range strings.SplitSeq(strings.Trim(s.value, "[] "), ",") {
		items = append(items, strconv.Quote(statement{value: item}.bare()))
	}
	return "write " + s.key + " = [" + strings.Join(items, ", ") + "]"
}

// syntaxRule says a message of the library in words for people. A rule that has no advice leaves the line to the next.
type syntaxRule struct {
	message string
	curable bool
	say     func(statement) (text, fix string)
}

func syntaxRules() []syntaxRule {
	return []syntaxRule{
		{`invalid escape|hexadecimal digits|not valid UTF-8`, true, sayEscape},
		{`already been defined|already created`, true, sayTwice},
		{`leading zeroes`, true, func(s statement) (string, string) {
			return "a number with a zero in front is text", s.inQuotes()
		}},
		{`^Invalid (integer|float)|invalid datetime|floats must start|expected a digit`, true, func(s statement) (string, string) {
			return "this is neither a number nor a date; text needs quotes", s.inQuotes()
		}},
		{`out of range`, true, func(statement) (string, string) {
			return "the number is too large", "write a smaller number"
		}},
		{`expected value but found`, true, sayNoValue},
		{`top-level item to end`, true, sayLeftOver},
		{`expected '\.' or '='`, true, sayNoEquals},
		{`strings cannot contain newlines|expected '(")'|expected "'"`, true, func(statement) (string, string) {
			return "the quotation mark at the end is missing", "close the text with the mark that it begins with"
		}},
		{`array terminator`, false, func(statement) (string, string) {
			return "a comma or the closing bracket of the list is missing", `write lists as ["a", "b"]`
		}},
		{`inline table`, false, func(statement) (string, string) {
			return "a comma or the closing brace is missing", `write { a = "b", c = "d" }, or a table of its own`
		}},
		{`table array name|end table name|end of table name|table names cannot`, false, func(statement) (string, string) {
			return "this is not the header of a table", "write [watch], and [[race]] for each race"
		}},
		{`control characters`, false, func(statement) (string, string) {
			return "there is an invisible control character here", "delete it; type the line anew if it cannot be seen"
		}},
		{`unexpected EOF`, false, func(statement) (string, string) {
			return "the file ends in the middle of a value", "close the quotation marks and brackets"
		}},
		{`unexpected '='|key name appears blank|unexpected '\.'`, true, func(statement) (string, string) {
			return "the key in front of = is missing", `write key = "value"`
		}},
	}
}

func sayEscape(s statement) (text, fix string) {
	const what = "a backslash in double quotes is the beginning of a special character"
	quoted := regexp.MustCompile(`"[^"]*"`).FindString(s.value)
	if instead, ok := inSingleQuotes(quoted); ok {
		if s.key != "" && strings.HasPrefix(s.value, quoted) {
			instead = s.key + " = " + instead
		}
		return what, "write " + instead + " in single quotes, where a backslash is only a backslash"
	}
	return what, "write single quotes instead of double ones"
}

func sayTwice(s statement) (text, fix string) {
	name := strings.Trim(s.line, "[] \t")
	switch {
	case s.key != "":
		return s.key + " is set twice in this table", "leave one of the two lines out"
	case name == "race":
		return "[race] stands here a second time", "write [[race]] with double brackets, here and above"
	}
	return name + " stands here a second time", "put the keys of both together below one header"
}

func sayNoValue(s statement) (text, fix string) {
	switch {
	case s.key == "":
		return "a value is missing or not in quotes", `text needs quotes: "so"`
	case s.bare() == "":
		return "the value behind = is missing", "write a value, or put # in front of the line"
	case strings.ContainsAny(s.value, "“”„‘’`´«»"):
		return "these are not the straight quotation marks that TOML needs", s.inQuotes()
	case regexp.MustCompile(`^(?i)(true|yes|on)$`).MatchString(s.bare()):
		return "TOML knows only true and false", "write " + s.key + " = true"
	case regexp.MustCompile(`^(?i)(false|no|off)$`).MatchString(s.bare()):
		return "TOML knows only true and false", "write " + s.key + " = false"
	case strings.HasPrefix(s.value, "["):
		return "every text in a list needs quotes", s.listInQuotes()
	}
	return "text needs quotes", s.inQuotes()
}

func sayLeftOver(s statement) (text, fix string) {
	if s.key != "" && !strings.HasPrefix(s.value, `"`) && !strings.HasPrefix(s.value, "'") && !strings.HasPrefix(s.value, "[") {
		return "text needs quotes", s.inQuotes()
	}
	return "something is left over behind the value", "put # in front of a remark, and each key on a line of its own"
}

func sayNoEquals(s statement) (text, fix string) {
	if s.key == "" {
		return "an = is missing behind the key", `write key = "value", or put # in front of a remark`
	}
	value := s.value
	if !strings.HasPrefix(value, `"`) && !strings.HasPrefix(value, "'") && !strings.HasPrefix(value, "[") {
		value = strconv.Quote(s.bare())
	}
	return "an = is missing behind the key", "write " + s.key + " = " + value
}
