package parse

import (
	"slices"
	"strings"
)

// plain is a cell without what serves the eye: tags, a unit or the rank behind a time, the number sign in front of a
// bib, the status 0, which says that the athlete is in the ranking. timed is set where a person said that it is a time.
func (c rrColumn) plain(text string, timed bool) string {
	switch {
	case c.role.isTime() || timed:
		return plainTime(withoutTags(text))
	case c.role.isBib():
		return plainBib(text)
	case c.role == statusRole && text == "0":
		return ""
	}
	return text
}

func plainBib(text string) string { return strings.TrimPrefix(withoutTags(text), "#") }

// withoutTags leaves out the tags around a text: <b>14:25</b>, [b]14:25[/b]. A tag inside stays, and the cell is none.
func withoutTags(text string) string {
	for _, ends := range []string{"<>", "[]"} {
		for {
			inner, ok := strings.CutPrefix(text, ends[:1])
			_, inner, found := strings.Cut(inner, ends[1:])
			at := strings.LastIndex(inner, ends[:1])
			if !ok || !found || at < 0 || !strings.HasSuffix(inner, ends[1:]) || !strings.HasPrefix(inner[at:], ends[:1]+"/") {
				break
			}
			text = strings.TrimSpace(inner[:at])
		}
	}
	return text
}

// plainTime leaves out a rank behind a time, 14:25 (3.), and a unit that says what the form says too: 1:02:33 h,
// 14:25 min. The time 14:25 h has other units than it seems, and stays what it is.
func plainTime(text string) string {
	if before, rank, ok := strings.Cut(text, " ("); ok && digits([]byte(strings.TrimSuffix(strings.TrimSuffix(rank, ")"), "."))) &&
		strings.HasSuffix(rank, ")") {
		text = before
	}
	at := strings.IndexAny(text, " \u00a0")
	if at < 0 {
		return text
	}
	units := map[int8][]string{
		2: {"min", "min.", "mins", "minutes", "minuten"},
		3: {"h", "h.", "hrs", "hours", "std", "std.", "stunden", "uur", "heures"},
	}
	t := readTime([]byte(text[:at]))
	unit := strings.ToLower(strings.Trim(text[at:], " \u00a0"))
	if t.kind == clearTime && slices.Contains(units[t.fields], unit) {
		return text[:at]
	}
	return text
}

// standing is what the places and the groups of a row say about its status: a word such as DNF, "not ranked", or
// nothing. RACE RESULT itself ranks whoever has a result, so that a place that is no number, such as "*", says that the
// time is none, and not why.
func (a *rrAnswer) standing(r rrRow, columns []rrColumn) string {
	unranked := false
	ranked := false
	texts := slices.Clone(r.groups)
	for i, c := range columns {
		if c.role == placeRole || c.role == noteRole {
			texts = append(texts, r.cells[i])
		}
		if c.role == placeRole && r.cells[i] != "" {
			figure := strings.ContainsAny(r.cells[i], "123456789")
			ranked, unranked = ranked || figure, unranked || !figure
		}
	}
	for _, text := range texts {
		switch w := statusOf(text); {
		case w.verdict == saysCode || w.verdict == needsPerson:
			return text
		case w.verdict == stillOut && len(text) > 3 && a.finished(r, columns):
			return notRanked // the time so far
		case w.verdict == saysNothing && text != "":
			unranked = false // "Finisher"
		case mentionsStatus(text):
			return notRanked
		}
	}
	if unranked && !ranked && a.finished(r, columns) {
		return notRanked
	}
	return ""
}

const notRanked = "not ranked"

// finished reports whether a row has a time.
func (a *rrAnswer) finished(r rrRow, columns []rrColumn) bool {
	for i, c := range columns {
		if c.role.isTime() && readTime([]byte(c.plain(r.cells[i], false))).kind == clearTime {
			return true
		}
	}
	return false
}

// mentionsStatus reports a text such as "DNF / DNS" or "dnf (lap 2)": a status, and not which.
func mentionsStatus(text string) bool {
	return slices.ContainsFunc(headerTokens(text), func(word string) bool {
		switch word {
		case "dnf", "dns", "dq", "dsq", "disq", "abandon", "abandons", "disqualified", "disqualifie", "disqualifies",
			"disqualifiziert", "disqualifizierte", "ausgeschieden", "ausgeschiedene":
			return true
		}
		return false
	})
}
