package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/watcher"
)

// fill makes a folder of files.
func fill(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "timing")
	must(t, os.Mkdir(dir, 0o755))
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// written is the configuration of a folder, as text and as the program reads it.
func written(t testing.TB, dir string) (*Folder, string, *config.Config) {
	t.Helper()
	f, err := Look(dir)
	must(t, err)
	path := filepath.Join(filepath.Dir(dir), "config.toml")
	text, err := f.Config(path, Destination{}, time.Now())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	cfg, err := config.Parse(path, []byte(text))
	must(t, err)
	return f, text, cfg
}

// reread reads every export again, by what the configuration says: bibs and marks by file, of all its races.
func reread(t testing.TB, cfg *config.Config) (finishes map[string][]string, refused map[string]string) {
	t.Helper()
	finishes, refused = map[string][]string{}, map[string]string{}
	for _, r := range cfg.Races {
		rules, err := r.RulesWithChips()
		must(t, err)
		listing := watcher.Once(cfg.Watch.Dir, r.Files, maxSize, func(s watcher.Snapshot) bool {
			reading, err := parse.Read(s.Data, rules, parse.TailStill)
			if err != nil {
				refused[s.Path] = err.Error()
				return true
			}
			for _, f := range reading.Finishes {
				finishes[s.Path] = append(finishes[s.Path], fmt.Sprintf("%d %s %s", f.Line, f.Bib, f.Mark))
			}
			return true
		})
		must(t, listing.Folder)
	}
	return finishes, refused
}

// golden are the exports of package parse's cases that need no rules, and what must be read from them.
func golden(t testing.TB) (exports map[string]string, want map[string][]string, refused map[string]bool) {
	t.Helper()
	exports, want, refused = map[string]string{}, map[string][]string{}, map[string]bool{}
	cases, err := filepath.Glob("../../../parse/testdata/*/*.txtar")
	must(t, err)
	for _, path := range cases {
		text, err := os.ReadFile(path)
		must(t, err)
		files := parts(string(text))
		as, rules, _ := strings.Cut(files["rules"], "\n")
		as, isAs := strings.CutPrefix(as, "as = ")
		if !isAs {
			as, rules = "", files["rules"]
		}
		name := filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".txtar") + ".txt"
		exports[name] = encode(t, files["export"], as)
		if strings.TrimSpace(rules) != "" || files["chips"] != "" {
			continue
		}
		refused[name] = strings.HasPrefix(files["want"], "error: ")
		want[name] = nil
		for line := range strings.Lines(files["want"]) {
			if rest, ok := strings.CutPrefix(line, "finish "); ok {
				want[name] = append(want[name], strings.Join(strings.Fields(rest), " "))
			}
		}
	}
	if len(exports) < 100 {
		t.Fatal("where are the cases of parse?")
	}
	return exports, want, refused
}

func parts(text string) map[string]string {
	files, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		if n, ok := strings.CutPrefix(line, "-- "); ok {
			name = strings.TrimSuffix(strings.TrimSpace(n), " --")
			continue
		}
		files[name] += line
	}
	return files
}

func encode(t testing.TB, text, as string) string {
	t.Helper()
	switch as {
	case "":
		return text
	case "xlsx":
		return workbook(t, text)
	case "cr":
		return strings.ReplaceAll(text, "\n", "\r")
	case "bom-crlf":
		return "\uFEFF" + strings.ReplaceAll(text, "\n", "\r\n")
	case "utf-16be-bom":
		out, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
		must(t, err)
		return out
	}
	encoding, err := htmlindex.Get(as)
	must(t, err)
	out, err := encoding.NewEncoder().String(text)
	must(t, err)
	return out
}

