package parse

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// readerLogs are the formats in which a line that is written later may make a finish earlier.
var readerLogs = map[string]bool{"ipico": true, "rfid": true, "rr-passings": true, "ct": true}

// checkPassings complains about a finish of a log that the line it was read from does not have by itself, and about
// one that the whole log has later. pairs are the finishes of the whole.
func checkPassings(t testing.TB, data []byte, r *Reading, rules Rules, tail Tail, pairs map[pair]bool) int {
	t.Helper()
	d, _ := decode(data, rules.Encoding)
	lines := bytes.Split(unixLines(d.data), []byte("\n"))
	if rules.Start.IsZero() {
		return len(r.Finishes) // the gun stands on another line
	}
	rules.Encoding = "utf-8"
	rules.Format = r.Format
	for _, f := range r.Finishes {
		if tail == TailGrowing && f.Line >= len(lines) {
			t.Errorf("line %d of %d bytes has no newline", f.Line, len(data))
			continue
		}
		own, err := Read(append(bytes.Clone(lines[f.Line-1]), '\n'), rules, TailGrowing)
		if err != nil || len(own.Finishes) != 1 || own.Finishes[0].Bib != f.Bib || own.Finishes[0].Mark != f.Mark {
			t.Errorf("%d bytes: line %d alone does not say %s %s: %s", len(data), f.Line, f.Bib, f.Mark, shown(own, err))
		}
	}
	if tail == TailGrowing {
		checkNotLater(t, r, pairs)
	}
	return len(r.Finishes)
}

// checkNotLater complains about a finish that the whole log has with a later time.
func checkNotLater(t testing.TB, r *Reading, pairs map[pair]bool) {
	t.Helper()
	whole := map[Bib]Mark{}
	for p := range pairs {
		whole[p.bib] = p.mark
	}
	for _, f := range r.Finishes {
		if m, ok := whole[f.Bib]; ok && f.Mark.Before(m) {
			t.Errorf("line %d has %s %s, and the whole log the later %s", f.Line, f.Bib, f.Mark, m)
		}
	}
}

// Every cut of a log is read, and each bib has the earliest of its reads that stand above the cut, by a reader that
// knows nothing of the one above.
func TestTheEarliestReadWins(t *testing.T) {
	at := func(seconds int) string {
		return time.Date(2026, 5, 17, 10, 0, seconds, 0, time.UTC).Format("2006-01-02 15:04:05.000")
	}
	start, _ := ParseStart("2026-05-17T10:00:00")
	rules := Rules{Start: start, Passings: Passings{Min: 5 * time.Minute, Chips: map[string]Bib{}}}
	for i := range 7 {
		rules.Passings.Chips[fmt.Sprint("20010", i)] = Bib(fmt.Sprint(i/2 + 1))
	}
	var log strings.Builder
	best := map[Bib]int{}
	for i := range 400 {
		chip, seconds := i*5%8, 100+i*7919%1500
		fmt.Fprintf(&log, "1,20010%d,7,%q\n", chip, at(seconds))
		bib, known := rules.Passings.Chips[fmt.Sprint("20010", chip)]
		if b, ok := best[bib]; known && seconds >= 300 && (!ok || seconds < b) {
			best[bib] = seconds
		}
		r, err := Read([]byte(log.String()), rules, TailGrowing)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Finishes) != len(best) || len(r.Finishes)+len(r.Ignored)+len(r.Held) != i+1 {
			t.Fatalf("after %d lines: %d finishes, want %d; %d lines", i+1, len(r.Finishes), len(best), len(r.Finishes)+len(r.Ignored))
		}
		for _, f := range r.Finishes {
			if f.Mark.Hundredths() != int64(best[f.Bib])*100 {
				t.Fatalf("after %d lines: %s has %s, want %d s", i+1, f.Bib, f.Mark, best[f.Bib])
			}
		}
	}
}

func TestLastLineOfALog(t *testing.T) {
	const six = `1,200101,7,"02-05-2026 18:41:33.284",1,1`
	const tab = "200101\t18:41:33.284\n200102\t18:41:3"
	start, _ := ParseStart("2026-05-02T18:00:00")
	rules := Rules{Start: start, Passings: Passings{Chips: map[string]Bib{"200101": "1", "200102": "2"}}}
	for sentence, tt := range map[string]struct {
		text                  string
		growing, quiet, still int // finishes
	}{
		"a newline ends it":               {six + "\n", 1, 1, 1},
		"the only line":                   {six, 0, 0, 1},
		"as wide as the one above":        {six + "\n" + strings.ReplaceAll(six, "0101", "0102"), 1, 2, 2},
		"fewer fields than the one above": {six + "\n" + strings.ReplaceAll(six, "0101", "0102")[:len(six)-4], 1, 1, 1},
		"a time that is torn":             {tab, 1, 1, 1},
		"a time with fewer decimals":      {tab + "4.28", 1, 1, 1},
		"a time with as many decimals":    {tab + "4.285", 1, 2, 2},
		"a time with none above it":       {tab[:len("200101\t18:41:33.284")], 0, 0, 0},
		"a time that is not the last":     {tab + "4.285\t1\t2", 1, 2, 2},
	} {
		for tail, want := range map[Tail]int{TailGrowing: tt.growing, TailQuiet: tt.quiet, TailStill: tt.still} {
			if r, err := Read([]byte(tt.text), rules, tail); err != nil || len(r.Finishes) != want {
				t.Errorf("%s, tail %d: want %d finishes\n%s", sentence, tail, want, shown(r, err))
			}
		}
	}
}

