package status

import (
	"bytes"
	"io"
	"strings"
	"time"

	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/terminal"
)

// What a terminal is told (ECMA-48, and xterm's control sequences for the other screen).
const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // the other screen, no cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	restOfLine  = "\x1b[K" // is cleared
	restBelow   = "\x1b[J"
	bell        = "\a"
)

// screen is a terminal on which one picture follows the other.
type screen struct {
	w        io.Writer
	size     func() (width, height int, err error)
	commands Commands
	drawn    bool
	bad      bool // as it was drawn last
}

// draw writes the picture over the one before, in one piece, so that nothing flickers. It rings once when it turns bad.
func (s *screen) draw(now Status, cannot error, at time.Time) error {
	width, height, err := s.size()
	if err != nil || width < 1 || height < 1 {
		width, height = 80, 24
	}
	var text bytes.Buffer
	if cannot != nil {
		text.WriteString(logging.Clean(cannot.Error()) + "\n")
	} else {
		now.Print(&text, at, s.commands)
	}
	lines := fit(strings.Split(strings.TrimRight(text.String(), "\n"), "\n"), width, max(1, height-2))
	if height > 2 {
		lines = append(lines, "", clip(at.Format(time.TimeOnly)+"   Ctrl-C ends", width))
	}
	picture := home + strings.Join(lines, restOfLine+"\r\n") + restOfLine + restBelow
	if cannot == nil { // else nobody knows, and it is as it was
		bad := now.ExitCode() >= ExitBad
		if s.drawn && bad && !s.bad {
			picture += bell
		}
		s.drawn, s.bad = true, bad
	}
	_, err = io.WriteString(s.w, picture)
	return err
}

// fit breaks lines that are too wide and leaves out what is below the edge, saying so.
func fit(text []string, width, height int) []string {
	var lines []string
	for _, line := range text {
		lines = append(lines, wrap(line, width)...)
	}
	if len(lines) > height && height == 1 {
		return lines[:1] // the word says more than that there is more
	}
	if len(lines) > height {
		lines = append(lines[:max(0, height-1)], clip("  … finishwatch status shows all", width))
	}
	return lines
}

// column is where the facts of a line begin; what did not fit goes on there.
const column = 13

// wrap breaks a line between words where it can.
func wrap(line string, width int) []string {
	var lines []string
	margin := ""
	if width > 2*column {
		margin = strings.Repeat(" ", column)
	}
	for terminal.Columns(line) > width {
		head := clip(line, width)
		if cut := strings.LastIndexByte(head, ' '); cut > len(margin) {
			head = head[:cut]
		}
		lines = append(lines, strings.TrimRight(head, " "))
		line = margin + strings.TrimLeft(line[len(head):], " ")
	}
	return append(lines, line)
}

// clip returns the beginning of a text that has room, and one letter at least.
func clip(text string, width int) string {
	taken := 0
	for i, r := range text {
		if taken += terminal.Columns(string(r)); taken > width && i > 0 {
			return text[:i]
		}
	}
	return text
}
