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
	lifPlace   = 0
	lifID      = 1
	lifLast    = 3
	lifTime    = 6
	lifLicense = 7  // the license
	lifStart   = 10 // in the event's line
	lifLeast   = 8  // fields of a row that is whole at least as far as its time
)

// lifDelimiters are what the fields of a FinishLynx file may stand between; the program writes what it is told to.
const lifDelimiters = ",\t;"

// lifReader reads the lines of a FinishLynx file.
type lifReader struct {
	*decoded
	delim   byte
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
	l := &lifReader{decoded: d, delim: ','}
	if delim, ok := lifDelimiter(headOf(d, firstLineBytes)); ok {
		l.delim = delim
	}
	var refused *FileError
	textLines(d.data, func(line textLine) bool {
		refused = l.line(line)
		return refused == nil
	})
	switch {
	case refused != nil:
		return nil, refused
	case l.event == 0:
		return &Reading{Format: "lif", Encoding: d.name, Delimiter: string(l.delim)}, nil
	case !l.started && !l.said && l.rows > 0:
		return nil, lynxStartList()
	}
	reading, err := l.sheet.read("lif", d, rules, tail)
	if err != nil {
		return nil, err
	}
	reading.Delimiter = string(l.delim)
	return reading, nil
}

// line reads one line of the file.
func (l *lifReader) line(line textLine) *FileError {
	started, event := lifEvent(trim(line.bytes), l.delim)
	if l.event == 0 && lifNameless(trim(line.bytes), l.delim) {
		started, event = true, true
	}
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
	case event && (started || bareEvent(line.bytes, l.delim)):
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
	cells, sure := lifCells(bytes.TrimRight(line.bytes, "\r"), l.delim)
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
	switch reason := lifTrouble(place, time, field(lifLicense)); {
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
func lifTrouble(place, time, behind []byte) string {
	t := readTime(time)
	word := statusOf(string(place)).verdict
	switch {
	case t.kind == notATime && !bytes.ContainsAny(time, "0123456789") && statusOf(string(time)).verdict == unknownWord:
		return "field 7 is no time: a comma too many in the row? take it out in the timing program"
	case t.kind == clearTime && readTime(behind).kind == clearTime:
		return "a time in field 8 as well: a comma too many in the row? take it out in the timing program"
	case (t.kind == clearTime && t.decimals == 0 || t.kind == bareNumber && digits(time)) && digits(behind) && len(behind) <= 3:
		return "the time may have a decimal comma: write it with a point"
	case len(place) == 0 || place[0] >= '0' && place[0] <= '9' || blankStatus(place):
		return ""
	case digits(bytes.TrimLeft(place, "=Tt")): // a tie
		return ""
	case word == unknownWord, word == stillOut && t.kind != noTime:
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
func lifCells(line []byte, delim byte) (cells [][]byte, sure bool) {
	cells = bytes.Split(line, []byte{delim})
	if bytes.IndexByte(line, '"') < 0 {
		return cells, true
	}
	quoted := quotedCells(cells, delim)
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
func quotedCells(cells [][]byte, delim byte) [][]byte {
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
		joined := trim(bytes.Join(cells[i:end+1], []byte{delim}))
		out = append(out, joined[1:len(joined)-1])
		i = end
	}
	return out
}

func closesQuote(cell []byte) bool { return len(cell) > 1 && cell[len(cell)-1] == '"' }
