package parse

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// book collects the three lists of a Reading and sees to it that a bib stands in the finishes once.
type book struct {
	finishes []Finish
	held     []Held
	ignored  []Ignored
	entered  bool // there was a result, perhaps disputed later
	byBib    index
	twice    map[int32][]Finish           // further rows of a bib, by the index of its first one
	claims   map[string]string            // a status of a bib that is held, as "line 12 has …"
	disputed []int32                      // finishes of which another row was found since the last reading
	told     struct{ finishes, held int } // of these the last reading knew
	lines    []int                        // of the file, where the rows come from a [sheet]; else nil
}

// bytesPerRow is a low guess, so that the first sizes are not larger than the file where its lines are short.
const bytesPerRow = 48

// newBook makes room for the rows of a file, and for a few more that it may grow by.
func newBook(data []byte) *book {
	lines := bytes.Count(data, []byte{'\n'})
	rows := min(lines+lines/32+1, len(data)/bytesPerRow, 1<<17)
	return &book{finishes: make([]Finish, 0, rows)}
}

// lineOf is the line of the file.
func (b *book) lineOf(line int) int {
	if b.lines == nil || line < 1 || line > len(b.lines) {
		return line
	}
	return b.lines[line-1]
}

func (b *book) ignore(line int, reason string) {
	line = b.lineOf(line)
	b.ignored = append(b.ignored, Ignored{Line: line, Reason: reason})
}

func (b *book) hold(line int, bib Bib, reason string) {
	b.holdAt(b.lineOf(line), bib, reason)
}

// holdAt is hold for a line of the file.
func (b *book) holdAt(line int, bib Bib, reason string) {
	b.held = append(b.held, Held{Line: line, Bib: bib, Reason: reason})
}

// holdMark holds a row that can be read and is not believed.
func (b *book) holdMark(line int, bib Bib, mark Mark, reason string) {
	b.held = append(b.held, Held{Line: b.lineOf(line), Bib: bib, Reason: reason, Mark: mark})
}

// claim holds a row that says something about a bib's result, so that another row of the same bib is no result either.
func (b *book) claim(line int, bib string, mark Mark, reason string) {
	b.holdMark(line, Bib(bib), mark, reason)
	if b.claims == nil {
		b.claims = make(map[string]string)
	}
	if _, ok := b.claims[bib]; !ok {
		says, _, _ := strings.Cut(reason, "; ")
		b.claims[bib] = "line " + strconv.Itoa(b.lineOf(line)) + " has " + says
	}
	if i, finished := b.byBib.find([]byte(bib)); finished {
		b.disputed = append(b.disputed, i)
	}
}

// finish enters a result. A bib that comes again with the same mark is ignored; with another one it has no result.
func (b *book) finish(line int, cell []byte, mark Mark) {
	b.entered = true
	line = b.lineOf(line)
	bib, i := b.byBib.enter(cell, int32(len(b.finishes)))
	if int(i) == len(b.finishes) {
		b.finishes = append(b.finishes, Finish{Bib: Bib(bib), Mark: mark, Line: line})
		return
	}
	first := &b.finishes[i]
	if b.twice[i] == nil && first.Mark.Same(mark) {
		b.ignored = append(b.ignored, Ignored{Line: line, Reason: "the same again as line " + strconv.Itoa(first.Line)})
		return
	}
	if b.twice == nil {
		b.twice = make(map[int32][]Finish)
	}
	b.twice[i] = append(b.twice[i], Finish{Bib: first.Bib, Mark: mark, Line: line})
	b.disputed = append(b.disputed, i)
}

// close fills in the lists of a reading with all that was entered.
func (b *book) close(r *Reading) {
	r.Finishes, r.Held, r.Ignored = b.finishes[:len(b.finishes):len(b.finishes)], slices.Clone(b.held), b.ignored
	if len(b.twice) > 0 || len(b.claims) > 0 {
		r.Finishes = nil
		b.settle(r, 0)
	}
	b.said(r)
}

// news fills in what was entered since the last reading.
func (b *book) news(r *Reading) {
	r.Held = make([]Held, 0, len(b.held)-b.told.held)
	for _, h := range b.held[b.told.held:] {
		// A finish counts although another row of its bib cannot be read, and the reading before this one has said it.
		if i, finished := b.byBib.find([]byte(h.Bib)); h.Bib == "" || !finished || b.inDispute(i) {
			r.Held = append(r.Held, h)
		}
	}
	slices.Sort(b.disputed)
	for _, i := range slices.Compact(b.disputed) {
		if int(i) < b.told.finishes {
			b.holdDisputed(r, i)
		}
	}
	b.settle(r, b.told.finishes)
	b.said(r)
}

// said notes what a reading knows, and brings its held rows into the order of the file.
func (b *book) said(r *Reading) {
	slices.SortStableFunc(r.Held, func(x, y Held) int { return cmp.Compare(x.Line, y.Line) })
	b.told.finishes, b.told.held = len(b.finishes), len(b.held)
	b.disputed, b.ignored = b.disputed[:0], nil
}

// settle adds the finishes from a place on to a reading, and holds the rows of those bibs that have two different results.
func (b *book) settle(r *Reading, from int) {
	for i := from; i < len(b.finishes); i++ {
		if b.inDispute(int32(i)) {
			b.holdDisputed(r, int32(i))
		} else {
			r.Finishes = append(r.Finishes, b.finishes[i])
		}
	}
}

// inDispute reports whether another row contradicts a finish.
func (b *book) inDispute(i int32) bool {
	return len(b.twice[i]) > 0 || len(b.claims) > 0 && b.claims[string(b.finishes[i].Bib)] != ""
}

// holdDisputed holds every row of a bib with two different results.
func (b *book) holdDisputed(r *Reading, i int32) {
	f, others := b.finishes[i], b.twice[i]
	reason := "two times: line " + strconv.Itoa(f.Line) + " has " + f.Mark.String() + ", " + b.claims[string(f.Bib)]
	if len(others) > 0 {
		reason = "two times: line " + strconv.Itoa(f.Line) + " has " + f.Mark.String() + ", line " +
			strconv.Itoa(others[0].Line) + " has " + others[0].Mark.String()
	}
	reason += "; delete the wrong row, choose with [race.where], or release the right mark"
	r.Held = append(r.Held, Held{Line: f.Line, Bib: f.Bib, Reason: reason, Mark: f.Mark})
	for _, o := range others {
		r.Held = append(r.Held, Held{Line: o.Line, Bib: o.Bib, Reason: reason, Mark: o.Mark})
	}
}
