package parse

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func FuzzFixed(f *testing.F) { fuzzFormat(f, "fixed") }

// column is one of a made page.
type column struct {
	heading     string
	width       int
	right       bool // cells end at the same place
	headingLeft int  // blanks in front of the heading
}

// padded puts a cell into its column.
func (c column) padded(cell string) string {
	n := max(c.width-len([]rune(cell)), 0)
	if c.right {
		return strings.Repeat(" ", n) + cell
	}
	return cell + strings.Repeat(" ", n)
}

// madePage makes a page with headings and cells anywhere in columns of any width, and says what is in it.
func madePage(r *rand.Rand) (text string, truth map[pair]bool) {
	var columns []column
	for _, h := range []string{"PLACE", "BIB", "NAME", "AGE", "CITY", "5K", "10K", "TIME", "PACE"} {
		if strings.HasSuffix(h, "K") && r.IntN(2) == 0 || h == "PACE" && r.IntN(3) == 0 {
			continue
		}
		least := map[string]int{"NAME": 10, "CITY": 6, "AGE": 3, "BIB": 4, "PLACE": 5, "5K": 9, "10K": 9, "TIME": 9}[h]
		c := column{heading: h, width: max(least, 7) + r.IntN(4), right: h != "NAME" && h != "CITY" && r.IntN(2) == 0}
		c.headingLeft = r.IntN(c.width - len(h) + 1)
		columns = append(columns, c)
	}
	var b strings.Builder
	line := func(cell func(column) string) {
		var cells []string
		for _, c := range columns {
			cells = append(cells, cell(c))
		}
		b.WriteString(strings.TrimRight(strings.Join(cells, strings.Repeat(" ", 1)), " ") + "\n")
	}
	line(func(c column) string {
		return strings.Repeat(" ", c.headingLeft) + c.heading + strings.Repeat(" ", c.width-len(c.heading)-c.headingLeft)
	})
	truth = map[pair]bool{}
	for i := range 12 {
		clock := func() string {
			m, _ := TimeMark(int64(60000+r.IntN(600000)), r.IntN(2))
			return m.String()
		}
		bib, time := fmt.Sprint(10+i*7919%1000), clock()
		blankTime, blankBib := r.IntN(4) == 0, r.IntN(5) == 0
		line(func(c column) string {
			cell := map[string]string{"PLACE": fmt.Sprint(i + 1), "AGE": "44", "NAME": "Ada Ash", "CITY": "Glen", "PACE": "5:32"}[c.heading]
			switch {
			case c.heading == "NAME" && r.IntN(5) == 0:
				// Wider than its column: the row is pushed to the right.
				cell = "Ada Maria of the " + strings.Repeat("Ash", 1+r.IntN(4)) + strings.Repeat("e", r.IntN(3))
			case c.heading == "BIB" && !blankBib:
				cell = bib
			case c.heading == "TIME" && !blankTime:
				cell = time
			case strings.HasSuffix(c.heading, "K") && r.IntN(3) > 0:
				cell = clock()
			case c.heading != "NAME" && c.heading != "TIME" && c.heading != "BIB" && r.IntN(4) == 0:
				cell = ""
			}
			return c.padded(cell)
		})
		if m, err := ParseMark(time); err == nil && !blankTime && !blankBib {
			truth[pair{Bib(bib), m}] = true
		}
	}
	return b.String(), truth
}

// Whatever the widths are, wherever the headings stand over their columns and whichever cells are blank or too long: a
// row is read rightly or held.
func TestFixedWidthIsNeverMisread(t *testing.T) {
	published, rows := 0, 0
	for seed := range uint64(1500) {
		text, truth := madePage(rand.New(rand.NewPCG(seed, 1)))
		r, err := Read([]byte(text), Rules{Format: "fixed"}, TailStill)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for _, f := range r.Finishes {
			if !truth[pair{f.Bib, f.Mark}] {
				t.Errorf("seed %d: line %d publishes %s %s\n%s", seed, f.Line, f.Bib, f.Mark, text)
			}
		}
		published, rows = published+len(r.Finishes), rows+len(truth)
		if t.Failed() && seed > 200 {
			return
		}
	}
	if published*5 < rows {
		t.Errorf("%d of %d rows are read: the rest is held", published, rows)
	}
	t.Logf("%d of %d rows are read", published, rows)
}

// The first rows may be the pushed ones: a growing page is read when three rows line up, one that is written when it ends.
func TestFirstRowsOfAPageWaitForEachOther(t *testing.T) {
	const header = "BIB  NAME          TIME   PACE\n"
	rows := []string{"12   Ada Ash       17:10  5:32\n", "13   Ben Birch     17:11  5:32\n", "14   Cleo Cedar    17:12  5:32\n"}
	for n := 1; n <= len(rows); n++ {
		text := []byte(header + strings.Join(rows[:n], ""))
		for tail, want := range map[Tail]int{TailGrowing: n / len(rows) * n, TailQuiet: n, TailStill: n} {
			r, err := Read(text, Rules{}, tail)
			if err != nil || len(r.Finishes) != want || len(r.Finishes)+len(r.Held) != n {
				t.Errorf("%d rows, tail %d: %s", n, tail, shown(r, err))
			}
		}
	}
}

// A last line that is torn in its time, or before the last column has begun, is no row.
func TestLastLineOfAPage(t *testing.T) {
	const text = "BIB  NAME            TIME   PACE\n12   Ada Ash        17:10   5:32\n13   Ben Birch      17:11   5:32\n14   Cleo Cedar     17:12   5:32\n"
	const row = "15   Di Dale      1:17:13   5:32"
	for cut := range len(row) + 1 {
		for _, tail := range []Tail{TailGrowing, TailQuiet, TailStill} {
			want := 3
			if tail != TailGrowing && cut > strings.Index(row, "5:32") {
				want = 4
			}
			r, err := Read([]byte(text+row[:cut]), Rules{}, tail)
			if err != nil || len(r.Finishes) != want {
				t.Errorf("%q, tail %d: %s", row[:cut], tail, shown(r, err))
			}
		}
	}
}

// A line below the header of a later page that goes on with it must not begin the table anew: the rows above would be gone.
func TestALaterHeaderDoesNotBeginTheTableAnew(t *testing.T) {
	const text = "Place Bib   Name          Time\n    1   349 Ada Ash      17:10\n    2    12 Ben Birch    17:25\n    3    13 Cleo Cedar   17:26\n\n" +
		"Place Bib   Name          Time\nNr    No    Last          Net\n    4    14 Dan Doe      17:30\n    5    15 Eva Elm      17:35\n"
	reading, err := Read([]byte(text), Rules{}, TailStill)
	if err != nil {
		t.Fatal(err)
	}
	if said := len(reading.Finishes) + len(reading.Held); said != 5 {
		t.Errorf("%d of 5 rows are read or held: %v, %v", said, reading.Finishes, reading.Held)
	}
}
