package parse

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A name that is too long for its column pushes what stands behind it to the right. Where the push is as wide as two
// columns of times are apart, another column's time stands where the result belongs, and lines up. So every row is asked
// whether it could be such a row: is there a word that a column may end in, so that the words behind it, moved back,
// stand where other rows have them? Then the row waits for a row that shows that no column ends there.

// cover is the character positions inside of cells and headings: no column ends there.
type cover map[int]bool

func (c cover) add(from, to int) {
	for at := from + 1; at < to; at++ {
		c[at] = true
	}
}

// addRow adds the words of a row that stands where it should, but for those that may be two cells that touch.
func (c cover) addRow(r *placed) {
	for i, w := range r.words {
		first := i == 0 || w.from-r.words[i-1].to > 1
		last := i == len(r.words)-1 || r.words[i+1].from-w.to > 1
		if !twoWords(w.text) && (first || !last || strings.ToUpper(w.text) != w.text) {
			c.add(w.from, w.to)
		}
	}
}

// twoWords reports a word in which a capital or a figure stands behind a small letter, or a letter behind a figure.
func twoWords(text string) bool {
	var before rune
	for _, r := range text {
		if beginsAnother(before, r) {
			return true
		}
		before = r
	}
	return false
}

func beginsAnother(before, r rune) bool {
	return unicode.IsLower(before) && unicode.IsUpper(r) || unicode.IsLetter(before) && unicode.IsDigit(r) ||
		unicode.IsDigit(before) && unicode.IsLetter(r)
}

// all reports whether no column ends at any of the places.
func (c cover) all(places []int) bool {
	for _, at := range places {
		if !c[at] {
			return false
		}
	}
	return true
}

// timeRegions are where the cells of other columns of times can stand in front of the result: under headings that can be
// one, and beside them up to the next heading.
func (p *page) timeRegions() (regions []span) {
	for i, s := range p.spans {
		if s.column == p.time {
			break
		}
		if !p.maybe[s.column] {
			continue
		}
		from := 0
		if i > 0 {
			from = p.spans[i-1].to
			if before := p.spans[i-1].column; p.roles[before] == noRole && p.maybe[before] {
				from = p.spans[i-1].from + 1 // it may be two that touch, such as 5KNet in front of Time
			}
		}
		to := s.to
		if i+1 < len(p.spans) {
			to = p.spans[i+1].from
		}
		regions = append(regions, span{from, to, s.column})
	}
	return regions
}

// maybeTimes reports a heading under which times can stand.
func maybeTimes(text string, r role) bool {
	switch r {
	case chipRole, gunRole, timeRole, startRole, pointRole:
		return true
	case noRole:
		return !textOrShort(text) && !neverTimes[strings.Join(headerTokens(text), "")]
	case otherRole:
		return timeLike[strings.Join(headerTokens(text), "")]
	}
	return false
}

// timeLike are the headings of otherRole under which times stand.
var timeLike = map[string]bool{
	"pace": true, "avgpace": true, "speed": true, "split": true, "lap": true, "laps": true, "half": true, "hm": true,
	"gap": true, "diff": true, "delta": true, "behind": true, "points": true, "score": true,
}

// mostBefore bounds the words in front of a result.
const mostBefore = 64

// neverTimes are further headings under which no times stand.
var neverTimes = map[string]bool{
	"school": true, "affiliation": true, "hometown": true, "residence": true, "sponsor": true, "year": true, "zip": true,
	"ak": true, "kl": true, "kat": true, "grp": true, "wave": true, "corral": true, "heat": true, "lane": true, "yr": true,
	"divplace": true, "sexplace": true, "sexpl": true, "divpl": true, "divtot": true, "sextot": true, "guntot": true,
}

// doubts returns the places where a column may end so that this row, which lines up, is one that was pushed and has
// another column's time under the heading of the result.
func (a *aligner) doubts(r *placed) (places []int) {
	regions := r.timeRegions()
	own := r.under(r.page.time)
	if len(regions) == 0 || len(own) != 1 || !r.isTime(own[0]) {
		return nil
	}
	time := r.words[own[0]]
	if own[0] > mostBefore || time.from > mostBefore*8 {
		return []int{-1} // a row of no page; nothing shows that no column ends there
	}
	texts := r.textsBefore(own[0])
	for push := 1; push <= time.from; push++ {
		if !inRegion(regions, time.from-push, time.to-push) {
			continue
		}
		for _, t := range texts {
			if place := t.end - push; place > t.begin && !a.cover[place] && a.fits(r.movedBack(t.last, t.end, push), regions, 1) {
				places = append(places, place)
			}
		}
	}
	return places
}

