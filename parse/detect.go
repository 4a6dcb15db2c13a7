package parse

import "strconv"

// delimiters are tried in this order; the order decides nothing.
const delimiters = ",;\t|"

// heads are how far into a file its header is looked for, in bytes: near the top first, because under the wrong
// delimiters the search goes on to its end.
var heads = [...]int{64 << 10, 1 << 20}

// finding is what one delimiter makes of the head of a file. A schema or an error decides; a hint is why nothing did.
type finding struct {
	schema *schema
	err    *FileError
	hint   *FileError
	known  int // header words behind the hint
	line   int // at which it was decided
	torn   int // the line of an open quote at the end, else 0
	rows   int // that have a bib and a time
	filled int // rows that are not blank
}

func (f *finding) decided() bool { return f.schema != nil || f.err != nil }

// detect finds the delimiter, the header and the columns. The delimiter is the one under which the first header or
// the first rows make sense: counting characters would fall for decimal commas and names. Whatever is decided at one
// line depends on the lines up to it alone, so that a growing file is read in one way from the first row on. Neither a
// schema nor an error means that there is nothing in the file yet.
func detect(d *decoded, rules *Rules, growing bool) (*schema, *FileError) {
	var findings [len(delimiters)]finding
	first := 0 // the earliest line of a decision
	for _, limit := range heads {
		for i := range findings {
			f := &findings[i]
			*f = newDetector(d, rules, delimiters[i], growing).run(limit, first)
			if f.decided() && (first == 0 || f.line < first) {
				first = f.line
			}
		}
		if first > 0 || limit >= len(d.data) {
			break
		}
	}
	if first == 0 && findings[0].filled == 0 && findings[0].torn == 0 {
		return nil, nil // nothing but blanks
	}
	if first == 0 {
		return nil, hintOf(d, findings[:])
	}
	return choose(findings[:], first)
}

// choose takes the earliest decision. Another delimiter under which the file is torn before that line might decide
// earlier when more is written.
func choose(findings []finding, first int) (*schema, *FileError) {
	var best *finding
	for i := range findings {
		f := &findings[i]
		switch {
		case !f.decided() && f.torn > 0 && f.torn <= first:
			return nil, notEnough()
		case !f.decided() || f.line != first:
		case best != nil:
			return nil, &FileError{
				Reason: "line " + strconv.Itoa(first) + " makes sense with more than one delimiter",
				Fix:    "put a header above the rows, or write the file with one delimiter only",
			}
		default:
			best = f
		}
	}
	return best.schema, best.err
}

// hintOf is the best reason why nothing was decided.
func hintOf(d *decoded, findings []finding) *FileError {
	var best *finding
	for i := range findings {
		f := &findings[i]
		if f.hint != nil && (best == nil || f.known > best.known) {
			best = f
		}
	}
	if best != nil {
		return best.hint
	}
	for _, f := range findings {
		if f.rows > 0 || f.torn > 0 {
			return notEnough()
		}
	}
	if err := lynxList(d.data); err != nil {
		return err
	}
	if fixedWidth(d.data) {
		return &FileError{
			Reason: "this looks like fixed-width text, but no row stands under its header",
			Fix:    `wait for rows, or set format = "fixed"`,
		}
	}
	return &FileError{
		Reason: "there is neither a header that names a bib and a time nor a row that shows them",
		Fix:    "name the columns in [race.columns]: bib = …, time = …",
	}
}

func notEnough() *FileError {
	return &FileError{
		Reason: "there are not enough rows yet to be sure of the columns",
		Fix:    "wait for more rows, or name the columns in [race.columns]: bib = …, time = …",
	}
}

// detector reads the head of a file with one delimiter.
type detector struct {
	d       *decoded
	rules   *Rules
	split   *splitter
	found   finding
	blocked bool   // a header that we do not understand stands above these rows
	teams   bool   // a title above says that these are teams
	texts   int    // cells of the last row without figures, which may be such a header
	head    header // of columns by number
	headRec struct{ line, width int }
	window  []guess

	numbers bool // bib and time were given by number: then no header is needed
	named   bool // a column was given by its heading: then there is a header to wait for
}

func newDetector(d *decoded, rules *Rules, delim byte, growing bool) *detector {
	_, bib := columnNumber(rules.Columns.Bib)
	_, time := columnNumber(rules.Columns.Time)
	return &detector{
		d: d, rules: rules, split: newSplitter(d.data, delim, growing),
		numbers: bib && time, named: namedByText(rules),
	}
}

// run reads up to a place in the file, and not beyond the line at which another delimiter decided.
func (f *detector) run(limit, first int) finding {
	for f.split.next() && f.split.rec.start < limit {
		rec := &f.split.rec
		if first > 0 && rec.line > first {
			break
		}
		if rec.fault != sound || blankRow(rec) {
			continue
		}
		f.found.filled++
		f.teams = f.teams || f.d.teamTitle(rec)
		if f.headerRow(rec) || commentRow(rec) {
			if f.found.decided() {
				return f.decide(rec.line)
			}
			continue
		}
		switch {
		case f.numbers:
			f.numbered(rec)
		case !f.blocked && !f.named:
			f.guessed(rec)
		}
		if f.found.decided() {
			return f.decide(rec.line)
		}
	}
	f.found.torn = f.split.torn
	return f.found
}

// decide notes the line, after reading on where the bibs so far count like places.
func (f *detector) decide(line int) finding {
	f.found.line = line
	if f.found.schema != nil {
		f.uncounted()
	}
	return f.found
}

// headerRow looks at a row as a header, and reports whether it is one.
func (f *detector) headerRow(rec *record) bool {
	if !couldHead(rec) {
		return false
	}
	h := f.d.readHeader(rec)
	switch {
	case h.satisfies(f.rules) && !f.numbers:
		f.found.schema, f.found.err = headed(h, rec, f.rules, f.split.delim)
		if f.found.err == nil && f.teams {
			f.found.err = f.found.schema.ofTeams(f.rules)
		}
		if f.found.err != nil {
			f.found.schema = nil
			f.found.err.exemplify(f.d, rec.start+len(rec.bytes), f.split.delim)
		}
		return true
	case f.numbers && h.known >= 2:
		if f.head.texts == nil {
			f.head, f.headRec.line, f.headRec.width = h, rec.line, widthOf(rec)
		}
		return true
	case h.known >= 2:
		f.blocked = true
		if h.known > f.found.known {
			f.found.known, f.found.hint = h.known, h.missing(f.rules)
		}
		return true
	}
	return f.unknownHeader(rec, &h)
}

// unknownHeader notes a row of words only: where the rows below are as wide, it is their header in a language that
// we do not know, and what the columns are cannot be guessed.
func (f *detector) unknownHeader(rec *record, h *header) bool {
	f.texts = 0
	for i := range rec.cells {
		if b := trim(rec.raw(i)); len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
			return false
		}
	}
	f.texts = widthOf(rec)
	if f.found.hint == nil {
		f.found.hint = h.missing(f.rules)
	}
	return false
}

// blankRow reports a row in which every cell is blank.
func blankRow(rec *record) bool { return widthOf(rec) == 0 }

// commentRow reports a line that begins with a number sign: "# 60<TAB>31:30" is not a row. "#60" may be somebody's
// bib.
func commentRow(rec *record) bool {
	b := rec.bytes
	if len(b) == 0 || b[0] > ' ' && b[0] != '#' {
		return false
	}
	b = trim(b)
	return len(b) > 0 && b[0] == '#' && (len(b) == 1 || b[1] < '0' || b[1] > '9')
}
