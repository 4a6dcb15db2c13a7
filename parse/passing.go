package parse

import (
	"bytes"
	"maps"
	"slices"
)

// A passing is one chip read at a mat. It is not yet a Finish: most chips are read many times, before the start and at
// it, lap after lap, and after the finish.
type passing struct {
	line     int
	bib      Bib   // by the chip map, or as the reader wrote it
	since    int64 // nanoseconds from the start, never negative
	decimals int8  // of the read or the start
}

// readerLog is a log of reads that becomes finishes: for each bib the earliest read that counts. It is filled line by
// line by the formats of reader logs, and closed once.
//
// Reads come out of order and are sent again as a whole, so that the finish of a bib is known at the end of the file
// only, and a line that is written later may make it earlier. That is a correction. What a file that is still growing
// says is in every case the time of a read that stands in it.
type readerLog struct {
	rules  *Rules
	tail   Tail
	format *logFormat
	book   *book

	first    map[Bib]passing // the earliest one of each bib
	earlier  map[Bib]bool    // bibs whose earliest passing was found since the last reading
	lines    int             // read so far
	width    int             // fields of the last line that was a read
	widest   [maxTimeAt]int  // the most fields of such lines, by the field with the time
	length   int             // of the longest last field
	decimals int             // the most that a time had
	fixed    bool            // decimals are written when they are zero
	reads    int             // lines that are reads, of whomever
	others   int             // lines that are none
	problem  string          // why a read could not be counted from the start; the first one
	unmapped bool            // a chip was read, and there is no chip map
	byGun    bool            // the start is the gun of this log; another gun may come
	away     []string        // the first few places that are not the finish
	kept     *kept           // nil where nobody asks for accounts
}

// logFormat is what is particular to one kind of reader log.
type logFormat struct {
	name string
	what string // what a line is, for people: "IPICO read"

	// bibs says that the identity in a line may be a bib: then no chip map is needed.
	bibs bool
	// fields are the names of the fields, for [race.where]; fields can always be named by number, but where there are none.
	fields []string
	// gun returns the time of a line that says when the start was given; nil where there are no such lines.
	gun func(line []byte) (stamp, bool)
	// whole reports that a line without a newline is complete.
	whole func(l *readerLog, line []byte) bool
	// read takes one line in.
	read func(l *readerLog, line int, b []byte)
}

// open checks what a log of reads needs before any line of it can be a finish.
func (f *logFormat) open(rules *Rules, tail Tail) (*readerLog, *FileError) {
	a := "these are " + f.what + "s"
	switch {
	case rules.Columns != (Columns{}):
		return nil, &FileError{Reason: a + ", which have no columns to name", Fix: `remove [race.columns], or set format = "csv"`}
	case rules.Clock == "chip":
		return nil, &FileError{Reason: a + ", which count from start", Fix: `set clock = "gun" or remove it`}
	case rules.Passings.Chips == nil && !f.bibs:
		return nil, noChips(a)
	case rules.Start.IsZero():
		return nil, &FileError{Reason: a + " with times of day", Fix: fixStart(""), Key: "start"}
	}
	for name, value := range rules.Where {
		if value == anyValue {
			return nil, &FileError{Reason: a + ", and reads of every place are no finishes", Fix: "say which one is the finish: [race.where] " + clean(name) + " = …"}
		}
		if n, err := f.field(name); err != nil || n < 0 {
			return nil, &FileError{Reason: "no field of " + f.what + "s is called " + quote(name), Fix: "give its number in [race.where]"}
		}
	}
	return &readerLog{rules: rules, tail: tail, format: f, book: newBook(nil), first: make(map[Bib]passing), earlier: make(map[Bib]bool)}, nil
}

func noChips(a string) *FileError {
	return &FileError{
		Reason: a + ", and a chip is not a bib",
		Fix:    `name the chip map, CSV with the header chip,bib: [race.passings] chips = "chips.csv"`,
		Key:    "passings.chips",
	}
}

