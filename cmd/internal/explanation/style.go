package explanation

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"

	"finishwatch/cmd/internal/terminal"
)

// Style is how an explanation is written for a person.
type Style struct {
	Colour bool
	Fold   bool // runs of ignored lines become one line with their number
}

// StyleFor is colour and folding on a terminal, and plain text anywhere else. NO_COLOR with any value, and a terminal that is
// called dumb, mean no colour (no-color.org); all means no folding.
func StyleFor(w io.Writer, getenv func(string) string, all bool) Style {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return Style{}
	}
	// The old console of Windows shows escapes as they are.
	plain := getenv("NO_COLOR") != "" || getenv("TERM") == "dumb" || runtime.GOOS == "windows" && getenv("WT_SESSION") == ""
	return Style{Colour: !plain, Fold: !all}
}

// paint colours text by its verdict.
func (s Style) paint(word, text string) string {
	code := map[string]string{finish: "32", held: "33", refused: "31", ignored: "2"}[word]
	if !s.Colour || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// pad fills a text up with blanks.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(0, to-terminal.Columns(text)))
}
