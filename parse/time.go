package parse

import (
	"bytes"
	"math/big"
	"strconv"
	"unicode/utf8"
)

// timeKind is what a cell says as a time.
type timeKind uint8

const (
	notATime   timeKind = iota
	noTime              // blank, "-", "0", "00:00:00": nobody has finished
	clearTime           // a time by itself: it has a colon, or hour or minute signs
	bareNumber          // a number that may be seconds, minutes, a part of a day or m.ss
	remarked            // a clear time with something behind it
	offClock            // a time of day that cannot be counted from the start, or a time among times of day
)

// timeCell is what was read from a cell. The time is in hundredths of a second, rounded up.
type timeCell struct {
	kind       timeKind
	hundredths int64
	decimals   int8 // of the source, at most two
	fields     int8 // 2: m:ss, 3: h:mm:ss
}

// readTime reads a cell from which the blanks were trimmed. Only forms that can mean nothing else are times
// (FORMATS 3): a misread time is public, a held one is asked about.
func readTime(b []byte) timeCell {
	switch {
	case len(b) == 0:
		return timeCell{kind: noTime}
	case (b[0] < '0' || b[0] > '9') && blankTime(b):
		return timeCell{kind: noTime}
	case isoSpan(b):
		b = b[len("PT"):]
	case b[0] < '0' || b[0] > '9':
		return timeCell{}
	}
	t, rest := clockTime(b)
	if t.kind == notATime {
		t, rest = spelledTime(plainSigns(b))
	}
	switch {
	case t.kind == notATime:
		return numberCell(b)
	case len(rest) > 0 && remark(rest):
		return timeCell{kind: remarked}
	case len(rest) > 0:
		return timeCell{}
	case t.hundredths == 0:
		return timeCell{kind: noTime}
	}
	return t
}

// blankTime reports a cell of nothing but dashes, colons, points and noughts.
func blankTime(b []byte) bool {
	for _, c := range b {
		switch c {
		case '-', ':', '.', ',', '0', ' ':
		default:
			return false
		}
	}
	return true
}

// remark reports whether what stands behind a time was added by a person: "48:31*", "31:30 # hand time". A letter or
// a figure right behind is a misread time instead.
func remark(rest []byte) bool {
	switch c := rest[0]; {
	case c == ' ' || c == '\t':
		rest = trim(rest)
		return len(rest) > 0 && rest[0] != ':' && rest[0] != '.' && rest[0] != ','
	default:
		return c == '*' || c == '#' || c == '(' || c == '['
	}
}

// number reads up to max digits.
func number(b []byte, most int) (n int64, digits int) {
	for digits < len(b) && digits < most && b[digits] >= '0' && b[digits] <= '9' {
		n = n*10 + int64(b[digits]-'0')
		digits++
	}
	return n, digits
}

// clockTime reads m:ss, h:mm:ss and h:m:ss with a fraction behind a point or comma, and h:mm.ss,t. The last field has two
// digits, so that the torn 14:2 is no time; all but the first are below sixty.
func clockTime(b []byte) (timeCell, []byte) {
	first, at := timeField(b, 0)
	if at == 0 || at > 3 || at >= len(b) || b[at] != ':' {
		return timeCell{}, nil
	}
	second, colon := timeField(b, at+1)
	digits := colon - at - 1
	if digits == 0 || digits > 2 || second > 59 {
		return timeCell{}, nil
	}
	seconds := first*60 + second
	if colon == len(b) || b[colon] != ':' {
		if digits != 2 {
			return timeCell{}, nil
		}
		if t, rest, ok := pointSeconds(seconds, b[colon:]); ok {
			return t, rest
		}
		return withFraction(seconds, 2, b[colon:])
	}
	third, end := timeField(b, colon+1)
	if end-colon != 3 || third > 59 || end < len(b) && b[end] == ':' {
		return timeCell{}, nil
	}
	return withFraction(seconds*60+third, 3, b[end:])
}

// timeField reads the digits from a place on, up to one more than any field may have, and returns where they end.
func timeField(b []byte, at int) (n int64, end int) {
	for end = at; end < len(b) && end < at+4 && figure(b[end]); end++ {
		n = n*10 + int64(b[end]-'0')
	}
	return n, end
}