// field finds a field that a person named, from 0.
func (f *logFormat) field(name string) (int, *FileError) {
	h := header{texts: f.fields}
	n, err := h.find(name)
	if err == nil && f.fields == nil {
		return -1, nil
	}
	return n, err
}

// grow opens a log. A person who named columns means a table.
func (f *logFormat) grow(d *decoded, rules *Rules, tail Tail, r *Reading) (grower, *FileError) {
	if automatic(rules.Format) && rules.Columns != (Columns{}) {
		return growCSV(d, rules, tail, r)
	}
	if len(trim(d.data)) == 0 {
		return nil, nil
	}
	rules, byGun, refused := f.startByGun(d.data, rules)
	if refused != nil {
		return nil, refused
	}
	l, refused := f.open(rules, tail)
	if refused != nil {
		return nil, refused
	}
	l.byGun = byGun
	d.kept.logs(l)
	return l, nil
}

// more implements [grower]: it hands every line to the format that could be a read.
func (l *readerLog) more(d *decoded, from int) int {
	for raw := range bytes.Lines(d.data[from:]) {
		l.lines++
		n, b := l.lines, trim(raw)
		switch {
		case len(raw) > maxLine:
			l.book.hold(n, "", "line longer than 64 KiB")
		case bytes.IndexByte(raw, 0) >= 0:
			l.book.hold(n, "", "NUL bytes in the line"+fixTorn)
		case len(b) == 0:
			l.book.ignore(n, "blank")
		case logComment(b):
			l.book.ignore(n, "comment")
		case raw[len(raw)-1] != '\n' && !l.format.whole(l, b):
			l.book.hold(n, "", "the last line is not complete"+fixLast)
		default:
			l.format.read(l, n, b)
		}
	}
	return len(d.data)
}

// enter takes one read in: whose it is, and how long after the start.
func (l *readerLog) enter(line int, chip []byte, at stamp) {
	l.reads++
	l.kept.read(line, chip, at)
	bib, reason, held := l.bibOf(chip)
	switch {
	case held:
		l.book.hold(line, "", reason)
		return
	case reason != "":
		l.book.ignore(line, reason)
		return
	}
	since, problem := l.rules.Start.since(at, l.rules)
	switch {
	case problem != "":
		l.problem = problem
		l.book.hold(line, bib, problem+"; "+fixStart(problem))
	case since < 0:
		l.book.ignore(line, "read before the start")
	case since < int64(l.rules.Passings.Min):
		l.book.ignore(line, "read before start + min")
	default:
		l.count(passing{line: line, bib: bib, since: since, decimals: max(at.decimals, l.rules.Start.stamp.decimals)})
	}
}

// count notes a read that counts. All but the earliest of a bib are ignored.
func (l *readerLog) count(p passing) {
	first, again := l.first[p.bib]
	switch {
	case again && p.since >= first.since:
		l.book.ignore(p.line, anotherRead)
		return
	case again:
		l.book.ignore(first.line, anotherRead)
	}
	l.first[p.bib], l.earlier[p.bib] = p, true
}

const anotherRead = "an earlier read of the same bib counts"

// bibOf says whose chip it is, or why it is nobody's and whether that is to be held.
func (l *readerLog) bibOf(chip []byte) (bib Bib, reason string, held bool) {
	chips := l.rules.Passings.Chips
	if chips == nil {
		if digits(chip) && len(chip) <= maxFigures && bibProblem(chip) == "" {
			return Bib(chip), "", false
		}
		l.unmapped = true
		return "", "a chip and no bib, and there is no chip map; set [race.passings] chips", true
	}
	bib, ok := chips[string(chip)]
	if !ok {
		bib, ok = chips[string(chipKey(chip))]
	}
	switch {
	case !ok && nearChip(chips, chip):
		return "", "a chip that the chip map has with more or fewer zeros in front: " + quote(string(chip)) + "; write it there as it is here", true
	case !ok:
		return "", "a chip that is not in the chip map", false
	case bibProblem([]byte(bib)) != "":
		return "", bibProblem([]byte(bib)) + "; correct the chip map", true
	}
	return bib, "", false
}

