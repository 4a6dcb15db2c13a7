package parse

// A RACE RESULT line is no;bib or chip;date;time of day;… between semicolons, some twenty fields of which these four
// matter; a decoder that pushes its passings puts #P in front. The date may be empty or 0000-00-00.
func rrLog() *logFormat {
	return &logFormat{
		name: "rr-passings", what: "RACE RESULT passing", fields: []string{}, bibs: true,
		whole: func(l *readerLog, b []byte) bool { return l.wholeFields(b, ";") },
		read:  (*readerLog).raceResult,
	}
}

// rrFields is how many fields the shortest line has that is surely a passing, and rrMarker the bib of a passing that
// somebody triggered by hand.
const (
	rrFields = 8
	rrMarker = "99999"
)

// isRaceResult recognises the first passing.
func isRaceResult(d *decoded) bool {
	_, _, ok := rrRead(rrSplit(firstText(d.data)))
	return ok
}

// rrSplit returns the fields of a line without the sign of a push in front.
func rrSplit(b []byte) [][]byte {
	fields := fieldsOf(b, ";")
	if string(fields[0]) == "#P" {
		fields = fields[1:]
	}
	return fields
}

// raceResult takes one line in.
func (l *readerLog) raceResult(line int, b []byte) {
	fields := rrSplit(b)
	chip, at, ok := rrRead(fields)
	if !ok {
		l.notARead(line)
		return
	}
	l.noteShape(fieldsOf(b, ";"))
	reason := l.elsewhere(fields)
	if string(chip) == rrMarker && l.rules.Passings.Chips == nil {
		reason = "a marker that was set by hand"
	}
	if reason != "" {
		l.book.ignore(line, reason)
		return
	}
	l.enter(line, chip, at)
}

// rrRead takes a line apart.
func rrRead(fields [][]byte) (chip []byte, at stamp, ok bool) {
	if len(fields) < rrFields || !digits(fields[0]) || !isChip(fields[1]) {
		return nil, stamp{}, false
	}
	if at, ok = readStamp(fields[3]); !ok || at.day != noDay {
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
