package config

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// statement is a line that the library could not read.
type statement struct {
	line, message string
	at            int    // the byte in the line where the library stopped
	key, value    string // left and right of the equals sign, or empty
	valueAt       int    // where the value begins in the line
	known         *key   // the key of the schema, nil where there is none
}

// newStatement takes the line around an offset apart.
func newStatement(text string, line span, offset int, message string) statement {
	s := statement{line: strings.TrimRight(line.of(text), " \t"), message: message, at: offset - line.start}
	s.key, s.value = s.split()
	s.valueAt = len(s.line)
	if s.value != "" {
		s.valueAt = strings.LastIndex(s.line, s.value)
	}
	s.known = keyAt(text[:line.start], s.key)
	return s
}

// split takes the line apart as far as it is key = value. A colon instead of the equals sign is a habit from YAML, both
// one from other programs, and nothing at all one from others again.
func (s statement) split() (key, value string) {
	parts := regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s*[=:]+\s*(.*?)\s*$`).FindStringSubmatch(s.line)
	if parts == nil {
		parts = regexp.MustCompile(`^\s*([A-Za-z0-9_-]+)\s+("[^"]*"|'[^']*'|\[.*\]|\d\S*)\s*$`).FindStringSubmatch(s.line)
	}
	if parts == nil {
		return "", ""
	}
	return parts[1], parts[2]
}

// keyAt finds a key of the schema: below the last header above, or, where there is none, by its name alone.
func keyAt(above, name string) *key {
	table := ""
	for line := range strings.Lines(above) {
		if header := regexp.MustCompile(`^\s*\[+\s*([A-Za-z.]+)\s*\]`).FindStringSubmatch(line); header != nil {
			table = header[1]
		}
	}
	all := keys("")
	for _, find := range []func(key) bool{
		func(k key) bool { return k.name == name && k.table == table },
		func(k key) bool { return k.name == name },
	} {
		if i := slices.IndexFunc(all, find); i >= 0 {
			return &all[i]
		}
	}
	return nil
}

// alone reports whether the line is a whole statement: nothing in it goes on in the next line.
func (s statement) alone() bool {
	return s.key != "" && !strings.Contains(s.value, `"""`) && !strings.Contains(s.value, "'''") && !s.opens() &&
		strings.Count(s.value, "{") == strings.Count(s.value, "}")
}

// ends reports whether the next line begins something new: what is wrong with this one does not spoil it.
func (s statement) ends() bool {
	if meantHeader(s.line) != "" {
		return strings.TrimSpace(instead(s.line)) != "" // else what stands below would be taken for another table's
	}
	return s.alone() || s.opens() && s.at == len(s.line) || remarkOf(s.line) != nil
}

// opens reports whether a list begins in the line and does not end there.
func (s statement) opens() bool { return strings.Count(s.value, "[") != strings.Count(s.value, "]") }

// marks are the quotation marks that people and their programs write.
const marks = "\"'“”„‘’‚`´«»"

// bare is the value without a comment behind it and without quotes that are of no use.
func (s statement) bare() string {
	text, _, _ := strings.Cut(" "+s.value, " #")
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unseen(r) || strings.ContainsRune(marks, r) })
}

// items are the texts of a list, however it is written.
func (s statement) items() []string {
	var list []string
	text, _, _ := strings.Cut(s.value, " #")
	for _, item := range regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s,;"'\[\]]+`).FindAllString(text, -1) {
		list = append(list, statement{value: item}.bare())
	}
	return list
}

// write advises to write a text as the value, in the form that the key wants it: 5 seconds are "5s", and a name of a file
// stands in brackets. It is empty where there is nothing to write.
func (s statement) write(texts ...string) string {
	if s.key == "" || len(texts) == 0 || texts[0] == "" {
		return ""
	}
	plain := "write " + s.key + " = " + written(texts[0])
	if s.known == nil {
		if len(texts) > 1 {
			return "write " + s.key + " = " + listed(texts)
		}
		return plain
	}
	meant, spelled := s.known.formed(texts)
	v := value{name: s.key, any: meant, standard: s.known.shown()}
	faults := s.known.set(&draft{config: &Config{}, race: &Race{}}, v)
	switch {
	case faults == nil:
		return "write " + s.key + " = " + spelled
	case strings.HasPrefix(faults[0].fix, "write "+s.key+" = "):
		return faults[0].fix
	}
	return "write " + s.key + " = " + spelled
}

// formed makes of texts what the key wants as far as they are that, and spells it.
func (k key) formed(texts []string) (meant any, spelled string) {
	switch k.standard.(type) {
	case int64:
		if n, err := strconv.ParseInt(texts[0], 10, 64); err == nil {
			return n, strconv.FormatInt(n, 10)
		}
		if regexp.MustCompile(`^\d+$`).MatchString(texts[0]) {
			return int64(math.MaxInt64), texts[0]
		}
	case bool:
		if yes, ok := meantFlag(texts[0]); ok {
			return yes, strconv.FormatBool(yes)
		}
	case []any:
		return anyOf(texts), listed(texts)
	}
	if k.name == "files" {
		return anyOf(texts), listed(texts)
	}
	return texts[0], written(texts[0])
}

func anyOf(texts []string) (list []any) {
	for _, text := range texts {
		list = append(list, text)
	}
	return list
}

// written spells a text as TOML: in single quotes where a backslash or a quotation mark would mean something else.
func written(text string) string {
	if strings.ContainsAny(text, `\"`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return strconv.Quote(text)
}

func listed(texts []string) string {
	var items []string
	for _, text := range texts {
		items = append(items, written(text))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// unseen reports whether a character cannot be seen, or looks like a blank and is none.
func unseen(r rune) bool {
	return r != ' ' && r != '\t' && r != '\n' && r != '\r' && !unicode.IsPrint(r)
}
