package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// keyPath leads to one key, table or list item of a document. The root is the empty path.
type keyPath []string

// key goes down into a table.
func (p keyPath) key(name string) keyPath { return append(slices.Clip(p), "."+strconv.Quote(name)) }

// item goes down into a list; the first item is 0.
func (p keyPath) item(i int) keyPath { return append(slices.Clip(p), "["+strconv.Itoa(i)+"]") }

func (p keyPath) String() string { return strings.Join(p, "") }

// span is a stretch of the source in bytes.
type span struct{ start, end int }

func (s span) of(text string) string { return text[s.start:s.end] }

// place says where a key and its value stand. A table has its header in both.
type place struct {
	name, value span

	// implied is a table that was only named on the way to something else, as a is in [a.b].
	implied bool
}

// places knows where everything in a document stands. The TOML library gives positions of its own errors only, and
// nearly all mistakes of people are good TOML with a wrong value.
type places map[string]place

// find returns the place of p, or of the nearest table around it. It never fails: a mistake at a place that is not
// quite right is better than no mistake.
func (ps places) find(p keyPath) place {
	for ; len(p) > 0; p = p[:len(p)-1] {
		if found, ok := ps[p.String()]; ok {
			return found
		}
	}
	return place{}
}

// findPlaces looks through a text that the library has accepted. Any other text gives some places or none.
func findPlaces(text string) places {
	f := finder{text: text, found: places{}, lists: map[string]int{}}
	f.document()
	return f.found
}

// finder goes through a document once, from front to back. It decides nothing about validity: that is for the library.
type finder struct {
	text  string
	pos   int
	found places
	lists map[string]int // how many tables each list of tables has so far
}

// part is one name of a dotted key.
type part struct {
	name string
	at   span
}

func (f *finder) document() {
	table := keyPath{}
	for f.blanks(true); f.pos < len(f.text); f.blanks(true) {
		before := f.pos
		if f.text[f.pos] == '[' {
			table = f.header()
		} else {
			f.assignment(table)
		}
		if f.pos == before {
			f.pos++
		}
	}
}

// header reads [a.b] or [[a.b]] and returns the path of the table that it opens.
func (f *finder) header() keyPath {
	start, list := f.pos, strings.HasPrefix(f.text[f.pos:], "[[")
	f.take("[")
	f.take("[")
	parts := f.parts()
	f.take("]")
	if list {
		f.take("]")
	}
	at := span{start, f.pos}
	table := keyPath{}
	for i, part := range parts {
		table = table.key(part.name)
		last := i == len(parts)-1
		f.record(table, place{name: at, value: at, implied: !last})
		if last && list {
			f.lists[table.String()]++
		}
		if n := f.lists[table.String()]; n > 0 {
			table = table.item(n - 1)
			f.record(table, place{name: at, value: at, implied: !last})
		}
	}
	return table
}

// assignment reads a.b = value below a table.
func (f *finder) assignment(table keyPath) {
	parts := f.parts()
	if len(parts) == 0 {
		return
	}
	for i, part := range parts {
		table = table.key(part.name)
		if i < len(parts)-1 {
			f.record(table, place{name: part.at, value: part.at, implied: true})
		}
	}
	f.take("=")
	f.blanks(false)
	name := parts[len(parts)-1].at
	f.record(table, place{name: name, value: f.value(table)})
}

// record keeps the first place of a path, except that a place where it is set wins over one where it is only implied.
func (f *finder) record(p keyPath, at place) {
	if old, ok := f.found[p.String()]; !ok || old.implied && !at.implied {
		f.found[p.String()] = at
	}
}

// parts reads a dotted key.
func (f *finder) parts() []part {
	var parts []part
	for {
		f.blanks(false)
		start := f.pos
		name := f.name()
		if f.pos == start {
			return parts
		}
		parts = append(parts, part{name, span{start, f.pos}})
		f.blanks(false)
		if !f.take(".") {
			return parts
		}
	}
}

// name reads one name of a key, bare or in quotes.
func (f *finder) name() string {
	start := f.pos
	if f.starts(`"`) || f.starts("'") {
		f.quoted(f.text[f.pos : f.pos+1])
		return unquote(f.text[start:f.pos])
	}
	for f.pos < len(f.text) && isBare(f.text[f.pos]) {
		f.pos++
	}
	return f.text[start:f.pos]
}

func isBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// unquote lets the library read a quoted name, so that both agree on every escape.
func unquote(quoted string) string {
	var one struct{ Name string }
	if _, err := toml.Decode("Name = "+quoted, &one); err != nil {
		return quoted
	}
	return one.Name
}

// value reads any value and returns its span; items of lists and keys of inline tables are recorded on the way.
func (f *finder) value(p keyPath) span {
	start := f.pos
	switch {
	case f.starts(`"""`), f.starts("'''"):
		f.quoted(f.text[f.pos : f.pos+3])
	case f.starts(`"`), f.starts("'"):
		f.quoted(f.text[f.pos : f.pos+1])
	case f.take("["):
		f.list(p)
	case f.take("{"):
		f.inline(p)
	default:
		return f.bare()
	}
	return span{start, f.pos}
}

func (f *finder) list(p keyPath) {
	for i := 0; ; i++ {
		f.blanks(true)
		if f.take("]") || f.pos >= len(f.text) {
			return
		}
		before := f.pos
		at := f.value(p.item(i))
		f.record(p.item(i), place{name: at, value: at})
		f.blanks(true)
		if !f.take(",") && f.pos == before {
			f.pos++
		}
	}
}

func (f *finder) inline(p keyPath) {
	for {
		f.blanks(true)
		if f.take("}") || f.pos >= len(f.text) {
			return
		}
		before := f.pos
		f.assignment(p)
		f.blanks(true)
		if !f.take(",") && f.pos == before {
			f.pos++
		}
	}
}

// bare reads a number, a date or a word.
func (f *finder) bare() span {
	start := f.pos
	length := strings.IndexAny(f.text[start:], ",]}#\r\n")
	if length < 0 {
		length = len(f.text) - start
	}
	f.pos = start + length
	return span{start, start + len(strings.TrimRight(f.text[start:f.pos], " \t"))}
}

// quoted reads a string in any of the four kinds of quotes.
func (f *finder) quoted(quote string) {
	f.pos += len(quote)
	for f.pos < len(f.text) {
		switch {
		case quote[0] == '"' && f.text[f.pos] == '\\':
			f.pos = min(f.pos+2, len(f.text))
		case f.take(quote):
			// A string in three quotes may end in one or two more that belong to it.
			for more := 0; len(quote) == 3 && more < 2 && f.take(quote[:1]); {
				more++
			}
			return
		default:
			f.pos++
		}
	}
}

// blanks skips blanks; with lines also ends of lines and comments.
func (f *finder) blanks(lines bool) {
	for f.pos < len(f.text) {
		switch c := f.text[f.pos]; {
		case c == ' ' || c == '\t' || lines && (c == '\n' || c == '\r'):
			f.pos++
		case lines && c == '#':
			end := strings.IndexByte(f.text[f.pos:], '\n')
			if end < 0 {
				end = len(f.text) - f.pos
			}
			f.pos += end
		default:
			return
		}
	}
}

func (f *finder) starts(s string) bool { return strings.HasPrefix(f.text[f.pos:], s) }

func (f *finder) take(s string) bool {
	if !f.starts(s) {
		return false
	}
	f.pos += len(s)
	return true
}
