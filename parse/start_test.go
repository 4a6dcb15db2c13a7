package parse

import (
	"strings"
	"testing"
	"time"
)

func TestParseStart(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "10:00": "10:00:00", "9:30": "09:30:00", "9:30:00": "09:30:00", "10:00:00.476": "10:00:00.476",
		"2025-05-02T18:30:00": "2025-05-02T18:30:00", "2025-05-02 18:30": "2025-05-02T18:30:00",
		"2025-05-02T18:30:00+02:00": "2025-05-02T18:30:00+02:00", "2025-05-02T18:30:00Z": "2025-05-02T18:30:00+00:00",
		"2025-05-02T18:30:00.5-0330": "2025-05-02T18:30:00.5-03:30", " 06:30 PM ": "18:30:00",
	} {
		s, err := ParseStart(text)
		if err != nil || s.String() != want || s.IsZero() != (text == "") {
			t.Errorf("%q is %q, %v; want %q", text, s, err, want)
		}
		again, err := ParseStart(s.String())
		if err != nil || !again.Equal(s) {
			t.Errorf("%q reads back as %q, %v", s, again, err)
		}
	}
	for _, text := range []string{
		"10", "25:00", "10:60", "10:00:60", "noon", "02-05-2025T10:00:00", "02.05.2025 10:00", "2025-02-30T10:00", "2025-05-02",
		"10:00:00+02:00", "10:00:00 today", "2025-05-02T10:00:00+2", "2025-05-02T10:00:00+99:00", "0000-00-00T10:00:00", "10:0", "\x1b[2J",
	} {
		if s, err := ParseStart(text); err == nil {
			t.Errorf("%q is read as %s", text, s)
		} else if !strings.Contains(err.Error(), `"10:00:00"`) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStampsThatAreNone(t *testing.T) {
	for _, text := range []string{
		"", "18:21", "18:21:4", "1:2:33", "24:00:00", "18:60:00", "18:21:60", "18:21:43.", "18:21:43.1234567890", "18:21:43 x", "13:00:00 PM",
		"0:30:00 AM", "32-05-2025 10:00:00", "02-13-202 10:00:00", "2025-05-02", "2025-05-02T", "2025-05-02 10:00:00+", "2025/05-02 10:00:00",
		"02-05-25 10:00:00", "+02:00", "2025-05-02T10:00:00Zebra", "1:00:00:00",
	} {
		if s, ok := readStamp([]byte(text)); ok {
			t.Errorf("%q is read as %+v", text, s)
		}
	}
}

// Times from the start to a read, with what the read and the start say about day and place.
func TestSince(t *testing.T) {
	east := time.FixedZone("east", 2*60*60)
	for sentence, tt := range map[string]struct {
		start, read string
		rules       Rules
		want        string // a duration or a problem
	}{
		"times of day":                          {"10:00", "10:14:25.1", Rules{}, "14m25.1s"},
		"thousandths in both":                   {"10:00:00.476", "10:14:25.477", Rules{}, "14m25.001s"},
		"just before the start":                 {"10:00", "09:59:59.999", Rules{}, "-1ms"},
		"past midnight":                         {"23:30", "00:15:00", Rules{}, "45m0s"},
		"past midnight, dated start":            {"2026-05-17T23:30", "00:15:00", Rules{}, "45m0s"},
		"in the morning of an evening race":     {"19:00", "06:00:00", Rules{}, whichDay},
		"long after without slowest":            {"06:00", "18:00:01", Rules{}, whichDay},
		"long after with slowest":               {"06:00", "18:00:01", Rules{Slowest: secondsMark(15 * 360000)}, "12h0m1s"},
		"overnight with slowest":                {"19:00", "06:00:00", Rules{Slowest: secondsMark(15 * 360000)}, "11h0m0s"},
		"before, by slowest":                    {"19:00", "06:00:00", Rules{Slowest: secondsMark(9 * 360000)}, "-13h0m0s"},
		"an hour before, slowest does not help": {"10:00", "09:00:00", Rules{Slowest: secondsMark(99 * 360000)}, whichDay},
		"dated":                                 {"2026-05-17T10:00", "18-05-2026 10:00:00.5", Rules{}, "24h0m0.5s"},
		"dated, the day before":                 {"2026-05-17T10:00", "2026-05-16 10:30:00", Rules{}, "-23h30m0s"},
		"dated, start is not":                   {"10:00", "2026-05-16 10:30:00", Rules{}, needsDate},
		"month first, surely":                   {"2026-05-17T10:00", "05/17/2026 10:30:00", Rules{}, "30m0s"},
		"month first, perhaps":                  {"2026-05-02T10:00", "05/02/2026 10:30:00", Rules{}, monthFirst},
		"UTC, start with offset":                {"2026-05-17T00:30:00+02:00", "2026-05-16T23:00:00Z", Rules{}, "30m0s"},
		"offsets of two kinds":                  {"2026-05-17T10:00:00+02:00", "2026-05-17T09:30:00+01:00", Rules{}, "30m0s"},
		"UTC, start with a zone":                {"2026-05-17T10:00:00", "2026-05-17T08:30:00Z", Rules{Zone: east}, "30m0s"},
		"UTC, start nowhere":                    {"2026-05-17T10:00:00", "2026-05-17T08:30:00Z", Rules{}, needsOffset},
		"UTC, start without a date":             {"10:00:00", "2026-05-17T08:30:00Z", Rules{Zone: east}, needsDate},
		"no offset, start with one":             {"2026-05-17T10:00:00+02:00", "2026-05-17T10:30:00", Rules{Zone: time.UTC}, "30m0s"},
		"another century":                       {"2026-05-17T10:00:00", "2199-05-17T10:30:00", Rules{}, "8784h30m0s"},
	} {
		start, err := ParseStart(tt.start)
		at, ok := readStamp([]byte(tt.read))
		if err != nil || !ok {
			t.Fatal(sentence, err, ok)
		}
		nanos, problem := start.since(at, &tt.rules)
		if got := problem + time.Duration(nanos).String(); got != tt.want && got != tt.want+"0s" {
			t.Errorf("%s: %s, want %s", sentence, got, tt.want)
		}
	}
}

func TestReadChips(t *testing.T) {
	for sentence, tt := range map[string]struct {
		text, want string // want: a chip and its bib, or what the error says
	}{
		"comma":                     {"chip,bib\n058aa,101\n", "058AA=101"},
		"semicolon, BOM, CRLF":      {"\xEF\xBB\xBFChip;Bib\r\n\r\n058aa;007\r\n", "058AA=007"},
		"TAB, bib first, a name":    {"bib\tname\tchip\nW1\tAsh\t058aa\n", "058AA=W1"},
		"quotes and blanks":         {"chip,bib\n\"058aa\", 101 \n# a comment, of ours\n,,\n", "058AA=101"},
		"no newline at the end":     {"chip,bib\n058aa,101", "058AA=101"},
		"the same row twice":        {"chip,bib\n058aa,101\n058AA,101\n", "058AA=101"},
		"UTF-16":                    {"\xFF\xFEc\x00h\x00i\x00p\x00,\x00b\x00i\x00b\x00\n\x007\x00,\x008\x00\n\x00", "7=8"},
		"two bibs":                  {"chip,bib\n058aa,101\n\n058AA,102\n", `line 4: chip "058AA" has bib 102 and, in line 2, bib 101`},
		"no bib":                    {"chip,bib\n058aa,\n", `line 2: chip "058AA" has no bib`},
		"no chip":                   {"chip,bib\n,101\n", `line 2: not a chip: ""`},
		"a short row":               {"chip,bib\n058aa\n", "line 2: this is no row"},
		"a name in the place of it": {"chip,bib\n058aa,Ash Ada\n", `line 2: chip "058AA" has not a bib`},
		"a spreadsheet's number":    {"chip,bib\n5.8E+42,101\n", `line 2: a spreadsheet has made the number "5.8E+42" of the chip`},
		"one with a comma":          {"chip;bib\n5,8E+42;101\n", `line 2: a spreadsheet has made`},
		"a chip of figures and E":   {"chip,bib\n058000120e38,101\n", "058000120E38=101"},
		"all mistakes at once":      {"chip,bib\n1,\n2,\n3,4\n", "line 2: chip \"1\" has no bib\nline 3:"},
		"no header":                 {"058aa,101\n", `line 1: a chip map begins with the header "chip,bib"`},
		"nothing":                   {"", "line 1: a chip map begins"},
		"a header only":             {"chip,bib\n", "line 1: there is no chip"},
	} {
		chips, err := ReadChips([]byte(tt.text))
		got := ""
		for chip, bib := range chips {
			got = chip + "=" + string(bib)
		}
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, tt.want) || strings.Contains(got, "=") && len(chips) != 1 {
			t.Errorf("%s: %q, want %q", sentence, got, tt.want)
		}
	}
}

func FuzzReadChips(f *testing.F) {
	f.Add([]byte("chip,bib\n058aa,101\n"))
	f.Add([]byte("\xEF\xBB\xBFbib;x;chip\r\n1;\"a;b\";2\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		chips, err := ReadChips(data)
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\u202e") {
			t.Errorf("%q", err)
		}
		for chip, bib := range chips {
			if chip == "" || bibProblem([]byte(bib)) != "" {
				t.Errorf("%q: %q", chip, bib)
			}
		}
	})
}

func FuzzReadStamp(f *testing.F) {
	f.Add("02-05-2026 18:21:43.725")
	f.Add("2026-05-02T18:21:43+02:00")
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := readStamp([]byte(text))
		if ok && (s.nanos < 0 || s.nanos >= nanosPerDay || s.day != noDay && (s.day < -1 || s.day > 90000)) {
			t.Errorf("%q is %+v", text, s)
		}
		start, err := ParseStart(text)
		if again, againErr := ParseStart(start.String()); err == nil && (againErr != nil || again != start) {
			t.Errorf("%q is %q, and that %q, %v", text, start, again, againErr)
		}
	})
}
