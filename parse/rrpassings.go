package parse

import (
	"bytes"
	"slices"
)

// A RACE RESULT line is no;bib or chip;date;time of day;… between semicolons, some twenty fields of which these four
// matter; a decoder that pushes its passings puts #P in front. The date may be empty or 0000-00-00.
func rrLog() *logFormat {
	return &logFormat{
		name: "rr-passings", what: "RACE RESULT passing", fields: []string{}, bibs: true,
		whole: func(l *readerLog, b []byte) bool { return l.wholeFields(fieldsOf(b, ";"), -1) },
		read:  (*readerLog).raceResult,
	}
}

const (
	// rrFields is how many fields the shortest line has that is surely a passing, and rrShort the shortest of a line
	// of which something else says that. Something stands behind the time in both, so that it is not torn.
	rrFields = 8
	rrShort  = 5
	rrMarker = "99999" // the bib of a passing that somebody triggered by hand
	rrPush   = "#P"
	rrTime   = 3 // the field with the time
)

// isRaceResult recognises the first passing, below what a decoder answers to commands.
func isRaceResult(d *decoded) bool {
	for _, b := range firstTexts(d.data, 10) {
		fields := fieldsOf(b, ";")
		if string(fields[0]) == rrPush && len(fields) > 2 && digits(fields[1]) {
			return true
		}
		switch _, _, ok := rrRead(fields, rrFields); {
		case ok:
			return true
		case !rrReply(fields):
			return false
		}
	}
	return false
}

// rrReply reports what a decoder says besides passings, such as GETSTATUS;2026-05-17;…
func rrReply(fields [][]byte) bool {
	const shortest = 4
	return len(fields[0]) >= shortest && len(fields) > 1 && !slices.ContainsFunc(fields[0], func(c byte) bool { return c < 'A' || c > 'Z' })
}

// rrPassing returns the fields of a line without the sign of a push in front.
func rrPassing(fields [][]byte) [][]byte {
	if string(fields[0]) == rrPush {
		return fields[1:]
	}
	return fields
}

// raceResult takes one line in.
func (l *readerLog) raceResult(line int, b []byte) {
	fields := fieldsOf(b, ";")
	passing := rrPassing(fields)
	chip, at, ok := rrRead(passing, rrShort)
	switch {
	case ok && rrMerged(passing):
		l.others++
		l.book.hold(line, "", "two lines in one"+fixTorn)
		return
	case !ok && rrReply(fields):
		l.book.ignore(line, "a message of the reader")
		return
	case !ok:
		l.notARead(line)
		return
	}
	l.noteShape(fields, -1)
	if string(chip) == rrMarker && l.rules.Passings.Chips == nil {
		l.book.ignore(line, "a marker that was set by hand")
		return
	}
	l.readAt(line, passing, chip, at)
}

// rrRead takes a line apart that has at least so many fields.
func rrRead(fields [][]byte, least int) (chip []byte, at stamp, ok bool) {
	if len(fields) < least || !digits(fields[0]) || !isChip(fields[1]) {
		return nil, stamp{}, false
	}
	if at, ok = readStamp(fields[rrTime]); !ok || at.day != noDay {
		return nil, stamp{}, false
	}
	if len(fields[2]) > 0 {
		date, rest, dated := readDate(fields[2])
		if !dated || len(rest) > 0 {
			return nil, stamp{}, false
		}
		at.day, at.swapped = date.day, date.swapped
	}
	return fields[1], at, true
}

// rrMerged reports a line whose end was never written, with the next one behind it: the decimals of the time run into
// the number of the next passing, and its chip and its time follow.
func rrMerged(fields [][]byte) bool {
	const next = rrTime + 1
	if len(fields) <= next+2 || !isChip(fields[next]) {
		return false
	}
	at, ok := readStamp(fields[next+2])
	return ok && at.day == noDay && bytes.IndexByte(fields[next+2], ':') > 0
}
