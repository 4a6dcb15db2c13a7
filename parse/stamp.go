package parse

import (
	"bytes"
	"math"
	"time"
)

// stamp is when something was seen, as a reader or a program wrote it down: the wall clock where it stood, or an
// instant where the text has an offset or counts from 1970.
type stamp struct {
	day      int32 // since 1970-01-01, of an instant in UTC; noDay where the text has a time only
	swapped  int32 // the day if 02/05 were written month first, or noDay where that is no other day
	nanos    int64 // since midnight
	decimals int8  // of the text, at most two
	instant  bool
}

// noDay says that there is no date.
const noDay = math.MinInt32

const (
	nanosPerSecond    = int64(time.Second)
	nanosPerHundredth = nanosPerSecond / 100
	secondsPerDay     = 24 * 60 * 60
	nanosPerDay       = secondsPerDay * nanosPerSecond
)

// readStamp reads a time of day or a date with one, and nothing less: 18:21:43.725, 02-05-2025 18:21:43.725,
// 02/05/2025, 02.05.2025, 2025-05-02T18:21:43+02:00.
func readStamp(b []byte) (stamp, bool) {
	b = trim(b)
	s, rest, dated := readDate(b)
	if dated {
		if len(rest) == 0 || rest[0] != ' ' && rest[0] != 'T' && rest[0] != 't' {
			return stamp{}, false
		}
		b = bytes.TrimLeft(rest[1:], " ")
	} else {
		s.day, s.swapped = noDay, noDay
	}
	if b, dated = s.clock(b); !dated {
		return stamp{}, false
	}
	if len(b) > 0 && s.day != noDay {
		offset, ok := readOffset(b)
		if !ok {
			return stamp{}, false
		}
		s.swapped, s.instant, b = noDay, true, nil
		s.shift(-int64(offset) * nanosPerSecond)
	}
	return s, len(b) == 0
}

// clock reads h:mm:ss with a fraction into the stamp and returns what stands behind it. Hours and minutes alone are
// no time of a reader: 18:21 may be minutes and seconds, or torn.
func (s *stamp) clock(b []byte) ([]byte, bool) {
	seconds := int64(0)
	for i, limit := range [...]int64{24, 60, 60} {
		n, digits := number(b, 3)
		if n >= limit || digits != 2 && (digits != 1 || i > 0) {
			return nil, false
		}
		b, seconds = b[digits:], seconds*60+n
		if i == 2 {
			break
		}
		if len(b) == 0 || b[0] != ':' {
			return nil, false
		}
		b = b[1:]
	}
	s.nanos = seconds * nanosPerSecond
	b, ok := s.fraction(b)
	if !ok {
		return nil, false
	}
	return s.halfDay(b)
}

// fraction reads up to nine digits behind a point or a comma.
func (s *stamp) fraction(b []byte) ([]byte, bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return b, true
	}
	n, digits := number(b[1:], 10)
	if digits == 0 || digits > 9 {
		return nil, false
	}
	for range 9 - digits {
		n *= 10
	}
	s.nanos += n
	s.decimals = int8(min(digits, 2))
	return b[1+digits:], true
}

// halfDay reads AM and PM.
func (s *stamp) halfDay(b []byte) ([]byte, bool) {
	half := bytes.ToLower(bytes.TrimLeft(b, " "))
	hour := s.nanos / (nanosPerDay / 24)
	switch {
	case !bytes.Equal(half, []byte("am")) && !bytes.Equal(half, []byte("pm")):
		return b, true
	case hour < 1 || hour > 12:
		return nil, false
	case hour == 12:
		s.nanos -= nanosPerDay / 2
	}
	if half[0] == 'p' {
		s.nanos += nanosPerDay / 2
	}
	return nil, true
}

// shift moves the stamp, over midnight where need be.
func (s *stamp) shift(nanos int64) {
	s.nanos += nanos
	for ; s.nanos < 0; s.nanos += nanosPerDay {
		s.day--
	}
	for ; s.nanos >= nanosPerDay; s.nanos -= nanosPerDay {
		s.day++
	}
}

