package parse

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// word is what stands between two blanks, with the character positions from where to where it goes.
type word struct {
	from, to int
	text     string
}

// wordsOf cuts a line at its blanks. A character takes as many positions as columns says.
func wordsOf(line string, columns func(rune) int) []word {
	var words []word
	at, from, start := 0, -1, 0
	flush := func(end int) {
		if from >= 0 {
			words = append(words, word{from, at, line[start:end]})
			from = -1
		}
	}
	for i, r := range line {
		switch {
		case r == '\r' || r == '\f' || r == '\uFEFF':
			flush(i)
			continue // takes no place
		case unicode.IsSpace(r):
			flush(i)
		case from < 0:
			from, start = at, i
		}
		at += columns(r)
	}
	flush(len(line))
	return words
}

// characters is the width of what programs count in text.
func characters(rune) int { return 1 }

// byteWidth is the width for programs that count the bytes of UTF-8.
func byteWidth(r rune) int { return utf8.RuneLen(r) }

// screenWidth is the width on a screen: Chinese and Japanese characters take two cells, accents of their own none.
func screenWidth(r rune) int {
	switch k := width.LookupRune(r).Kind(); {
	case k == width.EastAsianWide || k == width.EastAsianFullwidth:
		return 2
	case unicode.Is(unicode.Mn, r):
		return 0
	}
	return 1
}

// maxHeadings bounds the columns of a page, and maxWords the words of a row.
const maxHeadings, maxWords = 128, 512

// page is a header and the places where its columns are.
type page struct {
	header
	headings []word // one a column
	spans    []span // where the columns are, from left to right

	bib, time int
	keys      []bool // columns that are read

	// What can stand under a heading: names, one short word, an age, other times than the result.
	text, short, age, maybe []bool
}

// span is where the words of a column stand.
type span struct{ from, to, column int }

// newPage reads a line as headings.
func newPage(words []word) *page {
	if len(words) > maxHeadings {
		words = nil
	}
	return pageOf(headingsOf(words))
}

func pageOf(headings []word) *page {
	p := &page{bib: -1, time: -1, headings: headings}
	for i, w := range headings {
		r := headerRole(w.text)
		if r != noRole {
			p.known++
		}
		p.texts, p.roles = append(p.texts, w.text), append(p.roles, r)
		p.spans = append(p.spans, span{w.from, w.to, i})
		p.text, p.short, p.age = append(p.text, textColumn(w.text)), append(p.short, shortColumn(w.text)), append(p.age, ageColumn(w.text))
		p.maybe = append(p.maybe, maybeTimes(w.text, r))
	}
	return p
}

