package logging

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap/zapcore"
)

// fact is one field of a log line, cleaned.
type fact struct {
	name  string
	value any // string, number, bool, time.Time, time.Duration, []any or map[string]any
}

// facts cleans fields and keeps their order.
func facts(fields []zapcore.Field) []fact {
	var list []fact
	for _, field := range fields {
		// One map for each field: a map for all would lose the order. A field may add more than one member, such as
		// an error with a longer form.
		members := zapcore.NewMapObjectEncoder()
		_ = cleanFields{field}.MarshalLogObject(members)
		for _, name := range slices.Sorted(maps.Keys(members.Fields)) {
			list = append(list, fact{name, members.Fields[name]})
		}
	}
	return list
}

// line is a message with its facts, as a person reads them: message  key=value key="two words".
func line(message string, list []fact) string {
	var b strings.Builder
	b.WriteString(Clean(message))
	for i, f := range list {
		if i == 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, " %s=%s", f.name, quoted(bound(text(f.value), maxText)))
	}
	return b.String()
}

// quoted leaves a plain word alone and puts quotes around what would not read as one. Quotes inside become single ones
// instead of being escaped: so nothing inside can end the value, and C:\My Timing keeps its backslash.
func quoted(s string) string {
	plain := s != "" && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '=' || r == '"' })
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `'`) + `"`
}

// text is a value as a person writes it.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case time.Duration:
		return readable(v)
	case time.Time:
		return v.Format(rfc3339Milli)
	case []any:
		return joined(v)
	case map[string]any:
		return members(v)
	}
	return fmt.Sprint(value)
}

func joined(elements []any) string {
	texts := make([]string, len(elements))
	for i, element := range elements {
		texts[i] = text(element)
	}
	return strings.Join(texts, ",")
}

func members(object map[string]any) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		texts = append(texts, Clean(name)+":"+text(object[name]))
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// readable rounds a duration to what a person takes in: 183ms, 1.4s, 2m5s, 10m.
func readable(d time.Duration) string {
	switch {
	case d.Abs() >= time.Minute:
		d = d.Round(time.Second)
	case d.Abs() >= time.Second:
		d = d.Round(100 * time.Millisecond)
	case d.Abs() >= time.Millisecond:
		d = d.Round(time.Millisecond)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
