package parse

// wallClock is what a table knows about times of day in its time column.
type wallClock struct {
	kind    clockKind
	reason  string // why the time of the row at hand is held
	problem string // why times of day could not be counted from the start; the first one
	fix     string
}

// clockKind is what the time column holds. The first row with a time decides, for good: what stands further down cannot
// change how the rows above it were read.
type clockKind uint8

const (
	undecidedClock clockKind = iota
	raceTimes                // since the start
	timesOfDay               // to be counted from Rules.Start
	eitherClock              // times that could be both: held
)

// eitherWay holds times such as 10:42:13 of a race that began at 08:00 and may last longer than ten hours.
const eitherWay = "could be a time of day and could be the time since the start"

// sinceStart makes the time since the start of a time of day, where the race has a start and the column holds times of
// day: the heading says so, a date stands in front, or the first time is later than the start and too long for a race.
func (t *table) sinceStart(at []byte, time timeCell) timeCell {
	if t.rules.Start.IsZero() || t.schema.elapsed || time.kind != clearTime && time.kind != notATime || len(at) < 7 && time.kind == notATime {
		return time
	}
	seen, ok := readStamp(at)
	if !ok && time.kind != clearTime {
		return time
	}
	if t.clock.kind == undecidedClock {
		t.clock.kind = t.clockKind(seen, ok, time)
	}
	switch {
	case t.clock.kind == eitherClock:
		return t.offClock(time, eitherWay, "if these are times of day, set slowest to the longest time of the race; if not, remove start")
	case t.clock.kind == raceTimes:
		return time
	case !ok:
		return t.offClock(time, "not a time of day: "+quote(string(at)), "correct it, or name the column of the race times: [race.columns] time = …")
	}
	return t.counted(at, seen, time)
}

// clockKind decides by the first time of the column.
func (t *table) clockKind(seen stamp, ok bool, time timeCell) clockKind {
	s := t.schema
	switch {
	case s.time < len(s.header.texts) && saysTimeOfDay(s.header.texts[s.time]):
		return timesOfDay
	case !ok:
		return raceTimes
	case seen.day != noDay:
		return timesOfDay
	case seen.nanos < t.rules.Start.stamp.nanos:
		return raceTimes
	case time.hundredths < sixHours, !t.rules.Slowest.IsZero() && time.hundredths <= t.rules.Slowest.Hundredths():
		return eitherClock
	}
	return timesOfDay
}

// counted counts a time of day from the start.
func (t *table) counted(at []byte, seen stamp, time timeCell) timeCell {
	start := t.rules.Start
	nanos, problem := start.since(seen, t.rules)
	switch {
	case problem != "":
		return t.offClock(time, problem, fixStart(problem))
	case nanos <= 0:
		return t.offClock(time, "not after the start: "+quote(string(at)), fixStart(""))
	case nanos < int64(t.rules.Passings.Min):
		return t.offClock(time, "before start + min: "+quote(string(at)), "correct start, or min in [race.passings]")
	}
	time.kind = clearTime
	time.hundredths = (nanos + nanosPerHundredth - 1) / nanosPerHundredth
	time.decimals, time.fields = max(seen.decimals, start.stamp.decimals), 3
	return time
}

// offClock holds the time of a row.
func (t *table) offClock(time timeCell, reason, fix string) timeCell {
	t.clock.reason = reason + "; " + fix
	if t.clock.problem == "" {
		t.clock.problem, t.clock.fix = reason, fix
	}
	time.kind = offClock
	return time
}

// saysTimeOfDay reports a heading such as "Time of Day" or "Uhrzeit".
func saysTimeOfDay(text string) bool {
	words := headerTokens(text)
	for i, w := range words {
		switch {
		case w == "tod", w == "timeofday", w == "uhrzeit", w == "daytime", w == "timestamp":
			return true
		case w == "day" && i > 0 && words[i-1] == "of":
			return true
		}
	}
	return false
}