// stacked joins two lines of headings, such as Chip above Time; nil where no heading of a bib or a time comes of it.
func stacked(above, below *page) *page {
	var headings []word
	joins := false
	taken := make(map[int]int) // of above, by the heading of below
	for i, w := range above.headings {
		under := -1
		for j, b := range below.headings {
			if b.from < w.to && w.from < b.to {
				if _, twice := taken[j]; twice || under >= 0 {
					return nil
				}
				under = j
			}
		}
		if under < 0 {
			headings = append(headings, w)
			continue
		}
		taken[under] = i
	}
	for j, b := range below.headings {
		if i, ok := taken[j]; ok {
			w := above.headings[i]
			if r := headerRole(w.text + " " + b.text); r != noRole && r != otherRole {
				joins = joins || r.isTime() || r.isBib()
				b.text = w.text + " " + b.text
			}
			b.from, b.to = min(w.from, b.from), max(w.to, b.to)
		}
		headings = append(headings, b)
	}
	slices.SortFunc(headings, func(a, b word) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(headings); i++ {
		joins = joins && headings[i-1].to <= headings[i].from
	}
	if !joins {
		return nil
	}
	return pageOf(headings)
}

// headingsOf joins words that are one heading, such as Net Time, and parts those that touch.
func headingsOf(words []word) []word {
	var parts, out []word
	for _, w := range words {
		parts = append(parts, touchingHeadings(w)...)
	}
	for i := 0; i < len(parts); i++ {
		w := parts[i]
		for n := min(3, len(parts)-i); n > 1; n-- {
			if joined, ok := joinedHeading(parts[i : i+n]); ok {
				w, i = joined, i+n-1
				break
			}
		}
		out = append(out, w)
	}
	return out
}

// joinedHeading joins words with one blank between them that are together the heading of a column that is read.
func joinedHeading(words []word) (word, bool) {
	joined := words[0]
	if textOrShort(joined.text) {
		return word{}, false // Ag S Time
	}
	for _, w := range words[1:] {
		if w.from != joined.to+1 {
			return word{}, false
		}
		joined.text += " " + w.text
		joined.to = w.to
	}
	r := headerRole(joined.text)
	return joined, r.isTime() || r.isBib() || r == statusRole
}

// heads reports whether the line is a header and no sentence in which the words for a bib and a time occur.
func (p *page) heads() bool {
	n := len(p.headings)
	return p.satisfies(&Rules{}) && 2*p.known >= n && (p.known >= 3 || n == 2)
}

// surelyHeads reports whether the line can be nothing but a header, of a table without a bib perhaps.
func (p *page) surelyHeads() bool {
	return p.known >= 4 && 2*p.known >= len(p.headings) && p.is(func(r role) bool { return r.isBib() || r.isTime() })
}

// touchingHeadings parts a word that is two headings without a blank between them. Only pairs are parted that cannot
// mean anything else: LAPTIME is no TIME.
func touchingHeadings(w word) []word {
	const longest = 24
	if len(w.text) > longest || !ascii([]byte(w.text)) {
		return []word{w}
	}
	if behind := len("time"); len(w.text) > behind && strings.EqualFold(w.text[:behind], "time") && clockWord(w.text[behind:]) {
		// Net TimeGUN TIME
		return []word{{w.from, w.from + behind, w.text[:behind]}, {w.from + behind, w.to, w.text[behind:]}}
	}
	if headerRole(w.text) != noRole {
		return []word{w}
	}
	for i := 3; i < len(w.text)-1; i++ {
		a, b := w.text[:i], w.text[i:]
		left, right := headerRole(a), headerRole(b)
		switch {
		case left.isTime() && (right.isTime() && left != right || strings.EqualFold(b, "pace")):
		case left.isBib() && strings.EqualFold(b, "name"):
		case left == placeRole && right == bibRole:
		case textOrShort(a) && textOrShort(b) && len(b) > 1:
		default:
			continue
		}
		return []word{{w.from, w.from + i, a}, {w.from + i, w.to, b}}
	}
	return []word{w}
}

// clockWord reports the first word of a heading such as Gun Time.
func clockWord(text string) bool {
	r := nounRoles[strings.ToLower(text)]
	return r == chipRole || r == gunRole
}

// choose finds the columns that are read.
func (p *page) choose(rules *Rules) *FileError {
	var err *FileError
	if p.bib, err = p.bibColumn(rules.Columns.Bib); err != nil {
		return err
	}
	var other int
	if p.time, other, err = p.timeColumn(rules); err != nil {
		return err
	}
	p.keys = make([]bool, len(p.headings))
	named := []string{rules.Columns.Status}
	for name := range rules.Where {
		named = append(named, name)
	}
	for _, name := range named {
		if at, err := p.find(name); err == nil && at < len(p.keys) {
			p.keys[at] = true
		}
	}
	for i, r := range p.roles {
		switch r {
		case placeRole, statusRole, classRole, noteRole, ncRole, dnfRole:
			p.keys[i] = true
		}
	}
	for _, at := range []int{p.bib, p.time, other} {
		if at >= 0 && at < len(p.keys) {
			p.keys[at] = true
		}
	}
	return nil
}

func (p *page) sameTexts(o *page) bool {
	return strings.EqualFold(strings.Join(p.texts, "\t"), strings.Join(o.texts, "\t"))
}

// ruled is the page with the places of the columns from a line of dashes under the header, the page itself where they say
// nothing new, and nil where the line is none.
func (p *page) ruled(words []word) *page {
	for _, w := range words {
		if strings.Trim(w.text, "=-_~") != "" {
			return nil
		}
	}
	if len(words) < 2 {
		return p
	}
	var spans []span
	for _, s := range p.spans {
		if under := overlapping(words, s); len(under) == 1 {
			s.from, s.to = min(s.from, under[0].from), max(s.to, under[0].to)
		}
		if n := len(spans); n > 0 && spans[n-1].to > s.from {
			// Two words of one heading. The one that is read stands for both.
			if p.keys[s.column] && !p.keys[spans[n-1].column] {
				spans[n-1].column = s.column
			}
			spans[n-1].to = max(spans[n-1].to, s.to)
			continue
		}
		spans = append(spans, s)
	}
	if slices.Equal(spans, p.spans) {
		return p
	}
	ruled := *p
	ruled.spans = spans
	return &ruled
}

func overlapping(words []word, s span) (under []word) {
	for _, w := range words {
		if w.from < s.to && s.from < w.to {
			under = append(under, w)
		}
	}
	return under
}
