package parse

// A Time Machine connector writes position,bib,time of day, without a header: 1,349,10:42:13.45. It is read as a table
// whose columns are known, so that a bib that was pressed twice is held as in any list.

// tmColumns is how many columns there are.
const tmColumns = 3

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
	t.clock.kind = timesOfDay
	return t, nil
}
