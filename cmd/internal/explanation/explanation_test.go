package explanation

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
)

// explained reads an export as explain does.
func explained(text string, rules parse.Rules, ask parse.Ask) *Explanation {
	e := &Explanation{File: "5k.csv"}
	e.Read([]byte(text), rules, ask, 300*time.Millisecond)
	return e
}

func printed(t *testing.T, e *Explanation, s Style) string {
	t.Helper()
	var b strings.Builder
	if err := e.Print(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// body leaves out the lines that say how the file is read.
func body(text string) string {
	_, rows, _ := strings.Cut(text, "  status     -\n")
	return rows
}

// races is a file of two races in which long runs are of the other one.
func races() (string, parse.Rules) {
	var b strings.Builder
	b.WriteString("Bib,Race,Time\n")
	for i := range 5 {
		b.WriteString(strconv.Itoa(100+i) + ",10K,31:0" + strconv.Itoa(i) + "\n")
	}
	b.WriteString("349,5K,14:25\n200,10K,31:20\n201,10K,31:21\n77,5K,14:31\n77,5K,14:50\n12,5K,14:2x\n,5K,14:55\n13,5K,1x:20\n")
	for i, race := range []string{"10K", "21K", "10K", "10K"} {
		b.WriteString(strconv.Itoa(300+i) + "," + race + ",1:10:00\n")
	}
	return b.String(), parse.Rules{Where: map[string]string{"Race": "5K"}}
}

func TestListing(t *testing.T) {
	text, rules := races()
	const summary = `1 finish, 5 held, 12 ignored
HELD 2  two times: line 10 has 14:31, line 11 has 14:50; delete the wrong row, choose with [race.where], or release the right mark
        lines 10 (77), 11 (77)
HELD 2  not a time; correct it in the timing program
        lines 12 (12), 14 (13)
HELD 1  no bib; correct it in the timing program
        line 13
`
	for sentence, tt := range map[string]struct {
		style Style
		want  string
	}{
		"on a terminal without colour, runs are folded": {Style{Fold: true}, `        1  ignored  header
      2-6  ignored  not in this race: Race is "10K", and this race takes "5K" (5 rows)
        7  finish   349      14:25
        8  ignored  not in this race: Race is "10K", and this race takes "5K"
        9  ignored  not in this race: Race is "10K", and this race takes "5K"
       10  HELD     77       two times: line 10 has 14:31, line 11 has 14:50; delete the wrong row, choose with [race.where], or release the right mark
       11  HELD     77       two times: line 10 has 14:31, line 11 has 14:50; delete the wrong row, choose with [race.where], or release the right mark
       12  HELD     12       not a time: "14:2x"; correct it in the timing program
       13  HELD              no bib; correct it in the timing program
       14  HELD     13       not a time: "1x:20"; correct it in the timing program
    15-18  ignored  not in this race … (4 rows)
` + summary},
	} {
		e := explained(text, rules, parse.Ask{})
		if diff := cmp.Diff(tt.want, body(printed(t, e, tt.style))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sentence, diff)
		}
	}
	plain := body(printed(t, explained(text, rules, parse.Ask{}), Style{}))
	if n := strings.Count(plain, "not in this race"); n != 11 || strings.Contains(plain, "rows)") {
		t.Errorf("a pipe gets every line, and got %d of 11:\n%s", n, plain)
	}
	if !strings.HasSuffix(plain, summary) {
		t.Errorf("a pipe gets the summary:\n%s", plain)
	}
}

func TestColour(t *testing.T) {
	e := explained("Bib,Time\n1,14:25\n2,x\n", parse.Rules{}, parse.Ask{})
	colourful := printed(t, e, Style{Colour: true})
	for _, want := range []string{
		"        1  \x1b[2mignored  header\x1b[0m\n",
		"        2  \x1b[32mfinish   1        14:25\x1b[0m\n",
		"        3  \x1b[33mHELD     2        not a time",
		"\x1b[33mHELD 1\x1b[0m  not a time",
	} {
		if !strings.Contains(colourful, want) {
			t.Errorf("no %q in\n%q", want, colourful)
		}
	}
	if plain := printed(t, e, Style{}); strings.Contains(plain, "\x1b") {
		t.Errorf("an escape in plain text: %q", plain)
	}
	refusedFile := printed(t, explained("Bib,Gun Time,Chip Time\n1,14:25,14:20\n", parse.Rules{}, parse.Ask{}), Style{Colour: true})
	if !strings.Contains(refusedFile, "\x1b[31mREFUSED\x1b[0m") {
		t.Errorf("%q", refusedFile)
	}
}

func TestChoicesOfARefusedFile(t *testing.T) {
	const want = `5k.csv
  REFUSED  this export has Gun Time and Chip Time; set clock = "gun" or clock = "chip"
           clock = "gun"   takes column "Gun Time" (2)   with 14:25
           clock = "chip"  takes column "Chip Time" (3)  with 14:20
`
	if diff := cmp.Diff(want, printed(t, explained("Bib,Gun Time,Chip Time\n1,14:25,14:20\n", parse.Rules{}, parse.Ask{}), Style{})); diff != "" {
		t.Error(diff)
	}
}

// The columns stand below one another however long or wide a bib is.
func TestAlignment(t *testing.T) {
	text := "Bib,Time\n1,14:25\n1005-0000723,14:26\n山2,14:27\nE\u03012,x\n"
	const want = `        1  ignored  header
        2  finish   1            14:25
        3  finish   1005-0000723 14:26
        4  finish   山2          14:27
        5  HELD     E` + "\u0301" + `2           not a time: "x"; correct it in the timing program
`
	got, _, _ := strings.Cut(body(printed(t, explained(text, parse.Rules{}, parse.Ask{}), Style{})), "3 finishes")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAccountForAPerson(t *testing.T) {
	text, rules := races()
	e := explained(text, rules, parse.Ask{Lines: []int{2, 99}, Bibs: []parse.Bib{"77"}})
	const want = `
line 2
  100,10K,31:00
     1  Bib   100    ← bib
     2  Race  10K    ← where
     3  Time  31:00  ← time
  bib       column "Bib" (1): "100"
  where     column "Race" (2) is "10K", and this race takes "5K"
  ignored   not in this race: Race is "10K", and this race takes "5K"

line 10
  77,5K,14:31
     1  Bib   77     ← bib
     2  Race  5K     ← where
     3  Time  14:31  ← time
  bib       column "Bib" (1): "77"
  where     column "Race" (2) is "5K", as this race wants
  time      column "Time" (3): "14:31" is mm:ss → 14:31
  bib 77    also in line 11 with 14:50: two times
  HELD      two times: line 10 has 14:31, line 11 has 14:50; delete the wrong row, choose with [race.where], or release the right mark
`
	got := body(printed(t, e, Style{Fold: true}))
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "\nthere is no line 99: the last one that is read is 18\n1 finish, 5 held, 12 ignored\n") {
		t.Error(cmp.Diff(want, got))
	}
}

func TestLate(t *testing.T) {
	raw := parse.Rules{Passings: parse.Passings{Chips: map[string]parse.Bib{"100": "349", "200": "12"}}}
	raw.Start, _ = parse.ParseStart("2026-05-02T10:00:00")
	for sentence, tt := range map[string]struct {
		text  string
		rules parse.Rules
		want  string
	}{
		"a newline ends the last line":           {"Bib,Time\n1,14:25\n2,14:26\n", parse.Rules{}, ""},
		"the last line is complete":              {"Bib,Time\n1,14:25\n2,14:26", parse.Rules{}, "line 3 has no newline at its end: the daemon reads it when the file has been quiet for 3s"},
		"its time may be cut short":              {"Bib,Time\n1,1:14:25\n2,14:26", parse.Rules{}, "line 3 has no newline at its end: the daemon reads it when the file has been quiet for 30s, because it may be cut short"},
		"it lacks a column":                      {"Bib,Time,Club\n1,14:25,A\n2,14:26", parse.Rules{}, "line 3 has no newline at its end and is not complete: it counts when its end is written"},
		"a blank at the end":                     {"Bib,Time\n1,14:25\n  ", parse.Rules{}, ""},
		"a document has no lines":                {`{"DataFields":["BIB","Time"],"data":[["1","14:25"]]}`, parse.Rules{}, ""},
		"carriage returns end lines as well":     {"Bib,Time\r1,14:25\r", parse.Rules{}, ""},
		"nothing but a header":                   {"Bib,Time", parse.Rules{}, ""},
		"a read of a raw log":                    {"1,100,100,\"02-05-2026 10:14:25.10\",1,2\n2,200,200,\"02-05-2026 10:14:26.10\",1,2", raw, "line 2 has no newline at its end: the daemon reads it when the file has been quiet for 3s"},
		"the last line makes another one double": {"Bib,Time\n1,14:25\n1,14:26", parse.Rules{}, "line 3 has no newline at its end: the daemon reads it when the file has been quiet for 3s"},
	} {
		e := explained(tt.text, tt.rules, parse.Ask{})
		if e.Err != nil || e.Late != tt.want {
			t.Errorf("%s: %v\n got %q\nwant %q", sentence, e.Err, e.Late, tt.want)
		}
	}
}

func TestJSON(t *testing.T) {
	text, rules := races()
	object := func(ask parse.Ask) (out map[string]json.RawMessage) {
		var b strings.Builder
		if err := explained(text, rules, ask).JSON(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Count(b.String(), "\n") != 1 {
			t.Errorf("not one line: %q", b.String())
		}
		if err := json.Unmarshal([]byte(b.String()), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if _, ok := object(parse.Ask{})["accounts"]; ok {
		t.Error("accounts that nobody asked for")
	}
	asked := object(parse.Ask{Bibs: []parse.Bib{"77", "1"}})
	for key, want := range map[string]string{"finishes": "[]", "ignored": "[]"} {
		if got := string(asked[key]); got != want {
			t.Errorf("%s = %s, want %s", key, got, want)
		}
	}
	var held []jsonHeld
	var accounts []jsonAccount
	if json.Unmarshal(asked["held"], &held) != nil || len(held) != 2 || json.Unmarshal(asked["accounts"], &accounts) != nil || len(accounts) != 3 {
		t.Fatalf("%s", asked)
	}
	if accounts[0].Line != 10 || accounts[0].Verdict != "held" || accounts[0].Cells[2].Taken != "time" || accounts[2].Verdict != "no row" {
		t.Errorf("%+v", accounts)
	}
}

func TestParts(t *testing.T) {
	for reason, want := range map[string][3]string{
		`no bib`: {"no bib", "", ""},
		`not a time: "a; b: c"; correct it in the timing program`: {"not a time", `"a; b: c"`, "correct it in the timing program"},
		`could be a time of day: 6:10:00; if it is, set start; if it is not, set slowest`: {
			"could be a time of day", "6:10:00", "if it is, set start; if it is not, set slowest",
		},
	} {
		rule, found, fix := parts(reason)
		if got := [3]string{rule, found, fix}; got != want {
			t.Errorf("%s: %q", reason, got)
		}
	}
}
