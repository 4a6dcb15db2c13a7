package parse

import (
	"maps"
	"slices"
	"strings"
)

// The words of a column all begin or all end at one place. A row whose names are too long for their column is pushed to
// the right, and a split may stand where the finish belongs: it is told by its words lining up with no other row.
//
// What lines up is learnt from the first rows and never changed again, so that a row further down cannot change how one
// above it was read. Until then the rows wait.

const (
	// rowsToAlign is how many rows must agree where the times stand.
	rowsToAlign = 3
	// mostWaiting bounds the rows that wait.
	mostWaiting = 4096
)

// edge is where the words of a column begin or end.
type edge struct {
	column int
	end    bool
	at     int
}

// aligner learns the edges of one page.
type aligner struct {
	counts   map[edge]int
	seen     map[edge]int  // in any row, pushed ones too
	firm     map[int]bool  // columns of which three rows have an edge in common
	valid    map[edge]bool // what most of the first rows agree in, when learnt
	columns  map[int]bool  // that have valid edges
	rows     []*placed     // the first ones
	cover    cover         // of the headings, and of the rows that stand where they should
	areas    map[int]span  // where the cells of a column were that lined up
	fresh    map[int]bool  // columns of which the row at hand shows the first valid edge
	touched  int           // how many of the first rows touch the result's column
	touching bool          // more of the first rows do than do not
	learnt   bool
}

func newAligner(p *page) *aligner {
	a := &aligner{
		counts: map[edge]int{}, seen: map[edge]int{}, firm: map[int]bool{}, valid: map[edge]bool{}, columns: map[int]bool{},
		areas: map[int]span{}, fresh: map[int]bool{}, cover: cover{},
	}
	for _, w := range p.headings {
		a.cover.add(w.from, w.to)
	}
	return a
}

// learn notes one row and reports whether it is known now what lines up.
func (a *aligner) learn(r *placed) bool {
	agree := 0
	for _, m := range r.edges() {
		a.seen[m]++
		if a.seen[m] >= rowsToAlign {
			a.firm[m.column] = true
		}
		if m.column == r.page.time && !a.learnt {
			a.counts[m]++
			agree = max(agree, a.counts[m])
		}
	}
	if a.learnt {
		return true
	}
	a.rows = append(a.rows, r)
	if r.touches(r.page.time) {
		a.touched++
	}
	if agree >= rowsToAlign || len(a.rows) >= mostWaiting {
		a.settle(len(r.texts))
	}
	return a.learnt
}

// settle keeps the edges that most rows have, of each column. What stands between the headings is a column only where
// half of the rows have it. The rows are those whose times agree: the others may be pushed.
func (a *aligner) settle(headings int) {
	a.learnt = true
	rows := a.agreeing()
	a.touching = a.touched >= len(rows) && a.touched > 0
	clear(a.counts)
	var cells []span
	for _, r := range rows {
		for _, m := range r.edges() {
			a.counts[m]++
		}
		cells = append(cells, r.cellSpans()...)
	}
	most := map[int]int{}
	for m, n := range a.counts {
		most[m.column] = max(most[m.column], n)
	}
	for m, n := range a.counts {
		if n >= 2 && n == most[m.column] && (m.column < headings || 2*n >= len(rows)) {
			a.valid[m], a.columns[m.column] = true, true
		}
	}
	a.widen(cells)
	a.rows = nil
}

// agreeing returns the first rows whose times begin or end where most do; all of them where no row has a time.
func (a *aligner) agreeing() (rows []*placed) {
	most := 0
	for _, n := range a.counts {
		most = max(most, n)
	}
	if most == 0 {
		return a.rows
	}
	for _, r := range a.rows {
		for _, m := range r.edges() {
			if m.column == r.page.time && a.counts[m] == most {
				rows = append(rows, r)
				break
			}
		}
	}
	return rows
}

// widen adds cells that line up to the areas of their columns.
func (a *aligner) widen(cells []span) {
	for _, c := range cells {
		if !a.valid[edge{c.column, false, c.from}] && !a.valid[edge{c.column, true, c.to}] {
			continue
		}
		if area, ok := a.areas[c.column]; ok {
			c.from, c.to = min(c.from, area.from), max(c.to, area.to)
		}
		a.areas[c.column] = c
	}
}

