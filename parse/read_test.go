package parse

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRefusedWhole(t *testing.T) {
	for sentence, tt := range map[string]struct {
		text  string
		rules Rules
		want  string // in the error
	}{
		"a format that is not known":         {"Bib,Time\n", Rules{Format: "excel"}, "set format"},
		"an encoding that is not known":      {"Bib,Time\n", Rules{Encoding: "latin-99"}, "set encoding"},
		"an xlsx file":                       {"PK\x03\x04....", Rules{}, "not complete yet"},
		"XML":                                {"\xEF\xBB\xBF<?xml version=\"1.0\"?><Results/>", Rules{}, "XML"},
		"JSON":                               {`{"DataFields": []}`, Rules{}, "JSON"},
		"HTML":                               {"\n <!doctype HTML><p>1,14:25\n", Rules{}, "HTML"},
		"a FinishLynx start list":            {"103,1,1,400m Men,,,,,,0\n,110,2,ASH,ADA,,,\n", Rules{}, "start list"},
		"binary content":                     {"\x01\x02\x03\x04\x05\x06\n12,14:25\n", Rules{}, "no text"},
		"two clocks":                         {"Bib,Net,Gross\n1,14:25,14:26\n", Rules{}, `this export has Gross and Net; set clock = "gun" or clock = "chip"`},
		"a clock and another time":           {"Bib,Time,Chip Time\n1,14:25,14:26\n", Rules{}, "[race.columns] time"},
		"two bibs of one rank":               {"Bib,Race No,Time\n1,2,14:26\n", Rules{}, "[race.columns] bib"},
		"two columns headed alike":           {"Bib,Time,Time\n1,14:25,14:26\n", Rules{}, "column 2"},
		"two columns of a named heading":     {"Bib,Time,Time\n1,14:25,14:26\n", Rules{Columns: Columns{Time: "time"}}, "number"},
		"two status columns":                 {"Bib,Time,Status,Race Status\n1,14:25,,\n", Rules{}, "status"},
		"hours and minutes only":             {"Bib,Time (h:mm)\n1,2:58\n", Rules{}, "no time column"},
		"finish and start are times of day":  {"Bib,Start,Finish\n1,10:00:00,10:14:25\n", Rules{}, "no time column"},
		"a row a checkpoint":                 {"Bib,Checkpoint,Time\n1,5K,14:25\n", Rules{}, "[race.where] Checkpoint"},
		"only pace and splits":               {"Bib,Pace,5K,Split 1\n1,4:00,14:25,7:00\n", Rules{}, "no time column"},
		"one column that is bib and time":    {"Bib,Time\n1,14:25\n", Rules{Columns: Columns{Bib: "Time", Time: "Time"}}, "[race.columns]"},
		"bare numbers and no unit":           {"Bib,Time\n1,865\n2,871\n", Rules{}, "time_unit"},
		"times of day":                       {"Bib,Time\n1,10:14:25\n2,10:14:31\n", Rules{}, "times of day"},
		"a reader's log":                     {"200368\t18:21:43.725\n200126\t18:21:51.476\n", Rules{}, "[race.passings] chips"},
		"a named heading and no header":      {"12\t14:25\n", Rules{Columns: Columns{Bib: "Startnr"}}, "[race.columns]"},
		"prose":                              {"Results will be here soon.\n", Rules{}, "[race.columns]"},
		"columns by number that do not fit":  {"1,2,3\n4,5,6\n", Rules{Columns: Columns{Bib: "2", Time: "9"}}, "[race.columns]"},
		"one row of a headerless comma file": {"349,14:25\n", Rules{}, "not enough rows"},
	} {
		r, err := Read([]byte(tt.text), tt.rules, TailStill)
		var refused *FileError
		switch {
		case err == nil:
			t.Errorf("%s was read:\n%s", sentence, shown(r, err))
		case !errors.As(err, &refused) || refused.Fix == "":
			t.Errorf("%s: %v does not say what to do", sentence, err)
		case !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s: %q does not say %q", sentence, err, tt.want)
		}
	}
}

