package parse

import (
	"math/big"
	"strings"
	"time"
)

// cellReader turns the cells of a workbook into text.
type cellReader struct {
	rules *Rules
	epoch time.Time // the day 0 of its dates
}

// cellText is what a cell says.
type cellText struct {
	text  string
	plain bool   // not a number that is shown as something else
	late  bool   // a time of six hours or more
	whole string // a late time in whole minutes, which text holds back: a person may have typed minutes and seconds
}

// read says what a cell says. A number with the format of a time says that time, to the last digit that it has; a
// number with the format of a date is not plain.
func (c *cellReader) read(raw, shown string) cellText {
	if raw == shown {
		return cellText{text: raw, plain: true}
	}
	digitsOf, scale, isNumber := decimal([]byte(raw))
	if !isNumber {
		return cellText{text: shown, plain: true}
	}
	if shown == "" {
		return c.unseen(raw, digitsOf)
	}
	if strings.Contains(shown, ":") || strings.ContainsAny(shown, "hm'") && readTime([]byte(shown)).kind == clearTime {
		if c.rules.TimeUnit == "days" {
			return cellText{text: raw, plain: true}
		}
		return c.dayFraction(digitsOf, scale, shown)
	}
	raw = wholeNumber(raw)
	if _, _, ok := decimal([]byte(strings.Trim(shown, "%$€£ "))); ok {
		return cellText{text: numberText(raw, shown), plain: true}
	}
	if strings.Trim(shown, "0123456789 ,.'’\u00a0\u202f") == "" && strings.Map(figuresOnly, shown) == raw {
		return cellText{text: raw, plain: true} // 1 234 or 1'234
	}
	return cellText{text: shown, plain: lettered(raw, shown)}
}

// unseen is a number that its format shows as nothing. Whether it is meant to count nobody can tell, so that only a
// nought is nothing.
func (c *cellReader) unseen(raw string, digitsOf []byte) cellText {
	if strings.Trim(string(digitsOf), "0") == "" {
		return cellText{plain: true}
	}
	return cellText{text: raw + " (not shown)"}
}

// wholeNumber writes a whole number as a person does: some programs write 349.0 or 1.2345E4. A bib may be spelled 5E3.
func wholeNumber(raw string) string {
	if !strings.Contains(raw, ".") || !strings.HasSuffix(raw, ".0") && !strings.Contains(raw, "E") {
		return raw
	}
	digitsOf, scale, ok := decimal([]byte(raw))
	for ok && scale > 0 && len(digitsOf) > 1 && digitsOf[len(digitsOf)-1] == '0' {
		digitsOf, scale = digitsOf[:len(digitsOf)-1], scale-1
	}
	if !ok || scale > 0 || digitsOf[0] == '0' && len(digitsOf) > 1 {
		return raw
	}
	return string(digitsOf) + strings.Repeat("0", -scale)
}

// lettered reports a number that is shown behind a letter or two, such as F012 for 12: that is how the bib is spelled.
func lettered(raw, shown string) bool {
	figures := strings.TrimLeft(shown, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	letters := len(shown) - len(figures)
	return (letters == 1 || letters == 2) && digits([]byte(figures)) && strings.TrimLeft(figures, "0") == raw
}

// numberText is a number as a bib could be spelled: 007 as shown, 1234 instead of 1,234 or 1.23E+03.
func numberText(raw, shown string) string {
	if digits([]byte(raw)) && digits([]byte(shown)) && strings.TrimLeft(shown, "0") == raw {
		return shown
	}
	return raw
}

func figuresOnly(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// dayFraction writes a part of a day as the time that it is. Where the number may not be what was meant, the time gets
// a remark and is held. A date is a time of day where the race has a start.
func (c *cellReader) dayFraction(digitsOf []byte, scale int, shown string) cellText {
	said := func(text string) cellText { return cellText{text: text, plain: true} }
	switch at, ok := c.moment(digitsOf, scale); {
	case ok && !c.rules.Start.IsZero():
		return said(at)
	case ok:
		return said(shown + " (a date; set start)")
	}
	h, ok := ofDay(digitsOf, scale)
	seen := readTime([]byte(shown))
	out := cellText{plain: true, late: h >= sixHours}
	switch {
	case h == 0 && ok:
		return said("")
	case !ok || seen.kind != clearTime:
		return said(shown + " (a date or a time of day)")
	case mistyped(h, seen, c.rules):
		out.text = shown + " (" + clockText(h, 0) + " in the cell)"
		if seen.fields == 3 && h == seen.hundredths && h < 4*sixHours {
			out.whole = clockText(h, 0)
		}
		return out
	}
	places := int(seen.decimals)
	switch {
	case h%10 != 0:
		places = 2
	case h%100 != 0:
		places = max(places, 1)
	}
	out.text = clockText(h, places)
	return out
}

// moment writes a date of this century with a time as 2025-05-02T10:42:13.5.
func (c *cellReader) moment(digitsOf []byte, scale int) (string, bool) {
	tenths, ok := tenthsOfMillis(digitsOf, scale)
	const perDay = secondsPerDay * 10000
	if !ok || tenths < 35000*perDay || tenths > 75000*perDay {
		return "", false
	}
	at := c.epoch.AddDate(0, 0, int(tenths/perDay)).Add(time.Duration(tenths%perDay) * (time.Second / 10000))
	return at.Format("2006-01-02T15:04:05.9999"), true
}

// mistyped reports whether a cell shows something else than it holds. Who types 32:43 into a spreadsheet gets 32 hours
// and 43 minutes: such times have no seconds.
func mistyped(h int64, seen timeCell, rules *Rules) bool {
	wholeMinutes := h%6000 == 0
	near := func(a, b int64) bool { return a-b <= 100 && b-a <= 100 }
	switch {
	case wholeMinutes && h >= sixHours && rules.Slowest.IsZero():
		return true
	case near(h, seen.hundredths):
		return false
	case seen.fields == 2 && near(h%oneHour, seen.hundredths):
		return false // mm:ss does not show the hours
	}
	minutes := seen.hundredths / 100 // of h:mm, which reads as so many seconds
	return seen.fields != 2 || wholeMinutes || h/6000%(24*60) != minutes && h/6000 != minutes
}

// ofDay turns days into hundredths of a second, rounded up. Times that a spreadsheet computed from dates are off by
// some millionths of a second, so they are rounded to a tenth of a millisecond first.
func ofDay(digitsOf []byte, scale int) (int64, bool) {
	tenths, ok := tenthsOfMillis(digitsOf, scale)
	h := (tenths + 99) / 100
	return h, ok && h <= maxHundredths
}

// tenthsOfMillis turns days into tenths of a millisecond, rounded.
func tenthsOfMillis(digitsOf []byte, scale int) (int64, bool) {
	n, _ := new(big.Int).SetString(string(digitsOf), 10)
	n.Mul(n, big.NewInt(secondsPerDay*10000))
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	if scale < 0 {
		n.Mul(n, unit)
		unit.SetInt64(1)
	}
	n.Add(n, new(big.Int).Div(unit, big.NewInt(2))).Div(n, unit)
	return n.Int64(), n.IsInt64() && n.Int64() < 1<<60
}
