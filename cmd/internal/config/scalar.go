package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// value is what stands right of an equals sign, or one item of a list.
type value struct {
	name   string // of the key
	any    any    // as the library read it
	at     keyPath
	doc    *document
	isItem bool // one of a list: advice then names no key

	standard any // the default or, where that says nothing, an example; nil where neither is known
}

// document is a decoded configuration with its source.
type document struct {
	text   string
	places places
}

// item returns one item of a list.
func (v value) item(i int) value {
	return value{name: v.name, any: v.any.([]any)[i], at: v.at.item(i), doc: v.doc, isItem: true}
}

// raw returns the value as it stands in the source, quotes and all; it is empty for a default.
func (v value) raw() string {
	if v.doc == nil {
		return ""
	}
	found, ok := v.doc.places[v.at.String()]
	if !ok {
		return ""
	}
	return found.value.of(v.doc.text)
}

// write is the advice to write something else.
func (v value) write(instead string) string {
	if v.isItem {
		return "write " + instead
	}
	return "write " + bareOrQuoted(v.name) + " = " + instead
}

// bareOrQuoted spells a key as TOML wants it.
func bareOrQuoted(name string) string {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 || !isBare(byte(r)) }) {
		return strconv.Quote(name)
	}
	return name
}

// fault is what is wrong with one value, before it has a place in a file.
type fault struct {
	at        keyPath // of the value, or of the item of a list
	offset    int     // of the place in the value, in bytes
	text, fix string
}

// example is a value of the key that can be shown, or the given one.
func (v value) example(otherwise string) string {
	if text, ok := v.standard.(string); ok && text != "" {
		return text
	}
	return otherwise
}

// wrong returns one fault of the value.
func (v value) wrong(fix, format string, args ...any) []fault {
	return []fault{{at: v.at, text: fmt.Sprintf(format, args...), fix: fix}}
}

// kind is what a scalar knows about itself: it reads a value or says what is wrong with it.
type kind[T any] interface {
	read(v value) (T, []fault)
}

// kindName says in plain words what somebody wrote.
func kindName(written any) string {
	switch written.(type) {
	case string:
		return "text"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	case time.Time:
		return "a date or time"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "something else"
}

// yesNo is true or false.
type yesNo struct{}

func (yesNo) read(v value) (bool, []fault) {
	if b, ok := v.any.(bool); ok {
		return b, nil
	}
	if s, ok := v.any.(string); ok {
		if meant, ok := meantFlag(s); ok {
			return false, v.wrong(v.write(strconv.FormatBool(meant)), "%s is true or false, written without quotes", v.name)
		}
	}
	return false, v.wrong(v.write("true")+" or "+bareOrQuoted(v.name)+" = false", "%s must be true or false, not %s", v.name, kindName(v.any))
}

// meantFlag reads how people write yes and no.
func meantFlag(s string) (meant, ok bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "y", "on", "1", "ja":
		return true, true
	case "false", "no", "n", "off", "0", "nein":
		return false, true
	}
	return false, false
}

// whole is a whole number.
type whole struct{ least, most int }

func (w whole) read(v value) (int, []fault) {
	n, ok := v.any.(int64)
	switch {
	case !ok:
		return 0, w.notWhole(v)
	case n < int64(w.least) || n > int64(w.most):
		return 0, v.wrong(v.write(strconv.Itoa(w.nearest(n))), "%s must be from %d to %d", v.name, w.least, w.most)
	}
	return int(n), nil
}

func (w whole) nearest(n int64) int { return int(min(max(n, int64(w.least)), int64(w.most))) }

func (w whole) notWhole(v value) []fault {
	switch written := v.any.(type) {
	case string:
		if n, err := strconv.Atoi(strings.TrimSpace(written)); err == nil {
			return v.wrong(v.write(strconv.Itoa(w.nearest(int64(n)))), "%s is a number, written without quotes", v.name)
		}
	case float64:
		if !math.IsNaN(written) {
			near := w.nearest(int64(min(max(written, float64(w.least)), float64(w.most))))
			return v.wrong(v.write(strconv.Itoa(near)), "%s must be a whole number", v.name)
		}
	}
	return v.wrong(v.write(strconv.Itoa(w.least)), "%s must be a whole number, not %s", v.name, kindName(v.any))
}

// choice is one of a few words.
type choice[T any] struct {
	words []word[T]
	also  map[string]string // other words for them, which people know from elsewhere
}

// or names other words for those of the choice.
func (c choice[T]) or(also map[string]string) choice[T] {
	c.also = also
	return c
}

// word is a word in the file and what it means in the program.
type word[T any] struct {
	name  string
	means T
}

// words are choices that mean themselves.
func words[T ~string](names ...T) choice[T] {
	var c choice[T]
	for _, name := range names {
		c.words = append(c.words, word[T]{string(name), name})
	}
	return c
}

func (c choice[T]) read(v value) (T, []fault) {
	var none T
	if flag, ok := v.any.(bool); ok && c.also[strconv.FormatBool(flag)] != "" {
		return none, v.wrong(v.write(strconv.Quote(c.also[strconv.FormatBool(flag)])), "%s is a word in quotes, not true or false", v.name)
	}
	s, faults := readText(v, "")
	if faults != nil {
		faults[0].fix = c.list(v)
		return none, faults
	}
	for _, w := range c.words {
		if w.name == s {
			return w.means, nil
		}
	}
	near := c.also[strings.ToLower(s)]
	if near == "" {
		near = nearest(s, c.names())
	}
	if near != "" {
		return none, v.wrong(v.write(strconv.Quote(near)), "%s does not know %s; did you mean %q?", v.name, short(s), near)
	}
	return none, v.wrong(c.list(v), "%s does not know %s", v.name, short(s))
}

func (c choice[T]) names() []string {
	var names []string
	for _, w := range c.words {
		names = append(names, w.name)
	}
	return names
}

// list is the advice that names every word that works.
func (c choice[T]) list(v value) string {
	var quoted []string
	for _, name := range c.names() {
		if name != "" {
			quoted = append(quoted, strconv.Quote(name))
		}
	}
	return v.write(orList(quoted))
}

// orList joins as in "a", "b" or "c".
func orList(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return strings.Join(items[:last], ", ") + " or " + items[last]
}

// short quotes a text of the file, at most 40 characters of it.
func short(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return strconv.Quote(s)
}
