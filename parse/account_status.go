package parse

import "slices"

// statusStep says what the row says besides the time, and where: the first of the places that the judge looks at which
// decides. Nothing is said where there is no such place in the row.
func (r *rowAccount) statusStep() {
	column, word := r.statusPlace()
	if column < 0 {
		return
	}
	s := r.table.schema
	content := r.content(column)
	if content == "blank" {
		if column == s.status && r.time.kind == clearTime {
			r.account.step("status", r.where(column)+": blank, so the time counts")
		}
		return
	}
	r.account.step("status", r.where(column)+": "+content+" "+r.statusText(word))
}

// statusText says what a word means for the row.
func (r *rowAccount) statusText(w statusWord) string {
	timed := r.time.kind == clearTime
	switch {
	case w.verdict == saysCode && timed:
		return "is " + w.code.String() + ", and a status beats a time"
	case w.verdict == saysCode:
		return "is " + w.code.String()
	case w.verdict == saysNothing && timed:
		return "says nothing against the time"
	case w.verdict == saysNothing:
		return "is no result by itself"
	case w.verdict == stillOut && timed:
		return "has not finished, and there is a time"
	case w.verdict == stillOut:
		return "has not finished"
	case w.verdict == needsPerson && r.classifier() != "":
		return "is " + r.classifier() + ", which is no result that OpenTrack knows"
	case w.verdict == needsPerson && w.column > 0 && !slices.Contains(r.table.schema.flags, w.column-1):
		return "says so where nobody said that the status stands"
	case w.verdict == needsPerson:
		return "is no result that OpenTrack knows"
	}
	return "is no status that is known"
}

// statusPlace finds the column that decided, in the order of [table.status].
func (r *rowAccount) statusPlace() (column int, w statusWord) {
	t, s, rec := &r.table, r.table.schema, &r.rec
	own := t.statusColumn(rec)
	if own.verdict != saysNothing && own.verdict != stillOut {
		return s.status, own
	}
	for _, i := range s.flags {
		if w := t.flag(rec, i); w.verdict != saysNothing {
			return i, w
		}
	}
	for _, i := range s.notes {
		if w := t.noteWord(rec, i); w.verdict == saysCode || w.verdict == needsPerson {
			return i, w
		}
	}
	if r.time.kind != notATime {
		if w := t.strayCode(rec); w.verdict != unknownWord {
			return w.column - 1, w
		}
	}
	if r.time.kind == notATime {
		if w := statusOf(t.text(r.at, rec.bytes)); w.verdict != unknownWord {
			return s.time, w
		}
	}
	return s.status, own
}

// classifier is what a digit in a classifier's column means, or nothing.
func (r *rowAccount) classifier() string {
	status := r.table.schema.status
	if status < 0 || !r.table.isClassifier() {
		return ""
	}
	return classifierWords[r.text(status)]
}
