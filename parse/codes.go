package parse

import (
	"bytes"
	"slices"
)

// flag reads a column such as "nc" or "dnf", in which 1, x or yes mean that it is so.
func (t *table) flag(rec *record, column int) statusWord {
	b := bytes.ToLower(t.cell(rec, column))
	role := t.schema.roleOf(column)
	code, isFlag := flagCodes[role]
	switch string(b) {
	case "0", "n", "no", "false", "nein", "non", "nei", "nej":
		if role == finishedRole {
			return statusWord{verdict: stillOut, column: column + 1}
		}
		return statusWord{verdict: saysNothing}
	case "", "-":
		return statusWord{verdict: saysNothing}
	case "1", "x", "y", "yes", "true", "ja", "oui", "si":
		if isFlag {
			return statusWord{verdict: saysCode, code: code}
		}
	}
	if w := statusOf(string(b)); isFlag && w.verdict == saysCode && w.code == code {
		return w
	}
	if role == finishedRole {
		return statusWord{verdict: saysNothing}
	}
	return statusWord{verdict: needsPerson, column: column + 1}
}

// flagCodes are what a flag says about the result.
var flagCodes = map[role]Code{dnfRole: DNF, dnsRole: DNS, dqRole: DQ}

// remarksOnStatus reports a remark such as "disqualified: short cut".
func remarksOnStatus(text string) bool {
	return len(text) <= 80 && slices.ContainsFunc(headerTokens(text), func(w string) bool {
		return len(w) > 4 && statusWords[w].verdict == saysCode
	})
}

// codesIn reports whether one of the codes stands anywhere in a text.
func codesIn(data []byte) bool {
	for _, code := range codeWords {
		if bytes.Contains(data, code) {
			return true
		}
	}
	return false
}

var codeWords = [...][]byte{[]byte("DNF"), []byte("DNS"), []byte("DSQ"), []byte("DQ")}

// strayCode looks for DNF, DNS, DQ or DSQ anywhere in a row, because a status beats a time. Under headings it stands in a
// column of which nobody said that it holds a status, or inside of a name or a remark: that is for a person to decide. The
// other columns may say it of a split.
func (t *table) strayCode(rec *record) statusWord {
	if !codesIn(rec.bytes) {
		return statusWord{}
	}
	for i := range rec.cells {
		b := trim(rec.raw(i))
		if i == t.schema.bib || i == t.schema.time || !codesIn(b) {
			continue
		}
		w := statusOf(string(b))
		switch {
		case t.schema.line == 0 && w.verdict == saysCode:
			w.column = i + 1
			return w
		case t.schema.line == 0:
		case w.verdict == saysCode, !t.clubColumn(i) && slices.ContainsFunc(bytes.FieldsFunc(b, notLetter), isCode):
			return statusWord{verdict: needsPerson, column: i + 1}
		}
	}
	return statusWord{}
}

// clubColumn reports a column of clubs: there is a DNF Running Club.
func (t *table) clubColumn(i int) bool {
	if i >= len(t.schema.header.texts) {
		return false
	}
	return slices.ContainsFunc(headerTokens(t.schema.header.texts[i]), func(w string) bool {
		switch w {
		case "club", "klub", "klubb", "klubi", "verein", "seura", "societa", "societe", "forening", "vereniging", "city", "town", "ort":
			return true
		}
		return teamWord(w)
	})
}

func notLetter(r rune) bool { return r < 'A' || r > 'Z' && r < 'a' || r > 'z' && r < 0x80 }

// isCode reports a code as a word of its own. DQ is left out: it may be somebody's initials.
func isCode(word []byte) bool {
	return string(word) == "DNF" || string(word) == "DNS" || string(word) == "DSQ"
}
