package parse

import (
	"bytes"
	"encoding/hex"
	"slices"
)

// An IPICO line is hexadecimal: aa, reader (2), chip (12), counters (4), YYMMDDhhmmss, hundredths as a hexadecimal byte
// (2), perhaps six digits of the chip's memory, checksum (2), perhaps FS or LS for the first and last read of a pass.
//
// Lines that begin with ab are what else the reader says. One kind of them is the gun: the trigger of the reader was
// pressed.
const (
	ipicoChip  = 4  // where the chip begins
	ipicoTime  = 20 // where the date begins
	ipicoEnd   = 34 // behind the hundredths
	ipicoRead  = ipicoEnd + 2
	ipicoLong  = ipicoEnd + 8
	ipicoGun   = 30 // characters of a gun line
	gunMessage = "2c"
)

func ipicoLog() *logFormat {
	return &logFormat{
		name: "ipico", what: "IPICO chip read", fields: []string{"reader"},
		gun:   ipicoGunTime,
		whole: func(_ *readerLog, b []byte) bool { _, ok := ipicoStamp(b); return ok },
		read:  (*readerLog).ipico,
	}
}

// isIPICO recognises a read or a message of a reader by its shape and checksum, below a few damaged lines perhaps.
func isIPICO(d *decoded) bool {
	return slices.ContainsFunc(firstTexts(d.data, 5), func(b []byte) bool {
		_, read := ipicoStamp(b)
		return read || ipicoMessage(b)
	})
}

// ipico takes one line in.
func (l *readerLog) ipico(line int, b []byte) {
	at, ok := ipicoStamp(b)
	gun, fired := ipicoGunTime(b)
	switch {
	case ok:
		l.readAt(line, [][]byte{b[2:ipicoChip]}, b[ipicoChip:ipicoChip+12], at)
	case fired:
		l.fired(line, gun)
	case ipicoMessage(b):
		l.book.ignore(line, "a message of the reader")
	case len(b) >= ipicoRead && bytes.EqualFold(b[:2], []byte("aa")):
		l.book.hold(line, "", "a damaged read: its checksum or its time is wrong; read the log out of the reader again")
	default:
		l.notARead(line)
	}
}

// ipicoStamp reads the time of a read whose checksum is right.
func ipicoStamp(b []byte) (stamp, bool) {
	if n := len(b); n == ipicoRead+2 || n == ipicoLong+2 {
		if mark := string(bytes.ToUpper(b[n-2:])); mark != "FS" && mark != "LS" {
			return stamp{}, false
		}
		b = b[:n-2]
	}
	if len(b) != ipicoRead && len(b) != ipicoLong || !bytes.EqualFold(b[:2], []byte("aa")) || !ipicoSum(b) {
		return stamp{}, false
	}
	return ipicoTimeOf(b[ipicoTime:ipicoTime+6], b[ipicoTime+6:ipicoEnd])
}

// ipicoGunTime reads the time of a gun: ab, reader, length, message, YYMMDD, day of the week, hhmmss, hundredths, two
// bytes more, checksum.
func ipicoGunTime(b []byte) (stamp, bool) {
	if len(b) != ipicoGun || !ipicoMessage(b) || !bytes.EqualFold(b[6:8], []byte(gunMessage)) {
		return stamp{}, false
	}
	return ipicoTimeOf(b[8:14], b[16:24])
}

// ipicoMessage reports a line of a reader that is no read.
func ipicoMessage(b []byte) bool {
	return len(b) >= 10 && len(b) <= 200 && len(b)%2 == 0 && bytes.EqualFold(b[:2], []byte("ab")) && ipicoSum(b)
}

// ipicoTimeOf makes a stamp of YYMMDD and of hhmmss with a hexadecimal byte of hundredths.
func ipicoTimeOf(date, clock []byte) (s stamp, ok bool) {
	var hundredths [1]byte
	if _, err := hex.Decode(hundredths[:], clock[6:8]); err != nil || hundredths[0] > 99 || !digits(date) || !digits(clock[:6]) {
		return stamp{}, false
	}
	two := func(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }
	s.day, ok = dayOf(2000+two(date), two(date[2:]), two(date[4:]))
	s.swapped, s.decimals = noDay, 2
	h, m, sec := two(clock), two(clock[2:]), two(clock[4:])
	if h > 23 || m > 59 || sec > 59 {
		return stamp{}, false
	}
	s.nanos = int64(h*3600+m*60+sec)*nanosPerSecond + int64(hundredths[0])*nanosPerHundredth
	return s, ok
}

// ipicoSum checks the last two digits: the sum of the characters between the header and them.
func ipicoSum(b []byte) bool {
	sum := byte(0)
	for _, c := range b[2 : len(b)-2] {
		if c < '0' || c > '9' && c < 'A' || c > 'F' && c < 'a' || c > 'f' {
			return false
		}
		sum += c
	}
	var want [1]byte
	_, err := hex.Decode(want[:], b[len(b)-2:])
	return err == nil && want[0] == sum
}
