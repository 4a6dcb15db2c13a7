package parse

import (
	"fmt"
	"slices"
	"strconv"
)

// sixHours is from where on a time may be a time of day: no race starts before six in the morning, and few columns
// of results have nobody under six hours.
const sixHours = 6 * 3600 * 100

// status returns what the row says besides the time: in its status column, its flags, its place, its time cell.
func (t *table) status(rec *record, at []byte, time timeCell) statusWord {
	s := t.schema
	own := t.statusColumn(rec)
	if own.verdict != saysNothing && own.verdict != stillOut {
		return own
	}
	for _, i := range s.flags {
		if w := t.flag(rec, i); w.verdict != saysNothing {
			return w
		}
	}
	for _, i := range s.notes {
		if w := t.noteWord(rec, i); w.verdict == saysCode || w.verdict == needsPerson {
			return w
		}
	}
	if t.codes && time.kind != notATime {
		if w := t.strayCode(rec); w.verdict != unknownWord {
			return w
		}
	}
	if time.kind == notATime {
		if w := statusOf(t.text(at, rec.bytes)); w.verdict != unknownWord {
			return w
		}
	}
	return own
}

// statusColumn reads the column whose every word counts.
func (t *table) statusColumn(rec *record) statusWord {
	if t.schema.status < 0 {
		return statusWord{verdict: saysNothing}
	}
	b := t.cell(rec, t.schema.status)
	if blankStatus(b) {
		return statusWord{verdict: saysNothing}
	}
	if t.isClassifier() {
		if w, ok := classifiers[string(b)]; ok {
			return w
		}
	}
	return t.word(b, rec)
}

// word looks a status word up. Nearly every row says the same few words.
func (t *table) word(b []byte, rec *record) statusWord {
	const most = 64
	w, ok := t.words[string(b)]
	if !ok {
		w = statusOf(t.text(b, rec.bytes))
		if len(t.words) < most && ascii(b) {
			t.words[string(b)] = w
		}
	}
	return w
}

func (t *table) isClassifier() bool {
	s := t.schema
	return s.status < len(s.header.roles) && s.header.roles[s.status] == classRole
}

// noteWord reads a place or a remark. Places are figures, and most rows have one.
func (t *table) noteWord(rec *record, column int) statusWord {
	b := t.cell(rec, column)
	if len(b) == 0 || b[0] >= '0' && b[0] <= '9' {
		return statusWord{verdict: saysNothing}
	}
	w := t.word(b, rec)
	if w.verdict == unknownWord && t.schema.roleOf(column) == noteRole && remarksOnStatus(t.text(b, rec.bytes)) {
		return statusWord{verdict: needsPerson, column: column + 1}
	}
	return w
}

// mark returns the mark of a row, or why it has none that may be sent; neither where there is no result yet.
func (t *table) mark(rec *record, at []byte, time timeCell, said statusWord) (Mark, string) {
	switch said.verdict {
	case saysCode:
		m := CodeMark(said.code)
		if t.rules.Statuses != nil && !slices.Contains(t.rules.Statuses, said.code) {
			return m, said.code.String() + " is not sent: statuses leaves it out"
		}
		return m, ""
	case stillOut:
		if time.kind != clearTime {
			return Mark{}, ""
		}
		return Mark{}, "status beside a time: " + t.statusText(rec, said) + "; correct one of them in the timing program"
	case needsPerson, unknownWord:
		if time.kind == noTime && said.verdict == unknownWord {
			return Mark{}, ""
		}
		if stray := said.column - 1; stray >= 0 && !slices.Contains(t.schema.flags, stray) {
			return Mark{}, "status: " + t.statusText(rec, said) +
				"; if that is the result, set [race.columns] status = " + quote(t.schema.nameOf(stray))
		}
		return Mark{}, "status: " + t.statusText(rec, said) + fixStatus
	}
	return t.timeMark(rec, at, time)
}