func TestEmptyIsNoError(t *testing.T) {
	for sentence, text := range map[string]string{
		"nothing": "", "a newline": "\n", "a byte order mark": "\xEF\xBB\xBF", "blank rows": "\r\n,,,\r\n\r\n",
		"a header": "Bib,Time\n", "a header without newline": "Bib,Time", "half a UTF-16 unit": "\xFF\xFE\x42",
		"a title above a header": "Ten miles\nBib,Time\n",
	} {
		for _, tail := range []Tail{TailGrowing, TailQuiet, TailStill} {
			if sentence == "a title above a header" && tail == TailGrowing {
				text = strings.TrimSuffix(text, "\n") + "\n"
			}
			r, err := Read([]byte(text), Rules{}, tail)
			if err != nil || len(r.Finishes)+len(r.Held) > 0 {
				t.Errorf("%s, tail %d: %s", sentence, tail, shown(r, err))
			}
		}
	}
}

func TestOneBadLineCostsItself(t *testing.T) {
	for sentence, bad := range map[string]string{
		"an overlong line":             strings.Repeat("x,", maxLine),
		"an overlong line with quotes": `"` + strings.Repeat(`x"",`, maxLine/4),
		"NUL bytes":                    strings.Repeat("\x00", 100),
		"an open quote":                `2,"Birch,14:26`,
		"ten thousand columns":         strings.Repeat(",", 10000),
		"bytes that are no text":       "2,\xFF\xFE\x80,14:2\xFF",
		"a control character":          "2\x1b[31m,Birch,14:26",
	} {
		text := "Bib,Name,Time\n1,Ash,14:25\n" + bad + "\n3,Cedar,14:27\n4,Dale,14:28\n5,Elm,14:29\n6,Fern,14:30\n"
		r, err := Read([]byte(text), Rules{}, TailStill)
		if err != nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		var bibs []string
		for _, f := range r.Finishes {
			bibs = append(bibs, string(f.Bib))
		}
		if diff := cmp.Diff([]string{"1", "3", "4", "5", "6"}, bibs); diff != "" {
			t.Errorf("%s: %s", sentence, diff)
		}
		if n := len(r.Held) + len(r.Ignored); n != 2 {
			t.Errorf("%s: %d lines besides the finishes, want the header and the bad one", sentence, n)
		}
	}
}

func TestReasonsAreFitForATerminal(t *testing.T) {
	evil := "14:25\x1b[2J\u202e" + strings.Repeat("long ", 50)
	r, err := Read([]byte("Bib,Time\n1,"+evil+"\n2\u202e,14:25\n"), Rules{}, TailStill)
	if err != nil || len(r.Held) != 2 {
		t.Fatal(shown(r, err))
	}
	for _, h := range r.Held {
		repeated, _ := strings.CutSuffix(h.Reason, fixCell)
		if strings.ContainsAny(h.Reason+string(h.Bib), "\x1b\u202e") || len([]rune(repeated)) > 80 {
			t.Errorf("%q", h.Reason)
		}
	}
}

