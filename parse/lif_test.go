package parse

import (
	"bytes"
	"strings"
	"testing"
)

func FuzzLIF(f *testing.F) { fuzzFormat(f, "lif") }

// fuzzFormat fuzzes a format that is read line by line, recognised or named.
func fuzzFormat(f *testing.F, format string) {
	for _, c := range goldenCases(f) {
		if strings.HasPrefix(c.path, "testdata/"+format+"/") {
			data := c.data(f)
			f.Add(data, uint16(len(data)/2), byte(0))
			f.Add(data, uint16(len(data)*2/3), byte(1))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16, choice byte) {
		rules := fuzzRules(choice)
		if choice&128 == 0 {
			rules.Format = format
		}
		fuzzRead(t, data, cut, rules)
	})
}

const lynxEvent = "12,Final,1,Ten miles - Open,,,,,,16000,11:49:09.0859\n"

func TestRowsOfDelimitedTextAreNoFinishLynxEvent(t *testing.T) {
	for sentence, line := range map[string]string{
		"a headerless row":               "1,349,4,Ash Ada,F,W35,Heath Harriers,14:25.10,5:32,,1",
		"a row with a time in field 7":   "1,349,4,Ash,Ada,Herons,52:17.21,,1.79,,1",
		"a row as wide as a LIF row":     "1,349,4,Ash,,,,,,,,11:49:09.09,,,,,",
		"a header":                       "Place,Bib,Lane,Name,A,B,C,D,E,F,Time",
		"a row without a place":          ",349,4,Ash,,,,,,,",
		"numbers instead of a name":      "1,349,4,52,,,,,,500,11:49:09.09",
		"a time instead of a name":       "1,349,4,52:10,,,,,,500,11:49:09.09",
		"a word where the start time is": "1,349,4,Ash,,,,,,500,Herons",
	} {
		if recogniseLIF(&decoded{data: []byte(line + "\n")}) {
			t.Errorf("%s: %s", sentence, line)
		}
	}
}

func TestLastLineOfFinishLynxFile(t *testing.T) {
	const whole = "1,349,4,Ash,Ada,Herons,52:17.21,,52:17.21,,,11:49:09.09,,,,52:17.21,52:17.21\n"
	row := "2,12,4,Birch,Ben,Herons,1:02:19.01,,1.79,,,11:49:09.09,,,,1.79,1.79"
	for cut := 1; cut <= len(row); cut++ {
		for tail, want := range map[Tail]int{TailGrowing: 1, TailQuiet: 1, TailStill: 1} {
			if tail != TailGrowing && strings.Count(row[:cut], ",") == strings.Count(row, ",") {
				want = 2
			}
			r, err := Read([]byte(lynxEvent+whole+row[:cut]), Rules{}, tail)
			if err != nil || len(r.Finishes) != want {
				t.Errorf("%q, tail %d: %s", row[:cut], tail, shown(r, err))
			}
		}
	}
}

// A name with quotes costs its own row at most, wherever they stand and however many there are.
func TestQuotesInFinishLynxFile(t *testing.T) {
	for _, name := range []string{`"`, `""`, `"Ash`, `Ash"`, `"Ash"`, `A"s"h`, `"Ash, Ada"`, `"Ash, Ada`, `Ash, "Ada"`, `",",","`} {
		text := lynxEvent + "1,1,4,Oak,Ada,Herons,52:17.21,,,,\n2,2,4," + name + ",,Herons,52:18.21,,,,\n3,3,4,Fir,Ada,Herons,52:19.21,,,,\n"
		r, err := Read([]byte(text), Rules{}, TailStill)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := map[Bib]string{}
		for _, f := range r.Finishes {
			got[f.Bib] = f.Mark.String()
		}
		if got["1"] != "52:17.21" || got["3"] != "52:19.21" || got["2"] != "" && got["2"] != "52:18.21" {
			t.Errorf("%s: %s", name, shown(r, err))
		}
	}
}

// Nothing is timed; a quadratic reader never ends.
func TestHostileLinesAreLinear(t *testing.T) {
	fixed := "PLACE BIB  NAME   TIME\n  1   12  Ash    14:25\n"
	oe := strings.Repeat("a;", 20) + "Num1;Num2;Num3;Text1;Text2;Text3;\n"
	for sentence, text := range map[string]string{
		"commas":            lynxEvent + strings.Repeat(",", 1<<20),
		"quotes":            lynxEvent + strings.Repeat(`1,2,"`, 1<<18),
		"quoted rows":       lynxEvent + strings.Repeat(strings.Repeat(`",`, 2000)+"\n", 500),
		"events":            lynxEvent + strings.Repeat(lynxEvent, 10000),
		"words":             fixed + strings.Repeat("1 ", 1<<19),
		"rows of words":     fixed + strings.Repeat(strings.Repeat("1:00 ", 500)+"\n", 300),
		"headings":          strings.Repeat(strings.Repeat("BIB TIME ", 60)+"\n", 400),
		"delimiters":        oe + strings.Repeat(";", 1<<20),
		"rows of delimiter": oe + strings.Repeat(strings.Repeat(";", 5000)+"\n", 200),
		"NULs":              lynxEvent + string(bytes.Repeat([]byte{0}, 1<<20)),
	} {
		for _, format := range []string{"lif", "oe", "fixed"} {
			r, err := Read([]byte(text), Rules{Format: format}, TailStill)
			if err == nil && len(r.Finishes) > 1 {
				t.Errorf("%s: %d finishes", sentence, len(r.Finishes))
			}
		}
	}
}
