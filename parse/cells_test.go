package parse

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Bytes that differ from a delimiter in one bit, or come next to one, are no delimiters, wherever they stand.
func TestCellsAreWhatStandsBetweenDelimiters(t *testing.T) {
	signs := []byte(",,,;\t|-+\xac\xbb'!#\xa2 ax\xff\x80\x7f\x01")
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SliceOfN(rapid.SampledFrom(signs), 0, 40).Draw(t, "line")
		behind := rapid.SampledFrom([]string{"", "\n", "\n,,,,,,,,"}).Draw(t, "behind")
		for _, delim := range []byte(delimiters) {
			split := newSplitter(append(bytes.Clone(line), behind...), delim, false)
			if !split.next() {
				continue
			}
			var cells [][]byte
			for i := range split.rec.cells {
				cells = append(cells, split.rec.raw(i))
			}
			if want := bytes.Split(line, []byte{delim}); !slices.EqualFunc(cells, want, bytes.Equal) {
				t.Fatalf("%q by %q: %q, want %q", line, delim, cells, want)
			}
		}
	})
}

func TestQuotedCells(t *testing.T) {
	for sentence, tt := range map[string]struct {
		line string
		want string // the cells
		odd  string // what makes the row suspicious where it has too many cells
	}{
		"a delimiter inside":             {`1,"Ash, Ada",14:25`, `1|Ash, Ada|14:25`, ""},
		"as the last cell":               {`1,14:25,"Ash, Ada"`, `1|14:25|Ash, Ada`, ""},
		"nothing inside":                 {`1,"",14:25,`, `1||14:25|`, ""},
		"blanks around":                  {`1,  "Ash, Ada" ,14:25`, `1|Ash, Ada|14:25`, ""},
		"doubled quotes inside":          {`1,"Ash, ""A"" Ada",14:25`, `1|Ash, "A" Ada|14:25`, ""},
		"quotes escaped by a backslash":  {`1,"Ash, \"A\" Ada",14:25`, `1|Ash, "A" Ada|14:25`, "irregular"},
		"a quote that is left alone":     {`1,"Ash "A, Ada",14:25`, `1|Ash "A, Ada|14:25`, "irregular"},
		"quotes around the first word":   {`1,"Joe" Smith,14:25`, `1|"Joe" Smith|14:25`, "irregular bare"},
		"a quote behind something":       {`1,B"x,14:25`, `1|B"x|14:25`, "bare"},
		"quotes behind something":        {`1,B "x, y",14:25`, `1|B "x| y"|14:25`, "bare"},
		"quotes behind blanks and a dot": {`1, . "" "x,"a,b",14:25`, `1| . "" "x|a,b|14:25`, "bare"},
	} {
		split := newSplitter([]byte(tt.line), ',', false)
		if !split.next() {
			t.Fatal(sentence)
		}
		var cells, odd []string
		for i := range split.rec.cells {
			cells = append(cells, string(split.rec.text(i)))
		}
		if split.rec.irregular {
			odd = append(odd, "irregular")
		}
		if split.rec.bare {
			odd = append(odd, "bare")
		}
		if got := strings.Join(cells, "|"); got != tt.want || strings.Join(odd, " ") != tt.odd {
			t.Errorf("%s: %s is %s %v, want %s [%s]", sentence, tt.line, got, odd, tt.want, tt.odd)
		}
	}
}

// A line with a NUL costs itself, near the top and far from it, and beside a quote that looks ahead for its end.
func TestNULsAreFoundWhereverTheyStand(t *testing.T) {
	const rows = 9000 // 270 KB
	for _, bad := range []int{0, 1, 2, 2180, 2185, 2190, rows - 2, rows - 1} {
		for _, cell := range []string{"Ash\x00", "\x00", "\"Ash\x00", "\"Ash\x00\"", "Ash\x00\""} {
			var text strings.Builder
			text.WriteString("Bib,Name,Time\n")
			for i := range rows {
				name := "Ash, of Heath"
				switch i {
				case bad:
					name = cell
				case bad - 1:
					name = "\"Ash" // what closes it must not be looked for behind a NUL
				}
				fmt.Fprintf(&text, "%d,%s,1:%02d:%02d\n", i+1, strings.ReplaceAll(name, ", ", " "), i/60%60, i%60)
			}
			r, err := Read([]byte(text.String()), Rules{}, TailStill)
			if err != nil {
				t.Fatal(err)
			}
			held := []int{bad + 2}
			if bad > 0 {
				held = []int{bad + 1, bad + 2}
			}
			var got []int
			for _, h := range r.Held {
				got = append(got, h.Line)
			}
			if !slices.Equal(got, held) || len(r.Finishes) != rows-len(held) {
				t.Errorf("row %d is %q: held %v, want %v; %d finishes", bad, cell, got, held, len(r.Finishes))
			}
		}
	}
}
