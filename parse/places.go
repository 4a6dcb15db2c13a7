package parse

import (
	"bytes"
	"strconv"
	"strings"
)

// ranking is what the column of the overall place says about the rows so far. A place is not sent, but a row that
// contradicts it is no plain result: a guest, a footer with the course record, or a gap to the winner.
type ranking struct {
	column int  // -1 where there is none, or where the column holds words anyway
	begun  bool // a row with a time was seen

	uneven bool  // the rows are not in the order of the places: then nothing is concluded from it
	last   int   // the place of the row before
	first  int64 // hundredths of the row with place 1
}

// newRanking finds the first column that is headed as the place and nothing else.
func newRanking(h *header) ranking {
	for i, r := range h.roles {
		if r == placeRole && headerWords[strings.Join(headerTokens(h.texts[i]), "")] == placeRole {
			return ranking{column: i}
		}
	}
	return ranking{column: -1}
}

// unranked notes the place of a row and says why it speaks against its time, or nothing.
func (t *table) unranked(rec *record, m Mark) string {
	r := &t.ranking
	if r.column < 0 || r.column == t.schema.bib {
		return ""
	}
	b := t.cell(rec, r.column)
	word := isWord(b)
	if !r.begun && word {
		r.column = -1 // somebody's home town
		return ""
	}
	r.begun = true
	if word {
		return "a word where the place is: " + quote(t.text(b, rec.bytes)) + fixCell
	}
	place, ok := placeNumber(b)
	if !ok || t.rules.Mixed || !t.rules.Fastest.IsZero() {
		return ""
	}
	switch {
	case place == 1 && place != r.last:
		r.first = m.Hundredths()
	case place != r.last && place != r.last+1:
		r.uneven = true
	}
	r.last = place
	if r.uneven || m.Hundredths() == 0 || 2*m.Hundredths() >= r.first {
		return ""
	}
	return "place " + strconv.Itoa(place) + " with less than half the time of place 1: " + m.String() +
		"; if it is no gap to the winner, set fastest"
}

// placeNumber reads 3, 3., 3.0 and 3=.
func placeNumber(b []byte) (int, bool) {
	n, figures := number(b, 7)
	if figures == len(b) {
		return int(n), n > 0
	}
	b = bytes.TrimSuffix(bytes.TrimRight(b, ".="), []byte(".0"))
	return int(n), figures > 0 && figures == len(b) && n > 0
}

// isWord reports a cell of letters only that is more than a Roman number.
func isWord(b []byte) bool {
	letters := 0
	if len(b) > 0 && b[0] <= '9' && b[0] >= '0' {
		return false // nearly every place
	}
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			return false
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= 0x80:
			letters++
		}
	}
	return letters > 1 && len(bytes.Trim(b, "IVXLC.")) > 0
}
