package parse

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Start is when a race began: a time of day, or a date and a time. The zero Start is none.
//
// It is compared with what the clocks of the readers show. A read that says no offset is wall-clock time of the place
// where the start was given, so that a reader that is not moved when summer time begins or ends counts on. A read that
// counts in UTC needs a Start with an offset, or [Rules.Zone].
type Start struct {
	stamp  stamp
	given  bool
	zoned  bool
	offset int32 // seconds east of Greenwich
}

// ParseStart reads what stands in a race's start: 10:00, 10:00:00, 2025-05-02T18:30:00, 2025-05-02T18:30:00+02:00. The
// fraction of a second may follow; a blank may stand for the T. The empty text is the zero Start.
func ParseStart(text string) (Start, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Start{}, nil
	}
	s := Start{given: true, stamp: stamp{day: noDay, swapped: noDay}}
	b := []byte(text)
	if date, rest, ok := readDate(b); ok && date.day != noDay && len(text) > 4 && text[4] == '-' && len(rest) > 1 && strings.Contains("Tt ", string(rest[:1])) {
		s.stamp, b = date, rest[1:]
	}
	if i := bytes.IndexByte(b, ':') + 3; i > 3 && len(b) >= i && (len(b) == i || b[i] != ':') {
		b = slices.Insert(b, i, []byte(":00")...)
	}
	b, ok := s.stamp.clock(b)
	if ok && len(b) > 0 && s.dated() {
		s.offset, ok = readOffset(b)
		s.zoned, b = true, nil
	}
	s.stamp.decimals = decimalsOf(s.stamp.nanos) // 10:00:00,0 is 10:00:00
	if !ok || len(b) > 0 {
		return Start{}, errors.New(quote(text) + ` is no start; write "10:00:00" or, with the date, "2025-05-02T18:30:00"`)
	}
	return s, nil
}

// decimalsOf returns how many decimals a time of day needs, at most two.
func decimalsOf(nanos int64) int8 {
	switch {
	case nanos%nanosPerSecond == 0:
		return 0
	case nanos%(nanosPerSecond/10) == 0:
		return 1
	}
	return 2
}

// IsZero reports whether there is no start.
func (s Start) IsZero() bool { return !s.given }

// Equal reports whether two starts are the same in every part.
func (s Start) Equal(o Start) bool { return s == o }

func (s Start) dated() bool { return s.stamp.day != noDay }

// String returns the start as [ParseStart] reads it, the empty text where there is none.
func (s Start) String() string {
	if !s.given {
		return ""
	}
	layout := "15:04:05.999999999"
	at := time.Unix(0, s.stamp.nanos).UTC()
	if s.dated() {
		layout = "2006-01-02T" + layout
		at = at.AddDate(0, 0, int(s.stamp.day))
	}
	text := at.Format(layout)
	if !s.zoned {
		return text
	}
	minutes, sign := s.offset/60, '+'
	if minutes < 0 {
		minutes, sign = -minutes, '-'
	}
	return text + fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
}

// What keeps a read from being counted from the start.
const (
	needsDate   = "the read has a date and start has none"
	needsOffset = "the read counts in UTC and start has no offset"
	gunInUTC    = "the gun counts in UTC and the read does not"
	monthFirst  = "the date is read day first, and would fit the race month first"
	whichDay    = "without a date this may be hours after the start or before it"
)

// fixStart is what to do about these.
func fixStart(problem string) string {
	switch problem {
	case needsDate:
		return `set start with its date: start = "2025-05-02T18:30:00"`
	case needsOffset:
		return `set start with its offset: start = "2025-05-02T18:30:00+02:00"`
	case monthFirst:
		return "write the year first in the export, as in 2025-05-02"
	case gunInUTC:
		return `set start with its date and its offset: start = "2025-05-02T18:30:00+02:00"`
	case whichDay:
		return `set slowest = "h:mm:ss", the longest time that can be a result`
	}
	return `set start = "10:00:00", or with its date "2025-05-02T18:30:00"`
}

// longest is how far behind the start a finish can be: a mark has two figures for hours.
const longest = 100 * time.Hour

// since returns the time from the start to a read in nanoseconds, negative before it, or why nobody can tell.
func (s Start) since(at stamp, r *Rules) (nanos int64, problem string) {
	switch {
	case s.stamp.instant && !at.instant:
		return 0, gunInUTC
	case at.day == noDay:
		return s.sinceClock(at.nanos, r.Slowest)
	case !s.dated():
		return 0, needsDate
	case at.instant:
		from, ok := s.instant(r.Zone)
		if !ok {
			return 0, needsOffset
		}
		return apart(from, at), ""
	}
	nanos = apart(s.stamp, at)
	if at.swapped != noDay && !withinRace(nanos) {
		at.day = at.swapped
		if withinRace(apart(s.stamp, at)) {
			return 0, monthFirst
		}
	}
	return nanos, ""
}

func withinRace(nanos int64) bool { return nanos >= 0 && nanos < int64(longest) }

// instant is the start in UTC.
func (s Start) instant(zone *time.Location) (stamp, bool) {
	at := s.stamp
	switch {
	case s.zoned:
		at.shift(-int64(s.offset) * nanosPerSecond)
	case zone != nil:
		wall := time.Unix(0, at.nanos).UTC().AddDate(0, 0, int(at.day))
		_, offset := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone).Zone()
		at.shift(-int64(offset) * nanosPerSecond)
	default:
		return stamp{}, false
	}
	return at, true
}

// apart is the time between two stamps; what is more than a year is a year, so that nothing overflows.
func apart(from, to stamp) int64 {
	days := min(max(int64(to.day)-int64(from.day), -366), 366)
	return days*nanosPerDay + to.nanos - from.nanos
}

// sinceClock counts to a time of day without a date. One that is earlier than the start is after midnight where that
// is a few hours behind the start, and before the start where it is at most half a day; slowest, where it is set, says
// how long the race may last. Between them nothing says which it is: a read at 06:00 of a race that begins at 19:00
// may be a test of that morning.
func (s Start) sinceClock(clock int64, slowest Mark) (int64, string) {
	const few, half = nanosPerDay / 4, nanosPerDay / 2
	bound := slowest.Hundredths() * nanosPerHundredth
	before := s.stamp.nanos - clock
	after := nanosPerDay - before
	switch {
	case before <= 0 && (bound > 0 || -before <= half):
		return -before, ""
	case before <= 0:
		return 0, whichDay
	case after <= few:
		return after, ""
	case bound > 0 && after > bound, bound == 0 && before <= half:
		return -before, ""
	case bound > 0 && before > few:
		return after, ""
	}
	return 0, whichDay
}

// markSince makes a mark of a time since the start, with the decimals of what it was made from. More digits go up.
func markSince(nanos int64, decimals int8) (Mark, error) {
	return TimeMark((nanos+nanosPerHundredth-1)/nanosPerHundredth, int(decimals))
}
