package parse

import (
	"slices"
	"sort"
	"strings"
	"unicode"
)

// placed is a row whose words were put under the headings.
type placed struct {
	*page
	words []word
	span  []int // for each word the place in spans, or gap
	next  []int // for each word the span that begins behind it
	touch []int // columns that are read and in which a word touches another column
	last  int   // the last column that has a word
}

// gap is the span of a word that stands under no heading.
const gap = -1

// place puts the words of a row under the headings.
func (p *page) place(words []word) *placed {
	r := &placed{page: p, words: words, last: -1}
	for _, w := range words {
		at := sort.Search(len(p.spans), func(i int) bool { return p.spans[i].to > w.from })
		end := at
		for end < len(p.spans) && p.spans[end].from < w.to {
			r.last = max(r.last, p.spans[end].column)
			end++
		}
		if end-at > 1 {
			for _, s := range p.spans[at:end] {
				if p.keys[s.column] {
					r.touch = append(r.touch, s.column)
				}
			}
		}
		if end == at {
			at = gap
		}
		r.span, r.next = append(r.span, at), append(r.next, end)
	}
	return r
}

// column is the column of a word, or -1.
func (r *placed) column(word int) int {
	if r.span[word] == gap {
		return -1
	}
	return r.spans[r.span[word]].column
}

// under returns the words under a heading.
func (r *placed) under(column int) (words []int) {
	for i := range r.words {
		if r.column(i) == column {
			words = append(words, i)
		}
	}
	return words
}

func (r *placed) isTime(word int) bool {
	return readTime([]byte(r.words[word].text)).kind == clearTime
}

// result reports whether a line is a row of the table at all: it has a time somewhere, or a bib. Titles, footers and
// page numbers have neither.
func (r *placed) result() bool {
	for i := range r.words {
		if r.isTime(i) {
			return true
		}
	}
	own := r.under(r.page.bib)
	return len(own) == 1 && figureBib([]byte(r.words[own[0]].text))
}

// timed reports whether exactly one word stands under the heading of the time, and is one.
func (r *placed) timed() bool {
	own := r.under(r.page.time)
	return len(own) == 1 && r.isTime(own[0])
}

// bib returns the bib, or why it is not clear. What is no bib may be a name, and is not repeated.
func (r *placed) bib() (bib, reason string) {
	own := r.under(r.page.bib)
	beside := r.beside()
	name := quote(r.texts[r.page.bib])
	switch {
	case r.touches(r.page.bib):
		return "", "the columns touch at " + name
	case len(own) > 1:
		return "", "two words under " + name
	case len(own) == 0 && len(beside) == 1 && r.hangsOver(beside[0]):
		return r.words[beside[0]].text, ""
	case len(beside) > 0:
		return "", "a number beside " + name + " and not under it"
	case len(own) == 0:
		return "", ""
	case !strings.ContainsAny(r.words[own[0]].text, "0123456789"):
		return "", "no number under " + name
	case r.runsOn(own[0]):
		return "", "letters behind the number under " + name + ": a name may touch it"
	}
	return r.words[own[0]].text, ""
}

// runsOn reports whether a bib may be a number and the beginning of a name: letters stand behind its figures. One letter
// with a clear gap behind it is a bib such as 12A.
func (r *placed) runsOn(word int) bool {
	w := r.words[word]
	behind := strings.LastIndexAny(w.text, "0123456789") + 1
	first := strings.IndexFunc(w.text[strings.IndexAny(w.text, "0123456789"):], unicode.IsLetter)
	if first < 0 {
		return false
	}
	clear := word+1 < len(r.words) && r.words[word+1].from-w.to >= 2
	return !clear || len(w.text)-behind > 1 || !ascii([]byte(w.text[behind:]))
}

func (r *placed) touches(column int) bool { return slices.Contains(r.touch, column) }

// beside returns the words with a figure between the bib's heading and its neighbours. A word that can as well be the
// neighbour's, because nothing else stands there, is the neighbour's.
func (r *placed) beside() (words []int) {
	own := r.under(r.page.bib)
	for i, w := range r.words {
		if r.span[i] != gap || !strings.ContainsAny(w.text, "0123456789") {
			continue
		}
		left, right := r.columnOf(r.next[i]-1), r.columnOf(r.next[i])
		switch r.page.bib {
		case left:
			if right < 0 || len(r.under(right)) > 0 {
				words = append(words, i)
			}
		case right:
			// A number far in front of a bib and under no heading is a place.
			place := left < 0 && len(own) > 0 && r.words[own[0]].from-w.to >= 2
			if !place && (left < 0 || len(r.under(left)) > 0) {
				words = append(words, i)
			}
		}
	}
	return words
}

