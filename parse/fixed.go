package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// readFixed reads fixed-width text: what a column holds stands under its heading, at the same character positions, and
// nothing is between the columns but blanks.
//
// Where a heading ends and where its column ends are two things, so that a row is believed only as far as it is clear: a
// word belongs to the heading that it overlaps, and to no other. A row of which a word touches two columns, or a time
// stands under none, is held. Each row is judged by itself and by the header above it; no row changes how another one
// is read.
func readFixed(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	d.data = unixLines(d.data)
	if tail == TailGrowing {
		d.data = completeLines(d.data)
	}
	f := &fixedReader{decoded: d, rules: rules}
	if len(trim(d.data)) == 0 {
		return &Reading{Format: "fixed", Encoding: d.name}, nil
	}
	var refused *FileError
	textLines(d.data, func(l textLine) bool {
		refused = f.line(l)
		return refused == nil
	})
	switch {
	case refused != nil:
		return nil, refused
	case f.refused != nil:
		return nil, f.refused
	case f.sheet == nil:
		return nil, f.noHeader()
	}
	f.release(tail != TailGrowing)
	f.undoubt()
	f.add()
	if err := f.counts(); err != nil {
		return nil, err
	}
	return f.sheet.read("fixed", d, rules, tail)
}

// fixedReader reads the lines of a file.
type fixedReader struct {
	*decoded
	rules *Rules
	page  *page  // under which the next row stands
	first *page  // of the file
	sheet *sheet // nil until there is a header
	above []int  // lines above the first header
	hint  *FileError

	over    *page      // the line before, where it may be the upper one of two lines of headings
	ruler   bool       // the line before was a header: a ruler may follow
	refused *FileError // what is wrong with the header, if the next line does not go on with it
	foreign int        // the line of another header, below which the columns mean something else; else 0

	align   *aligner // of the page
	waiting []waitingRow
	doubted []waitingRow // that may be pushed, of the page
	ready   []waitingRow

	rows     int  // that have a bib and a time
	counting bool // so far their bibs are 1, 2, 3, …
}

// line reads one line.
func (f *fixedReader) line(l textLine) *FileError {
	after, over, refused := f.ruler, f.over, f.refused
	f.ruler, f.over, f.refused = false, nil, nil
	if reason := l.unreadable(); reason != "" {
		f.unreadable(l, reason)
		return refused
	}
	words := wordsOf(f.text(l.bytes, l.bytes), characters)
	switch {
	case len(words) == 0:
		f.skip(l.number, "blank")
		return refused
	case after && refused == nil && f.ruled(words):
		f.skip(l.number, "ruler")
		return refused
	case couldBeHeader(words):
		p := newPage(words)
		if !bytes.ContainsAny(l.bytes, "0123456789\t") && bytes.Contains(trim(l.bytes), []byte("  ")) {
			f.over = p
		}
		if over != nil {
			if joined := stacked(over, p); joined != nil && joined.heads() && f.joined(l, joined, after) {
				return nil // what was wrong with the upper line alone is wrong no more
			}
		}
		if refused != nil || f.header(l, p) {
			return refused
		}
	}
	if refused != nil {
		return refused
	}
	f.row(l, words)
	return nil
}

func (f *fixedReader) unreadable(l textLine, reason string) {
	if f.sheet == nil {
		f.skip(l.number, "")
		return
	}
	f.sheet.hold(l.number, "", reason)
}

// skip leaves a line out.
func (f *fixedReader) skip(line int, reason string) {
	if f.sheet == nil {
		f.above = append(f.above, line)
		return
	}
	f.sheet.ignore(line, reason)
}

// header looks at a line as a header.
func (f *fixedReader) header(l textLine, p *page) bool {
	switch {
	case f.first != nil && p.sameTexts(f.first):
		f.foreign = 0
	case f.first != nil && p.heads():
		f.foreign = l.number
		f.skip(l.number, "another header")
		return true
	case f.first != nil || !p.satisfies(f.rules) || !p.heads() && !namedByText(f.rules):
		if f.first == nil && p.known >= 3 && 2*p.known >= len(p.headings) {
			f.hint = p.missing(f.rules)
		}
		return false
	default:
		f.begin(l, p)
	}
	f.turn(l, p)
	return true
}

// joined is header for a line of headings and the one above it. Where that one was taken for the header by itself no row
// was read by it.
func (f *fixedReader) joined(l textLine, p *page, after bool) bool {
	if after && f.first == f.page && f.sheet.lines[0] == l.number-1 {
		f.above = nil
		for _, i := range f.sheet.ignored {
			f.above = append(f.above, i.Line)
		}
		f.first = nil
	}
	return f.header(l, p)
}

// begin begins the table at its first header.
func (f *fixedReader) begin(l textLine, p *page) {
	f.first = p
	f.sheet = newSheet(l.number, p.texts...)
	f.sheet.roles = p.roles
	for _, line := range f.above {
		f.sheet.ignore(line, "above the header")
	}
	f.counting = true
}

