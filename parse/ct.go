package parse

import (
	"bytes"
	"slices"
)

// A ChronoTrack line is CT01_33 or another number, sequence, location, tag or bib, time, and three fields that do not
// matter, between ~ or commas. Its time is a time of day, ISO or a count from 1970, as was agreed when the stream began.
//
// One stream carries the reads of all places. Those of a place called "finish" count; which other one does is for a
// person to say, because the first one in the file may be the half-way point.
func ctLog() *logFormat {
	return &logFormat{
		name: "ct", what: "ChronoTrack read", bibs: true,
		fields: []string{"format", "sequence", "location", "tag", "time"},
		whole:  func(l *readerLog, b []byte) bool { return l.wholeFields(b, ctSign(b)) },
		read:   (*readerLog).chronoTrack,
	}
}

const ctLocation = 2

// ctSign is what stands between the fields of a line.
func ctSign(b []byte) string {
	if bytes.IndexByte(b, '~') >= 0 {
		return "~"
	}
	return ","
}

// isChronoTrack recognises a log by the name of its format. The words with which a stream begins may stand above.
func isChronoTrack(d *decoded) bool {
	return slices.ContainsFunc(firstTexts(d.data, 5), func(b []byte) bool {
		return ctName(b) && len(b) > 7 && (b[7] == '~' || b[7] == ',')
	})
}

func ctName(b []byte) bool {
	return len(b) >= 7 && bytes.HasPrefix(b, []byte("CT")) && digits(b[2:4]) && b[4] == '_' && digits(b[5:7])
}

// chronoTrack takes one line in.
func (l *readerLog) chronoTrack(line int, b []byte) {
	fields := fieldsOf(b, ctSign(b))
	if isGreeting(fields) {
		l.book.ignore(line, "a message of the reader")
		return
	}
	if !ctName(fields[0]) || len(fields[0]) != 7 || len(fields) < 5 || !digits(fields[1]) {
		l.notARead(line)
		return
	}
	l.noteShape(fields)
	at, ok := readStamp(fields[4])
	if !ok {
		at, ok = unixStamp(fields[4])
	}
	tag := fields[3]
	switch {
	case !isChip(tag):
		l.book.ignore(line, "a message of the reader")
	case !ok:
		l.notARead(line)
	default:
		l.located(line, fields, tag, at)
	}
}

// isGreeting reports what is said on a stream besides reads: ping, ack~start, stream-mode=push.
func isGreeting(fields [][]byte) bool {
	return !ctName(fields[0]) && len(fields) <= 4
}

// located enters a read that was taken at the finish.
func (l *readerLog) located(line int, fields [][]byte, tag []byte, at stamp) {
	place := string(fields[ctLocation])
	reason := l.elsewhere(fields)
	if len(l.rules.Where) == 0 && !saysFinish(place) {
		reason = "read at another place than the finish"
		if l.away == "" {
			l.away = clean(place)
		}
	}
	if reason != "" {
		l.reads++
		l.book.ignore(line, reason)
		return
	}
	l.enter(line, tag, at)
}

// saysFinish reports the name of a place that can be the finish only.
func saysFinish(place string) bool {
	words := headerTokens(place)
	return slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "finish", "finishline", "fin", "ziel", "arrivee", "arrivo", "meta", "llegada", "maali", "maal", "mal", "cil", "finis":
			return true
		}
		return false
	})
}
