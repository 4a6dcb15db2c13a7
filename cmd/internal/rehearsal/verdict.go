package rehearsal

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"finishwatch/cmd/internal/logging"
)

// verdict compares what was written with what is on the imitation's page, and with all that was ever sent to it.
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

// judge compares, and puts the daemon's own numbers beside it.
func (p *player) judge() verdict {
	v := p.compare()
	t := p.stage.daemon.Status().Totals()
	v.read, v.confirmed, v.held = t.Read, t.Confirmed, t.Held
	return v
}

// compare looks at the imitation's own record.
func (p *player) compare() verdict {
	v := verdict{want: len(p.stage.script.want), journal: len(p.stage.server.Journal())}
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
	for _, bib := range slices.Sorted(maps.Keys(page)) {
		v.wrong = append(v.wrong, fmt.Sprintf("bib %s should not be there", bib))
	}
	v.wrong = append(v.wrong, p.misread()...)
	slices.Sort(v.delays)
	return v
}

// misread returns, in words, what was sent and never stood in the export. It was public, if only for a moment.
func (p *player) misread() []string {
	said := map[[2]string]bool{}
	for _, finish := range p.stage.script.want {
		said[[2]string{string(finish.Bib), finish.Mark.String()}] = true
	}
	for _, step := range p.stage.script.steps {
		for bib, before := range step.again {
			said[[2]string{bib, before}] = true
		}
	}
	var wrong []string
	for _, entry := range p.stage.server.Journal() {
		for _, b := range entry.Batches {
			for _, row := range b.Rows {
				if !said[row] {
					said[row] = true // once is enough
					wrong = append(wrong, fmt.Sprintf("bib %s was sent with %s, which the export never said", row[0], row[1]))
				}
			}
		}
	}
	return wrong
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