// maxFigures is the longest number that is a bib where a reader writes bibs and chips into one field.
const maxFigures = 6

// whole implements [grower]: the earliest reads are the finishes.
func (l *readerLog) whole(r *Reading) *FileError {
	l.reading(r, slices.Collect(maps.Values(l.first)))
	if len(l.first) > 0 {
		return nil
	}
	return l.nothing()
}

// news implements [grower].
func (l *readerLog) news(r *Reading) {
	earlier := make([]passing, 0, len(l.earlier))
	for bib := range l.earlier {
		earlier = append(earlier, l.first[bib])
	}
	l.book.held = slices.DeleteFunc(l.book.held, func(h Held) bool {
		_, read := l.first[h.Bib]
		return read // the read that counts says what is to be said of this bib
	})
	l.reading(r, earlier)
}

// sure implements [grower].
func (l *readerLog) sure() bool { return len(l.first) > 0 && !l.byGun }

// reading makes finishes of passings and fills in the reading, with what is held and ignored since the last one.
func (l *readerLog) reading(r *Reading, passings []passing) {
	slices.SortFunc(passings, func(a, b passing) int { return a.line - b.line })
	finishes := newBook(nil)
	finishes.held, finishes.ignored = l.book.held, l.book.ignored
	for _, p := range passings {
		l.finish(finishes, p)
	}
	slices.SortFunc(finishes.ignored, func(a, b Ignored) int { return a.Line - b.Line })
	finishes.close(r)
	l.book.held, l.book.ignored = nil, nil
	clear(l.earlier)
}

// finish judges one mark as every mark is judged.
func (l *readerLog) finish(book *book, p passing) {
	m, err := markSince(p.since, p.decimals)
	if err != nil || p.since > nanosPerDay && l.rules.Slowest.IsZero() {
		// The chips of yesterday's race may be on other chests today.
		book.hold(p.line, p.bib, "more than a day after the start; if it is a result, set slowest")
		return
	}
	m = l.rules.written(m)
	reason := l.rules.bounds(m)
	switch {
	case reason != "" && l.rules.Passings.Min == 0 && l.rules.Fastest.IsZero() && m.Hundredths() < 6000:
		book.hold(p.line, p.bib, reason+", or, if it is a read at the start, [race.passings] min")
	case reason != "":
		book.holdMark(p.line, p.bib, m, reason)
	default:
		book.finish(p.line, []byte(p.bib), m)
	}
}

// nothing refuses a log without a single finish where the rules explain that.
func (l *readerLog) nothing() *FileError {
	a := "these are " + l.format.what + "s"
	switch {
	case l.unmapped:
		return noChips(a)
	case l.problem != "":
		return &FileError{Reason: a + "; " + l.problem, Fix: fixStart(l.problem), Key: "start"}
	case l.away != nil:
		return &FileError{
			Reason: "no read was taken at a place that is called finish, but at " + quotedList(l.away),
			Fix:    "say which place is the finish: [race.where] location = …",
			Key:    "where.location", Values: l.away,
		}
	case l.reads == 0 && l.others > 0:
		return &FileError{Reason: "no line of this file is of the kind " + quote(l.format.name), Fix: `set format = "auto"`}
	}
	return nil
}

// notARead holds a line that is none, without repeating what stands in it.
func (l *readerLog) notARead(line int) {
	l.others++
	l.book.hold(line, "", "not a line of "+l.format.what+"s")
}

// elsewhere applies [race.where].
func (l *readerLog) elsewhere(fields [][]byte) (reason string) {
	for name, want := range l.rules.Where {
		n, err := l.format.field(name)
		if err != nil || n >= len(fields) || string(fields[n]) != string(trim([]byte(want))) {
			reason = max(reason, "not in this race (where "+clean(name)+")")
		}
	}
	return reason
}