// workbook makes a spreadsheet as the cases of parse describe it.
func workbook(t testing.TB, text string) string {
	t.Helper()
	book := excelize.NewFile()
	sheet, row := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "# "); ok {
			name, hidden := strings.CutSuffix(name, " hidden")
			sheet, row = name, 0
			_, err := book.NewSheet(sheet)
			must(t, err)
			must(t, book.SetSheetVisible(sheet, !hidden))
			continue
		}
		row++
		line, hidden := strings.CutPrefix(line, "!")
		for i, text := range strings.Split(line, "\t") {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			must(t, err)
			text, format, formatted := strings.Cut(strings.TrimSuffix(text, "}"), "{")
			if formatted {
				style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
				must(t, err)
				must(t, book.SetCellStyle(sheet, at, at, style))
			}
			if plain, ok := strings.CutPrefix(text, `"`); ok {
				must(t, book.SetCellStr(sheet, at, plain))
			} else if n, err := strconv.ParseFloat(text, 64); err == nil {
				must(t, book.SetCellFloat(sheet, at, n, -1, 64))
			}
		}
		must(t, book.SetRowVisible(sheet, row, !hidden))
	}
	must(t, book.DeleteSheet("Sheet1"))
	b, err := book.WriteToBuffer()
	must(t, err)
	return b.String()
}

// Every kind of export that package parse has a case for: what is written loads, and reads the same finishes as nothing
// but the export itself.
func TestWhatIsWrittenReadsWhatWasFound(t *testing.T) {
	exports, want, refused := golden(t)
	for name, text := range exports {
		t.Run(name, func(t *testing.T) {
			dir := fill(t, map[string]string{name: text})
			f, text, cfg := written(t, dir)
			got, _ := reread(t, cfg)
			wanted, plain := want[name]
			if !plain {
				return // only that it loads
			}
			_, open := f.Readable()
			switch {
			case refused[name] && open == 0 && len(f.others) == 0 && len(f.toCheck()) == 0 && !strings.Contains(text, "[race.where]"):
				t.Errorf("it is refused as it is, and nothing was asked, chosen or said:\n%s", text)
			case !refused[name] && open == 0 && len(f.others) > 0:
				t.Errorf("left out: %v", f.others)
			case !refused[name] && !strings.Contains(text, "[race.where]") && !slices.Equal(got[name], wanted):
				t.Errorf("reads %q, want %q\n%s", got[name], wanted, text)
			}
			for _, r := range f.races {
				if r.reading != nil && len(got[name]) < len(r.reading.Finishes) {
					t.Errorf("%d finishes were found, %d are read again", len(r.reading.Finishes), len(got[name]))
				}
			}
		})
	}
}

// All of them in one folder: also that nothing names an athlete, of whom these cases have only a few.
func TestNobodysNameIsWritten(t *testing.T) {
	exports, _, _ := golden(t)
	_, text, _ := written(t, fill(t, exports))
	for _, name := range []string{"Ash", "Ada", "Birch", "Cedar", "Alder", "Rowan", "Hazel", "Heath Harriers"} {
		if i := strings.Index(text, name); i >= 0 {
			t.Errorf("%s: …%s…", name, text[max(i-200, 0):i+20])
		}
	}
}