// turn begins a page. What is wrong with its header is not sure before the next line: that may go on with it.
func (f *fixedReader) turn(l textLine, p *page) {
	f.skip(l.number, "header")
	f.refused = p.choose(f.rules)
	for i := range p.keys {
		p.keys[i] = p.keys[i] || f.survey != nil
	}
	if f.page == nil || !slices.Equal(f.page.headings, p.headings) {
		f.release(true)
		f.undoubt()
		f.page, f.align = p, newAligner(p)
	}
	f.ruler = true
	if f.refused != nil {
		f.exemplify(f.refused, p, l.number)
	}
}

// ruled takes the places of the columns from a ruler. Rows that stand above it, under the same header on an earlier page,
// keep theirs.
func (f *fixedReader) ruled(words []word) bool {
	p := f.page.ruled(words)
	if p == nil {
		return false
	}
	if p != f.page {
		f.release(true)
		f.undoubt()
		f.page, f.align = p, newAligner(p)
	}
	return true
}

// noHeader says why nothing could be read.
func (f *fixedReader) noHeader() *FileError {
	if f.hint != nil {
		return f.hint
	}
	return &FileError{
		Reason: "no line of this text names a bib and a time",
		Fix:    "name the columns by their headings: [race.columns] bib = …, time = …",
	}
}

// row adds one row to the table, holds it, or leaves it out.
func (f *fixedReader) row(l textLine, words []word) {
	if f.page == nil {
		f.skip(l.number, "")
		return
	}
	if len(words) > maxWords {
		f.sheet.hold(l.number, "", "too many words for a row")
		return
	}
	r := f.page.place(words)
	switch {
	case !r.result():
		f.skip(l.number, "no row of the table")
		return
	case f.foreign > 0:
		f.sheet.hold(l.number, "", "below another header; export this table alone")
		return
	case bytes.IndexByte(l.bytes, '\t') >= 0:
		f.sheet.hold(l.number, "", "a TAB between the columns; export without TABs")
		return
	}
	f.wait(l, words, r)
}

// count notes whether the bibs are 1, 2, 3, … from the first row on.
func (f *fixedReader) count(bib string) {
	if bib == "" {
		return
	}
	f.rows++
	f.counting = f.counting && bib == strconv.Itoa(f.rows)
}

// counts refuses a file whose bibs count like places where nothing says that they are none.
func (f *fixedReader) counts() *FileError {
	p := f.first
	if f.rows == 0 || !f.counting || f.rules.Columns.Bib != "" || p.roles[p.bib] == bibRole ||
		p.is(func(r role) bool { return r == placeRole }) {
		return nil
	}
	return &FileError{
		Reason: "column " + quote(p.texts[p.bib]) + " counts 1, 2, 3 … like places",
		Fix:    "if these are bibs, say so: [race.columns] bib = …; in a file that is still short, wait for more rows",
		Key:    "columns.bib", Values: []string{p.texts[p.bib]},
	}
}

// couldBeHeader is a quick look: a header has more than one word, and no time among them.
func couldBeHeader(words []word) bool {
	for _, w := range words {
		if strings.IndexByte(w.text, ':') > 0 && readTime([]byte(w.text)).kind == clearTime {
			return false
		}
	}
	return len(words) >= 2
}

// fixedHead bounds the lines in which a header is looked for.
const fixedHead = 16 << 10

// recogniseFixed knows fixed-width text by its header. One that is headed plainly is enough; another needs a row below
// it that fits. A line that delimited text could be read from, further up, decides against it.
func recogniseFixed(d *decoded) bool {
	var p *page
	found := false
	textLines(headOf(d, fixedHead), func(l textLine) bool {
		if len(l.bytes) > 1000 || delimitedRow(d, l.bytes) {
			return false
		}
		words := wordsOf(d.text(l.bytes, l.bytes), characters)
		if couldBeHeader(words) {
			q := newPage(words)
			found = q.surelyHeads() && bytes.Contains(trim(l.bytes), []byte("  ")) && !bytes.ContainsAny(l.bytes, delimiters)
			if q.heads() && bytes.IndexByte(l.bytes, '\t') < 0 {
				p = q
			}
		} else if p != nil && p.choose(&Rules{}) == nil {
			r := p.place(words)
			bib, reason := r.bib()
			found = bib != "" && reason == "" && r.trouble() == "" && r.timed()
		}
		return !found
	})
	return found
}

// delimitedRow reports whether delimited text could begin at a line: it has a bib and a time between delimiters, or
// headings for them.
func delimitedRow(d *decoded, line []byte) bool {
	if !bytes.ContainsAny(line, delimiters) {
		return false
	}
	for _, delim := range []byte(delimiters) {
		split := newSplitter(line, delim, false)
		if bytes.IndexByte(line, delim) < 0 || !split.next() {
			continue
		}
		bib, time, last := -1, -1, -1
		for i := range split.rec.cells {
			b := split.rec.trimmed(i)
			switch kind := readTime(b).kind; {
			case kind == clearTime, kind == bareNumber && time < 0 && bib >= 0:
				time = i
			case figureBib(b):
				bib = i
			}
			last = i
		}
		h := d.readHeader(&split.rec)
		if last > 0 && (bib >= 0 && time >= 0 || h.is(role.isBib) && h.is(role.isTime)) {
			return true
		}
	}
	return false
}