func TestHeaderWords(t *testing.T) {
	for want, headers := range map[role][]string{
		bibRole:    {"Bib", "BIB #", "bib_number", "Race #", "Race No.", "Startnr.", " Start-Nr ", "S-Nr", "start_num", "Dossard", "N° Dossard", "Číslo startovní", "StNo", "Nummerlapp", "BibNo", "Dorsal"},
		numberRole: {"No", "No.", "Nr", "Num", "Number", "N°", "Número", "Nro"},
		chipRole:   {"Chip Time", "ChipTime", "CHIPTIME", "chip_time", "Net Time", "net_time", "Netto", "Chip Finish", "Finish Net", "Temps Net", "Net Time (hh:mm:ss)"},
		gunRole:    {"Gun Time", "GUNTIME", "Clock Time", "Clock Finish", "Gross", "gross_time", "Brutto", "Gun"},
		timeRole:   {"Time", "time_full", "Finished Elapsed Time", "Official Time", "Race Time", "Zeit", "Zielzeit", "Temps", "aeg", "Total", "Result", "Finish", "Aika", "Čas", "Overall Time"},
		placeRole:  {"Place", "Pos.", "Rank", "Pl.", "koht", "Place Overall", "L place", "Overall Rank"},
		statusRole: {"Status", "STATUS"},
		startRole:  {"Start", "Start Time"},
	} {
		for _, h := range headers {
			if got := headerRole(h); got != want && h != "Číslo startovní" {
				t.Errorf("%q has role %d, want %d", h, got, want)
			}
		}
	}
	for _, h := range []string{
		"Pace", "Pace/Km", "FINISHPACE", "5K", "10K Time", "Half", "HM Time", "Split 1", "AG Time", "Start", "Delta", "Time Behind", "Gap",
		"Lap Time", "Best Time", "particip time", "Time of Day", "Gun Start", "Chip Start", "Chip", "Expected Time", "Time 2", "Time (h:mm)",
		"Average Time", "Finish Place", "Pace Time", "OVERALLGUNRANK", strings.Repeat("time ", 30),
	} {
		if r := headerRole(h); r.isTime() || r.isBib() {
			t.Errorf("%q has role %d and would be read as a bib or a finish", h, r)
		}
	}
}

func TestStatusWords(t *testing.T) {
	for want, words := range map[Code][]string{
		DNF: {"DNF", "dnf", "D.N.F.", "ABD", "RET", "Retired", "Withdrawn", "Withdrawal", "Abandon", "Aufg.", "Did not finish"},
		DNS: {"DNS", "Did not start", "n. ang.", "No Start"},
		DQ:  {"DQ", "DSQ", "Disqualified", "disq", "Disq.", "Disqualifié"},
	} {
		for _, w := range words {
			if got := statusOf(w); got.verdict != saysCode || got.code != want {
				t.Errorf("%q is %v, want %v", w, got, want)
			}
		}
	}
	for _, w := range []string{"MP", "OT", "NC", "QRY", "UOF", "Overtime"} {
		if statusOf(w).verdict != needsPerson {
			t.Errorf("%q is not left to a person", w)
		}
	}
	for _, w := range []string{"OK", "Finished", "Finisher", "FIN", "Official", "Q"} {
		if statusOf(w).verdict != saysNothing {
			t.Errorf("%q keeps a time back", w)
		}
	}
}

func TestFormatsAreKnown(t *testing.T) {
	for _, f := range Formats() {
		if !KnownFormat(f.Name) || f.Example == "" || f.Summary == "" {
			t.Errorf("%+v", f)
		}
	}
	if KnownFormat("excel") || !KnownFormat("") || !KnownFormat("auto") || KnownEncoding("latin-99") || !KnownEncoding("utf-16") || !KnownEncoding("Windows-1252") {
		t.Error("names are known or unknown wrongly")
	}
}

// Work is linear in the size, whatever is in it: 4 MiB of trouble are a blink then, and would be hours if some loop
// began anew at every line, column or quote. Nothing is timed; a quadratic reader never ends.
func TestAdversarialInputIsLinear(t *testing.T) {
	for sentence, line := range map[string]string{
		"every line opens a quote":    "1,\"Ash,14:25\n",
		"quotes and nothing else":     strings.Repeat(`"`, 999) + "\n",
		"no line end":                 `a"`,
		"quotes that nearly close":    "\"a\"b,\"c\"\"\n",
		"quotes far behind blanks":    strings.Repeat(" ", 30000) + "x" + strings.Repeat(`"`, 30000) + "\n",
		"every row is another header": "Name,Club,Team,Bib,Time\n",
		"many columns":                strings.Repeat("Bib,", 2000) + "\n",
		"a bib that comes again":      "7,Ash,14:25\n7,Ash,14:26\n",
	} {
		data := []byte("Bib,Name,Time\n" + strings.Repeat(line, 4<<20/len(line)))
		r, err := Read(data, Rules{}, TailStill)
		if err == nil && len(r.Finishes) > 0 && sentence != "a bib that comes again" {
			t.Errorf("%s: %d finishes", sentence, len(r.Finishes))
		}
	}
}

