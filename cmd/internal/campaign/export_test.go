package campaign

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"

	"finishwatch/uploader/sandbox"
)

// The races of the campaign: two files feed one, one file feeds two, and one has a file of its own.
func units() []sandbox.Unit {
	return []sandbox.Unit{{Event: "R1", Round: 1, Heat: 1}, {Event: "R2", Round: 1, Heat: 1}, {Event: "R2", Round: 1, Heat: 2}, {Event: "R1", Round: 2, Heat: 1}}
}

// row is one row of an export as the timing program knows it.
type row struct {
	bib    string
	time   string // in the file's way of writing, without decimals or with two
	code   string // DNF, DNS, DQ; empty for a time
	wrong  string // what stands in the time cell by mistake; empty when nothing does
	second bool   // the same bib stands above with another time
	long   bool   // the longer of the two races in multi.csv
}

// layout is how one kind of export looks and which races its rows are for.
type layout struct {
	header string
	line   func(r row) string
	units  func(r row) sandbox.Unit
}

func (r row) cell() string {
	switch {
	case r.wrong != "":
		return r.wrong
	case r.code != "":
		return r.code
	}
	return r.time
}

func quoted() layout {
	return layout{
		header: "Bib,Name,Time\n",
		line: func(r row) string {
			return fmt.Sprintf("%s,\"Athlete, Number %s\",%s\n", r.bib, r.bib, r.cell())
		},
		units: func(row) sandbox.Unit { return units()[0] },
	}
}

func shared() layout {
	return layout{
		header: "Race,Bib,Time\n",
		line: func(r row) string {
			race := "5K"
			if r.long {
				race = "10K"
			}
			return fmt.Sprintf("%s,%s,%s\n", race, r.bib, r.cell())
		},
		units: func(r row) sandbox.Unit {
			if r.long {
				return units()[2]
			}
			return units()[1]
		},
	}
}

func coded() layout {
	return layout{
		header: "Bib;Name;Time;Status\n",
		line: func(r row) string {
			time := r.time
			if r.wrong != "" && r.code == "" { // a status counts whatever stands beside it
				time = r.wrong
			}
			return fmt.Sprintf("%s;Läufer %s;%s;%s\n", r.bib, r.bib, time, r.code)
		},
		units: func(row) sandbox.Unit { return units()[3] },
	}
}

// export is one file of the timing program.
type export struct {
	name string
	layout
	rows   []row
	gone   []row // rows that were deleted and may come back
	before *row  // the row that was corrected last, as it was before
	last   int   // the highest bib so far
	ragged bool  // the last line has no newline
	disk   []byte
}

func (e *export) render() []byte {
	var b bytes.Buffer
	b.WriteString(e.header)
	for _, r := range e.rows {
		b.WriteString(e.line(r))
	}
	if e.ragged && len(e.rows) > 0 {
		b.Truncate(b.Len() - 1)
	}
	return b.Bytes()
}

// facts are the marks that the file's rows say. The second of two rows of a bib with two times says nothing: the bib is
// held from the moment on in which it stands there, and its mark is never to be published.
func (e *export) facts() []fact {
	var list []fact
	said := map[string]bool{}
	for _, r := range e.rows {
		f := e.fact(r)
		if key := f.unit.String() + " " + r.bib; !e.garbled(r) && !said[key] {
			said[key] = true
			list = append(list, f)
		}
	}
	return list
}

// garbled reports whether a row has no result that can be read.
func (e *export) garbled(r row) bool {
	return r.wrong != "" && (r.code == "" || e.header != coded().header)
}

func (e *export) fact(r row) fact {
	mark := r.time
	if r.code != "" {
		mark = r.code
	}
	return fact{e.units(r), r.bib, plain(mark)}
}

// expected is what the pages must show when all exports have been read: per unit and bib the mark, empty where it is held.
func expected(exports []*export) map[sandbox.Unit]map[string]string {
	want := map[sandbox.Unit]map[string]string{}
	for _, u := range units() {
		want[u] = map[string]string{}
	}
	for _, e := range exports {
		for _, r := range e.rows {
			f := e.fact(r)
			if e.garbled(r) {
				f.mark = ""
			}
			if before, there := want[f.unit][f.bib]; there && before != f.mark {
				f.mark = ""
			}
			want[f.unit][f.bib] = f.mark
		}
	}
	return want
}

// newRow is the next finisher.
func (e *export) newRow(random *rand.Rand) row {
	e.last++
	r := row{bib: fmt.Sprint(e.last), long: random.IntN(2) == 0}
	if random.IntN(20) == 0 {
		r.bib = "0" + r.bib
	}
	r.time = e.newTime(random)
	if random.IntN(12) == 0 {
		r.code = []string{"DNF", "DNS", "DQ"}[random.IntN(3)]
	}
	return r
}

