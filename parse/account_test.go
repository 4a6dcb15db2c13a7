package parse

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// everyLine asks for all rows of a reading.
func everyLine(r *Reading) (ask Ask) {
	for _, f := range r.Finishes {
		ask.Lines = append(ask.Lines, f.Line)
	}
	for _, h := range r.Held {
		ask.Lines = append(ask.Lines, h.Line)
	}
	for _, i := range r.Ignored {
		ask.Lines = append(ask.Lines, i.Line)
	}
	return ask
}

// told writes accounts as the cases have them.
func told(accounts []Account) string {
	var b strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&b, "%d bib=%s\n", a.Line, a.Bib)
		for _, text := range []string{a.Above, a.Text} {
			if text != "" {
				fmt.Fprintf(&b, "  %s\n", text)
			}
		}
		for _, c := range a.Cells {
			fmt.Fprintf(&b, "  %2d %s | %s | %s", c.Column, c.Heading, c.Text, c.Taken)
			if c.Written != "" {
				fmt.Fprintf(&b, " | written %s", c.Written)
			}
			b.WriteString("\n")
		}
		for _, s := range a.Steps {
			fmt.Fprintf(&b, "  %-9s %s\n", s.Rule, s.Text)
		}
	}
	return b.String()
}

// asked reads what a case asks for: lines, and bibs as bib=349.
func asked(t *testing.T, text string) (ask Ask) {
	for word := range strings.FieldsSeq(text) {
		if bib, ok := strings.CutPrefix(word, "bib="); ok {
			ask.Bibs = append(ask.Bibs, Bib(bib))
			continue
		}
		n, err := strconv.Atoi(word)
		if err != nil {
			t.Fatal(err)
		}
		ask.Lines = append(ask.Lines, n)
	}
	return ask
}

