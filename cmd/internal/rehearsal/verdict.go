package rehearsal

import (
	"fmt"
	"io"
	"slices"
	"time"

	"finishwatch/cmd/internal/logging"
)

// verdict compares what was written with what is on the imitation's page.
type verdict struct {
	want      int // finishes in the export
	read      int // of the daemon's own numbers, for comparison
	confirmed int
	held      int

	right   int      // on the page with the exact mark, once
	wrong   []string // in words
	delays  []time.Duration
	journal int // accepted uploads
}

func (v verdict) clean() bool { return v.right == v.want && len(v.wrong) == 0 && v.confirmed == v.want }

// judge looks at the imitation's own record.
func (p *player) judge() verdict {
	t := p.stage.daemon.Status().Totals()
	v := verdict{want: len(p.stage.script.want), read: t.Read, confirmed: t.Confirmed, held: t.Held, journal: len(p.stage.server.Journal())}
	type shown struct {
		mark           string
		times          int
		first, changed time.Time
	}
	page := map[string]shown{}
	for _, row := range p.stage.server.Rows("R1", 1, 1) {
		page[row.Bib] = shown{row.Mark, page[row.Bib].times + 1, row.First, row.Changed}
	}
	for _, finish := range p.stage.script.want {
		bib := string(finish.Bib)
		got := page[bib]
		delete(page, bib)
		switch {
		case got.times == 0:
			v.wrong = append(v.wrong, fmt.Sprintf("bib %s %s is missing", bib, finish.Mark))
		case got.times > 1:
			v.wrong = append(v.wrong, fmt.Sprintf("bib %s is there %d times", bib, got.times))
		case got.mark != finish.Mark.String():
			v.wrong = append(v.wrong, fmt.Sprintf("bib %s has %s, the export says %s", bib, got.mark, finish.Mark))
		default:
			v.right++
			v.delays = append(v.delays, p.delay(bib, finish.Line, got.first, got.changed))
		}
	}
	for bib := range page {
		v.wrong = append(v.wrong, fmt.Sprintf("bib %s should not be there", bib))
	}
	slices.Sort(v.delays)
	return v
}

// delay is the time from the write that completed the row to the upload that carried it.
func (p *player) delay(bib string, line int, first, changed time.Time) time.Duration {
	if at, ok := p.corrected[bib]; ok {
		return changed.Sub(at)
	}
	i, _ := slices.BinarySearchFunc(p.complete, line, func(m moment, line int) int { return m.lines - line })
	if i == len(p.complete) {
		i--
	}
	return first.Sub(p.complete[i].at)
}

// maxWrong bounds how many wrong rows the verdict names.
const maxWrong = 20

func (v verdict) print(w io.Writer) {
	for _, text := range v.wrong[:min(len(v.wrong), maxWrong)] {
		fmt.Fprintf(w, "WRONG  %s\n", logging.Clean(text))
	}
	if more := len(v.wrong) - maxWrong; more > 0 {
		fmt.Fprintf(w, "WRONG  and %d more\n", more)
	}
	word := "CLEAN"
	if !v.clean() {
		word = "NOT CLEAN"
	}
	fmt.Fprintf(w, "%s: read %d, confirmed %d, %d of %d on the page exactly once with the exact mark", word, v.read, v.confirmed, v.right, v.want)
	if v.held > 0 {
		fmt.Fprintf(w, ", %d held", v.held)
	}
	fmt.Fprintf(w, ", %d uploads", v.journal)
	if len(v.delays) > 0 {
		fmt.Fprintf(w, ", delay %s in the middle, worst %s", rounded(v.delays[len(v.delays)/2]), rounded(v.delays[len(v.delays)-1]))
	}
	fmt.Fprintln(w)
}

func rounded(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
