package parse

import (
	"cmp"
	"slices"
)

// waitingRow is a row that waits until it is known what lines up.
type waitingRow struct {
	reading
	line  textLine
	first reading   // by characters
	ways  []reading // of a row with more than ASCII: by characters, by cells of a screen, by bytes
}

// reading is one way to read a row: programs count characters, bytes or what they see when they pad a column.
type reading struct {
	placed *placed
	bib    string
	reason string // why the row is not clear by itself, or nothing
	doubts []int  // where a column would have to end, if it is pushed
}

func readingOf(r *placed) reading {
	bib, reason := r.bib()
	if reason == "" {
		reason = r.trouble()
	}
	return reading{placed: r, bib: bib, reason: reason}
}

// wait adds one row to those that wait.
func (f *fixedReader) wait(l textLine, words []word, r *placed) {
	w := waitingRow{line: l, reading: readingOf(r)}
	w.first = w.reading
	if line := f.text(l.bytes, l.bytes); !ascii([]byte(line)) {
		for _, width := range []func(rune) int{screenWidth, byteWidth} {
			if other := wordsOf(line, width); !slices.Equal(other, words) {
				w.ways = append(w.ways, readingOf(f.page.place(other)))
			}
		}
	}
	learnt := f.align.learn(r) // of rows that are held as well: they show where the columns are no less
	if w.reason != "" && !slices.ContainsFunc(w.ways, func(o reading) bool { return o.reason == "" }) {
		f.sheet.hold(l.number, w.bib, w.reason+fixFixed)
	} else {
		f.waiting = append(f.waiting, w)
	}
	if learnt {
		f.release(true)
	}
}

// release judges the waiting rows. Where the file ends before three rows agree, a growing one may go on with a row that
// shows that these are the pushed ones; in another one they must agree with each other.
func (f *fixedReader) release(sure bool) {
	if len(f.waiting) > 0 && !f.align.learnt && sure {
		f.align.settle(len(f.page.texts))
	}
	for _, w := range f.waiting {
		if !f.align.learnt {
			f.sheet.hold(w.line.number, w.bib, "not enough rows yet to be sure of the columns; wait for more")
			continue
		}
		if reason := f.choose(&w); reason != "" {
			f.sheet.hold(w.line.number, w.bib, reason+fixFixed)
			continue
		}
		f.judge(w)
	}
	f.waiting = f.waiting[:0]
}

// choose chooses the way to read a row in which it lines up, or says why there is none. Another way than by characters
// needs its time to line up: it is no guess then.
func (f *fixedReader) choose(w *waitingRow) string {
	if f.align.touching {
		return "in most rows the columns touch at " + quote(f.page.texts[f.page.time])
	}
	problem := w.reason
	if column := f.align.misaligned(w.placed); problem == "" && column >= 0 {
		problem = w.placed.nameOf(column) + " does not line up with the other rows"
	}
	chosen := problem == ""
	for _, o := range w.ways {
		if !chosen && o.reason == "" && f.align.misaligned(o.placed) < 0 && f.align.timeLinesUp(o.placed) {
			w.reading, chosen = o, true
		}
	}
	if !chosen {
		return problem
	}
	regions := f.page.timeRegions()
	rows := 2 // the first way has been seen in this row itself
	for _, o := range slices.Concat([]reading{w.first}, w.ways) {
		fits := f.align.fits(o.placed, regions, rows)
		rows = 1
		if fits && !slices.Equal(o.placed.cells(o.bib), w.placed.cells(w.bib)) {
			return "it is not clear whether the columns of this row are padded by characters or by bytes"
		}
	}
	return ""
}

// timeLinesUp reports whether the time of a row stands where those of other rows do.
func (a *aligner) timeLinesUp(r *placed) bool {
	return slices.ContainsFunc(r.edges(), func(m edge) bool { return m.column == r.page.time && a.valid[m] })
}

// judge keeps back a row that lines up and may be pushed all the same.
func (f *fixedReader) judge(w waitingRow) {
	w.doubts = f.align.doubts(w.placed)
	for _, o := range w.ways {
		w.doubts = append(w.doubts, f.align.doubts(o.placed)...)
	}
	if len(w.doubts) > 0 {
		f.doubted = append(f.doubted, w)
		return
	}
	f.align.accept(w.placed)
	if w.placed.timed() {
		f.align.cover.addRow(w.placed)
	}
	f.ready = append(f.ready, w)
}

// undoubt decides at the end of a page about the rows that may be pushed: another row may have a longer name.
func (f *fixedReader) undoubt() {
	for _, w := range f.doubted {
		if f.align.cover.all(w.doubts) {
			f.ready = append(f.ready, w)
		} else {
			f.sheet.hold(w.line.number, w.bib, "a long name may have pushed another time under "+quote(f.page.texts[f.page.time])+fixFixed)
		}
	}
	f.doubted = nil
}

// add adds the rows to the table, in the order of the file.
func (f *fixedReader) add() {
	slices.SortFunc(f.ready, func(a, b waitingRow) int { return cmp.Compare(a.line.number, b.line.number) })
	for _, w := range f.ready {
		if w.placed.timed() {
			f.count(w.bib)
		}
		cells := w.placed.cells(w.bib)
		if w.line.unterminated {
			f.sheet.torn = true
			cells = cells[:w.placed.last+1] // what is missing at the end may still come
		}
		f.sheet.add(w.line.number, cells...)
	}
}
