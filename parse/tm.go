package parse

import "bytes"

// A Time Machine connector writes position,bib,time of day, without a header: 1,349,10:42:13.45. It is read as a table
// whose columns are known, so that a bib that was pressed twice is held as in any list.

// tmColumns is how many columns there are, and tmTime the one with the time.
const (
	tmColumns = 3
	tmTime    = 2
)

// isTimeMachine recognises the first row: the time is too late for a race and has its two decimals.
func isTimeMachine(d *decoded) bool {
	fields := fieldsOf(firstText(d.data), ",")
	if len(fields) != tmColumns || !digits(fields[0]) || len(fields[1]) > 0 && !figureBib(fields[1]) {
		return false
	}
	at, ok := readStamp(fields[2])
	n := len(fields[2])
	return ok && at.day == noDay && at.nanos >= sixHours*nanosPerHundredth && n == len("hh:mm:ss.dd") && fields[2][n-3] == '.'
}

// growTimeMachine opens the rows. A person who named columns means a table of another kind.
func growTimeMachine(d *decoded, rules *Rules, tail Tail, r *Reading) (grower, *FileError) {
	if automatic(rules.Format) && rules.Columns != (Columns{}) {
		return growCSV(d, rules, tail, r)
	}
	r.Delimiter = ","
	if len(trim(d.data)) == 0 {
		return nil, nil
	}
	if rules.Start.IsZero() {
		return nil, &FileError{
			Reason: "these are positions, bibs and times of day",
			Fix:    fixStart("") + `; if they are race times, set format = "csv" and the numbers of the columns in [race.columns]`,
			Key:    "start",
		}
	}
	s := &schema{delim: ',', width: tmColumns, bib: 1, time: 2, other: -1, status: -1, notes: []int{0}, named: true}
	if err := s.finish(rules); err != nil {
		return nil, err
	}
	t := openTable(d, rules, s, tail, r)
	t.clock.kind, t.begun = timesOfDay, true // from the first row on: nothing stands above it
	return presses{t}, nil
}

// presses is the table of a Time Machine.
type presses struct{ *table }

// more implements [grower].
func (p presses) more(d *decoded, from int) int {
	p.decoded = d
	p.split.resume(d.data, from)
	for p.split.next() {
		rec := &p.split.rec
		if at := trim(p.cell(rec, tmTime)); tmTorn(at) {
			p.book.hold(rec.line, "", "not a time of day with hundredths: "+quote(string(at))+fixCell)
			continue
		}
		p.row(rec)
	}
	return p.split.pos
}

// tmTorn reports a time whose hundredths are not all there: the program writes two, always.
func tmTorn(at []byte) bool {
	seen, ok := readStamp(at)
	point := bytes.LastIndexByte(at, '.')
	return ok && seen.day == noDay && (point < 0 || len(at)-point-1 < 2)
}
