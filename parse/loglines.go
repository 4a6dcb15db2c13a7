package parse

import "bytes"

// wholeFields reports whether a last line without a newline has all fields of the line above it, and, where somebody
// may still be writing, a time that is not shorter than those above.
func (l *readerLog) wholeFields(b []byte, sign string) bool {
	fields := fieldsOf(b, sign)
	if l.width > 0 && len(fields) < l.width {
		return false
	}
	if l.tail == TailStill {
		return true
	}
	last := fields[len(fields)-1]
	_, ok := readStamp(last)
	return l.width > 0 && (!ok || len(last) >= l.length)
}

// noteShape remembers how lines look, to judge a last one that may be torn.
func (l *readerLog) noteShape(fields [][]byte) {
	l.width = len(fields)
	l.length = max(l.length, len(fields[len(fields)-1]))
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
