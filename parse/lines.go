package parse

import "bytes"

// unixLines makes "\n" the end of every line. Files whose first line ends in a lone carriage return are rewritten;
// in all others a carriage return in front of the line end is trimmed with the blanks.
func unixLines(data []byte) []byte {
	if !loneReturns(data) {
		return data
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
}

// loneReturns reports whether the first line ends in a carriage return and no line feed.
func loneReturns(data []byte) bool {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 || data[i] == '\n' {
		return false
	}
	for i < len(data) && data[i] == '\r' {
		i++
	}
	return i < len(data) && data[i] != '\n'
}

// completeLines leaves out a last line that no newline ends.
func completeLines(data []byte) []byte {
	return data[:bytes.LastIndexByte(data, '\n')+1]
}

// trim takes the blanks from both ends: ASCII ones, no-break spaces and byte order marks in UTF-8, as programs that
// paste from web pages and join files leave them.
func trim(b []byte) []byte {
	for len(b) > 0 {
		switch {
		case b[0] <= ' ':
			b = b[1:]
		case b[0] == 0xC2 && len(b) > 1 && b[1] == 0xA0:
			b = b[2:]
		case b[0] == 0xEF && len(b) > 2 && b[1] == 0xBB && b[2] == 0xBF:
			b = b[3:]
		default:
			return trimEnd(b)
		}
	}
	return b
}

// visible reports an ASCII character that is no blank.
func visible(c byte) bool { return c > ' ' && c < 0x7f }

func trimEnd(b []byte) []byte {
	for len(b) > 0 {
		n := len(b)
		switch {
		case b[n-1] <= ' ':
			b = b[:n-1]
		case b[n-1] == 0xA0 && n > 1 && b[n-2] == 0xC2:
			b = b[:n-2]
		default:
			return b
		}
	}
	return b
}