// readDate reads a date of four-figure years in front of a text. 0000-00-00 is a date that was never set.
func readDate(b []byte) (s stamp, rest []byte, ok bool) {
	var fields, lengths [3]int
	rest = b
	for i := range fields {
		n, digits := number(rest, 5)
		fields[i], lengths[i], rest = int(n), digits, rest[digits:]
		if digits == 0 || i == 2 {
			break
		}
		if len(rest) == 0 || rest[0] != '-' && rest[0] != '/' && rest[0] != '.' || i == 1 && rest[0] != b[lengths[0]] {
			return stamp{}, nil, false
		}
		rest = rest[1:]
	}
	switch {
	case lengths[0] == 4 && short(lengths[1]) && short(lengths[2]):
		s.day, ok = dayOf(fields[0], fields[1], fields[2])
		s.swapped = noDay
	case lengths[2] == 4 && short(lengths[0]) && short(lengths[1]):
		s, ok = dayFirst(fields, b[lengths[0]])
	}
	return s, rest, ok
}

func short(digits int) bool { return digits == 1 || digits == 2 }

// dayFirst reads 02-05-2025 as the second of May. A month beyond December says that the month stands first.
func dayFirst(fields [3]int, sign byte) (s stamp, ok bool) {
	s.day, ok = dayOf(fields[2], fields[1], fields[0])
	s.swapped = noDay
	if sign == '.' {
		return s, ok
	}
	swapped, other := dayOf(fields[2], fields[0], fields[1])
	switch {
	case !ok:
		s.day = swapped
	case other && swapped != s.day:
		s.swapped = swapped
	}
	return s, ok || other
}

// dayOf counts the days since 1970-01-01. A date of noughts is no day and no mistake.
func dayOf(year, month, day int) (int32, bool) {
	if year == 0 && month == 0 && day == 0 {
		return noDay, true
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1970 || year > 2200 || t.Day() != day || int(t.Month()) != month {
		return noDay, false
	}
	return int32(t.Sub(time.Unix(0, 0)) / (24 * time.Hour)), true
}

// readOffset reads Z, +02:00 and +0200, in seconds east of Greenwich.
func readOffset(b []byte) (seconds int32, ok bool) {
	if len(b) == 1 && (b[0] == 'Z' || b[0] == 'z') {
		return 0, true
	}
	if len(b) < 5 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	hours, two := number(b[1:], 2)
	minutes, also := number(bytes.TrimPrefix(b[3:], []byte(":")), 3)
	if two != 2 || also != 2 || len(b) > 6 || len(b) == 6 && b[3] != ':' || hours > 14 || minutes > 59 {
		return 0, false
	}
	seconds = int32(hours*3600 + minutes*60)
	if b[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// unixStamp reads seconds since 1970 with a fraction, or milliseconds where the number has thirteen figures.
func unixStamp(b []byte) (stamp, bool) {
	n, digits := number(b, 14)
	s := stamp{swapped: noDay, instant: true}
	switch {
	case digits == 13 && len(b) == 13:
		s.nanos, s.decimals = n%1000*int64(time.Millisecond), 2
		n /= 1000
	case digits == 10 || digits == 9:
		rest, ok := s.fraction(b[digits:])
		if !ok || len(rest) > 0 {
			return stamp{}, false
		}
	default:
		return stamp{}, false
	}
	s.day = int32(n / secondsPerDay)
	s.nanos += n % secondsPerDay * nanosPerSecond
	return s, true
}

// dayStamp reads milliseconds since midnight, of seven or eight figures: fewer may be seconds.
func dayStamp(b []byte) (stamp, bool) {
	n, figures := number(b, 9)
	nanos := n * int64(time.Millisecond)
	if figures != len(b) || figures < 7 || figures > 8 || nanos >= nanosPerDay {
		return stamp{}, false
	}
	return stamp{day: noDay, swapped: noDay, nanos: nanos, decimals: 2}, true
}
