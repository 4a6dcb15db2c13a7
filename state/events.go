package state

import (
	"encoding/binary"
	"unicode/utf8"

	"finishwatch/parse"
)

// event is an [Event] as it is stored, behind the record of its bib.
type event struct {
	at        int64 // in milliseconds since 1970
	kind      uint8 // the number of its kind
	mode      uint8 // the number of its mode
	mark, old parse.Mark
	file      string
	line      int
	words     string
}

// The bounds of a history. A record stays small whatever happens to its bib.
const (
	maxEvents  = 32
	maxHistory = 2000 // bytes
	maxFile    = 64
	maxWords   = 80
)

// What follows the two bytes in front of a stored event: the kind and the mode; which of these there are.
const (
	hasMark = 1 << iota // else the mark is that of the event before
	hasOld
	hasPlace
	hasWords
)

const modeShift = 5 // the kind has the lower bits of the first byte

// encodeHistory stores events, the oldest first, and leaves out the oldest where there are too many.
func encodeHistory(events []event) []byte {
	for {
		b := make([]byte, 0, 64)
		before := event{}
		for _, e := range events {
			b = e.append(b, before)
			before = e
		}
		if len(events) <= maxEvents && len(b) <= maxHistory {
			return b
		}
		i := expendable(events)
		events = append(events[:i:i], events[i+1:]...)
	}
}

// append stores an event behind another one.
func (e event) append(b []byte, before event) []byte {
	file, words := tailOf(e.file), head(e.words, maxWords)
	has := byte(0)
	for i, there := range [...]bool{e.mark != before.mark, !e.old.IsZero(), file != "" || e.line != 0, words != ""} {
		if there {
			has |= 1 << i
		}
	}
	b = append(b, e.kind|e.mode<<modeShift, has)
	b = binary.AppendVarint(b, e.at-before.at)
	if has&hasMark != 0 {
		b = appendMark(b, e.mark)
	}
	if has&hasOld != 0 {
		b = appendMark(b, e.old)
	}
	if has&hasPlace != 0 {
		b = binary.AppendUvarint(appendText(b, file), uint64(max(e.line, 0)))
	}
	if has&hasWords != 0 {
		b = appendText(b, words)
	}
	return b
}

// head returns the first bytes of a text, without half a letter at the end.
func head(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}

// tailOf returns the end of a long path: there is the name.
func tailOf(path string) string {
	if len(path) <= maxFile {
		return path
	}
	from := len(path) - maxFile
	for from < len(path) && !utf8.RuneStart(path[from]) {
		from++
	}
	return path[from:]
}

// decodeHistory appends the events of a stored history. It stops where it does not understand: the record before it is
// sound all the same, and what a later version may have written is no reason to refuse a race.
func decodeHistory(b []byte, events []event) []event {
	before := event{}
	for len(b) > 0 {
		e, rest, err := decodeEvent(b, before)
		if err != nil {
			return events
		}
		events = append(events, e)
		b, before = rest, e
	}
	return events
}

func decodeEvent(b []byte, before event) (e event, rest []byte, err error) {
	if len(b) < 2 {
		return event{}, nil, errRecord
	}
	e.kind, e.mode = b[0]&(1<<modeShift-1), b[0]>>modeShift
	has := b[1]
	delta, n := binary.Varint(b[2:])
	if n <= 0 || int(e.kind) >= len(kinds) || int(e.mode) >= len(modes) {
		return event{}, nil, errRecord
	}
	e.at, e.mark = before.at+delta, before.mark
	b = b[2+n:]
	if has&hasMark != 0 {
		if e.mark, b, err = decodeMark(b); err != nil {
			return event{}, nil, err
		}
	}
	if has&hasOld != 0 {
		if e.old, b, err = decodeMark(b); err != nil {
			return event{}, nil, err
		}
	}
	if has&hasPlace != 0 {
		if e.file, b, err = decodeText(b); err != nil {
			return event{}, nil, err
		}
		line, n := binary.Uvarint(b)
		if n <= 0 {
			return event{}, nil, errRecord
		}
		e.line, b = int(line), b[n:]
	}
	if has&hasWords != 0 {
		if e.words, b, err = decodeText(b); err != nil {
			return event{}, nil, err
		}
	}
	return e, b, nil
}

// expendable returns the oldest event that does not explain a mark of the record: the last one to set what was seen,
// offered or confirmed stays.
func expendable(events []event) int {
	seen, offered, confirmed := -1, -1, -1
	for i, e := range events {
		switch kinds[e.kind] {
		case EventRead, EventCorrected:
			seen = i
		case EventOffered:
			if e.mark.IsZero() {
				confirmed = i
			} else {
				offered = i
			}
		case EventConfirmed:
			confirmed = i
		case EventRemoved:
			seen, offered, confirmed = i, i, i
		}
	}
	for i := range events {
		if i != seen && i != offered && i != confirmed {
			return i
		}
	}
	return 0
}

// history returns the history of a stored record.
func (s sealer) history(bib, value []byte) ([]byte, error) {
	if value == nil {
		return nil, nil
	}
	body, err := s.unseal(bib, value)
	if err != nil {
		return nil, err
	}
	return historyOf(body)
}

// end is what has to be known of a stored history to write behind it.
type end struct {
	events int
	last   event // its time and mark only
}

// endOf reads a stored history to its end. An error means that something in it is not understood.
func endOf(b []byte) (at end, err error) {
	mark := []byte(nil)
	for len(b) > 0 {
		if len(b) < 2 || int(b[0]&(1<<modeShift-1)) >= len(kinds) || int(b[0]>>modeShift) >= len(modes) {
			return end{}, errRecord
		}
		has := b[1]
		delta, n := binary.Varint(b[2:])
		if n <= 0 {
			return end{}, errRecord
		}
		at.events++
		at.last.at += delta
		b = b[2+n:]
		if has&hasMark != 0 {
			if mark, b, err = cut(b); err != nil {
				return end{}, err
			}
		}
		if b, err = skipFacts(b, has); err != nil {
			return end{}, err
		}
	}
	if len(mark) > 0 {
		at.last.mark, err = parse.ParseMark(string(mark))
	}
	return at, err
}

// skipFacts reads past what stands behind the mark of a stored event.
func skipFacts(b []byte, has byte) (rest []byte, err error) {
	if has&hasOld != 0 {
		if b, err = skip(b, 1); err != nil {
			return nil, err
		}
	}
	if has&hasPlace != 0 {
		if b, err = skip(b, 1); err != nil {
			return nil, err
		}
		_, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errRecord
		}
		b = b[n:]
	}
	if has&hasWords != 0 {
		return skip(b, 1)
	}
	return b, nil
}