// columnOf is the column of a span, -1 in front of the first and behind the last one.
func (r *placed) columnOf(span int) int {
	if span < 0 || span >= len(r.spans) {
		return -1
	}
	return r.spans[span].column
}

// hangsOver reports whether a number right behind the heading is a bib of a column that is wider than its heading: the
// next column is of names.
func (r *placed) hangsOver(word int) bool {
	w, next := r.words[word], r.next[word]
	right := r.columnOf(next)
	if right < 0 || r.columnOf(next-1) != r.page.bib || !digits([]byte(w.text)) {
		return false
	}
	return w.from-r.spans[next-1].to <= 1 && r.text[right]
}

// trouble says why a row is not clear, or nothing.
func (r *placed) trouble() string {
	if len(r.touch) > 0 {
		return "the columns touch at " + quote(r.texts[r.touch[0]])
	}
	times := make(map[int]int)
	for i, w := range r.words {
		column := r.column(i)
		switch {
		case column >= 0 && r.keys[column] && !r.isTime(i):
		case r.isTime(i) && column < 0:
			return "a time stands under no heading: " + quote(w.text)
		case r.isTime(i) && (r.keys[column] && times[column] > 0 || r.text[column] || plainRole(r.roles[column])):
			return "a time stands under the wrong heading: " + quote(w.text)
		case column == r.page.time && strings.IndexByte(w.text, ':') > 2 && r.nothingBefore(i):
			return "the columns may touch: " + quote(w.text)
		case r.isTime(i):
			times[column]++
		case strayCodes[w.text]:
			return "status under no heading for it: " + w.text
		}
	}
	return r.wordyPlace()
}

// nothingBefore reports whether nothing stands in the column in front of a word: it may be the beginning of the word.
func (r *placed) nothingBefore(i int) bool {
	at := r.span[i]
	return at > 0 && len(r.under(r.spans[at-1].column)) == 0
}

// strayCodes are words that take a result away wherever they stand.
var strayCodes = map[string]bool{"DNF": true, "DNS": true, "DQ": true, "DSQ": true}

// wordyPlace says that the place is a word: the line is a footer, such as the record of the course.
func (r *placed) wordyPlace() string {
	for i, w := range r.words {
		at := r.column(i)
		if at < 0 || r.roles[at] != placeRole || at == r.page.bib || strings.ContainsAny(w.text, "0123456789") {
			continue
		}
		if strings.Trim(w.text, "-.*") != "" && statusOf(r.cell(at)).verdict == unknownWord {
			return "a word in the place of the place"
		}
	}
	return ""
}

// textColumn reports a heading under which no time and no bib can stand.
func textColumn(text string) bool {
	switch strings.Join(headerTokens(text), "") {
	case "name", "names", "fullname", "lastname", "firstname", "surname", "runner", "athlete", "participant", "last", "first",
		"club", "team", "city", "town", "hometown", "state", "st", "country", "nat", "sex", "s", "gender", "g", "age", "ag":
		return true
	}
	return false
}

// textOrShort reports a heading of columns that are never read.
func textOrShort(text string) bool { return textColumn(text) || shortColumn(text) }

// cell is what stands under a heading: its words, and those that one blank joins to them and that are under none.
func (r *placed) cell(column int) string {
	own := r.under(column)
	if len(own) == 0 {
		return ""
	}
	from, to := own[0], own[len(own)-1]
	for to+1 < len(r.words) && r.span[to+1] == gap && r.words[to+1].from == r.words[to].to+1 {
		to++
	}
	for from > 0 && r.span[from-1] == gap && r.words[from-1].to+1 == r.words[from].from &&
		strings.ContainsAny(r.words[from-1].text, "0123456789:") {
		from--
	}
	var texts []string
	for _, w := range r.words[from : to+1] {
		texts = append(texts, w.text)
	}
	return strings.Join(texts, " ")
}

// cells are the cells of the columns that are read. The others stay blank.
func (r *placed) cells(bib string) []string {
	cells := make([]string, len(r.texts))
	for i := range cells {
		switch {
		case i == r.page.bib:
			cells[i] = bib
		case r.keys[i]:
			cells[i] = r.cell(i)
		case i == len(cells)-1 && len(r.under(i)) > 0:
			cells[i] = "." // the row is whole
		}
	}
	return cells
}