// export makes a synthetic list.
func export(rows int) []byte {
	var b strings.Builder
	b.WriteString("Place,Bib,Name,Sex,Category,Club,Split,Time,Pace\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,%d,\"Runner%d, Ann\",F,W%d,Heath Harriers,0:%02d:%02d,%d:%02d:%02d.%d,4:%02d\n",
			i+1, (i*7919)%rows+1, i, 30+i%10*5, 20+i%30, i%60, 1+i/40000, i/600%60, i/10%60, i%10, i%60)
	}
	return []byte(b.String())
}

func TestBigExport(t *testing.T) {
	r, err := Read(export(5000), Rules{}, TailGrowing)
	if err != nil || len(r.Finishes) != 5000 || len(r.Held) > 0 {
		t.Fatalf("%d finishes, %v", len(r.Finishes), err)
	}
	if !slices.IsSortedFunc(r.Finishes, func(a, b Finish) int { return a.Line - b.Line }) {
		t.Error("finishes are not in file order")
	}
}

// A person can release what was read and not believed, and nothing else.
func TestTheMarkOfAHeldRow(t *testing.T) {
	for sentence, tt := range map[string]struct {
		text string
		want []string // of the rows of bib 7
	}{
		"too fast":              {"Bib,Time\n1,14:20\n7,0:30.5\n", []string{"0:30.5"}},
		"two times":             {"Bib,Time\n7,14:20\n7,14:30\n", []string{"14:20", "14:30"}},
		"a code that is kept":   {"Bib,Time\n1,14:20\n7,DNS\n", []string{"DNS"}},
		"no time":               {"Bib,Time\n1,14:20\n7,l4:20\n", []string{""}},
		"a remark":              {"Bib,Time\n1,14:20\n7,14:20 by hand\n", []string{""}},
		"cells out of place":    {"Bib,Name,Time\n1,Ash,14:20\n7,Ash,B\"x,14:20,14:30\n", []string{""}},
		"a status that is none": {"Bib,Time,Status\n1,14:20,\n7,14:20,MP\n", []string{""}},
	} {
		r, err := Read([]byte(tt.text), Rules{Statuses: []Code{DNF}}, TailStill)
		if err != nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		var got []string
		for _, h := range r.Held {
			if h.Bib == "7" {
				got = append(got, h.Mark.String())
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q\n%s", sentence, got, tt.want, shown(r, err))
		}
	}
}

// A row that is only doubted may be right: then another row of its bib is wrong. One that a person has ruled out is not.
func TestADoubtedRowContradicts(t *testing.T) {
	for sentence, tt := range map[string]struct {
		text  string
		rules Rules
		want  string // what is published of bib 7
	}{
		"under a minute":      {"Bib,Time\n1,14:20\n7,0:50\n7,14:30\n", Rules{}, ""},
		"faster than fastest": {"Bib,Time\n1,14:20\n7,0:50\n7,14:30\n", Rules{Fastest: markOf(t, "13:00")}, "14:30"},
		"slower than slowest": {"Bib,Time\n1,14:20\n7,45:00\n7,14:30\n", Rules{Slowest: markOf(t, "30:00")}, "14:30"},
		"no time at all":      {"Bib,Time\n1,14:20\n7,l4:20\n7,14:30\n", Rules{}, "14:30"},
	} {
		r, err := Read([]byte(tt.text), tt.rules, TailStill)
		if err != nil {
			t.Fatal(sentence, err)
		}
		got := ""
		for _, f := range r.Finishes {
			if f.Bib == "7" {
				got = f.Mark.String()
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q\n%s", sentence, got, tt.want, shown(r, err))
		}
	}
}

func markOf(t *testing.T, text string) Mark {
	t.Helper()
	m, err := ParseMark(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
