package parse

import (
	"fmt"
	"strconv"
	"strings"
)

// Code is an outcome without a time.
type Code uint8

const (
	// NoCode means that the mark is a time.
	NoCode Code = iota
	// DNF did not finish.
	DNF
	// DNS did not start.
	DNS
	// DQ was disqualified.
	DQ
)

// String returns the code as OpenTrack spells it.
func (c Code) String() string {
	switch c {
	case DNF:
		return "DNF"
	case DNS:
		return "DNS"
	case DQ:
		return "DQ"
	}
	return ""
}

// CodeNamed returns the code of OpenTrack's spelling ("DNF", "DNS", "DQ", upper case only).
func CodeNamed(name string) (Code, bool) {
	for _, c := range []Code{DNF, DNS, DQ} {
		if c.String() == name {
			return c, true
		}
	}
	return NoCode, false
}

// Mark is a result in OpenTrack's terms: a time in hundredths of a second, or a [Code]. It remembers how it was
// written (the number of decimals, hours or minutes past the hour), because a mark is shown as the timer wrote it.
// The zero Mark is no mark at all.
type Mark struct {
	hundredths int32
	decimals   uint8
	minutes    bool // 60:15 instead of 1:00:15
	code       Code
}

// maxHundredths is 99:59:59.99: OpenTrack's pattern has two digits for hours.
const maxHundredths = 100*60*60*100 - 1

// oneHour is 1:00:00.
const oneHour = 60 * 60 * 100

// maxMinutesOnly is 99:59.99, the largest time that can be written without hours.
const maxMinutesOnly = 100*60*100 - 1

// CodeMark returns the mark of a code.
func CodeMark(c Code) Mark { return Mark{code: c} }

// TimeMark returns the mark of a time in hundredths of a second, shown with 0, 1 or 2 decimals. Digits that would not
// be shown go up into the next one that is. An error means that the time is not between 0.01 s and 99:59:59.99.
func TimeMark(hundredths int64, decimals int) (Mark, error) {
	if hundredths <= 0 || hundredths > maxHundredths {
		return Mark{}, fmt.Errorf("a time of %d hundredths of a second is outside 0.01 s to 99:59:59.99", hundredths)
	}
	up := hundredths
	switch decimals = min(max(decimals, 0), 2); decimals {
	case 0:
		up = (hundredths + 99) / 100 * 100
	case 1:
		up = (hundredths + 9) / 10 * 10
	}
	if up > maxHundredths {
		return Mark{}, fmt.Errorf("a time of %d hundredths of a second is outside 0.01 s to 99:59:59.99", hundredths)
	}
	return Mark{hundredths: int32(up), decimals: uint8(decimals)}, nil
}

// Rounded applies a road rule. Codes stay as they are.
func (m Mark) Rounded(r Rounding) Mark {
	decimals := m.decimals
	switch r {
	case RoundUpTenth:
		decimals = min(decimals, 1)
	case RoundUpSecond:
		decimals = 0
	case RoundNone:
	}
	if m.code != NoCode || decimals == m.decimals {
		return m
	}
	up, err := TimeMark(int64(m.hundredths), int(decimals))
	if err != nil {
		return m
	}
	up.minutes = m.minutes && up.hundredths <= maxMinutesOnly
	return up
}

// InMinutes writes the mark as minutes past the hour, 60:15 instead of 1:00:15. From 100 minutes on there is no such
// form in OpenTrack's pattern, and the mark keeps its hours; under an hour there is no difference, so that equal texts
// are equal marks. Round first: a mark that is rounded up to the hour is no longer one of minutes.
func (m Mark) InMinutes() Mark {
	m.minutes = m.code == NoCode && m.hundredths >= oneHour && m.hundredths <= maxMinutesOnly
	return m
}

// IsZero reports whether there is no mark.
func (m Mark) IsZero() bool { return m == Mark{} }

// Code returns the code, or [NoCode] for a time.
func (m Mark) Code() Code { return m.code }

// Hundredths returns the time in hundredths of a second, 0 for a code.
func (m Mark) Hundredths() int64 { return int64(m.hundredths) }

// Same reports whether two marks are the same result, however they are written: 14:25.1 is 14:25.10, because that is
// how OpenTrack shows it again.
func (m Mark) Same(o Mark) bool { return m.code == o.code && m.hundredths == o.hundredths }

// Before reports whether m comes before o in finish order: times from the fastest on, then DNF, DNS, DQ.
func (m Mark) Before(o Mark) bool {
	if m.code != o.code {
		return m.code < o.code
	}
	return m.hundredths < o.hundredths
}

// String returns the mark as OpenTrack takes it: 0:59.5, 14:25.10, 1:02:33, DNF. The zero Mark is the empty text.
func (m Mark) String() string {
	switch {
	case m.code != NoCode:
		return m.code.String()
	case m.hundredths == 0:
		return ""
	}
	return string(m.append(make([]byte, 0, 11)))
}

func (m Mark) append(b []byte) []byte {
	h := m.hundredths
	hours, minutes, seconds, rest := h/360000, h/6000%60, h/100%60, h%100
	if m.minutes {
		hours, minutes = 0, h/6000
	}
	if hours > 0 {
		b = strconv.AppendInt(b, int64(hours), 10)
		b = append(b, ':', byte('0'+minutes/10), byte('0'+minutes%10))
	} else {
		b = strconv.AppendInt(b, int64(minutes), 10)
	}
	b = append(b, ':', byte('0'+seconds/10), byte('0'+seconds%10))
	switch m.decimals {
	case 1:
		b = append(b, '.', byte('0'+rest/10))
	case 2:
		b = append(b, '.', byte('0'+rest/10), byte('0'+rest%10))
	}
	return b
}

// ParseMark reads a mark back from OpenTrack's text: [h:]m:ss[.f[f]] or a code. It is for text that a program wrote
// (our ledger, the server's answer, the configuration), not for cells of an export, where much more is possible and
// much less is clear.
func ParseMark(text string) (Mark, error) {
	if c, ok := CodeNamed(text); ok {
		return CodeMark(c), nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	fields := strings.Split(whole, ":")
	if len(fields) < 2 || len(fields) > 3 || strings.HasSuffix(text, ".") || len(fraction) > 2 {
		return Mark{}, notAMark(text)
	}
	seconds := int64(0)
	for i, field := range fields {
		n, err := twoDigits(field)
		if err != nil || i > 0 && len(field) != 2 || i == len(fields)-1 && n > 59 || i == 1 && len(fields) == 3 && n > 59 {
			return Mark{}, notAMark(text)
		}
		seconds = seconds*60 + n
	}
	hundredths := int64(0)
	if fraction != "" {
		n, err := twoDigits(fraction)
		if err != nil {
			return Mark{}, notAMark(text)
		}
		hundredths = n
		if len(fraction) == 1 {
			hundredths *= 10
		}
	}
	m, err := TimeMark(seconds*100+hundredths, len(fraction))
	if err != nil {
		return Mark{}, notAMark(text)
	}
	if len(fields) == 2 && seconds >= 3600 {
		m = m.InMinutes()
	}
	return m, nil
}

func notAMark(text string) error {
	return fmt.Errorf("%q is not a mark; write m:ss, h:mm:ss, with .f or .ff behind, or DNF, DNS, DQ", text)
}

// twoDigits reads one or two decimal digits and nothing else.
func twoDigits(s string) (int64, error) {
	if len(s) < 1 || len(s) > 2 {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return int64(n), err
}