// pointSeconds reads the seconds of h:mm.ss,t, from where the point must follow.
func pointSeconds(minutes int64, b []byte) (timeCell, []byte, bool) {
	if len(b) < 5 || b[0] != '.' || b[3] != ',' {
		return timeCell{}, nil, false
	}
	seconds, digits := number(b[1:], 2)
	if digits != 2 || seconds > 59 {
		return timeCell{}, nil, false
	}
	t, rest := withFraction(minutes*60+seconds, 3, b[3:])
	return t, rest, t.kind == clearTime
}

// withFraction makes a time of seconds that were written in so many fields, and of the fraction that b may begin with.
func withFraction(seconds int64, fields int8, b []byte) (timeCell, []byte) {
	t := timeCell{kind: clearTime, hundredths: seconds * 100, fields: fields}
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return t, b
	}
	return fraction(t, b[1:])
}

// fraction adds the digits behind a decimal sign: at least one, at most nine, rounded up to hundredths.
func fraction(t timeCell, b []byte) (timeCell, []byte) {
	n, digits := number(b, 2)
	if digits == 0 {
		return timeCell{}, nil
	}
	if t.decimals = int8(digits); digits == 1 {
		n *= 10
	}
	t.hundredths += n
	more := int64(0)
	for ; digits < len(b) && figure(b[digits]); digits++ {
		if b[digits] != '0' {
			more = 1
		}
	}
	if digits > 9 {
		return timeCell{}, nil
	}
	t.hundredths += more
	return t, b[digits:]
}

// plainSigns replaces typographic minute and second signs by ASCII ones. A windows-1252 apostrophe is one byte.
func plainSigns(b []byte) []byte {
	if ascii(b) {
		return b
	}
	for _, sign := range [][2]string{
		{"’", "'"}, {"′", "'"}, {"´", "'"}, {"”", `"`}, {"″", `"`}, {"：", ":"},
	} {
		b = bytes.ReplaceAll(b, []byte(sign[0]), []byte(sign[1]))
	}
	if !utf8.Valid(b) {
		b = bytes.ReplaceAll(b, []byte{0x92}, []byte("'"))
		b = bytes.ReplaceAll(b, []byte{0xB4}, []byte("'"))
		b = bytes.ReplaceAll(b, []byte{0x94}, []byte(`"`))
	}
	return b
}

// signTime reads 1h03'33, 21'16", 00h10'18", 1h 03m 33s, 21min16s, 12'34"5.
func signTime(b []byte) (timeCell, []byte) {
	minutes, fields := int64(0), int8(2)
	n, digits := number(b, 4)
	rest := b[digits:]
	if after, ok := cutSign(rest, "h"); ok && digits > 0 && digits <= 3 {
		minutes, fields = n*60, 3
		n, digits = number(after, 3)
		if digits > 2 || n > 59 {
			return timeCell{}, nil
		}
		rest = after[digits:]
	}
	after, ok := cutSign(rest, "min", "mn", "m", "'")
	if !ok || digits == 0 || digits > 3 {
		return timeCell{}, nil
	}
	minutes += n
	n, digits = number(after, 3)
	if digits == 0 || digits > 2 || n > 59 {
		return timeCell{}, nil
	}
	return signSeconds(minutes*60+n, fields, digits, after[digits:])
}

// signSeconds reads what stands behind the seconds: a fraction, a sign, or a sign and a fraction. One digit is
// seconds only where a sign closes it: 21'1 may be torn.
func signSeconds(seconds int64, fields int8, digits int, b []byte) (timeCell, []byte) {
	t, rest := withFraction(seconds, fields, b)
	if t.kind != clearTime {
		return timeCell{}, nil
	}
	after, closed := cutSign(rest, "sec", "s", "''", `"`)
	switch {
	case closed && t.decimals == 0 && len(after) > 0 && after[0] >= '0' && after[0] <= '9':
		return fraction(t, after)
	case closed:
		return t, after
	case digits != 2:
		return timeCell{}, nil
	}
	return t, rest
}