// longText is text that may be too long for its column.
type longText struct{ begin, end, last int }

// textsBefore are the texts in front of a word, with every place in which one may end.
func (r *placed) textsBefore(word int) (texts []longText) {
	for i := range word {
		begin := r.textBegin(i)
		if begin == r.words[i].to {
			continue
		}
		for _, end := range r.words[i].ends() {
			texts = append(texts, longText{begin, end, i})
		}
	}
	return texts
}

func inRegion(regions []span, from, to int) bool {
	for _, r := range regions {
		if r.from <= from && to <= r.to {
			return true
		}
	}
	return false
}

// longHeading is from where on a heading that says nothing to us may be several that touch, such as HALF110K.
const longHeading = 7

// eachHasItsOwn reports whether the times in front of the heading of the result can be cells of columns of their own, the
// last one of the column of the result.
func eachHasItsOwn(r *placed, regions []span) bool {
	at := slices.IndexFunc(r.spans, func(s span) bool { return s.column == r.page.time })
	if at > 0 {
		regions = append(slices.Clip(regions), span{r.spans[at-1].to, r.spans[at].to, r.page.time})
	}
	for i, w := range r.words {
		if r.next[i] > at {
			return true // under the heading of the result or behind it
		}
		if !r.isTime(i) {
			continue
		}
		for len(regions) > 0 && !inRegion(regions[:1], w.from, w.to) {
			regions = regions[1:]
		}
		if len(regions) == 0 {
			return false
		}
		if r.roles[regions[0].column] != noRole || len(r.texts[regions[0].column]) < longHeading {
			regions = regions[1:]
		}
	}
	return true
}

// textBegin returns where the text begins that ends in a word: words with no more than two blanks between them, of which
// the first one can begin a name. Where it cannot be the end of a name it is the end of the word.
func (r *placed) textBegin(last int) int {
	begin := r.words[last].to
	for i := last; i >= 0 && (i == last || r.words[i+1].from-r.words[i].to <= 2); i-- {
		switch column := r.column(i); {
		case r.isTime(i), i == last && digits([]byte(r.words[i].text)):
			return begin
		case column >= 0 && (plainRole(r.roles[column]) || r.short[column]), digits([]byte(r.words[i].text)):
		default:
			begin = r.words[i].from
		}
	}
	return begin
}

// ends are the places where a name may end that has pushed the others: behind a word, or in it where the next cell
// touches it. In capitals nothing shows where that is.
func (w word) ends() []int {
	ends := []int{w.to}
	capitals, before, at := strings.ToUpper(w.text) == w.text, rune(0), w.from
	for _, r := range w.text {
		if at > w.from && (capitals || beginsAnother(before, r)) {
			ends = append(ends, at)
		}
		before = r
		at++
	}
	return ends
}

// movedBack is the row as it would be if the column of the text that ends in a word were as wide as the text reaches
// beyond it.
func (r *placed) movedBack(last, end, push int) *placed {
	var words []word
	field := end - push
	for i, w := range r.words {
		if i > last || i == last && end < w.to {
			moved := word{max(w.from, end) - push, w.to - push, w.text}
			if i == last {
				moved.text = string([]rune(w.text)[end-w.from:])
			}
			words = append(words, moved)
		}
		if i <= last && w.from < field {
			w.text = string([]rune(w.text)[:min(w.to, field)-w.from])
			words = append(words, word{w.from, min(w.to, field), w.text})
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.from, b.from) })
	return r.page.place(words)
}

// fits reports whether a row could be one of this page: each word can be a cell of its column and stands where so many
// other rows have one.
func (a *aligner) fits(r *placed, regions []span, rows int) bool {
	if !eachHasItsOwn(r, regions) {
		return false
	}
	for i, w := range r.words {
		column := r.column(i)
		figures := strings.ContainsAny(w.text, "0123456789")
		switch {
		case column < 0 || r.next[i] > r.span[i]+1 || twoWords(w.text): // under no heading, or two cells that touch
		case r.isTime(i) && !r.maybe[column] && column != r.page.time,
			r.short[column] && !r.shortCell(column, w.text),
			!figures && (r.roles[column].isTime() || plainRole(r.roles[column])) && statusOf(w.text).verdict == unknownWord && !blankStatus([]byte(w.text)):
			return false
		}
	}
	seen := map[int]bool{}
	edges := r.edges()
	for _, m := range edges {
		seen[m.column] = seen[m.column] || a.seen[m] >= rows
	}
	return !slices.ContainsFunc(edges, func(m edge) bool { return a.firm[m.column] && !seen[m.column] })
}
