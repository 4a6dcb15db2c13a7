package parse

import (
	"bytes"
	"slices"
	"strconv"
)

// An RFID Timing line is antenna,chip,number,"time", perhaps with reader and antenna behind, or chip and time, perhaps
// with reader and antenna behind. The signs between them are commas, TABs or semicolons, or blanks between chip and time.
// The time has a date in front or not, and one file may have several forms of it. The number is the chip in hexadecimal,
// or the same again. Antenna 0 and chip 0 is the start button.
func rfidLog() *logFormat {
	return &logFormat{
		name: "rfid", what: "RFID chip read", fields: []string{},
		gun:   rfidGun,
		whole: (*readerLog).rfidWhole,
		read:  (*readerLog).rfid,
	}
}

// rfidFields splits a line at the sign that stands in it first.
func rfidFields(b []byte) [][]byte {
	if i := bytes.IndexAny(b, ",;\t"); i >= 0 {
		return fieldsOf(b, string(b[i:i+1]))
	}
	chip, time, _ := bytes.Cut(b, []byte(" "))
	return [][]byte{unquoted(chip), unquoted(time)}
}

// isRFID recognises the first read. A list of bibs and race times must not look like it: the time has a date, or
// thousandths, as a reader writes them and a list of results does not, and is too late to be a race time.
func isRFID(d *decoded) bool {
	b := firstText(d.data)
	r, ok := rfidRead(rfidFields(b))
	if !ok {
		return false
	}
	return r.at.day != noDay || r.at.nanos >= sixHours*nanosPerHundredth && bytes.ContainsAny(b, ",\t") && rfidThousandths(b)
}

// rfidThousandths reports a time of exactly three decimals.
func rfidThousandths(b []byte) bool {
	for _, f := range rfidFields(b) {
		if n := len(f); n > 4 && f[n-4] == '.' && digits(f[n-3:]) && bytes.IndexByte(f, ':') > 0 {
			return true
		}
	}
	return false
}

// rfidLine is what one line says.
type rfidLine struct {
	antenna, chip, number []byte // antenna and number where the line has them
	at                    stamp
	timeAt                int // the field with the time
}

// rfid takes one line in.
func (l *readerLog) rfid(line int, b []byte) {
	fields := rfidFields(b)
	r, ok := rfidRead(fields)
	if !ok {
		l.notARead(line)
		return
	}
	if l.tornTime(b, fields, r.timeAt) {
		l.holdTorn(line)
		return
	}
	l.noteShape(fields, r.timeAt)
	if at, fired := rfidGun(b); fired {
		l.fired(line, at)
		return
	}
	l.readAt(line, fields, l.rfidChip(r), r.at)
}

// rfidChip returns the chip as the chip map has it: decimal, or in hexadecimal as the number behind it.
func (l *readerLog) rfidChip(r rfidLine) []byte {
	chips := l.rules.Passings.Chips
	if _, ok := chips[string(chipKey(r.chip))]; ok || chips == nil || bytes.Equal(r.chip, r.number) {
		return r.chip
	}
	n, err := strconv.ParseUint(string(r.chip), 10, 64)
	hex, also := strconv.ParseUint(string(r.number), 16, 64)
	if err == nil && also == nil && n == hex {
		if _, ok := chips[string(chipKey(r.number))]; ok {
			return r.number
		}
	}
	return r.chip
}

// rfidWhole reports whether a last line without a newline is a whole one.
func (l *readerLog) rfidWhole(b []byte) bool {
	fields := rfidFields(b)
	r, ok := rfidRead(fields)
	return ok && l.wholeFields(fields, r.timeAt)
}

// rfidGun returns the time of the start button.
func rfidGun(b []byte) (stamp, bool) {
	r, ok := rfidRead(rfidFields(b))
	return r.at, ok && string(r.antenna) == "0" && string(r.chip) == "0"
}

// rfidRead takes a line apart.
func rfidRead(fields [][]byte) (r rfidLine, ok bool) {
	if n := len(fields); n >= 2 && n <= 4 {
		if at, timed := readStamp(fields[1]); timed {
			r = rfidLine{chip: fields[0], at: at, timeAt: 1}
			return r, isChip(r.chip) && !slices.ContainsFunc(fields[2:], notAPort)
		}
	}
	if len(fields) != 4 && len(fields) != 6 || notAPort(fields[0]) {
		return rfidLine{}, false
	}
	r = rfidLine{antenna: fields[0], chip: fields[1], number: fields[2], timeAt: 3}
	r.at, ok = readStamp(fields[3])
	return r, ok && isChip(r.chip)
}

// notAPort reports what cannot be the number of an antenna or a reader.
func notAPort(b []byte) bool { return !digits(b) || len(b) > 3 }

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
