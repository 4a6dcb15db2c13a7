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
		gun:    ctGun,
		whole:  func(l *readerLog, b []byte) bool { return l.wholeFields(fieldsOf(b, ctSign(b)), ctTime) },
		read:   (*readerLog).chronoTrack,
	}
}

// Fields of a line.
const (
	ctLocation = 2
	ctTag      = 3
	ctTime     = 4
)

// Tags that are none.
const (
	gunTag  = "guntime"
	moveTag = "newlocation" // a reader was put somewhere else
)

// ctSign is what stands between the fields of a line.
func ctSign(b []byte) string {
	if bytes.IndexByte(b, '~') >= 0 {
		return "~"
	}
	return ","
}

// isChronoTrack recognises a log by the name of its format. The words with which a stream begins may stand above.
func isChronoTrack(d *decoded) bool {
	return slices.ContainsFunc(firstTexts(d.data, 20), func(b []byte) bool {
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
	if !ctEvent(fields) {
		l.notARead(line)
		return
	}
	l.noteShape(fields, ctTime)
	at, ok := ctStamp(fields[ctTime])
	tag := fields[ctTag]
	switch {
	case string(tag) == moveTag:
		l.book.ignore(line, "a message of the reader")
	case !ok:
		l.notARead(line)
	case string(tag) == gunTag:
		l.fired(line, at)
	case !isChip(tag):
		l.reads++
		l.book.hold(line, "", "no bib: "+quote(string(tag))+fixCell)
	default:
		l.located(line, fields, tag, at)
	}
}

// ctEvent reports the fields of a line that says when something was seen. More follows the time, so that it is not torn.
func ctEvent(fields [][]byte) bool {
	return ctName(fields[0]) && len(fields[0]) == 7 && len(fields) > ctTime+1 && digits(fields[1])
}

// ctGun returns the time of a gun.
func ctGun(b []byte) (stamp, bool) {
	fields := fieldsOf(b, ctSign(b))
	if !ctEvent(fields) || string(fields[ctTag]) != gunTag {
		return stamp{}, false
	}
	return ctStamp(fields[ctTime])
}

// ctStamp reads a time in any of the forms that can be agreed on.
func ctStamp(b []byte) (stamp, bool) {
	if at, ok := readStamp(b); ok {
		return at, true
	}
	if at, ok := unixStamp(b); ok {
		return at, true
	}
	return dayStamp(b)
}

// isGreeting reports what is said on a stream besides reads: ping, ack~start, stream-mode=push.
func isGreeting(fields [][]byte) bool {
	return !ctName(fields[0]) && len(fields) <= 4
}

// located enters a read that was taken at the finish.
func (l *readerLog) located(line int, fields [][]byte, tag []byte, at stamp) {
	if len(l.rules.Where) > 0 {
		l.readAt(line, fields, tag, at)
		return
	}
	place := string(fields[ctLocation])
	if saysFinish(place) {
		l.enter(line, tag, at)
		return
	}
	l.reads++
	l.book.ignore(line, "read at another place than the finish")
	const most = 10
	if name := clean(place); len(l.away) < most && !slices.Contains(l.away, name) {
		l.away = append(l.away, name)
	}
}

// saysFinish reports the name of a place that can be the finish only. Before the finish, swim finish, start/finish and
// Finish 5K may be on everybody's way.
func saysFinish(place string) bool {
	words := headerTokens(place)
	finish := false
	for _, w := range words {
		switch w {
		case "finish", "finishline", "fin", "ziel", "arrivee", "arrivo", "meta", "llegada", "maali", "maal", "mal", "cil", "finis":
			finish = true
		case "line", "mat", "gate", "the", "at":
		default:
			return false
		}
	}
	return finish
}
