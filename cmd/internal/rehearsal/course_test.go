package rehearsal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/state"
)

func ofField(athletes, waves int) Options {
	return Options{Athletes: athletes, Waves: waves, Seed: 2026, Style: StyleAppend}
}

func TestTheSyntheticRace(t *testing.T) {
	for _, athletes := range []int{1, 2, 3, 9, 10, 49, 50, 51, 300, 5000} {
		for _, waves := range []int{1, 3} {
			t.Run(fmt.Sprintf("%d in %d waves", athletes, waves), func(t *testing.T) {
				c := synthetic(ofField(athletes, waves))
				if diff := cmp.Diff(c, synthetic(ofField(athletes, waves)), cmp.AllowUnexported(course{}, export{}, event{})); diff != "" {
					t.Errorf("not the same race:\n%s", diff)
				}
				if waves == 1 {
					lookAtField(t, c.exports[0], athletes)
				}
				total := 0
				for wave := range waves {
					reading, err := parse.Read(c.exports[0].final(), parse.Rules{Where: map[string]string{"Wave": fmt.Sprint(wave + 1)}}, parse.TailGrowing)
					if err != nil || len(reading.Held) > 0 {
						t.Fatal(err, reading)
					}
					total += len(reading.Finishes)
				}
				if total != athletes {
					t.Errorf("%d of %d athletes are wanted", total, athletes)
				}
			})
		}
	}
}

// lookAtField checks that a field has everything that fields have.
func lookAtField(t *testing.T, e *export, athletes int) {
	t.Helper()
	reading, err := parse.Read(e.final(), parse.Rules{}, parse.TailGrowing)
	if err != nil {
		t.Fatal(err)
	}
	codes, marks, ties, late := map[parse.Code]int{}, map[parse.Mark]int{}, 0, 0
	slowest := parse.Mark{}
	for _, f := range reading.Finishes {
		codes[f.Mark.Code()]++
		if f.Mark.Code() != parse.NoCode {
			continue
		}
		if marks[f.Mark]++; marks[f.Mark] > 1 {
			ties++
		}
		if f.Mark.Before(slowest) {
			late++
		} else {
			slowest = f.Mark
		}
	}
	if athletes >= 300 && (codes[parse.DNF] < athletes/60 || codes[parse.DQ] == 0 || ties == 0 || late == 0) {
		t.Errorf("codes %v, %d ties, %d late", codes, ties, late)
	}
	lines := map[int]int{}
	for _, v := range e.events {
		lines[v.line]++
	}
	corrected := 0
	for _, n := range lines {
		corrected += n - 1
	}
	if athletes > 1 && corrected == 0 {
		t.Error("nobody is corrected")
	}
	if !slices.IsSortedFunc(e.events, func(a, b event) int { return int(a.at - b.at) }) {
		t.Error("the events are not in order")
	}
}

func TestSeedsDiffer(t *testing.T) {
	other := ofField(50, 1)
	other.Seed = 7
	if bytes.Equal(synthetic(other).exports[0].final(), synthetic(ofField(50, 1)).exports[0].final()) {
		t.Error("the same race")
	}
}

func TestTheSyntheticRaceBySpeed(t *testing.T) {
	o := ofField(100, 1)
	o.Speed = 60
	slow := synthetic(o)
	o.Speed = 600
	fast := synthetic(o)
	if ratio := float64(slow.length-lead) / float64(fast.length-lead); ratio < 8 || ratio > 12 {
		t.Errorf("%s and %s", slow.length, fast.length)
	}
	o.Speed = FullSpeed()
	if length := synthetic(o).length; length > time.Second {
		t.Errorf("at full speed: %s", length)
	}
}

func raceOf(event string, files ...string) config.Race {
	return config.Race{Files: files, Unit: state.Unit{Event: event, Round: 1, Heat: 1}}
}

func replayOne(t *testing.T, data []byte, o Options) (*course, error) {
	t.Helper()
	return replayed([]found{{"x.csv", data}}, []config.Race{raceOf("R1", "x.csv")}, o)
}