func TestWhatIsWritten(t *testing.T) {
	const rfid = "1,100,100,\"02-05-2026 10:00:02.00\",1,1\n2,100,100,\"02-05-2026 10:14:25.10\",1,2\n"
	for name, c := range map[string]struct {
		files   map[string]string
		has     []string
		hasNot  []string
		races   int
		refused bool // a race needs a person
	}{
		"both clocks: the gun, and what the chip would be": {
			files: map[string]string{"5k.csv": "Bib,Name,Gun Time,Chip Time\n7,Ash,14:26.0,14:26.0\n9,Ada,14:27.0,14:25.1\n"},
			has:   []string{"clock = \"gun\"\n", `# CHECK: "gun" is Gun Time (9 14:27.0), "chip" is Chip Time (9 14:25.1)`, `bib = "Bib"`}, hasNot: []string{"\ntime = "}, races: 1,
		},
		"one clock is pinned": {
			files: map[string]string{"5k.csv": "Bib,Chip Time,Status\n7,14:26,\n9,,DNF\n"},
			has:   []string{`time = "Chip Time"`, `status = "Status"`, `format = "csv"`, "2 finishes, first: 7 14:26, 9 DNF"}, races: 1,
		},
		"a number that could be a place is not pinned as the bib": {
			files: map[string]string{"5k.csv": "No,Time\n7,14:26\n9,14:27\n"}, has: []string{`time = "Time"`}, hasNot: []string{"bib = "}, races: 1,
		},
		"two times: a person": {
			files: map[string]string{"5k.csv": "Bib,Finish Time,Official Time\n7,39:36,39:35\n"},
			has:   []string{`# CHOOSE: more than one column could be the time`, "with \"Finish Time\" there is 7 39:36", "#time = \"Finish Time\""}, races: 1, refused: true,
		},
		"no header, places in front: the other column is the bib": {
			files: map[string]string{"5k.csv": placed(20)},
			has:   []string{"# CHECK: there is no header", "\nbib = 2\n"}, hasNot: []string{"format ="}, races: 1,
		},
		"no header and few rows: what may be ages is a person's choice": {
			files: map[string]string{"5k.csv": placed(19)}, has: []string{"# CHOOSE: there is no header", "#bib = 2\n"}, races: 1, refused: true,
		},
		"seconds that may be minutes and seconds without a colon: a person": {
			files: map[string]string{"5k.csv": "Bib,Time\n12,4530\n14,4741\n"}, has: []string{"# CHOOSE", `#time_unit = "seconds"`}, races: 1, refused: true,
		},
		"bibs that count like places: a person": {
			files: map[string]string{"5k.csv": "No,Time\n1,39:36\n2,39:37\n"}, has: []string{"# CHOOSE: column \"No\" counts", `#bib = "No"`}, races: 1, refused: true,
		},
		"seconds that nothing else can be": {
			files: map[string]string{"5k.csv": "Bib,Time\n12,7793\n14,7801\n"}, has: []string{`time_unit = "seconds"`, "12 2:09:53"}, races: 1,
		},
		"minutes and m.ss look alike: a person": {
			files: map[string]string{"5k.csv": "Bib,Time\n12,28.49\n14,29.11\n"},
			has:   []string{"# CHOOSE", "#time_unit = ", `with "m.ss" there is 12 28:49`}, races: 1, refused: true,
		},
		"times of day: a person": {
			files: map[string]string{"5k.csv": "Bib,Time\n12,10:42:13\n"}, has: []string{"# CHOOSE", `#start = "10:00:00"`}, races: 1, refused: true,
		},
		"several races in one file": {
			files: map[string]string{"all.csv": "Bib,Race,Time\n1,5K,14:26\n2,10 \"K\",34:26\n3,,35:00\n"},
			has:   []string{`Race = "5K"`, `Race = "10 \"K\""`, `eventid = "R2"`, "neither are those with none"}, races: 2,
		},
		"a column of many races: a person": {
			files: map[string]string{"all.csv": "Bib,Event,Time\n" + numberedRows(25)}, has: []string{"# CHOOSE: column Event names many races", `Event = "CHOOSE"`},
			races: 1,
		},
		"the same race twice": {
			files: map[string]string{"5k.csv": "Bib,Time\n7,14:26\n9,14:28\n", "5k old.csv": "Bib;Zeit\n7;14:26\n9;14:28\n4;15:00\n"},
			has:   []string{"# CHECK: 2 finishes stand in 5k old.csv too"}, races: 2,
		},
		"times of day that a person was asked about need no date": {
			files: map[string]string{"5k.csv": "Bib,Zeit\n12,10:42:13\n14,09:59:00\n"}, hasNot: []string{"05-02T10"}, races: 1, refused: true,
		},
		"passings without dates": {
			files: map[string]string{"p.csv": "7701;349;;10:42:13.476;0;53;116;;1;2\n"}, has: []string{`#start = "10:00:00"`}, hasNot: []string{"05-02T10"},
			races: 1, refused: true,
		},
		"a heading that nobody knows": {
			files: map[string]string{"5k.csv": "Bib,Name,Blah,Blub\n12,Ash,42:13,9\n14,Ada,43:59,9\n"},
			has:   []string{"# CHOOSE: no column is headed as the time; with 3 there is 12 42:13. Then", "\n#time = 3\n"}, hasNot: []string{"Ash"}, races: 1, refused: true,
		},
		"a race of which one value is there is one race": {
			files: map[string]string{"all.csv": "Bib,Race,Time\n1,5K,14:26\n2,5K,14:28\n"}, hasNot: []string{"race.where"}, races: 1,
		},
		"points on the course: the finish": {
			files: map[string]string{"all.csv": "Bib,Checkpoint,Time\n1,Half,14:26\n1,Finish,34:26\n"}, has: []string{`Checkpoint = "Finish"`, "1 34:26"}, races: 1,
		},
		"chips and a chip map, but no start": {
			files: map[string]string{"log.txt": rfid, "chips.csv": "chip,bib\n100,349\n"},
			has:   []string{"chips.csv: a chip map", "[race.passings]", "chips.csv\"\n", `#start = "2026-05-02T10:00:00"`, `#min = "5m"`}, races: 1, refused: true,
		},
		"chips and no chip map": {
			files: map[string]string{"log.txt": rfid}, has: []string{`#chips = "chips.csv"`, "#start = "}, races: 1, refused: true,
		},
		"two chip maps": {
			files: map[string]string{"log.txt": rfid, "a.csv": "chip,bib\n100,349\n", "b.csv": "chip,bib\n100,350\n"},
			has:   []string{"several files of this folder are chip maps", `#chips = "a.csv"`}, races: 1, refused: true,
		},
		"a file a heat": {
			files: map[string]string{
				"1-1-01.lif": "12,1,1,5000m,,,,,,5000,11:49:09.08\n1,349,4,Ash,Ada,H,14:17.21,,14:17.21\n",
				"1-1-02.lif": "12,1,2,5000m,,,,,,5000,11:59:09.08\n1,350,4,Ash,Ada,H,14:19.21,,14:19.21\n",
				"2-2-01.lif": "13,Heat,1,100m,,,,,,100,11:59:09.08\n1,351,4,Ash,Ada,H,1:19.21,,1:19.21\n",
				"2-3-01.lif": "13,Final,1,100m,,,,,,100,12:59:09.08\n1,352,4,Ash,Ada,H,1:18.21,,1:18.21\n",
			},
			has: []string{
				"files = [\"1-1-01.lif\"]\neventid = \"R1\"   # " + guessedEvent + "\nround = 1\nheat = 1\n", "round = 1\nheat = 2\n",
				"eventid = \"R2\"   # " + guessedEvent + "\nround = 2\nheat = 1\n", "# its first line says event 12, round 1, heat 2: 5000m",
			}, races: 4,
		},
		"numbered exports": {
			files: map[string]string{"results_001.csv": "Bib,Time\n7,14:26\n9,14:28\n", "results_002.csv": "Bib,Time\n7,14:26\n9,14:28\n4,15:00\n"},
			has:   []string{`files = ["results_[0-9]*.csv"]`, "3 finishes"}, races: 1,
		},
		"numbered races": {
			files: map[string]string{"results_001.csv": "Bib,Time\n7,14:26\n9,14:28\n", "results_002.csv": "Bib,Time\n17,14:26\n19,14:28\n"},
			has:   []string{`files = ["results_001.csv"]`, `files = ["results_002.csv"]`}, races: 2,
		},
		"a dated export": {
			files: map[string]string{"run 2026-05-02.csv": "Bib,Time\n7,14:26\n", "5k.csv": "Bib,Time\n1007,14:26\n"},
			has:   []string{`files = ["run 2026-05-02.csv"]`}, races: 2,
		},
		"a dated export with another name": {
			files: map[string]string{"5k_2026-05-02.csv": "Bib,Time\n7,14:26\n"}, has: []string{`files = ["5k_[0-9]*.csv"]`}, races: 1,
		},
		"a dated start list beside the export": {
			files: map[string]string{"5k_20260502.csv": "Bib,Time\n7,14:26\n", "5k_20260501.csv": "<html>"}, has: []string{`files = ["5k_20260502.csv"]`}, races: 1,
		},
		"an export that is empty so far": {
			files: map[string]string{"5k.csv": ""}, has: []string{`files = ["5k.csv"]`, "0 finishes"}, hasNot: []string{"format ="}, races: 1,
		},
		"nothing yet": {has: []string{"There is no export of results yet", `files = ["*.csv"]`}},
		"no results": {
			files: map[string]string{"a.html": "<html>", "b.txt": "Name,Club\nAsh,Heath\n", "p.pdf": "%PDF-1.4"},
			has:   []string{"#   a.html: this is an HTML page", "#   p.pdf: this looks like a PDF"}, hasNot: []string{"Ash", "Heath"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, text, cfg := written(t, fill(t, c.files))
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing", want)
				}
			}
			for _, not := range c.hasNot {
				if strings.Contains(text, not) {
					t.Errorf("%q must not be there", not)
				}
			}
			if len(f.races) != c.races || len(cfg.Races) != max(c.races, 1) {
				t.Errorf("%d races, want %d", len(f.races), c.races)
			}
			for i := range cfg.Races {
				if _, err := os.Stat(cfg.Races[i].ChipFile); err != nil {
					cfg.Races[i].ChipFile = ""
				}
			}
			finishes, refused := reread(t, cfg)
			if len(refused) > 0 != c.refused {
				t.Errorf("refused: %v, want %t", refused, c.refused)
			}
			if _, open := f.Readable(); open > 0 && len(finishes) > 0 {
				t.Errorf("%v is read before somebody chose", finishes)
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// placed are rows of place, bib and time.
func placed(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,39:%02d\n", i+1, 100+i*7%97, i+10)
	}
	return b.String()
}

func numberedRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d,E%d,14:%02d\n", 100+i, i+1, i+10)
	}
	return b.String()
}

