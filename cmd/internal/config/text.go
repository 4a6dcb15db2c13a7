package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// text is a line of writing.
type text struct {
	example string // for advice
	most    int    // characters; 0 for 1000
	filled  bool   // must not be empty
}

func (t text) read(v value) (string, []fault) {
	s, faults := readText(v, t.example)
	most := t.most
	if most == 0 {
		most = 1000
	}
	switch n := len([]rune(s)); {
	case faults != nil:
		return "", faults
	case n > most:
		return "", v.wrong("make it shorter", "%s has %d characters; %d are allowed", v.name, n, most)
	case t.filled && strings.TrimSpace(s) == "":
		return "", v.wrong(v.write(strconv.Quote(t.example)), "%s is empty", v.name)
	}
	return s, nil
}

// readText is the beginning of every scalar that is written in quotes.
func readText(v value, example string) (string, []fault) {
	s, ok := v.any.(string)
	if !ok {
		return "", v.wrong(quoteAdvice(v, example), "%s must be text in quotes, not %s", v.name, kindName(v.any))
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return "", controlFault(v, r)
		}
		if unicode.Is(unicode.Bidi_Control, r) {
			return "", v.wrong("type it anew instead of pasting it", "%s contains an invisible character (U+%04X)", v.name, r)
		}
	}
	return s, nil
}

// quoteAdvice puts quotes around what was written where that makes sense, or shows an example.
func quoteAdvice(v value, example string) string {
	_, isTime := v.any.(time.Time) // 13:00 without quotes
	_, isNumber := bareNumber(v.any)
	_, isFlag := v.any.(bool)
	if raw := v.raw(); raw != "" && (isTime || (isNumber || isFlag) && (example == "" || v.name == "eventid")) {
		return v.write(strconv.Quote(raw))
	}
	return v.write(strconv.Quote(example))
}

// controlFault says where an invisible character in a text comes from: a backslash in double quotes, as in
// "DOMAIN\tom". Only a new line is likely meant as one.
func controlFault(v value, r rune) []fault {
	if instead, ok := inSingleQuotes(v.raw()); ok && r != '\n' && r != '\r' {
		faults := v.wrong(v.write(instead)+" in single quotes, where a backslash is only a backslash",
			"a backslash in double quotes turned into %s", controlName(r))
		faults[0].offset = max(badEscape(v.raw()), 0)
		return faults
	}
	return v.wrong(v.write(written(withoutControls(v.any.(string)))), "%s contains %s", v.name, controlName(r))
}

// withoutControls is a text in one line.
func withoutControls(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }), " ")
}

func controlName(r rune) string {
	switch r {
	case '\t':
		return "a TAB"
	case '\n', '\r', '\u2028', '\u2029':
		return "a new line"
	}
	return fmt.Sprintf("the control character U+%04X", r)
}

// inSingleQuotes rewrites "C:\timing" as 'C:\timing'. Doubled backslashes become single ones, except in front, where
// they are the beginning of a share.
func inSingleQuotes(raw string) (string, bool) {
	inner, ok := strings.CutPrefix(raw, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !ok || !closed || !strings.Contains(inner, `\`) || strings.ContainsAny(inner, "'\"\n\r\t") {
		return "", false
	}
	share := ""
	if strings.HasPrefix(inner, `\\`) {
		share, inner = `\\`, strings.TrimLeft(inner, `\`)
	}
	return "'" + share + strings.ReplaceAll(inner, `\\`, `\`) + "'", true
}
