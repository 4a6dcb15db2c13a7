package parse

import (
	"slices"
	"strconv"
	"time"
)

// logReads gives the accounts of the reads of a raw log.
func (w *wanted) logReads() {
	counted := w.counted()
	var reads []keptRead
	for _, read := range w.reads {
		if bib, _, _ := w.log.bibOf([]byte(read.chip)); w.lines[read.line] || w.wants(bib) {
			w.lines[read.line] = true
			reads = append(reads, read)
		}
	}
	texts := w.texts()
	for _, read := range reads {
		a := w.begin(read.line)
		if a == nil {
			continue
		}
		a.Text = lineText(texts[read.line])
		w.fillRead(a, read, counted)
		w.end(a)
	}
}

// counted are the reads that are start + min or later, by bib.
func (w *wanted) counted() map[Bib][]passing {
	rules := w.log.rules
	counted := map[Bib][]passing{}
	for _, read := range w.reads {
		bib, reason, _ := w.log.bibOf([]byte(read.chip))
		since, problem := rules.Start.since(read.at, rules)
		if reason == "" && problem == "" && since >= max(0, int64(rules.Passings.Min)) {
			counted[bib] = append(counted[bib], passing{line: read.line, bib: bib, since: since})
		}
	}
	return counted
}

// fillRead writes the account of one read up to the verdict. A read counts that is start + min or later.
func (w *wanted) fillRead(a *Account, read keptRead, counted map[Bib][]passing) {
	rules := w.log.rules
	bib, reason, _ := w.log.bibOf([]byte(read.chip))
	switch {
	case reason != "":
		a.step("chip", quote(read.chip)+": "+reason)
		return
	case rules.Passings.Chips == nil:
		a.step("bib", quote(read.chip)+" is the bib: there is no chip map")
	default:
		a.step("chip", quote(read.chip)+" is bib "+clean(string(bib))+" by the chip map")
	}
	a.Bib = bib
	counts := slices.ContainsFunc(counted[bib], func(p passing) bool { return p.line == read.line })
	a.step("time", read.at.text())
	since, problem := rules.Start.since(read.at, rules)
	switch {
	case problem != "":
		a.step("start", rules.Start.String()+": "+problem)
		return
	case since < 0:
		a.step("start", "before the start at "+rules.Start.String())
		return
	}
	m, err := markSince(since, max(read.at.decimals, rules.Start.stamp.decimals))
	if err != nil {
		a.step("start", rules.Start.String()+": "+err.Error())
		return
	}
	a.step("start", rules.Start.String()+", so "+m.String()+" since the start")
	if shortest := rules.Passings.Min; shortest > 0 {
		if counts {
			a.step("min", m.String()+" is start + "+spanText(shortest)+" or later")
		} else {
			a.step("min", m.String()+" is before start + "+spanText(shortest))
		}
	}
	if counts {
		w.earliest(a, counted[bib])
		if a.Verdict == IsFinish {
			a.roundingSteps(rules, m)
		}
	}
}

// earliest says which of the reads of a bib is the finish.
func (w *wanted) earliest(a *Account, reads []passing) {
	first, rule := w.log.first[a.Bib], "bib "+string(a.Bib)
	own := reads[slices.IndexFunc(reads, func(p passing) bool { return p.line == a.Line })]
	switch {
	case first.line != own.line && first.since == own.since:
		a.step(rule, "another read at line "+strconv.Itoa(first.line)+" is the same moment")
	case first.line != own.line:
		a.step(rule, "another read at line "+strconv.Itoa(first.line)+" is earlier")
	case len(reads) > 1:
		a.step(rule, "the earliest of its "+strconv.Itoa(len(reads))+" reads that could be the finish")
	default:
		a.step(rule, "its only read that could be the finish")
	}
}

// text is a stamp for a person.
func (s stamp) text() string {
	layout := "15:04:05.999999999"
	at := time.Unix(0, s.nanos).UTC()
	if s.day == noDay {
		return at.Format(layout) + ", time of day"
	}
	text := at.AddDate(0, 0, int(s.day)).Format("2006-01-02 " + layout)
	if s.instant {
		return text + " UTC"
	}
	return text
}

// spanText writes a duration without the units that are nought: 5m, 1h30m.
func spanText(d time.Duration) string {
	text := d.String()
	for _, nought := range []string{"0s", "0m"} {
		n := len(text) - len(nought)
		if n > 0 && text[n:] == nought && (text[n-1] == 'm' || text[n-1] == 'h') {
			text = text[:n]
		}
	}
	return text
}
