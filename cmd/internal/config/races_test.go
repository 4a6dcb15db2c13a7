package config

import (
	"slices"
	"strings"
	"testing"

	"finishwatch/parse"
)

// Rows of another distance are held (parse.Rules.Mixed), unless somebody said that they belong here too.
func TestFilesThatAreMeantToHoldSeveralRaces(t *testing.T) {
	race := func(id, files, where string) string {
		text := "[[race]]\nfiles = [" + files + "]\neventid = \"" + id + "\"\n"
		if where != "" {
			text += "where.Race = \"" + where + "\"\n"
		}
		return text
	}
	top, _, _ := strings.Cut(small, "[[race]]")
	unknowns := strings.Replace(top, "[opentrack]", "[opentrack]\nignore_unknowns = true", 1)
	for sentence, tt := range map[string]struct {
		text string
		want []bool
	}{
		"one race":                              {top + race("R1", `"a.csv"`, ""), []bool{false}},
		"the server drops bibs":                 {unknowns + race("R1", `"a.csv"`, ""), []bool{true}},
		"two races read all rows of one file":   {top + race("R1", `"a.csv"`, "") + race("R2", `"a.csv"`, ""), []bool{true, true}},
		"the files in another order":            {top + race("R1", `"a.csv", "b.csv"`, "") + race("R2", `"b.csv", "a.csv"`, ""), []bool{true, true}},
		"two races of two files":                {top + race("R1", `"a.csv"`, "") + race("R2", `"b.csv"`, ""), []bool{false, false}},
		"two races that choose by a column":     {top + race("R1", `"a.csv"`, "5K") + race("R2", `"a.csv"`, "10K"), []bool{false, false}},
		"one takes all and another one chooses": {top + race("R1", `"a.csv"`, "") + race("R2", `"a.csv"`, "10K"), []bool{false, true}},
	} {
		var got []bool
		for _, r := range mustParse(t, tt.text).Races {
			got = append(got, r.Rules.Mixed)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: mixed %v, want %v", sentence, got, tt.want)
		}
	}
}

// What is refused here would be refused in every file: nobody shall hear of it only when the race is on.
func TestRawReadsAreRefusedAsTheirFilesAre(t *testing.T) {
	start, err := parse.ParseStart("10:00")
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range parse.Formats() {
		if !slices.Contains(logs(), format.Name) {
			continue
		}
		good := parse.Rules{Format: format.Name, Start: start, Passings: parse.Passings{Chips: map[string]parse.Bib{"x": "1"}}}
		if _, err := parse.Read([]byte(format.Example+"\n"), good, parse.TailStill); err != nil {
			t.Errorf("%s: %v", format.Name, err)
		}
		for sentence, spoil := range map[string]func(*parse.Rules){
			"columns":     func(r *parse.Rules) { r.Columns.Bib = "1" },
			"the clock":   func(r *parse.Rules) { r.Clock = "chip" },
			"every place": func(r *parse.Rules) { r.Where = map[string]string{"1": "*"} },
		} {
			rules := good
			spoil(&rules)
			if _, err := parse.Read([]byte(format.Example+"\n"), rules, parse.TailStill); err == nil {
				t.Errorf("%s with %s is read", format.Name, sentence)
			}
		}
	}
}
