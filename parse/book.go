package parse

import (
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
	twice    map[int32][]Finish // further rows of a bib, by the index of its first one
	claims   map[string]string  // a status of a bib that is held, as "line 12 has …"
	lines    []int              // of the file, where the rows come from a [sheet]; else nil
	letters  strings.Builder    // what the bibs are made of, so that they do not take one allocation each
}

// bytesPerRow is a low guess, for the first sizes only.
const bytesPerRow = 48

func newBook(data []byte) *book {
	rows := min(len(data)/bytesPerRow, 1<<17)
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

// claim holds a row that says something about a bib's result, so that another row of the same bib is no result either.
func (b *book) claim(line int, bib, reason string) {
	b.hold(line, Bib(bib), reason)
	if b.claims == nil {
		b.claims = make(map[string]string)
	}
	if _, ok := b.claims[bib]; !ok {
		b.claims[bib] = "line " + strconv.Itoa(b.lineOf(line)) + " has " + reason
	}
}

// finish enters a result. A bib that comes again with the same mark is ignored; with another one it has no result.
func (b *book) finish(line int, cell []byte, mark Mark) {
	b.entered = true
	line = b.lineOf(line)
	i, again := b.byBib.find(cell)
	if !again {
		bib := b.keep(cell)
		b.byBib.put(bib, int32(len(b.finishes)))
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
}

// keep copies a bib behind the others. A strings.Builder never changes what it has handed out.
func (b *book) keep(bib []byte) string {
	const chunk = 16 << 10
	if b.letters.Cap()-b.letters.Len() < len(bib) {
		b.letters = strings.Builder{}
		b.letters.Grow(chunk)
	}
	from := b.letters.Len()
	b.letters.Write(bib)
	return b.letters.String()[from:]
}

// close fills in the lists of a reading.
func (b *book) close(r *Reading) {
	if len(b.twice) > 0 || len(b.claims) > 0 {
		b.dropDisputed()
	}
	slices.SortStableFunc(b.held, func(x, y Held) int { return cmp.Compare(x.Line, y.Line) })
	r.Finishes, r.Held, r.Ignored = b.finishes, b.held, b.ignored
}

// dropDisputed holds every row of a bib with two different results.
func (b *book) dropDisputed() {
	kept := b.finishes[:0]
	for i, f := range b.finishes {
		others := b.twice[int32(i)]
		claim := b.claims[string(f.Bib)]
		if len(others) == 0 && claim == "" {
			kept = append(kept, f)
			continue
		}
		reason := "two times: line " + strconv.Itoa(f.Line) + " has " + f.Mark.String() + ", " + claim
		if len(others) > 0 {
			reason = "two times: line " + strconv.Itoa(f.Line) + " has " + f.Mark.String() + ", line " +
				strconv.Itoa(others[0].Line) + " has " + others[0].Mark.String()
		}
		b.holdAt(f.Line, f.Bib, reason)
		for _, o := range others {
			b.holdAt(o.Line, o.Bib, reason)
		}
	}
	clear(b.finishes[len(kept):])
	b.finishes = kept
}
