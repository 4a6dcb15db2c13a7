package parse

import "bytes"

// textLine is one line of a file that is read line by line.
type textLine struct {
	number       int // from 1
	bytes        []byte
	unterminated bool // no newline ends it
}

// textLines calls visit for every line, in order, until it returns false.
func textLines(data []byte, visit func(textLine) bool) {
	for number := 1; len(data) > 0; number++ {
		line, rest, found := bytes.Cut(data, []byte{'\n'})
		if !visit(textLine{number, line, !found}) {
			return
		}
		data = rest
	}
}

// unreadable says why a line is no row of any text, or nothing.
func (l textLine) unreadable() string {
	switch {
	case len(l.bytes) > maxLine:
		return "line longer than 64 KiB"
	case bytes.IndexByte(l.bytes, 0) >= 0:
		return "NUL bytes in the line" + fixTorn
	}
	return ""
}

// headOf is the beginning of a file by which its kind is told, with "\n" at the end of every line and without a last
// line that no newline ends: that one may still change.
func headOf(d *decoded, most int) []byte {
	return completeLines(unixLines(d.data[:min(len(d.data), most)]))
}

// notOf refuses a file that a person said to be of a format that it is not of.
func notOf(reason string) *FileError {
	return &FileError{Reason: reason, Fix: `set format = "auto", or name the right one`}
}
