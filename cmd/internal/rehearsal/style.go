package rehearsal

import (
	"fmt"
	"slices"
	"strings"
)

// Style is a way in which timing programs write their exports.
type Style string

// The styles.
const (
	StyleAppend  Style = "append"
	StylePieces  Style = "pieces"
	StyleRewrite Style = "rewrite"
	StyleRename  Style = "rename"
	StyleCopy    Style = "copy"
	StyleShrink  Style = "shrink"
	StyleMixed   Style = "mixed"
)

// StyleHelp is a style and what it does, in a line.
type StyleHelp struct {
	Style   Style
	Summary string
}

// Styles lists them.
func Styles() []StyleHelp {
	return []StyleHelp{
		{StyleAppend, "a row behind the others, now and then in two parts; corrections export everything anew"},
		{StylePieces, "every row in several writes"},
		{StyleRewrite, "everything anew each time, in place"},
		{StyleRename, "everything anew into another file, which then takes the name"},
		{StyleCopy, "everything copied over the old file, which gets its new size first, as Windows does"},
		{StyleShrink, "everything anew, now and then with half of the rows missing for a moment"},
		{StyleMixed, "all of these in turn"},
	}
}

// check refuses a style that there is not.
func (s Style) check() error {
	var names []string
	for _, h := range Styles() {
		names = append(names, string(h.Style))
	}
	if slices.Contains(names, string(s)) {
		return nil
	}
	return fmt.Errorf("there is no --style %q; there are %s", string(s), strings.Join(names, ", "))
}

// anew reports whether the style always writes the whole export.
func (s Style) anew() bool {
	return slices.Contains([]Style{StyleRewrite, StyleRename, StyleCopy, StyleShrink}, s)
}
