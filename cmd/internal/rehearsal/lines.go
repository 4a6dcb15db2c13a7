package rehearsal

import "bytes"

// linesOf cuts a text into its lines, each with its end, in whatever encoding it is: what is joined again is the same.
func linesOf(data []byte) [][]byte {
	end, width := []byte("\n"), 1
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		end, width = []byte{'\n', 0}, 2
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		end, width = []byte{0, '\n'}, 2
	case !bytes.Contains(data, end):
		end = []byte("\r") // as old Macs do
	}
	var lines [][]byte
	from := 0
	for at := 0; at+width <= len(data); at += width {
		if bytes.Equal(data[at:at+width], end) {
			lines = append(lines, data[from:at+width])
			from = at + width
		}
	}
	if from < len(data) {
		lines = append(lines, data[from:])
	}
	return lines
}