// hostile are texts that somebody could put into a name, a heading or a cell in order to be read as configuration.
var hostile = []string{
	"x\n[opentrack]\ncompetition = \"https://evil.example/x/2026/GBR/y/\"", "x\r[[race]]", `x"` + "\n", `"]`, `']`, `\`, `\"`, `"""`, "'''",
	"# x", "x # y", "\x00", "\x7f", "\x1b[31m", "\u202e", "\u2028", "\u0085", "\xff\xfe", "é", "名", "{a,b}", "[a-z]", "*", "?", "a]b", "}", "=", ".", "..x",
	"C:", "~", "$HOME", "`id`", "%s", "%!d", "\uFEFF", strings.Repeat("long", 200), "key = 1", "files", "0",
}

func hostileText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.StringN(0, 12, 40)), 0, 4).Draw(t, "text"), "")
	})
}

// Whatever files are called and whatever stands in them, the configuration has the tables that it should have, and says
// what was found.
func TestNothingFromAFolderBecomesConfiguration(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := strings.NewReplacer("/", "", "\x00", "").Replace(hostileText().Draw(rt, "name"))
		name = "x" + name[:min(len(name), 200)] + ".csv"
		cell := func(label string) string {
			return `"` + strings.ReplaceAll(strings.ReplaceAll(hostileText().Draw(rt, label), `"`, `""`), "\n", " ") + `"`
		}
		head := rapid.SampledFrom([]string{"Bib,Race,Time,", "Bib,Time,Chip Time,Gun Time,", "Bib,Checkpoint,Time,", "No,Time,Time,", "Bib,Time,"}).Draw(rt, "head")
		var text strings.Builder
		text.WriteString(head + cell("heading") + "\n")
		for i := range 4 {
			row := strings.Repeat(",14:26", strings.Count(head, ",")-1)
			if strings.Contains(head, "Race") || strings.Contains(head, "point") {
				row = "," + cell("race") + ",14:26"
			}
			text.WriteString(strconv.Itoa(100+i) + row + "," + cell("cell") + "\n")
		}
		dir := fill(t, nil)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o644); err != nil {
			rt.Skip(err)
		}
		f, err := Look(dir)
		must(t, err)
		out, err := f.Config(filepath.Join(dir, "c.toml"), Destination{}, time.Now())
		if err != nil {
			rt.Fatalf("%v\n%s", err, out)
		}
		var decoded map[string]map[string]any
		var races struct{ Race []map[string]any }
		_, err = toml.Decode(out, &races)
		must(t, err)
		before, _, _ := strings.Cut(out, "\n[[race]]")
		_, err = toml.Decode(before, &decoded)
		must(t, err)
		if decoded["opentrack"]["competition"] != testCompetition || len(decoded["opentrack"]) != 2 || len(decoded["watch"]) != 1 ||
			len(decoded["state"]) != 1 || len(decoded) != 3 || len(races.Race) != max(len(f.races), 1) {
			rt.Fatalf("something got in:\n%s", out)
		}
		for _, race := range races.Race {
			for key := range race {
				if !slices.Contains([]string{"files", "eventid", "format", "clock", "columns", "where"}, key) {
					rt.Fatalf("%q got in:\n%s", key, out)
				}
			}
		}
		for line := range strings.Lines(out) {
			if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), invisible) {
				rt.Fatalf("an invisible character in %q", line)
			}
		}
		for _, r := range f.races {
			if !watcher.Match(r.files[0], name) {
				rt.Fatalf("%q does not find %q", r.files, name)
			}
		}
	})
}

