package parse

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a person can answer is named, so that nobody has to take sentences apart.
func TestARefusedFileNamesTheKeyThatAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		rules   Rules
		key     string
		choices []string
	}{
		"two clocks":           {text: "Bib,Gun Time,Chip Time\n1,14:25,14:20\n", key: "clock", choices: []string{"gun", "chip"}},
		"two times":            {text: "Bib,Finish Time,Official Time\n1,39:36,39:35\n", key: "columns.time", choices: []string{"Finish Time", "Official Time"}},
		"the same heading":     {text: "Bib,Time,Time\n1,39:36,39:35\n", key: "columns.time", choices: []string{"2", "3"}},
		"two bibs":             {text: "Bib,Race No,Time\n1,2,39:36\n", key: "columns.bib", choices: []string{"Bib", "Race No"}},
		"no bib":               {text: "Name,Time\nAsh,39:36\n", key: "columns.bib"},
		"no header":            {text: "1,349,39:36\n2,12,39:37\n3,14,39:39\n", key: "columns.bib", choices: []string{"1", "2"}},
		"a count":              {text: "No,Time\n1,39:36\n2,39:37\n", key: "columns.bib", choices: []string{"No"}},
		"bare numbers":         {text: "Bib,Time\n12,28.49\n", key: "time_unit", choices: []string{"seconds", "minutes", "days", "m.ss"}},
		"times of day":         {text: "Bib,Time\n12,10:42:13\n", key: "start"},
		"several points":       {text: "Bib,Checkpoint,Time\n12,Half,42:13\n", key: "where.Checkpoint"},
		"chips without a map":  {text: "2,200368,200368,\"02-05-2025 18:21:43.725\",1,2\n", key: "passings.chips"},
		"reads without start":  {text: "7701;349;;10:42:13.476;0;53;116;;1;2\n", key: "start"},
		"reads of another mat": {text: "CT01_33~1~half~349~10:42:13.45~1~0F2C18~1\n", rules: Rules{Start: startAt(t, "10:00")}, key: "where.location", choices: []string{"half"}},
		"what no key answers":  {text: "<!DOCTYPE html>\n"},
	} {
		_, err := Read([]byte(c.text), c.rules, TailStill)
		refused, ok := errors.AsType[*FileError](err)
		if !ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if refused.Key != c.key || !cmp.Equal(refused.Values, c.choices) {
			t.Errorf("%s: %q %q, want %q %q", name, refused.Key, refused.Values, c.key, c.choices)
		}
	}
}

func startAt(t *testing.T, text string) Start {
	t.Helper()
	start, err := ParseStart(text)
	if err != nil {
		t.Fatal(err)
	}
	return start
}

func TestSurveyShowsWhatStandsInRowsWithAResult(t *testing.T) {
	const text = "Bib,Race,Time,Race\n1,\"10K \",39:36,a\n2,5K,19:36,b\n3,10K,39:37,c\n4,Kids,,d\n"
	got, err := Survey([]byte(text), Rules{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{
		{Name: "Bib", Values: []string{"1", "2", "3"}},
		{Name: "2", Values: []string{"10K", "5K"}},
		{Name: "Time", Values: []string{"39:36", "19:36", "39:37"}},
		{Name: "4", Values: []string{"a", "b", "c"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := Survey([]byte("Bib,Gun Time,Chip Time\n1,2:00,2:01\n"), Rules{}); err == nil {
		t.Error("a file that is refused has a survey")
	}
}

// A value that a survey shows, put into where, keeps its rows.
func TestWhatASurveyShowsIsWhatWhereTakes(t *testing.T) {
	for _, c := range goldenCases(t) {
		data, rules := c.data(t), c.rules(t)
		columns, err := Survey(data, rules)
		reading, _ := Read(data, rules, TailStill)
		if err != nil || columnHasNumber(reading.Columns.Time) {
			continue // without a header a table begins with the first row that is kept
		}
		for _, column := range columns {
			for _, value := range column.Values {
				rules.Where = map[string]string{column.Name: value}
				reading, err := Read(data, rules, TailStill)
				if err == nil && len(reading.Finishes)+len(reading.Held) == 0 {
					t.Errorf("%s: where %q = %q leaves no row", c.path, column.Name, value)
				}
			}
			rules.Where = c.rules(t).Where
		}
	}
}

func columnHasNumber(name string) bool { _, ok := columnNumber(name); return ok }

func TestTheFirstLineOfAHeat(t *testing.T) {
	got, ok := HeatOf([]byte("12,Final,1,Ten miles - Open,,,,,,16000,11:49:09.0859\n1,349,4,Ash,Ada,Heath Harriers,52:17.21,,52:17.21\n"))
	if want := (Heat{"12", "Final", "1", "Ten miles - Open"}); !ok || got != want {
		t.Errorf("%+v %t", got, ok)
	}
	if _, ok := HeatOf([]byte("Bib,Time\n1,14:25\n")); ok {
		t.Error("delimited text has a heat")
	}
}
