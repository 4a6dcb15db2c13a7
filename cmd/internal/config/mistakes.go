package config

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Mistake is one thing in a configuration that must be changed.
type Mistake struct {
	Line, Column int    // from 1; a column counts characters
	Text         string // what is wrong
	Fix          string // what to write instead
}

// Mistakes are all that is wrong with a configuration. Print shows them to the person who has to mend them.
type Mistakes struct {
	Path string // as it was asked for
	List []Mistake

	source *source
}

// Error says the first mistake and how many more there are. It fits on a line of a log.
func (m *Mistakes) Error() string {
	if len(m.List) == 0 {
		return clean(m.Path) + ": no mistakes"
	}
	first := m.List[0]
	text := fmt.Sprintf("%s:%d:%d: %s; %s", clean(m.Path), first.Line, first.Column, first.Text, first.Fix)
	switch more := len(m.List) - 1; more {
	case 0:
		return text
	case 1:
		return text + " (and one more mistake)"
	default:
		return text + fmt.Sprintf(" (and %d more mistakes)", more)
	}
}

// Print shows every mistake: file:line:column and what is wrong, the line of the file, a caret under the place, and
// what to write instead. Passwords and control characters in the file are not shown.
func (m *Mistakes) Print(w io.Writer) {
	var out strings.Builder
	for i, mistake := range m.List {
		if i > 0 {
			out.WriteByte('\n')
		}
		line, left := m.source.show(mistake.Line, mistake.Column)
		margin := len(strconv.Itoa(mistake.Line))
		fmt.Fprintf(&out, "%s:%d:%d: %s\n", clean(m.Path), mistake.Line, mistake.Column, mistake.Text)
		fmt.Fprintf(&out, "  %d | %s\n", mistake.Line, line)
		fmt.Fprintf(&out, "  %*s | %*s^\n", margin, "", left, "")
		fmt.Fprintf(&out, "  %*s = %s\n", margin, "", mistake.Fix)
	}
	// Where even the terminal is gone, there is nobody left to tell.
	_, _ = io.WriteString(w, out.String())
}

// add keeps a mistake at an offset of the source. Text and fix may quote the file.
func (m *Mistakes) add(offset int, text, fix string) {
	line, column := m.source.position(offset)
	m.List = append(m.List, Mistake{Line: line, Column: column, Text: clean(text), Fix: clean(fix)})
}

// sorted puts the mistakes in the order in which a person meets them in the file.
func (m *Mistakes) sorted() *Mistakes {
	slices.SortStableFunc(m.List, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return m
}