// statusText is what the row says about its status, for a person.
func (t *table) statusText(rec *record, said statusWord) string {
	s := t.schema
	if at := said.column - 1; at >= 0 {
		return s.nameOf(at) + " " + quote(t.text(t.cell(rec, at), rec.bytes))
	}
	for _, i := range slices.Concat([]int{s.status}, s.flags, s.notes, []int{s.time}) {
		if b := t.cell(rec, i); len(b) > 0 && string(b) != "0" {
			name := s.nameOf(i)
			if word := classifierWords[string(b)]; i == s.status && word != "" && t.isClassifier() {
				return quote(string(b)) + " (" + word + ")"
			}
			if i == s.status || i == s.time {
				return quote(t.text(b, rec.bytes))
			}
			if w := statusOf(t.text(b, rec.bytes)); w.verdict == needsPerson || slices.Contains(s.flags, i) {
				return name + " " + quote(t.text(b, rec.bytes))
			}
		}
	}
	return `""`
}

// timeMark makes a mark of the time cell.
func (t *table) timeMark(rec *record, at []byte, time timeCell) (Mark, string) {
	switch time.kind {
	case noTime:
		return Mark{}, t.otherClock(rec)
	case bareNumber:
		if t.bareNumbers++; t.bareNumbers == 1 {
			t.bareNumber = string(at)
		}
		return Mark{}, "bare number: " + quote(string(at)) + "; set time_unit"
	case offClock:
		return Mark{}, t.clock.reason
	case remarked:
		return Mark{}, "remark behind the time: " + quote(t.text(at, rec.bytes)) + "; take it out in the timing program"
	case notATime:
		return Mark{}, "not a time: " + quote(t.text(at, rec.bytes)) + fixCell
	}
	m, err := TimeMark(time.hundredths, int(time.decimals))
	if err != nil {
		return Mark{}, "not a time: " + quote(string(at)) + fixCell
	}
	if t.rules.Rounding != RoundNone || t.rules.MinutesPastHour {
		m = t.rules.written(m)
	}
	return m, t.believed(m, time)
}

// written is a time as the race wants it: rounded, and in minutes past the hour.
func (r *Rules) written(m Mark) Mark {
	m = m.Rounded(r.Rounding)
	if r.MinutesPastHour {
		m = m.InMinutes()
	}
	return m
}

// outside reports whether a person has said that a time cannot be.
func (r *Rules) outside(m Mark) bool {
	return m.Code() == NoCode && (!r.Fastest.IsZero() && m.Before(r.Fastest) || !r.Slowest.IsZero() && r.Slowest.Before(m))
}

// bounds says why a time is outside of what is believed, or nothing.
func (r *Rules) bounds(m Mark) string {
	switch {
	case !r.Fastest.IsZero() && m.Before(r.Fastest):
		return "faster than fastest: " + m.String() + "; if it is right, change fastest"
	case r.Fastest.IsZero() && m.Hundredths() < 6000:
		return "under one minute: " + m.String() + "; if it is right, set fastest"
	case !r.Slowest.IsZero() && r.Slowest.Before(m):
		return "slower than slowest: " + m.String() + "; if it is right, change slowest"
	}
	return ""
}

// otherClock holds a row that has a time on the clock that was not chosen: it finished, and nobody fills in the
// other clock's time.
func (t *table) otherClock(rec *record) string {
	s := t.schema
	if s.other < 0 || readTime(t.cell(rec, s.other)).kind != clearTime {
		return ""
	}
	return "no " + s.columns.Time + ", only " + s.nameOf(s.other) + "; enter it in the timing program: no clock stands in for the other"
}

// believed says why a time is held although it can be read, or nothing.
func (t *table) believed(m Mark, time timeCell) string {
	r := t.rules
	if m.Hundredths() < sixHours {
		t.underSix = true
	}
	if reason := r.bounds(m); reason != "" {
		return reason
	}
	if r.Slowest.IsZero() && m.Hundredths() >= tenHours && time.fields == 3 && t.clock.kind != timesOfDay {
		t.longTimes = t.longTimes || m.Hundredths()%6000 != 0 || time.decimals > 0
		if !t.longTimes {
			return "could be " + shortened(m) + ", if a spreadsheet took minutes for hours: " + m.String() + "; if it is not, set slowest"
		}
	}
	if r.Slowest.IsZero() && m.Hundredths() >= sixHours && time.fields == 3 && t.maybeTimeOfDay() {
		t.timesOfDay++
		return "could be a time of day: " + m.String() + "; if it is, set start; if it is not, set slowest"
	}
	return ""
}