func TestAnExportIsPlayedWithoutChangingAByte(t *testing.T) {
	var many bytes.Buffer
	many.WriteString("Bib,Time\n")
	for i := range 2000 {
		fmt.Fprintf(&many, "%d,%d:%02d:%02d\r\n", i+1, 1+i/3600, i/60%60, i%60)
	}
	const few = "Bib,Time\n349,14:25.10\n347,14:33.00\n"
	tests := map[string]struct {
		data  []byte
		lines int
	}{
		"an ordinary one":       {[]byte(few), 3},
		"CRLF":                  {[]byte("Bib,Time\r\n349,14:25.10\r\n347,14:33.00\r\n"), 3},
		"CR alone":              {[]byte("Bib,Time\r349,14:25.10\r347,14:33.00\r"), 3},
		"no newline at the end": {[]byte("Bib,Time\n349,14:25.10\n347,14:33.00"), 3},
		"UTF-16, low byte first, whose newlines are two bytes": {utf16Of(few, binary.LittleEndian), 3},
		"UTF-16, high byte first":                              {utf16Of(few, binary.BigEndian), 3},
		"UTF-16 with a 0x0a in a letter":                       {utf16Of("Bib,Name,Time\n349,\u010aelia \u0a0a,14:25.10\n347,B,14:33.00\n", binary.LittleEndian), 3},
		"2000 rows, CRLF":                                      {many.Bytes(), 2001},
		"a bib with two times, which is held":                  {[]byte(few + "7,15:00\n7,15:01\n"), 5},
	}
	for name, test := range tests {
		for _, speed := range []float64{0, FullSpeed(), 100} {
			t.Run(fmt.Sprintf("%s at %v", name, speed), func(t *testing.T) {
				c, err := replayOne(t, test.data, Options{Style: StyleAppend, Speed: speed})
				if err != nil {
					t.Fatal(err)
				}
				e := c.exports[0]
				if !bytes.Equal(e.final(), test.data) {
					t.Error("the bytes differ")
				}
				if len(e.events) != test.lines {
					t.Errorf("%d lines", len(e.events))
				}
				if speed == 0 && c.length > 15*time.Second {
					t.Errorf("it takes %s", c.length)
				}
			})
		}
	}
}

func utf16Of(text string, order binary.AppendByteOrder) []byte {
	data := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(text)) {
		data = order.AppendUint16(data, unit)
	}
	return data
}

func TestReplayBySpeed(t *testing.T) {
	c, err := replayOne(t, []byte("Bib,Time\n1,10:00\n2,10:10\n3,DNF\n4,11:00\n"), Options{Style: StyleAppend, Speed: 10})
	if err != nil {
		t.Fatal(err)
	}
	var at []time.Duration
	for _, e := range c.exports[0].events {
		at = append(at, e.at)
	}
	want := []time.Duration{0, lead, lead + time.Second, lead + time.Second, lead + 6*time.Second}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Error(diff)
	}
	tests := map[string]struct {
		data  string
		style Style
		want  string
	}{
		"rows out of order cannot be appended":     {"Bib,Time\n1,10:10\n2,10:00\n", StyleAppend, "line 3"},
		"rows out of order can be written anew":    {"Bib,Time\n1,10:10\n2,10:00\n", StyleRewrite, ""},
		"an export without a time":                 {"Bib,Time\n1,DNF\n", StyleAppend, "has none"},
		"a document comes as a whole":              {`<ResultList xmlns="http://www.orienteering.org/datastandard/3.0" iofVersion="3.0"><Event/></ResultList>`, StyleRewrite, "as a whole"},
		"an export that nobody can read, with why": {"Bib,Gun Time,Chip Time\n1,14:25,14:20\n", StyleAppend, "Gun Time"},
	}
	for name, test := range tests {
		_, err := replayOne(t, []byte(test.data), Options{Style: test.style, Speed: 10})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachExportIsARaceOfItsOwn(t *testing.T) {
	tables, left, err := ownRaces([]found{
		{"a [1].csv", []byte("Bib,Time\n1,10:10\n")},
		{"notes.txt", []byte("call Ann\n")},
		{"b.csv", []byte("Bib,Time\n2,10:10\n")},
	})
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0], "notes.txt") {
		t.Error(left, err)
	}
	cfg, err := settings(t.TempDir(), plainSettings("127.0.0.1:1", "0s", tables))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Races) != 2 || cfg.Races[1].Unit.Event != "R2" || !feeds(cfg.Races[0], "a [1].csv") || feeds(cfg.Races[0], "b.csv") {
		t.Errorf("%+v", cfg.Races)
	}
	for name, list := range map[string][]found{"none": nil, "none that can be read": {{"x.csv", []byte("Bib,Gun Time,Chip Time\n1,14:25,14:20\n")}}} {
		if _, _, err := ownRaces(list); err == nil {
			t.Error(name)
		}
	}
}

func TestThePatternMatchesTheFileAlone(t *testing.T) {
	tests := map[string]string{"5k.csv": "5k.csv", "5k [final]*.csv": "5k ?final??.csv", `a"b'c\d{e}.csv`: "a?b?c?d?e?.csv", "a\tb.csv": "a?b.csv"}
	for name, want := range tests {
		if got := escapeGlob(name); got != want {
			t.Errorf("%q becomes %q", name, got)
		}
	}
}

func TestStretch(t *testing.T) {
	c := synthetic(ofField(50, 1))
	last := c.exports[0].final()
	c.stretch(30 * time.Second)
	events := c.exports[0].events
	if at := events[len(events)-1].at; at < 29*time.Second || at > 30*time.Second || !bytes.Equal(last, c.exports[0].final()) {
		t.Error(at)
	}
}
