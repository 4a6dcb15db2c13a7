package rehearsal

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/logging"
	"finishwatch/uploader/sandbox"
)

// verdict compares what was written with what is on the imitation's page, and with all that was ever sent to it.
type verdict struct {
	want      int // finishes in the exports
	disputed  int // bibs that a correct reader holds
	read      int // of the daemon's own numbers, for comparison
	confirmed int
	held      int

	right    int      // on the page with the exact mark, once
	wrong    []string // in words
	delays   []time.Duration
	worst    time.Duration
	slowest  spot // whose delay that is
	uploads  int  // accepted ones
	survived []survival
}

func (v verdict) clean() bool {
	// A bib that is held now may have been confirmed before there was a reason to.
	agrees := v.confirmed == v.want || v.disputed > 0 && v.confirmed > v.want
	return v.right == v.want && len(v.wrong) == 0 && agrees
}

// page is what the imitation shows.
type page map[spot][]sandbox.Row

func pageOf(server *sandbox.Server) page {
	p := page{}
	for _, u := range server.Units() {
		for _, row := range server.Rows(u.Event, u.Round, u.Heat) {
			s := spot{u.Unit, row.Bib}
			p[s] = append(p[s], row)
		}
	}
	return p
}

// compare looks at the imitation's own record.
func compare(server *sandbox.Server, w *witness, o outcomes) verdict {
	v := verdict{want: len(o.want), disputed: len(o.disputed), uploads: len(server.Journal())}
	v.wrong = misread(server, w) // first, because it is the worst
	shown := pageOf(server)
	for _, s := range o.spots() {
		rows := shown[s]
		delete(shown, s)
		v.look(s, rows, w, o)
	}
	for _, s := range slices.SortedFunc(maps.Keys(shown), compareSpots) {
		if !o.disputed[s] && shown[s][0].Mark != "" {
			v.wrong = append(v.wrong, fmt.Sprintf("%s bib %s should not be there", s.unit, s.bib))
		}
	}
	slices.Sort(v.delays)
	return v
}

// look compares one athlete.
func (v *verdict) look(s spot, rows []sandbox.Row, w *witness, o outcomes) {
	marks := o.want[s]
	switch {
	case len(rows) == 0 || rows[0].Mark == "":
		v.wrong = append(v.wrong, fmt.Sprintf("%s bib %s %s is missing", s.unit, s.bib, marks[0]))
		return
	case len(rows) > 1:
		v.wrong = append(v.wrong, fmt.Sprintf("%s bib %s is there %d times", s.unit, s.bib, len(rows)))
		return
	}
	got := rows[0].Mark
	for _, mark := range marks {
		if mark.String() == got {
			v.right++
			v.delayed(s, max(0, rows[0].Changed.Sub(w.since(s, got))))
			return
		}
	}
	v.wrong = append(v.wrong, fmt.Sprintf("%s bib %s has %s, the export says %s", s.unit, s.bib, got, marks[0]))
}

func (v *verdict) delayed(s spot, delay time.Duration) {
	if len(v.delays) == 0 || delay > v.worst {
		v.worst, v.slowest = delay, s
	}
	v.delays = append(v.delays, delay)
}

// misread returns, in words, what was sent and never stood in an export. It was public, if only for a moment.
func misread(server *sandbox.Server, w *witness) []string {
	var wrong []string
	named := map[string]bool{}
	for _, entry := range server.Journal() {
		for _, b := range entry.Batches {
			for _, row := range b.Rows {
				if !w.since(spot{b.Unit, row[0]}, row[1]).IsZero() {
					continue
				}
				text := fmt.Sprintf("%s bib %s was sent with %s, which the export never said", b.Unit, row[0], row[1])
				if !named[text] { // once is enough
					named[text] = true
					wrong = append(wrong, text)
				}
			}
		}
	}
	return wrong
}

// percentile is the delay that so many in a hundred did not exceed.
func (v verdict) percentile(p int) time.Duration {
	if len(v.delays) == 0 {
		return 0
	}
	return v.delays[(len(v.delays)*p+99)/100-1]
}

// maxWrong bounds how many wrong rows the verdict names.
const maxWrong = 20

// lines are the verdict for people; the first says it all.
func (v verdict) lines() []string {
	word := "CLEAN"
	if !v.clean() {
		word = "NOT CLEAN"
	}
	first := fmt.Sprintf("%s: read %d, confirmed %d, %d of %d on the page exactly once with the exact mark", word, v.read, v.confirmed, v.right, v.want)
	if v.held > 0 {
		first += fmt.Sprintf(", %d held", v.held)
	}
	lines := []string{first}
	if len(v.delays) > 0 {
		lines = append(lines, fmt.Sprintf(
			"%s, delay from the write to the page: half within %s, 95 %% %s, 99 %% %s, worst %s (bib %s)",
			counted(v.uploads, "upload", "uploads"), rounded(v.percentile(50)), rounded(v.percentile(95)), rounded(v.percentile(99)),
			rounded(v.percentile(100)), logging.Clean(v.slowest.bib)))
	}
	if text := v.survivedText(); text != "" {
		lines = append(lines, text)
	}
	return lines
}

// survivedText says which faults struck, and which did not.
func (v verdict) survivedText() string {
	var struck, idle []string
	for _, s := range v.survived {
		switch {
		case s.Times == 0:
			idle = append(idle, s.Fault)
		case s.Hits > s.Times:
			struck = append(struck, fmt.Sprintf("%s (%s)", counted(s.Times, s.words[0], s.words[1]), counted(s.Hits, "request", "requests")))
		default:
			struck = append(struck, counted(s.Times, s.words[0], s.words[1]))
		}
	}
	var parts []string
	if len(struck) > 0 {
		word := "survived "
		if !v.clean() {
			word = "went through "
		}
		parts = append(parts, word+strings.Join(struck, ", "))
	}
	if len(idle) > 0 {
		parts = append(parts, "nothing was sent while this was on: "+strings.Join(idle, ", "))
	}
	return strings.Join(parts, "; ")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (v verdict) print(w io.Writer) {
	for _, text := range v.wrong[:min(len(v.wrong), maxWrong)] {
		fmt.Fprintf(w, "WRONG  %s\n", logging.Clean(text))
	}
	if more := len(v.wrong) - maxWrong; more > 0 {
		fmt.Fprintf(w, "WRONG  and %d more\n", more)
	}
	for _, line := range v.lines() {
		fmt.Fprintln(w, line)
	}
}

// printJSON prints the verdict as one object. Keys may be added, never renamed.
func (v verdict) printJSON(w io.Writer) error {
	type delays struct {
		P50   float64 `json:"p50"`
		P95   float64 `json:"p95"`
		P99   float64 `json:"p99"`
		Worst float64 `json:"worst"`
	}
	return json.NewEncoder(w).Encode(struct {
		Clean     bool       `json:"clean"`
		Finishes  int        `json:"finishes"`
		Read      int        `json:"read"`
		Confirmed int        `json:"confirmed"`
		Held      int        `json:"held"`
		Right     int        `json:"right"`
		Wrong     []string   `json:"wrong"`
		Uploads   int        `json:"uploads"`
		Delay     delays     `json:"delay_s"`
		Survived  []survival `json:"survived"`
	}{
		v.clean(), v.want, v.read, v.confirmed, v.held, v.right, append([]string{}, v.wrong...), v.uploads,
		delays{v.percentile(50).Seconds(), v.percentile(95).Seconds(), v.percentile(99).Seconds(), v.percentile(100).Seconds()},
		append([]survival{}, v.survived...),
	})
}

func rounded(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
