package parse

import (
	"bytes"
	"strings"
)

// A FinishLynx result file has one heat. Its first line is the event: number, round, heat, name, wind, unit, three
// more, distance, start time. Each further line is a row of the fields below, which are more than the first line has.
var lifFields = [...]struct {
	heading string
	role    role
}{
	{"Place", placeRole},
	{"Id", bibRole},
	{"Lane", otherRole},
	{"Last name", otherRole},
	{"First name", otherRole},
	{"Affiliation", otherRole},
	{"Time", timeRole},
	{"License", otherRole},
	{"Delta time", otherRole},
	{"Reaction time", otherRole},
	{"Splits", otherRole},
	{"Start time", otherRole},
	{"User 1", otherRole},
	{"User 2", otherRole},
	{"User 3", otherRole},
	{"Split 1", otherRole},
	{"Split 2", otherRole},
}

// Where the fields stand that are read.
const (
	lifPlace = 0
	lifID    = 1
	lifTime  = 6
	lifStart = 10 // in the event's line
	lifLeast = 8  // fields of a row that is whole at least as far as its time
)

// recogniseLIF knows a FinishLynx result file, and a start list of the same family, by its first line.
func recogniseLIF(d *decoded) bool {
	_, ok := lifEvent(firstTextLine(headOf(d, firstLineBytes)))
	return ok
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
func lifEvent(line []byte) (started, ok bool) {
	const fewest, most = 10, 12
	cells := bytes.Split(line, []byte(","))
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
	kind := readTime(trim(cells[lifStart])).kind
	return kind == clearTime || kind == remarked, kind != notATime
}

// lifReader reads the lines of a FinishLynx file.
type lifReader struct {
	*decoded
	sheet   *sheet
	event   int  // the line of the first event, else 0
	another int  // the line of a second one, else 0
	started bool // the event has a start time
	said    bool // a row has a place or a time
	rows    int
	width   int // the most fields of a row
}

// readLIF reads a FinishLynx result file.
func readLIF(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	d.data = unixLines(d.data)
	if tail == TailGrowing {
		d.data = completeLines(d.data)
	}
	l := &lifReader{decoded: d}
	var refused *FileError
	textLines(d.data, func(line textLine) bool {
		refused = l.line(line)
		return refused == nil
	})
	switch {
	case refused != nil:
		return nil, refused
	case l.event == 0:
		return &Reading{Format: "lif", Encoding: d.name, Delimiter: ","}, nil
	case !l.started && !l.said && l.rows > 0:
		return nil, lynxStartList()
	}
	reading, err := l.sheet.read("lif", d, rules, tail)
	if err != nil {
		return nil, err
	}
	reading.Delimiter = ","
	return reading, nil
}

// line reads one line of the file.
func (l *lifReader) line(line textLine) *FileError {
	started, event := lifEvent(trim(line.bytes))
	switch {
	case l.event == 0 && len(trim(line.bytes)) == 0:
	case l.event == 0 && !event && line.unterminated:
		// The line of the event may still be torn, and there are no rows.
	case l.event == 0 && !event:
		return notOf("the first line is not the event of a FinishLynx result file")
	case l.event == 0:
		l.begin(line.number, started)
	case len(trim(line.bytes)) == 0:
		l.sheet.ignore(line.number, "blank")
	case event:
		l.another = line.number
		l.sheet.ignore(line.number, "another event")
	case line.unreadable() != "":
		l.sheet.hold(line.number, "", line.unreadable())
	default:
		l.row(line)
	}
	return nil
}

// begin begins the table at the line of the event.
func (l *lifReader) begin(line int, started bool) {
	l.event, l.started = line, started
	var headings []string
	var roles []role
	for _, f := range lifFields {
		headings, roles = append(headings, f.heading), append(roles, f.role)
	}
	l.sheet = newSheet(line, headings...)
	l.sheet.roles, l.sheet.elapsed = roles, true
	l.sheet.ignore(line, "event")
}

// row adds one row to the table, or holds it.
func (l *lifReader) row(line textLine) {
	l.rows++
	cells, sure := lifCells(bytes.TrimRight(line.bytes, "\r"))
	field := func(i int) []byte {
		if i >= len(cells) {
			return nil
		}
		return trim(cells[i])
	}
	place, time := field(lifPlace), field(lifTime)
	l.said = l.said || len(place) > 0 || len(time) > 0
	bib := l.text(field(lifID), line.bytes)
	if bibProblem([]byte(bib)) != "" {
		bib = ""
	}
	switch reason := lifTrouble(place, time); {
	case line.unterminated && len(cells) < max(l.width, lifLeast):
		l.sheet.hold(line.number, "", "the last line is not complete"+fixLast)
		return
	case l.another > 0:
		l.sheet.hold(line.number, "", "below another event: a FinishLynx result file has one heat; export each heat into a file of its own")
		return
	case !sure:
		l.sheet.hold(line.number, "", "a quote may hide a comma: it is not clear which field is the time; take it out in the timing program")
		return
	case reason != "":
		l.sheet.hold(line.number, bib, reason)
		return
	}
	l.width = max(l.width, len(cells))
	texts := make([]string, len(lifFields))
	for i := range texts {
		texts[i] = l.text(field(i), line.bytes)
	}
	l.kept.wrote(line.number, lifTime, texts[lifTime])
	texts[lifTime] = lifSeconds(texts[lifTime])
	l.sheet.add(line.number, texts...)
}

// lifTrouble says why a row cannot be believed, or nothing. What stands in a field that should be a time may be part of
// a name, after a comma too many, and is not repeated.
func lifTrouble(place, time []byte) string {
	kind := readTime(time).kind
	word := statusOf(string(place))
	switch {
	case kind == notATime && !bytes.ContainsAny(time, "0123456789") && statusOf(string(time)).verdict == unknownWord:
		return "field 7 is no time: a comma too many in the row?"
	case len(place) == 0 || place[0] >= '0' && place[0] <= '9' || blankStatus(place):
		return ""
	case word.verdict == unknownWord && kind != noTime:
		return "status: " + quote(string(place)) + fixStatus
	}
	return ""
}

// lifSeconds writes a time under a minute, which FinishLynx writes as seconds and decimals, so that it can mean nothing
// else.
func lifSeconds(time string) string {
	whole, decimals, _ := strings.Cut(time, ".")
	if len(whole) == 1 {
		whole = "0" + whole
	}
	if len(whole) != 2 || whole[0] > '5' || !digits([]byte(whole)) || !digits([]byte(decimals)) {
		return time
	}
	return "0:" + whole + "." + decimals
}

// lifCells cuts a row at its commas. A quote is a character like any other in these files, but some programs that write
// them quote a cell with a comma in it; sure is false where the two ways put different things into the field of the time.
func lifCells(line []byte) (cells [][]byte, sure bool) {
	cells = bytes.Split(line, []byte(","))
	if bytes.IndexByte(line, '"') < 0 {
		return cells, true
	}
	quoted := quotedCells(cells)
	if len(quoted) == len(cells) {
		return quoted, true
	}
	plainTime, quotedTime := isLIFTime(cells), isLIFTime(quoted)
	if quotedTime && !plainTime {
		return quoted, true
	}
	return cells, !plainTime || !quotedTime
}

func isLIFTime(cells [][]byte) bool {
	return len(cells) > lifTime && readTime(trim(cells[lifTime])).kind == clearTime
}

// quotedCells joins the cells from one that begins with a quote to the next one that ends with one, and takes the
// quotes off.
func quotedCells(cells [][]byte) [][]byte {
	var out [][]byte
	open := false // a quote that nothing closes: there is none that closes a later one
	for i := 0; i < len(cells); i++ {
		end := i
		if c := trim(cells[i]); !open && len(c) > 0 && c[0] == '"' {
			for end < len(cells) && !closesQuote(trim(cells[end])) {
				end++
			}
			open = end == len(cells)
		}
		if c := trim(cells[i]); open || len(c) == 0 || c[0] != '"' {
			out = append(out, cells[i])
			continue
		}
		joined := trim(bytes.Join(cells[i:end+1], []byte(",")))
		out = append(out, joined[1:len(joined)-1])
		i = end
	}
	return out
}

func closesQuote(cell []byte) bool { return len(cell) > 1 && cell[len(cell)-1] == '"' }

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
