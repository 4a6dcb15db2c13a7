package parse

import "bytes"

// spelledTime reads times with signs or days, and those of which the colons were typed on an Asian keyboard.
func spelledTime(b []byte) (timeCell, []byte) {
	for _, read := range []func([]byte) (timeCell, []byte){signTime, daysTime, clockTime} {
		if t, rest := read(b); t.kind != notATime {
			return t, rest
		}
	}
	return timeCell{}, nil
}

// daysTime reads what programs write of a span of time: "0 days 00:31:10", "1 day, 2:03:04", "1j 02:10:00".
func daysTime(b []byte) (timeCell, []byte) {
	n, digits := number(b, 2)
	after, ok := cutSign(b[digits:], "days", "day", "d", "jours", "jour", "j", "tage", "tag")
	if digits == 0 || !ok {
		return timeCell{}, nil
	}
	t, rest := clockTime(bytes.TrimLeft(bytes.TrimPrefix(after, []byte(",")), " "))
	if t.kind == notATime || t.fields != 3 || t.hundredths >= 24*3600*100 {
		return timeCell{}, nil
	}
	t.hundredths += n * 24 * 3600 * 100
	return t, rest
}

// isoSpan reports a time as ISO 8601 writes it: PT31M10.5S.
func isoSpan(b []byte) bool {
	return len(b) > 4 && b[0] == 'P' && b[1] == 'T' && b[2] >= '0' && b[2] <= '9' && b[len(b)-1] == 'S'
}
