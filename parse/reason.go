package parse

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuoted is how many runes of an export a reason repeats. A cell may be as long as a line; a timer reads one
// screen line.
const maxQuoted = 40

// quote returns text from an export between quotes, fit for a log and a terminal: bounded, and without the control
// and bidirectional characters with which a cell could rewrite the line that it is shown in.
func quote(text string) string {
	return `"` + clean(text) + `"`
}

func clean(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == maxQuoted {
			b.WriteRune('…')
			break
		}
		if !showable(r) {
			r = '·'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

// showable reports whether a character is safe to show: printable or a plain blank. Format characters (category Cf)
// hold the bidirectional controls and the invisible ones.
func showable(r rune) bool {
	return r == ' ' || r != utf8.RuneError && unicode.IsPrint(r)
}

// quotedList names a few things that may be blank.
func quotedList(names []string) string {
	var shown []string
	for _, name := range names {
		shown = append(shown, quote(name))
	}
	return strings.Join(shown, ", ")
}

// list names headers for a person, at most twelve of them.
func list(names []string) string {
	const most = 12
	var shown []string
	for i, name := range names {
		if i == most {
			shown = append(shown, "and "+strconv.Itoa(len(names)-most)+" more")
			break
		}
		shown = append(shown, clean(name))
	}
	return strings.Join(shown, ", ")
}

// What to do about rows that only the timing program can put right. Reasons end in such a text.
const (
	fixCell   = "; correct it in the timing program"
	fixStatus = "; if it means DNF, DNS or DQ, write that in the timing program"
	fixLast   = "; it counts when its end is written"
	fixTorn   = "; export it again"
	fixFixed  = "; shorten what is too wide for its column, or export as CSV"
)
