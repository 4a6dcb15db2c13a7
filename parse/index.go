package parse

// index finds the finish of a bib. Nearly all bibs are small numbers, and a slice of them is several times faster
// than a map where every bib of a large race is looked up at every export.
type index struct {
	small []int32 // by number: place in the finishes and one, or 0
	other map[string]int32
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

// put notes where the finish of a bib is. The text is kept.
func (x *index) put(bib string, at int32) {
	if n, ok := smallBib([]byte(bib)); ok {
		if n >= len(x.small) {
			grown := make([]int32, min(2*n+1024, maxSmall))
			copy(grown, x.small)
			x.small = grown
		}
		x.small[n] = at + 1
		return
	}
	if x.other == nil {
		x.other = make(map[string]int32)
	}
	x.other[bib] = at
}