// A log is recognised by its first line, and a list of results is no log.
func TestLogsAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		"aa00058000123b3200012603071348503277\n":              "ipico",
		"58000123b32\naa00058000123b3200012603071348503277\n": "ipico",
		"ab000a2c260306052004151b2782ae\n":                    "ipico",
		"aa00058000123b3200012603071348503278\n":              "csv",
		"CT01_33~1~finish~349~10:42:13.45~1~0F2C18~1\n":       "ct",
		"ack~start\nCT01_13,1,finish,349,10:42:13.45\n":       "ct",
		"7701;349;;10:42:13.476;0;53;116;;1;2\n":              "rr-passings",
		"7701;Ash;;10:42:13.476;0;53;116;;1;2\n":              "csv",
		"1;349;F;0:42:13.476;0;53;116;;1;2\n":                 "csv",
		"2,200368,200368,\"02-05-2025 18:21:43.725\",1,2\n":   "rfid",
		"200368\t18:21:43.725\n":                              "rfid",
		"349\t0:31:43.725\n":                                  "csv",
		"349\t10:31:43\n":                                     "csv",
		"1,349,10:42:13.45\n":                                 "tm",
		"1,349,00:42:13.45\n":                                 "csv",
		"1,Ash,10:42:13.45\n":                                 "csv",
		"Bib,Time\n1,14:25\n":                                 "csv",
		"#P;7701;349;;10:42:13.476;0\n":                       "rr-passings",
		"STATUS;1\n7701;349;;10:42:13.476;0;53;116;;1;2\n":    "rr-passings",
		"status;1\n7701;349;;10:42:13.476;0;53;116;;1;2\n":    "csv",
		"200368 2025-05-02 18:21:43.725\n":                    "rfid",
		"200368;18:21:43.725\n":                               "csv",
		"200368\t18:21:43.725\t1\t2\n":                        "rfid",
	} {
		d, _ := decode([]byte(text), "")
		for _, f := range formats() {
			if f.recognise(&d) {
				if f.Name != want {
					t.Errorf("%q is %s, want %s", text, f.Name, want)
				}
				break
			}
		}
	}
}

// Once a file has a format, more lines do not change it.
func TestGrowingLogsKeepTheirFormat(t *testing.T) {
	for _, c := range goldenCases(t) {
		format := filepath.Base(filepath.Dir(c.path))
		if !readerLogs[format] && format != "tm" {
			continue
		}
		data, seen := c.data(t), ""
		for cut := range len(data) + 1 {
			r, err := Read(data[:cut], c.rules(t), TailGrowing)
			if err != nil || len(r.Finishes)+len(r.Held) == 0 {
				continue
			}
			if seen != "" && r.Format != seen {
				t.Fatalf("%s cut at %d: %s, before %s", c.path, cut, r.Format, seen)
			}
			seen = r.Format
		}
	}
}

func TestNamedColumnsMeanATable(t *testing.T) {
	text := "1,349,10:42:13.45\n2,12,10:43:13.45\n"
	start, _ := ParseStart("10:00:00")
	r, err := Read([]byte(text), Rules{Start: start, Columns: Columns{Bib: "2", Time: "3"}}, TailStill)
	if err != nil || r.Format != "csv" || len(r.Finishes) != 2 || r.Finishes[0].Mark.String() != "42:13.45" {
		t.Error(shown(r, err))
	}
	for _, f := range []string{"ipico", "rfid", "rr-passings", "ct"} {
		if r, err := Read([]byte(text), Rules{Format: f, Columns: Columns{Bib: "2"}}, TailStill); err == nil || !strings.Contains(err.Error(), "[race.columns]") {
			t.Error(f, shown(r, err))
		}
	}
}

// logSeeds adds the cases of a format and rules under which it is read.
func logSeeds(f *testing.F, format string) {
	for _, c := range goldenCases(f) {
		if filepath.Base(filepath.Dir(c.path)) == format {
			f.Add(c.data(f), uint16(len(c.export)/2), byte(len(c.ruleText)))
		}
	}
}

// logRules turns a byte into rules for a log.
func logRules(format string, choice byte) Rules {
	rules := Rules{Format: format}
	starts := []string{"2026-05-17T10:00:00", "10:00:00", "23:30:00", "2026-05-02T18:30:00+02:00", ""}
	rules.Start, _ = ParseStart(starts[choice%5])
	if choice/5%4 > 0 {
		rules.Passings.Chips, _ = ReadChips([]byte("chip,bib\n058000aa0001,101\n058000aa0002,007\n200101,1\n200102,2\nKXAB12C,101\n"))
	}
	if choice/5%3 > 0 {
		rules.Passings.Min = 5 * time.Minute
	}
	if choice >= 128 {
		rules.Format, rules.Slowest = "", secondsMark(20*60*60*100)
	}
	return rules
}

// secondsMark is a mark of whole seconds.
func secondsMark(hundredths int64) Mark {
	m, _ := TimeMark(hundredths, 0)
	return m
}

func fuzzLog(f *testing.F, format string) {
	logSeeds(f, format)
	f.Fuzz(func(t *testing.T, data []byte, cut uint16, choice byte) {
		fuzzRead(t, data, cut, logRules(format, choice))
	})
}

func FuzzIPICO(f *testing.F)       { fuzzLog(f, "ipico") }
func FuzzRFID(f *testing.F)        { fuzzLog(f, "rfid") }
func FuzzRaceResult(f *testing.F)  { fuzzLog(f, "rr-passings") }
func FuzzChronoTrack(f *testing.F) { fuzzLog(f, "ct") }
func FuzzTimeMachine(f *testing.F) { fuzzLog(f, "tm") }

// FuzzTimeOfDay reads delimited text of a race that has a start.
func FuzzTimeOfDay(f *testing.F) { fuzzLog(f, "csv") }