func TestAccounts(t *testing.T) {
	paths, _ := filepath.Glob("testdata/accounts/*.txtar")
	for _, c := range goldenCases(t) {
		if !slices.Contains(paths, c.path) {
			continue
		}
		text, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		_, files := parts(string(text))
		_, accounts, err := Explain(c.data(t), c.rules(t), TailStill, asked(t, files["ask"]))
		if err != nil {
			t.Fatal(c.path, err)
		}
		got := told(accounts)
		if *update {
			before, rest, _ := strings.Cut(string(text), "-- accounts --\n")
			_, after, _ := strings.Cut(rest, "-- want --\n")
			if err := os.WriteFile(c.path, []byte(before+"-- accounts --\n"+got+"-- want --\n"+after), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if diff := cmp.Diff(files["accounts"], got); diff != "" {
			t.Errorf("%s: %s(-want +got):\n%s", c.path, c.about, diff)
		}
	}
}

// An account that contradicts the verdict is worse than none.
func TestAccountsAgreeWithTheReading(t *testing.T) {
	for _, c := range goldenCases(t) {
		accountsAgree(t, c.path, c.data(t), c.rules(t), true)
	}
}

// accountsAgree asks for every row of an export. In odd files, which fuzzing makes, a line that is shown need not
// contain a cell as it is read.
func accountsAgree(t *testing.T, name string, data []byte, rules Rules, plain bool) {
	t.Helper()
	want, err := Read(data, rules, TailStill)
	if err != nil {
		return
	}
	got, accounts, err := Explain(data, rules, TailStill, everyLine(want))
	if err != nil || shown(want, nil) != shown(got, nil) {
		t.Errorf("%s: asking changes the reading: %v\n%s", name, err, cmp.Diff(shown(want, nil), shown(got, err)))
	}
	var of Reading
	for _, a := range accounts {
		switch a.Verdict {
		case IsFinish:
			of.Finishes = append(of.Finishes, Finish{a.Bib, a.Mark, a.Line})
			finishIsExplained(t, name, a, &rules, plain)
		case IsHeld:
			of.Held = append(of.Held, Held{Line: a.Line, Reason: a.Reason, Mark: a.Mark})
		case IsIgnored:
			of.Ignored = append(of.Ignored, Ignored{a.Line, a.Reason})
		case NoRow:
			t.Errorf("%s: no account of line %d", name, a.Line)
		}
	}
	bare := slices.Clone(want.Held)
	for i := range bare {
		bare[i].Bib = "" // an account may say whose the row seems to be
	}
	if diff := cmp.Diff(shown(&Reading{Finishes: want.Finishes, Held: bare, Ignored: want.Ignored}, nil), shown(&of, nil)); diff != "" {
		t.Errorf("%s: the accounts have other verdicts (-reading +accounts):\n%s", name, diff)
	}
}

// finishIsExplained checks that what an account says of a finish leads to its mark: the cell that was taken, read by
// itself, or the count from the start, and then the rules of the race.
func finishIsExplained(t *testing.T, path string, a Account, rules *Rules, plain bool) {
	steps := map[string]string{}
	for _, s := range a.Steps {
		steps[s.Rule] = s.Text
	}
	if bib := taken(a, "bib"); len(a.Cells) > 0 && bib.Text != string(a.Bib) {
		t.Errorf("%s line %d: the bib is %s and the cell %q", path, a.Line, a.Bib, bib.Text)
	}
	if a.Mark.Code() != NoCode {
		if !strings.Contains(steps["status"], "is "+a.Mark.String()) {
			t.Errorf("%s line %d: nothing says why it is %s: %v", path, a.Line, a.Mark, a.Steps)
		}
		return
	}
	_, said, ok := strings.Cut(steps["time"], "→ ")
	if since, _, since2 := strings.Cut(steps["start"], " since the start"); since2 {
		_, said, ok = strings.Cut(since, "so ")
	}
	m, err := ParseMark(said)
	if !ok || err != nil || rules.written(m) != a.Mark {
		t.Errorf("%s line %d: the mark is %s, and the account says %q", path, a.Line, a.Mark, steps["time"])
	}
	if w := rules.written(m); w != m && !strings.HasSuffix(steps["rounding"]+steps["minutes"], "→ "+w.String()) {
		t.Errorf("%s line %d: nothing says how %s becomes %s", path, a.Line, m, w)
	}
	cell := taken(a, "time")
	read := readTime([]byte(cell.Text))
	if len(a.Cells) == 0 || !rules.Start.IsZero() {
		return
	}
	if read.kind == bareNumber {
		read = unitTime([]byte(cell.Text), rules.TimeUnit)
	}
	if own, err := TimeMark(read.hundredths, int(read.decimals)); err != nil || own != m {
		t.Errorf("%s line %d: the cell %q is not %s", path, a.Line, cell.Text, m)
	}
	if plain && cell.Written == "" && a.Text != "" && !strings.Contains(a.Text, strings.ReplaceAll(cell.Text, "″", `"`)) && !strings.Contains(a.Text, "…") {
		t.Errorf("%s line %d: the cell %q is not in the line %q", path, a.Line, cell.Text, a.Text)
	}
}

func taken(a Account, as string) Cell {
	i := slices.IndexFunc(a.Cells, func(c Cell) bool { return slices.Contains(strings.Split(c.Taken, ", "), as) })
	if i < 0 {
		return Cell{}
	}
	return a.Cells[i]
}

func TestAccountsAreFitForATerminal(t *testing.T) {
	evil := "\x1b[2J\u202e"
	text := "Bib,Na" + evil + "me,Time\n1,A" + evil + strings.Repeat("long ", 100) + ",14:25" + evil + "\n2" + evil + ",B,14:26\n3," + evil + ",\n"
	_, accounts, err := Explain([]byte(text), Rules{}, TailStill, Ask{Lines: []int{1, 2, 3, 4}, Bibs: []Bib{"9" + Bib(evil)}})
	if err != nil || len(accounts) != 5 {
		t.Fatal(err, len(accounts))
	}
	if all := told(accounts); strings.ContainsAny(all, "\x1b\u202e") {
		t.Errorf("%q", all)
	}
	for _, a := range accounts {
		if len([]rune(a.Text)) > maxLineText+1 {
			t.Errorf("%d characters of a line", len([]rune(a.Text)))
		}
	}
}

func TestAskedForAndNotThere(t *testing.T) {
	text := "Bib,Name,Time\n007,\"Ash\nAda\",14:25\n8,Birch,14:26\n"
	for sentence, tt := range map[string]struct {
		ask  Ask
		want string
	}{
		"a line behind the end":         {Ask{Lines: []int{9}}, "there is no line 9: the last one that is read is 4"},
		"a bib that is not there":       {Ask{Bibs: []Bib{"77"}}, "no row of this file has the bib 77"},
		"a bib that is spelled so":      {Ask{Bibs: []Bib{"7"}}, "but 007 is there (line 2)"},
		"a line in the middle of a row": {Ask{Lines: []int{3}}, "2 bib=007\n  007,\"Ash⏎Ada\",14:25"},
		"the same row by line and bib":  {Ask{Lines: []int{4}, Bibs: []Bib{"8"}}, "4 bib=8\n  8,Birch,14:26"},
	} {
		_, accounts, err := Explain([]byte(text), Rules{}, TailStill, tt.ask)
		if err != nil || len(accounts) != 1 || !strings.Contains(told(accounts), tt.want) {
			t.Errorf("%s: %v\n%s", sentence, err, told(accounts))
		}
	}
}

func TestChoices(t *testing.T) {
	for sentence, tt := range map[string]struct {
		text  string
		rules Rules
		want  []string
	}{
		"two clocks, in the first row that has both": {
			"Bib,Gun Time,Chip Time\n1,14:25,\n2,14:31,14:20\n",
			Rules{},
			[]string{`clock = "gun": column "Gun Time" (2), 14:31`, `clock = "chip": column "Chip Time" (3), 14:20`},
		},
		"two times": {
			"Bib;Time;Chip Time\n1;14:25;14:20\n",
			Rules{},
			[]string{`[race.columns] time = "Chip Time": column "Chip Time" (3), 14:20`, `[race.columns] time = "Time": column "Time" (2), 14:25`},
		},
		"two columns headed alike": {
			"Bib,Time,Time\n1,14:25,14:20\n",
			Rules{},
			[]string{`[race.columns] time = "2": column "Time" (2), 14:25`, `[race.columns] time = "3": column "Time" (3), 14:20`},
		},
		"two bibs without a header": {
			"1;349;14:25\n2;7;14:26\n3;8;14:27\n",
			Rules{},
			[]string{`[race.columns] bib = "1": column 1, 3`, `[race.columns] bib = "2": column 2, 8`},
		},
		"two times without a header": {
			"349;14:25;14:20\n7;14:26;14:21\n8;14:27;14:22\n",
			Rules{},
			[]string{`[race.columns] time = "2": column 2, 14:27`, `[race.columns] time = "3": column 3, 14:22`},
		},
		"fixed-width text": {
			"Place  Bib  Name      Gun Time  Chip Time\n    1  349  Ash        14:25     14:20\n    2    7  Birch      14:31     14:30\n",
			Rules{},
			[]string{`clock = "gun": column "Gun Time" (4), 14:25`, `clock = "chip": column "Chip Time" (5), 14:20`},
		},
		"bare numbers, by what the first one would be": {
			"Bib,Time\n1,14.25\n2,14.30\n",
			Rules{},
			[]string{
				`time_unit = "seconds": column "Time" (2), 14.25, which is 0:14.25`,
				`time_unit = "minutes": column "Time" (2), 14.25, which is 14:15`,
				`time_unit = "m.ss": column "Time" (2), 14.25, which is 14:25`,
			},
		},
		"a list in JSON": {
			`{"DataFields":["BIB","GunTime","ChipTime"],"data":[["349","14:25","14:20"]]}`,
			Rules{},
			[]string{`clock = "gun": column "GunTime" (2), 14:25`, `clock = "chip": column "ChipTime" (3), 14:20`},
		},
	} {
		_, err := Read([]byte(tt.text), tt.rules, TailStill)
		refused, _ := err.(*FileError) //nolint:errorlint // Read documents it
		if refused == nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		var got []string
		for _, c := range refused.Choices {
			got = append(got, c.Key+": "+c.Column+", "+c.Example)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", sentence, err, diff)
		}
	}
}
