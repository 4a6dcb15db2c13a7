// Package explanation says to a person, or to a program in JSON, how one race reads one file: which column is what, the
// verdict of every row, and for rows that are asked for the rules that decided. It opens no file and decides nothing:
// all of it is what package parse says.
package explanation

import (
	"errors"
	"fmt"
	"time"

	"finishwatch/parse"
)

// Explanation is how one race reads one file.
type Explanation struct {
	File    string
	Race    string // the unit, empty without a configuration
	Reading *parse.Reading
	Err     error // the file is refused, and there is no reading

	Asked    bool // for some rows only: then those are shown, each with its account
	Accounts []parse.Account

	Late string // when the daemon would read the last line, where that is later than the others

	// Guards are what keeps rows back that the file alone does not tell: a person's hold, a mass change, a row that the
	// server refused; each in words, with its bib where it is about one.
	Guards []Guard
}

// Guard is why rows are kept back for another reason than what stands in the file.
type Guard struct {
	Bib    string `json:"bib"` // empty where it is about the whole race or file
	Reason string `json:"reason"`
}

// Besides takes those guards that the file itself does not explain.
func (e *Explanation) Besides(guards []Guard) {
	said := map[Guard]bool{}
	asked := map[string]bool{}
	if e.Reading != nil {
		for _, h := range e.Reading.Held {
			said[Guard{string(h.Bib), h.Reason}] = true
		}
	}
	for _, a := range e.Accounts {
		asked[string(a.Bib)] = true
	}
	for _, g := range guards {
		if !said[g] && (!e.Asked || g.Bib == "" || asked[g.Bib]) {
			e.Guards = append(e.Guards, g)
		}
	}
}

// Read reads a file that is taken for complete. The daemon does not take it so: settle is how long it waits until a
// rewritten file counts.
func (e *Explanation) Read(data []byte, rules parse.Rules, ask parse.Ask, settle time.Duration) {
	e.Asked = len(ask.Lines)+len(ask.Bibs) > 0
	e.Reading, e.Accounts, e.Err = parse.Explain(data, rules, parse.TailStill, ask)
	if e.Err == nil {
		e.Late = late(data, rules, e.Reading, settle)
	}
}

// late says when the daemon believes a last line that no newline ends.
func late(data []byte, rules parse.Rules, still *parse.Reading, settle time.Duration) string {
	at := rows(still)
	if len(at) == 0 || at[len(at)-1].word == ignored {
		return ""
	}
	last := at[len(at)-1]
	if growing, err := parse.Read(data, rules, parse.TailGrowing); err == nil && stands(growing, last) {
		return ""
	}
	unit, after, because := unitOf(still.Format), 100*settle, ", because it may be cut short"
	if quiet, err := parse.Read(data, rules, parse.TailQuiet); err == nil && stands(quiet, last) {
		after, because = 10*settle, ""
	}
	if last.word == held && last.bib == "" {
		return fmt.Sprintf("%s %d has no newline at its end and is not complete: it counts when its end is written", unit, last.line)
	}
	return fmt.Sprintf("%s %d has no newline at its end: the daemon reads it when the file has been quiet for %v%s", unit, last.line, after, because)
}

// stands reports whether a reading has a row with the same verdict.
func stands(r *parse.Reading, want row) bool {
	at := rows(r)
	return len(at) > 0 && at[len(at)-1] == want
}

// unitOf is what the numbers of a reading count.
func unitOf(format string) string {
	switch format {
	case "iof", "clax", "raceresult-json":
		return "record"
	case "xlsx":
		return "row"
	}
	return "line"
}

// choices are the ways to read a refused file between which a person has to choose.
func (e *Explanation) choices() []parse.Choice {
	if refused, ok := errors.AsType[*parse.FileError](e.Err); ok {
		return refused.Choices
	}
	return nil
}

// only keeps the asked rows of a reading.
func (e *Explanation) only() parse.Reading {
	r := *e.Reading
	if !e.Asked {
		return r
	}
	r.Finishes, r.Held, r.Ignored = nil, nil, nil
	asked := map[int]bool{}
	for _, a := range e.Accounts {
		asked[a.Line] = a.Verdict != parse.NoRow
	}
	for _, f := range e.Reading.Finishes {
		if asked[f.Line] {
			r.Finishes = append(r.Finishes, f)
		}
	}
	for _, h := range e.Reading.Held {
		if asked[h.Line] {
			r.Held = append(r.Held, h)
		}
	}
	for _, i := range e.Reading.Ignored {
		if asked[i.Line] {
			r.Ignored = append(r.Ignored, i)
		}
	}
	return r
}
