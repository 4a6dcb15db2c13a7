package parse

import "bytes"

// maxTimeAt is more than any field with the time.
const maxTimeAt = 5

// wholeFields reports whether a last line without a newline has all fields of the line above it. timeAt is the field with
// the time, or -1 where something must follow it: a time in the last field that is shorter than those above, or that has
// none above it, may be torn, and then nobody will ever write the rest.
func (l *readerLog) wholeFields(fields [][]byte, timeAt int) bool {
	last := len(fields) - 1
	switch {
	case len(fields) < l.width:
		return false
	case timeAt == last:
		return l.width > 0 && len(fields[last]) >= l.length
	}
	return l.width > 0 || l.tail == TailStill
}

// tornTime reports a time that may be torn although a newline follows: it stands last, where lines above have more behind
// it, or always as many decimals and more of them, or it has run into what was written next. A quote has closed it.
func (l *readerLog) tornTime(line []byte, fields [][]byte, timeAt int) bool {
	if timeAt != len(fields)-1 || line[len(line)-1] == '"' {
		return false
	}
	const most = 3 // decimals that readers write
	n, _ := decimalsIn(fields[timeAt])
	return len(fields) < l.widest[timeAt] || l.fixed && n < l.decimals || l.decimals > 0 && n > max(l.decimals, most)
}

// decimalsIn returns how many figures stand behind the last point or comma, and whether the last one is a zero.
func decimalsIn(time []byte) (figures int, zero bool) {
	i := bytes.LastIndexAny(time, ".,")
	if i < 0 {
		return 0, false
	}
	_, figures = number(time[i+1:], 10)
	return figures, time[i+figures] == '0'
}

// noteShape remembers how lines look, to judge one that may be torn.
func (l *readerLog) noteShape(fields [][]byte, timeAt int) {
	l.width = len(fields)
	if timeAt < 0 {
		return
	}
	l.widest[timeAt] = max(l.widest[timeAt], l.width)
	if timeAt == len(fields)-1 {
		l.length = max(l.length, len(fields[timeAt]))
	}
	n, zero := decimalsIn(fields[timeAt])
	l.decimals = max(l.decimals, n)
	l.fixed = l.fixed || zero
}

// holdTorn holds such a line.
func (l *readerLog) holdTorn(line int) {
	l.reads++
	l.book.hold(line, "", "the time may be torn: it is shorter or longer than those above"+fixTorn)
}

// readAt takes a read in where [race.where] wants it.
func (l *readerLog) readAt(line int, fields [][]byte, chip []byte, at stamp) {
	if reason := l.elsewhere(fields); reason != "" {
		l.reads++
		l.book.ignore(line, reason)
		return
	}
	l.enter(line, chip, at)
}

// fieldsOf splits a line and takes the blanks and the quotes from its fields. A sign between quotes is no end of a field.
func fieldsOf(b []byte, sign string) (fields [][]byte) {
	quoted, from := false, 0
	for i, c := range b {
		switch {
		case c == '"':
			quoted = !quoted
		case c == sign[0] && !quoted:
			fields = append(fields, unquoted(b[from:i]))
			from = i + 1
		}
	}
	return append(fields, unquoted(b[from:]))
}

func unquoted(b []byte) []byte {
	b = trim(b)
	if len(b) >= 2 && b[0] == '"' && b[len(b)-1] == '"' {
		b = trim(b[1 : len(b)-1])
	}
	return b
}

// firstText returns the first line that is neither blank nor a comment, however it ends.
func firstText(data []byte) []byte {
	if lines := firstTexts(data, 1); len(lines) > 0 {
		return lines[0]
	}
	return nil
}

// firstTexts returns the first few such lines near the top of a file.
func firstTexts(data []byte, most int) (lines [][]byte) {
	for line := range bytes.Lines(unixLines(data[:min(len(data), firstLineBytes)])) {
		if b := trim(line); len(b) > 0 && !logComment(b) && len(lines) < most {
			lines = append(lines, b)
		}
	}
	return lines
}

// logComment reports a line that says nothing. A passing that RACE RESULT pushes begins with a number sign, too.
func logComment(b []byte) bool {
	return b[0] == '#' && !bytes.HasPrefix(b, []byte("#P;"))
}
