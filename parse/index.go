package parse

import "strings"

// index finds the finish of a bib. Nearly all bibs are small numbers, and a slice of them is several times faster
// than a map where every bib of a large race is looked up at every export.
type index struct {
	small []int32 // by number: place in the finishes and one, or 0
	other map[string]int32

	letters strings.Builder // what the bibs are made of, so that they do not take one allocation each
}

// maxSmall bounds the slice.
const maxSmall = 1 << 17

// smallBib returns the number of a bib that is written as a number without leading noughts.
func smallBib(bib []byte) (int, bool) {
	if len(bib) == 0 || len(bib) > 6 || bib[0] == '0' {
		return 0, false
	}
	n := 0
	for _, c := range bib {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n < maxSmall
}

// find returns where the finish of a bib is.
func (x *index) find(bib []byte) (int32, bool) {
	if n, ok := smallBib(bib); ok {
		if n >= len(x.small) {
			return 0, false
		}
		return x.small[n] - 1, x.small[n] > 0
	}
	i, ok := x.other[string(bib)]
	return i, ok
}

// enter returns where the finish of a bib is, and notes that it is at a place where there is none yet. Then the text of
// the bib is a copy.
func (x *index) enter(bib []byte, at int32) (string, int32) {
	if n, ok := smallBib(bib); ok {
		if n >= len(x.small) {
			grown := make([]int32, min(2*n+1024, maxSmall))
			copy(grown, x.small)
			x.small = grown
		}
		if x.small[n] > 0 {
			return "", x.small[n] - 1
		}
		x.small[n] = at + 1
		return x.keep(bib), at
	}
	if found, ok := x.other[string(bib)]; ok {
		return "", found
	}
	if x.other == nil {
		x.other = make(map[string]int32)
	}
	text := x.keep(bib)
	x.other[text] = at
	return text, at
}

// keep copies a bib behind the others. A strings.Builder never changes what it has handed out.
func (x *index) keep(bib []byte) string {
	const chunk = 16 << 10
	if x.letters.Cap()-x.letters.Len() < len(bib) {
		x.letters = strings.Builder{}
		x.letters.Grow(chunk)
	}
	from := x.letters.Len()
	x.letters.Write(bib)
	return x.letters.String()[from:]
}
