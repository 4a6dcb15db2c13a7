package rehearsal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
)

var sameMark = cmp.Comparer(func(a, b parse.Mark) bool { return a == b })

// perform writes the script without its pauses and returns the file after every step.
func performed(t *testing.T, s script) [][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), s.file)
	var files [][]byte
	for _, step := range s.steps {
		if err := step.apply(path); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, data)
	}
	return files
}

func TestTheSyntheticRace(t *testing.T) {
	for _, athletes := range []int{1, 2, 3, 49, 50, 51, 300} {
		t.Run(fmt.Sprint(athletes), func(t *testing.T) {
			s, err := synthetic(athletes)
			if err != nil {
				t.Fatal(err)
			}
			again, err := synthetic(athletes)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s, again, cmp.AllowUnexported(script{}, step{}), sameMark); diff != "" {
				t.Errorf("not the same race:\n%s", diff)
			}
			if len(s.want) != athletes {
				t.Errorf("%d of %d athletes are wanted", len(s.want), athletes)
			}
			files := performed(t, s)
			last := files[len(files)-1]
			reading, err := parse.Read(last, parse.Rules{}, parse.TailGrowing)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.want, reading.Finishes, sameMark); diff != "" {
				t.Errorf("the file in the end is not what is wanted:\n%s", diff)
			}
			for i, file := range files {
				if lines := bytes.Count(file, []byte("\n")); lines != s.steps[i].lines {
					t.Errorf("after step %d the file has %d lines, not %d", i, lines, s.steps[i].lines)
				}
			}
		})
	}
	for _, athletes := range []int{0, -1} {
		if _, err := synthetic(athletes); err == nil {
			t.Errorf("a race with %d athletes", athletes)
		}
	}
}

func TestARealExportIsPlayedWithoutChangingAByte(t *testing.T) {
	var many bytes.Buffer
	many.WriteString("Bib,Time\n")
	for i := range 2000 {
		fmt.Fprintf(&many, "%d,%d:%02d:%02d\r\n", i+1, 1+i/3600, i/60%60, i%60)
	}
	const few = "Bib,Time\n349,14:25.10\n347,14:33.00\n"
	tests := map[string]struct {
		data []byte
		want int
	}{
		"an ordinary one":       {[]byte(few), 2},
		"CRLF":                  {[]byte("Bib,Time\r\n349,14:25.10\r\n347,14:33.00\r\n"), 2},
		"CR alone":              {[]byte("Bib,Time\r349,14:25.10\r347,14:33.00\r"), 2},
		"no newline at the end": {[]byte("Bib,Time\n349,14:25.10\n347,14:33.00"), 2},
		"UTF-16, low byte first, whose newlines are two bytes": {utf16Of(few, binary.LittleEndian), 2},
		"UTF-16, high byte first":                              {utf16Of(few, binary.BigEndian), 2},
		"UTF-16 with a 0x0a in a letter":                       {utf16Of("Bib,Name,Time\n349,\u010aelia \u0a0a,14:25.10\n347,B,14:33.00\n", binary.LittleEndian), 2},
		"2000 rows, CRLF":                                      {many.Bytes(), 2000},
		"a bib with two times, which is held":                  {[]byte(few + "7,15:00\n7,15:01\n"), 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := played("x.csv", test.data)
			if err != nil {
				t.Fatal(err)
			}
			files := performed(t, s)
			if !bytes.Equal(files[len(files)-1], test.data) {
				t.Error("the bytes differ")
			}
			for i, file := range files {
				if !bytes.HasPrefix(test.data, file) {
					t.Errorf("after step %d the file is no beginning of the export", i)
				}
			}
			if len(s.want) != test.want || len(s.steps) > writes*2 {
				t.Errorf("%d finishes in %d steps", len(s.want), len(s.steps))
			}
		})
	}
	if _, err := played("x.csv", []byte("Bib,Gun Time,Chip Time\n1,14:25,14:20\n")); err == nil {
		t.Error("an export that is refused is played")
	}
}

func utf16Of(text string, order binary.AppendByteOrder) []byte {
	data := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return data
}

func TestThePatternMatchesTheFileAlone(t *testing.T) {
	tests := map[string]string{"5k.csv": "5k.csv", "5k [final]*.csv": "5k ?final??.csv", `a"b'c\d{e}.csv`: "a?b?c?d?e?.csv", "a\tb.csv": "a?b.csv"}
	for name, want := range tests {
		if got := escapeGlob(name); got != want {
			t.Errorf("%q becomes %q", name, got)
		}
	}
}
