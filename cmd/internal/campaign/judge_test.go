package campaign

import (
	"fmt"
	"sync"
	"time"

	"finishwatch/parse"
	"finishwatch/uploader/sandbox"
)

// fact is one mark of one bib in one race. The mark is as [plain] writes it.
type fact struct {
	unit sandbox.Unit
	bib  string
	mark string
}

func (f fact) String() string { return fmt.Sprintf("%s bib %s %s", f.unit, f.bib, f.mark) }

// plain writes marks that are numerically the same alike: 14:25.1 and 14:25.10.
func plain(text string) string {
	m, err := parse.ParseMark(text)
	switch {
	case err != nil:
		return "not a mark: " + text
	case m.Code() != parse.NoCode:
		return m.Code().String()
	}
	return fmt.Sprint(m.Hundredths())
}

// judge knows every complete row that an export ever had, and compares what was uploaded with that.
type judge struct {
	mu      sync.Mutex
	known   map[fact]time.Time // when an export first had it
	excused map[fact]bool      // half-written rows that the player left lying for longer than the program has to wait
	judged  int                // entries of the journal that were looked at
	strange []upload           // rows that no export had when they were uploaded
	used    int                // those of them that were excused

	violations []string
}

func newJudge() *judge {
	return &judge{known: map[fact]time.Time{}, excused: map[fact]bool{}}
}

// learn is told of complete rows before they are written.
func (j *judge) learn(facts []fact) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, f := range facts {
		if j.known[f].IsZero() {
			j.known[f] = time.Now()
		}
	}
}

// excuse is told of rows that stood in a file as if they were complete for too long: this machine kept the player
// waiting in the middle of a write. The program may believe them. They are counted.
func (j *judge) excuse(facts []fact) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, f := range facts {
		j.excused[f] = true
	}
}

func (j *judge) violate(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.violations = append(j.violations, fmt.Sprintf(format, args...))
}

// read looks at the uploads that are new in the journal. The journal forgets nothing, and rows are learned before they are
// written, so it does not matter when it looks.
func (j *judge) read(journal []sandbox.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, entry := range journal[j.judged:] {
		for _, b := range entry.Batches {
			if b.Mode == "replace" {
				j.violations = append(j.violations, fmt.Sprintf("%s: a replace that nobody asked for", b.Unit))
			}
			for _, row := range b.Rows {
				j.judge(fact{b.Unit, row[0], plain(row[1])}, entry.Time)
			}
		}
	}
	j.judged = len(journal)
}

type upload struct {
	fact
	at time.Time
}

func (j *judge) judge(f fact, at time.Time) {
	if since := j.known[f]; since.IsZero() || at.Before(since) {
		j.strange = append(j.strange, upload{f, at})
	}
}

// sentence makes violations of the strange rows that nothing excuses, once the player has said all its excuses.
func (j *judge) sentence() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, u := range j.strange {
		if j.excused[u.fact] {
			j.used++
			continue
		}
		j.violations = append(j.violations, fmt.Sprintf("wrong in public at %s: %s, and no export had that row", u.at.Format(clock), u.fact))
	}
	j.strange = nil
}

// ever reports whether some export had that row.
func (j *judge) ever(f fact) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return !j.known[f].IsZero() || j.excused[f]
}

// differences says where a page is not as the exports say. A bib whose mark is empty is held: anything that a row once said
// may stand there, or nothing.
func (j *judge) differences(unit sandbox.Unit, want map[string]string, rows []sandbox.Row) []string {
	var list []string
	shown := map[string]string{}
	for _, row := range rows {
		shown[row.Bib] = plain(row.Mark)
		if mark := want[row.Bib]; mark == "" && !j.ever(fact{unit, row.Bib, plain(row.Mark)}) {
			list = append(list, fmt.Sprintf("%s bib %s shows %s, which no export ever said", unit, row.Bib, row.Mark))
		}
	}
	for bib, mark := range want {
		if mark != "" && shown[bib] != mark {
			list = append(list, fmt.Sprintf("%s bib %s shows %q and the exports say %q", unit, bib, shown[bib], mark))
		}
	}
	return list
}

// twice lists the rows that were uploaded more than once in these entries.
func twice(journal []sandbox.Entry) []fact {
	var list []fact
	seen := map[fact]int{}
	for _, entry := range journal {
		for _, b := range entry.Batches {
			for _, row := range b.Rows {
				f := fact{b.Unit, row[0], plain(row[1])}
				if seen[f]++; seen[f] == 2 {
					list = append(list, f)
				}
			}
		}
	}
	return list
}

const clock = "15:04:05.000"
