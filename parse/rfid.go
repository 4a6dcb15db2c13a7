package parse

import "bytes"

// An RFID Timing line is antenna,chip,number,"time", perhaps with reader and antenna behind, or chip, TAB, time. The
// time has a date in front or not, and one file may have several forms of it.
func rfidLog() *logFormat {
	return &logFormat{
		name: "rfid", what: "RFID chip read", fields: []string{},
		whole: func(l *readerLog, b []byte) bool { return l.wholeFields(b, rfidSign(b)) },
		read:  (*readerLog).rfid,
	}
}

// rfidSign is what stands between the fields of a line.
func rfidSign(b []byte) string {
	if bytes.IndexByte(b, '\t') >= 0 {
		return "\t"
	}
	return ","
}

// isRFID recognises the first read. A list of bibs and race times must not look like it: the time has a date, or
// thousandths, as a reader writes them and a list of results does not, and is too late to be a race time.
func isRFID(d *decoded) bool {
	b := firstText(d.data)
	_, at, ok := rfidRead(fieldsOf(b, rfidSign(b)))
	if !ok {
		return false
	}
	return at.day != noDay || at.nanos >= sixHours*nanosPerHundredth && rfidThousandths(b)
}

// rfidThousandths reports a time of exactly three decimals.
func rfidThousandths(b []byte) bool {
	for _, f := range fieldsOf(b, rfidSign(b)) {
		if n := len(f); n > 4 && f[n-4] == '.' && digits(f[n-3:]) && bytes.IndexByte(f, ':') > 0 {
			return true
		}
	}
	return false
}

// rfid takes one line in.
func (l *readerLog) rfid(line int, b []byte) {
	fields := fieldsOf(b, rfidSign(b))
	chip, at, ok := rfidRead(fields)
	if !ok {
		l.notARead(line)
		return
	}
	l.noteShape(fields)
	if reason := l.elsewhere(fields); reason != "" {
		l.book.ignore(line, reason)
		return
	}
	l.enter(line, chip, at)
}

// rfidRead takes a line apart.
func rfidRead(fields [][]byte) (chip []byte, at stamp, ok bool) {
	time := fields[len(fields)-1]
	switch len(fields) {
	case 2:
		chip = fields[0]
	case 4, 6:
		chip, time = fields[1], fields[3]
		if !digits(fields[0]) || len(fields[0]) > 3 {
			return nil, stamp{}, false
		}
	default:
		return nil, stamp{}, false
	}
	at, ok = readStamp(time)
	return chip, at, ok && isChip(chip)
}

// isChip reports letters and figures with at least one figure.
func isChip(b []byte) bool {
	figure := false
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			figure = true
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == ':', c == '_':
		default:
			return false
		}
	}
	return figure && len(b) <= maxChip
}