// newTime draws a time. In the shared file the beginning of a long one is a time as well: 1:02 of 1:02:33.
func (e *export) newTime(random *rand.Rand) string {
	if e.header == shared().header {
		if random.IntN(2) == 0 {
			return fmt.Sprintf("1:%02d:%02d", random.IntN(60), random.IntN(60))
		}
		return fmt.Sprintf("%d:%02d", 14+random.IntN(45), random.IntN(60))
	}
	return fmt.Sprintf("%d:%02d.%02d", 14+random.IntN(45), random.IntN(60), random.IntN(100))
}

// change makes one of the changes that people make in a timing program, and says which.
func (e *export) change(random *rand.Rand) string {
	if len(e.rows) < 3 {
		e.rows = append(e.rows, e.newRow(random))
		return "new"
	}
	i := random.IntN(len(e.rows))
	r := &e.rows[i]
	switch random.IntN(14) {
	case 0, 1:
		return e.correct(r, random)
	case 2:
		e.remember(*r)
		r.code, r.wrong = []string{"DNF", "DNS", "DQ"}[random.IntN(3)], ""
		return "status"
	case 3, 12, 13:
		return e.takeBack()
	case 4:
		return e.mend()
	case 5:
		return e.swap(i, random.IntN(len(e.rows)))
	case 6:
		e.vanish(i)
		return "vanish"
	case 7:
		return e.comeBack()
	case 8:
		r.wrong = []string{"14:2x.10", "??", "1425..", "14:61:99"}[random.IntN(4)]
		return "garble"
	case 9:
		return e.dispute(i, random)
	case 10:
		e.vanish(i) // the wrong bib was typed
		e.rows = append(e.rows, e.newRow(random))
		return "rebib"
	default:
		slices.SortStableFunc(e.rows, func(a, b row) int { return bytes.Compare([]byte(a.time), []byte(b.time)) })
		e.firstsFirst()
		return "sort"
	}
}

func (e *export) correct(r *row, random *rand.Rand) string {
	if r.second {
		return "nothing"
	}
	e.remember(*r)
	r.time, r.code, r.wrong = e.newTime(random), "", ""
	return "correct"
}

func (e *export) remember(r row) { e.before = &r }

// takeBack undoes the latest correction, or makes it again.
func (e *export) takeBack() string {
	if e.before == nil {
		return "nothing"
	}
	for i, r := range e.rows {
		if r.bib == e.before.bib && r.second == e.before.second && r.long == e.before.long {
			e.rows[i].time, e.rows[i].code, e.rows[i].wrong = e.before.time, e.before.code, e.before.wrong
			e.remember(r)
			return "take back"
		}
	}
	return "nothing"
}

// mend takes codes and mistakes away: the disqualified is back, the garbled row is written properly, the second time of a
// bib is deleted.
func (e *export) mend() string {
	for i := range e.rows {
		r := &e.rows[i]
		switch {
		case r.second:
			e.rows = slices.Delete(e.rows, i, i+1)
			return "undispute"
		case r.wrong != "":
			r.wrong = ""
			return "ungarble"
		case r.code != "":
			r.code = ""
			return "back"
		}
	}
	return "nothing"
}

// swap gives two rows each other's bib.
func (e *export) swap(i, k int) string {
	a, b := &e.rows[i], &e.rows[k]
	if e.disputed(a.bib) || e.disputed(b.bib) || a.long != b.long {
		return "nothing"
	}
	a.bib, b.bib = b.bib, a.bib
	return "swap"
}

func (e *export) disputed(bib string) bool {
	return slices.ContainsFunc(e.rows, func(r row) bool { return r.bib == bib && r.second })
}

// vanish deletes all rows of a bib.
func (e *export) vanish(i int) {
	bib := e.rows[i].bib
	if !e.rows[i].second {
		e.gone = append(e.gone, e.rows[i])
	}
	e.rows = slices.DeleteFunc(e.rows, func(r row) bool { return r.bib == bib })
}

func (e *export) comeBack() string {
	if len(e.gone) == 0 {
		return "nothing"
	}
	last := e.gone[len(e.gone)-1]
	e.gone = e.gone[:len(e.gone)-1]
	if slices.ContainsFunc(e.rows, func(r row) bool { return r.bib == last.bib }) {
		return "nothing"
	}
	e.rows = append(e.rows, last)
	return "comes back"
}

// dispute writes another time for a bib at the end.
func (e *export) dispute(i int, random *rand.Rand) string {
	r := e.rows[i]
	if r.second || r.wrong != "" || e.disputed(r.bib) {
		return "nothing"
	}
	for r.second = true; plain(r.time) == plain(e.rows[i].time); {
		r.time = e.newTime(random)
	}
	r.code = ""
	e.rows = append(e.rows, r)
	return "dispute"
}

// firstsFirst keeps the second row of a bib behind its first.
func (e *export) firstsFirst() {
	slices.SortStableFunc(e.rows, func(a, b row) int {
		switch {
		case a.second == b.second:
			return 0
		case b.second:
			return -1
		}
		return 1
	})
}
