package parse

import (
	"strings"
	"unicode"
)

// maxBib is the longest bib in bytes; what is longer is a name in the wrong column.
const maxBib = 20

// bibProblem says why a cell is no bib, or nothing.
func bibProblem(bib []byte) string {
	if len(bib) > 0 && len(bib) <= maxBib && bib[0] >= '1' && bib[0] <= '9' && digits(bib) {
		return ""
	}
	return oddBibProblem(string(bib))
}

func oddBibProblem(bib string) string {
	switch bib {
	case "", "?", "-", "--", "0", "00", "000", "0000", "#N/A", "N/A", "n/a":
		return "no bib"
	}
	switch {
	case len(bib) > maxBib || !strings.ContainsAny(bib, "0123456789"), readTime([]byte(bib)).kind == clearTime,
		bib[0] == '-', bib[0] == '+', bib[len(bib)-1] == '.':
		return "not a bib: " + quote(bib)
	case decimalBib(bib):
		return "not a bib, but what a program made of a number: " + quote(bib)
	}
	for _, r := range bib {
		if r == ' ' || !showable(r) || strings.ContainsRune(",;|\"'<>#*:", r) || r > unicode.MaxASCII && unicode.IsDigit(r) {
			return "not a bib: " + quote(bib)
		}
	}
	return ""
}

// decimalBib reports 2100.0 and 2.1E+03. Nobody wears that, and what the number was before, such as 02100, is lost.
func decimalBib(bib string) bool {
	whole, decimals, _ := strings.Cut(bib, ".")
	if digits([]byte(whole)) && decimals != "" && strings.Trim(decimals, "0") == "" {
		return true
	}
	_, _, ok := decimal([]byte(bib))
	return ok && strings.ContainsAny(bib, "eE") && strings.ContainsAny(bib, "+.")
}