// accept learns from a row that lines up what the rows above it did not show: columns that were blank in all of them, and
// whether it is the beginnings or the ends that line up where all cells were of one length.
func (a *aligner) accept(r *placed) {
	for _, c := range r.cellSpans() {
		begins, ends := edge{c.column, false, c.from}, edge{c.column, true, c.to}
		if a.columns[c.column] && a.valid[begins] != a.valid[ends] {
			maps.DeleteFunc(a.valid, func(e edge, _ bool) bool { return e.column == c.column && e.end == a.valid[begins] })
		}
	}
	for _, m := range r.edges() {
		if a.columns[m.column] && !a.fresh[m.column] {
			continue
		}
		a.counts[m]++
		if a.counts[m] >= rowsToAlign {
			a.valid[m], a.columns[m.column], a.fresh[m.column] = true, true, true
		}
	}
	clear(a.fresh)
	a.widen(r.cellSpans())
}

// misaligned returns a column whose words stand elsewhere in a row than in the others, or where words of another column
// stand; or -1.
func (a *aligner) misaligned(r *placed) int {
	fits := map[int]bool{}
	edges := r.edges()
	for _, m := range edges {
		fits[m.column] = fits[m.column] || a.valid[m]
	}
	for _, m := range edges {
		if a.columns[m.column] && !fits[m.column] {
			return m.column
		}
	}
	for _, column := range slices.Sorted(maps.Keys(a.areas)) {
		area := a.areas[column]
		for i, w := range r.words {
			if w.from < area.to && area.from < w.to && (r.lying(i) != column || !a.couldBe(r, w, column)) {
				return column
			}
		}
	}
	return -1
}

// couldBe reports whether a word that stands where a column is can be a cell of it, and not the end of a name.
func (a *aligner) couldBe(r *placed, w word, column int) bool {
	lies := a.valid[edge{column, false, w.from}] || a.valid[edge{column, true, w.to}]
	switch {
	case column >= len(r.texts):
		return lies && strings.ContainsAny(w.text, "0123456789")
	case !r.short[column]: // times
		return strings.ContainsAny(w.text, "0123456789") || blankStatus([]byte(w.text)) || statusOf(w.text).verdict != unknownWord
	}
	return lies && (r.shortCell(column, w.text) || twoWords(w.text) && r.shortOnly(w))
}

// shortOnly reports a word under more than one heading, all of them of short columns: 34NY.
func (r *placed) shortOnly(w word) bool {
	under := 0
	for _, s := range r.spans {
		if w.from < s.to && s.from < w.to {
			if !r.short[s.column] {
				return false
			}
			under++
		}
	}
	return under > 1
}

// shortCell reports whether a word can stand under the heading of a short column: ages are figures, the others have none.
func (p *page) shortCell(column int, text string) bool { return p.age[column] == digits([]byte(text)) }

// cellSpans are the cells of one word that show where their column is.
func (r *placed) cellSpans() (spans []span) {
	var last edge
	for _, e := range r.edges() {
		if e.end {
			spans = append(spans, span{last.at, e.at, e.column})
		}
		last = e
	}
	return spans
}

// edges are the edges of the words that show how a row lies: its times, its short cells, and the beginnings of others.
func (r *placed) edges() (edges []edge) {
	for i := 0; i < len(r.words); {
		column := r.lying(i)
		n := 1
		for i+n < len(r.words) && r.lying(i+n) == column && column < len(r.texts) {
			n++
		}
		apart := i == 0 || r.words[i].from-r.words[i-1].to >= 2
		w := r.words[i]
		switch {
		case column >= len(r.texts):
			if strings.ContainsAny(w.text, "0123456789") {
				edges = append(edges, edge{column, false, w.from}, edge{column, true, w.to})
			}
		case column == r.page.bib || r.roles[column] == placeRole:
		case n == 1 && (r.isTime(i) || r.short[column]):
			edges = append(edges, edge{column, false, w.from}, edge{column, true, w.to})
		case apart && r.text[column]:
			edges = append(edges, edge{column, false, w.from})
		}
		i += n
	}
	return edges
}

// lying is the column of a word, and for one that stands under no heading a number for the gap that it stands in: a
// column may have its cells beside its heading.
func (r *placed) lying(word int) int {
	if column := r.column(word); column >= 0 {
		return column
	}
	return len(r.texts) + r.next[word]
}

func ageColumn(text string) bool {
	return slices.Contains([]string{"age", "ag"}, strings.Join(headerTokens(text), ""))
}

// shortColumn reports a heading whose cells are one short word.
func shortColumn(text string) bool {
	return slices.Contains([]string{"age", "ag", "sex", "s", "g", "gender", "st", "state", "nat"}, strings.Join(headerTokens(text), ""))
}

// nameOf names what a person sees at a place that [placed.lying] returned.
func (r *placed) nameOf(column int) string {
	if column < len(r.texts) {
		return quote(r.texts[column])
	}
	return "what stands between the headings"
}
