package explanation

import (
	"strings"

	"finishwatch/parse"
)

// The words of the listing, as a person sees them.
const (
	finish  = "finish"
	held    = "HELD"
	ignored = "ignored"
	refused = "REFUSED"
)

// row is what became of one line.
type row struct {
	line int
	word string
	bib  string
	text string // a mark or a reason
}

// rows merges the three lists of a reading in the order of the lines.
func rows(r *parse.Reading) []row {
	list := make([]row, 0, len(r.Finishes)+len(r.Held)+len(r.Ignored))
	f, h, i := r.Finishes, r.Held, r.Ignored
	for len(f)+len(h)+len(i) > 0 {
		switch {
		case len(f) > 0 && (len(h) == 0 || f[0].Line <= h[0].Line) && (len(i) == 0 || f[0].Line <= i[0].Line):
			list = append(list, row{f[0].Line, finish, string(f[0].Bib), f[0].Mark.String()})
			f = f[1:]
		case len(h) > 0 && (len(i) == 0 || h[0].Line <= i[0].Line):
			list = append(list, row{h[0].Line, held, string(h[0].Bib), h[0].Reason})
			h = h[1:]
		default:
			list = append(list, row{i[0].Line, ignored, "", i[0].Reason})
			i = i[1:]
		}
	}
	return list
}

// leastFold is how many ignored lines make a run that is folded.
const leastFold = 3

// run is one or several lines that are shown as one.
type run struct {
	row
	last int // of a run of ignored lines; the line itself where there is one only
	rows int
}

// runs folds the ignored lines that have one reason and nothing between them.
func runs(list []row, fold bool) []run {
	var out []run
	for i := 0; i < len(list); {
		n := 1
		same := true
		for fold && list[i].word == ignored && i+n < len(list) && list[i+n].word == ignored && ruleOf(list[i+n].text) == ruleOf(list[i].text) {
			same = same && list[i+n].text == list[i].text
			n++
		}
		if n < leastFold {
			n = 1
		}
		r := run{list[i], list[i+n-1].line, n}
		if n > 1 && !same {
			r.text = ruleOf(r.text) + " …"
		}
		out = append(out, r)
		i += n
	}
	return out
}

// parts takes a reason apart: the rule, what it found in the row, and what to do about it. What stands between quotes
// is from the file and not looked at.
func parts(reason string) (rule, found, fix string) {
	rule = reason
	if i := outside(reason, "; "); i >= 0 {
		rule, fix = reason[:i], reason[i+2:]
	}
	if i := outside(rule, ": "); i >= 0 {
		rule, found = rule[:i], rule[i+2:]
	}
	return rule, found, fix
}

// Rule is the beginning of a reason: the rule alone, without what it found and what to do.
func Rule(reason string) string { return ruleOf(reason) }

func ruleOf(reason string) string {
	rule, _, _ := parts(reason)
	return rule
}

// outside finds text that is not between quotes, or -1.
func outside(s, text string) int {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(s[i:], text):
			return i
		}
	}
	return -1
}

// group is the held rows of one rule.
type group struct {
	rule, found, fix string // found is empty where the rows differ in it
	rows             []row
}

// groups puts the held rows together that are held for one rule, the most frequent first seen first.
func groups(list []row) []group {
	var out []group
	at := map[[2]string]int{}
	for _, r := range list {
		if r.word != held {
			continue
		}
		rule, found, fix := parts(r.text)
		i, ok := at[[2]string{rule, fix}]
		if !ok {
			i = len(out)
			at[[2]string{rule, fix}] = i
			out = append(out, group{rule: rule, found: found, fix: fix})
		}
		g := &out[i]
		if g.found != found {
			g.found = ""
		}
		g.rows = append(g.rows, r)
	}
	return out
}