// The service has a place of its own for ledger and password: a configuration that is written for it names neither.
func TestAConfigurationForTheServiceNamesNoPlaces(t *testing.T) {
	dir := t.TempDir()
	f, err := Look(dir)
	must(t, err)
	for path, served := range map[string]bool{
		"/etc/finishwatch/config.toml": true, "/etc/finishwatch/10k.toml": true, "/etc/finishwatch/old/config.toml": false, "/srv/config.toml": false,
	} {
		text, err := f.Config(path, Destination{PasswordFile: PasswordFile(path, dir)}, time.Now())
		must(t, err)
		names := strings.Contains(text, "\n[state]\nfile = ") || strings.Contains(text, "\n[state]\n#")
		if names == served || strings.Contains(text, "\npassword_file = ") == served || strings.Contains(text, "finishwatch login --config "+path) != served {
			t.Errorf("%s:\n%s", path, text)
		}
	}
	if got := PasswordFile("/etc/finishwatch/10k.toml", dir); got != "/etc/finishwatch/10k.password" {
		t.Errorf("the password of 10k goes to %s", got)
	}
}

// Where nobody gave a login, the public one is right for the test competition and for an imitation, and for no other.
func TestThePublicLoginIsSaidToBeSo(t *testing.T) {
	f, err := Look(t.TempDir())
	must(t, err)
	for competition, choose := range map[string]bool{
		"": false, testCompetition: false, "http://127.0.0.1:8080/x/2026/GBR/api-test/": false, "https://data.opentrack.run/x/2026/GBR/mine/": true,
	} {
		text, err := f.Config("/srv/config.toml", Destination{Competition: competition}, time.Now())
		must(t, err)
		if strings.Contains(text, "CHOOSE: your own login") != choose {
			t.Errorf("%s:\n%s", competition, text)
		}
	}
}