// cutSign cuts one of the signs, in any case, and blanks around it.
func cutSign(b []byte, signs ...string) ([]byte, bool) {
	b = bytes.TrimLeft(b, " ")
	for _, sign := range signs {
		if len(b) >= len(sign) && bytes.EqualFold(b[:len(sign)], []byte(sign)) {
			return bytes.TrimLeft(b[len(sign):], " "), true
		}
	}
	return b, false
}

// numberCell says whether a cell is a bare number, or nothing but noughts.
func numberCell(b []byte) timeCell {
	if blankTime(b) {
		return timeCell{kind: noTime}
	}
	if _, _, ok := decimal(b); ok {
		return timeCell{kind: bareNumber}
	}
	return timeCell{}
}

// decimal takes a number such as 7793, 143,88 or 2.273E-2 apart: value = digits × 10^-scale.
func decimal(b []byte) (digits []byte, scale int, ok bool) {
	if len(b) > 40 {
		return nil, 0, false
	}
	point := false
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
			if point {
				scale++
			}
		case (c == '.' || c == ',') && !point && i > 0 && i+1 < len(b):
			point = true
		case (c == 'e' || c == 'E') && i > 0:
			exponent, err := strconv.Atoi(string(b[i+1:]))
			if err != nil || exponent < -20 || exponent > 6 {
				return nil, 0, false
			}
			return digits, scale - exponent, true
		default:
			return nil, 0, false
		}
	}
	return digits, scale, len(digits) > 0
}

// unitTime reads a bare number in the unit that a person gave.
func unitTime(b []byte, unit string) timeCell {
	if unit == "m.ss" {
		return minutesPointSeconds(b)
	}
	perUnit := map[string]int64{"seconds": 100, "minutes": 6000, "days": 8640000}[unit]
	digits, scale, ok := decimal(b)
	if perUnit == 0 || !ok {
		return timeCell{kind: bareNumber}
	}
	h, exact := scaled(digits, scale, perUnit)
	if !exact {
		return timeCell{}
	}
	t := timeCell{kind: clearTime, hundredths: h, fields: 3}
	switch {
	case unit == "seconds":
		t.decimals = int8(min(max(scale, 0), 2))
	case h%100 == 0:
	case h%10 == 0:
		t.decimals = 1
	default:
		t.decimals = 2
	}
	return t
}

// scaled returns digits × 10^-scale × per, rounded up. Spreadsheets write a part of a day as the binary fraction
// nearest to it, with some sixteen figures, so that up to a millionth of a second too much is no further hundredth.
func scaled(digits []byte, scale int, per int64) (int64, bool) {
	n, _ := new(big.Int).SetString(string(digits), 10)
	n.Mul(n, big.NewInt(per))
	ten := big.NewInt(10)
	if scale < 0 {
		n.Mul(n, new(big.Int).Exp(ten, big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	unit := new(big.Int).Exp(ten, big.NewInt(int64(scale)), nil)
	slack := new(big.Int).Div(unit, big.NewInt(10000))
	n.Add(n, unit).Sub(n, big.NewInt(1)).Sub(n, slack)
	if n.Sign() < 0 {
		return 0, true
	}
	n.Div(n, unit)
	return n.Int64(), n.IsInt64() && n.Int64() <= maxHundredths
}

// minutesPointSeconds reads 28.49 as 28:49 and 106.38 as 1:46:38. One digit behind the point is not clear: a
// spreadsheet shows 28.50 as 28.5.
func minutesPointSeconds(b []byte) timeCell {
	minutes, digits := number(b, 4)
	rest := b[digits:]
	if digits == 0 || digits > 3 || len(rest) < 3 || rest[0] != '.' && rest[0] != ',' {
		return timeCell{kind: bareNumber}
	}
	seconds, two := number(rest[1:], 2)
	if two != 2 || seconds > 59 {
		return timeCell{}
	}
	t, rest := withFraction(minutes*60+seconds, 2, rest[3:])
	if len(rest) > 0 {
		return timeCell{}
	}
	return t
}
