package parse

import "bytes"

// recogniseLIF knows a FinishLynx result file, and a start list of the same family, by its first line, or where that
// has no name by the two first ones.
func recogniseLIF(d *decoded) bool {
	_, ok := lifDelimiter(headOf(d, firstLineBytes))
	return ok
}

// lifDelimiter finds the delimiter, if it is such a file at all.
func lifDelimiter(text []byte) (delim byte, ok bool) {
	first := firstTextLine(text)
	for _, delim := range []byte(lifDelimiters) {
		if _, ok := lifEvent(first, delim); ok {
			return delim, true
		}
		if lifNameless(first, delim) && lifRow(textLineBehind(text, first), delim) {
			return delim, true
		}
	}
	return 0, false
}

// textLineBehind is the second line that is not blank.
func textLineBehind(text, first []byte) []byte {
	_, behind, _ := bytes.Cut(text, first)
	return firstTextLine(behind)
}

// firstTextLine is the first line that is not blank.
func firstTextLine(text []byte) (first []byte) {
	textLines(text, func(l textLine) bool {
		first = trim(l.bytes)
		return len(first) == 0
	})
	return first
}

// lifEvent reports whether a line is the line of an event, and whether it has a start time: a start list has none.
// What tells it from a row is the name in the fourth field, no time in the seventh, and how few fields it has.
func lifEvent(line []byte, delim byte) (started, ok bool) {
	const fewest, most = 10, 12
	cells := bytes.Split(line, []byte{delim})
	if len(cells) < fewest || len(cells) > most || !digits(trim(cells[0])) || !digits(trim(cells[2])) {
		return false, false
	}
	if name := trim(cells[3]); len(name) < 2 || readTime(name).kind != notATime {
		return false, false
	}
	for _, c := range cells[lifTime:lifStart] {
		if readTime(trim(c)).kind == clearTime {
			return false, false
		}
	}
	if len(cells) <= lifStart {
		return false, true
	}
	kind := lifStartKind(cells[lifStart])
	return kind == clearTime || kind == remarked, kind != notATime
}

// lifStartKind reads a start, which may have a date in front.
func lifStartKind(cell []byte) timeKind {
	b := trim(cell)
	if date, clock, ok := bytes.Cut(b, []byte(" ")); ok && len(bytes.Trim(date, "0123456789-/.")) == 0 && len(date) >= len("1/1/26") {
		b = trim(clock)
	}
	return readTime(b).kind
}

// lifNameless reports whether a line may be an event whose name is blank, a number or a letter: it has a start time,
// and nothing else behind the name but the distance.
func lifNameless(line []byte, delim byte) bool {
	cells := bytes.Split(line, []byte{delim})
	if len(cells) < lifStart+1 || len(bytes.Trim(bytes.Join(cells[lifStart+1:], nil), " ")) > 0 || !digits(trim(cells[0])) {
		return false
	}
	for _, c := range cells[lifLast+1 : lifStart-1] {
		if len(trim(c)) > 0 {
			return false
		}
	}
	return lifStartKind(cells[lifStart]) == clearTime
}

// bareEvent tells the line of an event without a start from a row that has a place and no time yet: where the row has
// the first name it has the wind or nothing.
func bareEvent(line []byte, delim byte) bool {
	wind := trim(bytes.Split(line, []byte{delim})[lifLast+1])
	return len(bytes.Trim(wind, "+-.,0123456789")) == 0 || bytes.EqualFold(wind, []byte("NWI"))
}

// lifRow reports whether a line is surely a row: a place, an id, and a time where it belongs. It is longer than an event.
func lifRow(line []byte, delim byte) bool {
	cells := bytes.Split(line, []byte{delim})
	return len(cells) > lifStart+2 && digits(trim(cells[lifPlace])) && figureBib(trim(cells[lifID])) && isLIFTime(cells) &&
		len(trim(cells[lifLast])) > 1
}

func lynxStartList() *FileError {
	return &FileError{
		Reason: "this is a FinishLynx start list (.evt), not results: no row has a place or a time",
		Fix:    `let files name the result files, such as files = ["*.lif"]`,
	}
}

// lynxList says which other file of FinishLynx's family a text is that nothing else can read: its schedule is numbers of
// events, rounds and heats, its people are an id and names.
func lynxList(text []byte) *FileError {
	text = completeLines(text[:min(len(text), firstLineBytes)])
	rows, schedule, people, starts, events := 0, 0, 0, 0, 0
	textLines(text, func(l textLine) bool {
		cells := bytes.Split(trim(l.bytes), []byte(","))
		if len(trim(l.bytes)) == 0 || l.bytes[0] == ';' {
			return true
		}
		rows++
		switch {
		case len(cells) < 3:
		case len(cells[0]) == 0 && figureBib(trim(cells[1])):
			starts++
		case digits(trim(cells[0])) && digits(trim(cells[1])) && digits(trim(cells[2])):
			schedule++
			if len(cells) > 3 {
				events++
			}
		case figureBib(trim(cells[0])) && !bytes.ContainsAny(bytes.Join(cells[1:3], nil), "0123456789:"):
			people++
		}
		return true
	})
	kind := ""
	switch {
	case rows < 2:
	case starts > 0 && events > 0 && starts+schedule == rows:
		return lynxStartList()
	case schedule == rows:
		kind = "schedule (.sch)"
	case people == rows:
		kind = "list of people (.ppl)"
	}
	if kind == "" {
		return nil
	}
	return &FileError{
		Reason: "this looks like a FinishLynx " + kind + ", not results",
		Fix:    `let files name the result files, such as files = ["*.lif"]; if it is another table, name its columns in [race.columns]`,
	}
}