// tenHours is from where on a time of whole minutes may be what a spreadsheet made of minutes and seconds: typed 28:46, it
// says 28:46:00.
const tenHours = 10 * 3600 * 100

// shortened is a time of whole minutes as it was perhaps typed: 28:46:00 as 28:46.
func shortened(m Mark) string {
	minutes := m.Hundredths() / 6000
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}

// maybeTimeOfDay reports whether nothing yet says that the column holds the time since the start: a heading, or a
// row under six hours. Without a header a reader's log and a list of results look the same.
func (t *table) maybeTimeOfDay() bool {
	if t.schema.elapsed || t.clock.kind == timesOfDay {
		return false
	}
	return t.schema.line == 0 || !t.underSix
}

// misplaced says why the cells of a row may not stand under their headings, or nothing. A row that ends early is
// sound as far as it goes; one with more cells than the header has a delimiter too many somewhere.
func (t *table) misplaced(rec *record) string {
	s := t.schema
	if len(rec.cells) == s.width {
		return ""
	}
	n := widthOf(rec)
	switch {
	case rec.irregular && len(rec.cells) < s.width: // a quote may have swallowed a delimiter
	case n > s.width && (rec.irregular || rec.bare || t.pushed(rec, n-s.width)):
	case n < s.width && t.pulled(rec):
	default:
		return ""
	}
	reason := "cells out of place: this row has " + strconv.Itoa(n) + ", "
	const fix = "; look for a delimiter inside a cell, or one that is missing"
	if s.line == 0 {
		return reason + "the first " + strconv.Itoa(s.width) + fix
	}
	return reason + "the header " + strconv.Itoa(s.width) + fix
}

// pushed reports whether the extra cells of a row could stand to the left of what is read: then the bib, the time or
// the status could be found further right.
func (t *table) pushed(rec *record, extra int) bool {
	s := t.schema
	for i := 1; i <= extra; i++ {
		at := s.time + i
		if at >= len(rec.cells) {
			break
		}
		b := rec.trimmed(at)
		if len(b) == 0 || b[0] >= '0' && b[0] <= '9' || readTime(b).kind != notATime {
			return true
		}
	}
	if s.status > s.time || s.bib > s.time {
		return true
	}
	for i := s.width; i < len(rec.cells); i++ {
		if statusOf(string(rec.trimmed(i))).verdict == saysCode {
			return true
		}
	}
	return false
}

// pulled reports whether a short row lacks a cell in its middle: a time stands where no time belongs.
func (t *table) pulled(rec *record) bool {
	s := t.schema
	for i := range min(s.time, len(rec.cells)) {
		if i < len(s.header.roles) && s.header.roles[i] == noRole || s.header.roles == nil {
			continue
		}
		untimed := i < len(s.header.roles) && (plainRole(s.header.roles[i]) || textColumn(s.header.texts[i]))
		if untimed && readTime(rec.trimmed(i)).kind == clearTime {
			return true
		}
	}
	return false
}

// plainRole reports a column in which no time can stand.
func plainRole(r role) bool {
	return r == bibRole || r == numberRole || r == placeRole
}

// noTimeYet says at the header of a list in which everybody is still running.
func (t *table) noTimeYet(r *Reading) {
	if !slices.ContainsFunc(r.Ignored, func(i Ignored) bool { return i.Reason == noTimeReason }) {
		return
	}
	for i := range r.Ignored {
		if r.Ignored[i].Reason == "header" {
			r.Ignored[i].Reason = "header; no row has a time yet"
			return
		}
	}
}

// noTimeReason is why the row of an athlete without a result is left out.
const noTimeReason = "no time"
