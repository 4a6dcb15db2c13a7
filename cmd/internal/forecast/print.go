package forecast

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"finishwatch/cmd/internal/explanation"
	"finishwatch/cmd/internal/logging"
)

// Print writes a line a race. Whatever comes from a file is cleaned.
func (f *Forecast) Print(w io.Writer) {
	for _, race := range f.Races {
		name := strings.TrimSpace(race.Unit.String() + " " + race.Name)
		fmt.Fprintf(w, "  %s\n", logging.Clean(strings.Join(race.Race.Files, ", ")+" → "+name+": "+f.says(race)))
	}
	missing := func(r Race) bool { return r.Files == 0 } // which has said it
	if text := f.others(); text != "" && !slices.ContainsFunc(f.Races, missing) {
		fmt.Fprintf(w, "  %s\n", logging.Clean(strings.TrimPrefix(text, "; ")))
	}
}

// says is what one race will do.
func (f *Forecast) says(r Race) string {
	if column := r.waits(); column != "" {
		return fmt.Sprintf("waits for your choice: CHOOSE stands below [race.where] of the [[race]] in line %d; write which value of %s is this race", r.Line, column)
	}
	switch {
	case f.Folder != nil:
		return "not looked at: the folder cannot be read"
	case r.Files == 0 && r.Cut:
		return "its files were not read, because there are many"
	case r.Files == 0:
		return "no file yet" + r.open() + f.others()
	case len(r.Refused) == 1 && r.Files == 1:
		return "refused: " + r.Refused[0].String()
	}
	parts := []string{counted(r.Files, "file", "files"), counted(r.Finishes, "finish", "finishes")}
	if r.Cut {
		parts[0] = "the first " + parts[0]
	}
	if len(r.Old) == r.Files {
		parts = parts[:1]
	}
	parts = append(parts, r.timesFrom()...)
	for _, text := range []string{r.held(), r.old(), r.refused()} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// choose is what finishwatch init writes where only a person knows the value.
const choose = "CHOOSE"

// waits is the column whose value a person still has to choose, or nothing.
func (r *Race) waits() string {
	for _, column := range slices.Sorted(maps.Keys(r.Rules.Where)) {
		if r.Rules.Where[column] == choose {
			return column
		}
	}
	return ""
}

// open names what is still to be chosen. An export that is there is refused for it, and says more.
func (r *Race) open() string {
	var list []string
	for _, o := range r.Open {
		list = append(list, fmt.Sprintf("%s in line %d", o.Key, o.Line))
	}
	if list == nil {
		return ""
	}
	return "; waits for your choice: CHOOSE stands above " + strings.Join(list, " and ")
}

// others names what else is in the folder: a pattern may be spelled in another way than the export.
func (f *Forecast) others() string {
	switch n := len(f.Others); {
	case n == 0:
		return ""
	case n > maxOthers:
		return fmt.Sprintf("; no race reads %s and %d more files of the folder", strings.Join(f.Others[:maxOthers], ", "), n-maxOthers)
	}
	return "; no race reads " + strings.Join(f.Others, ", ")
}

func (r *Race) timesFrom() []string {
	switch {
	case len(r.Old) == r.Files:
		return nil
	case r.Rules.Clock != "":
		return []string{"clock " + r.Rules.Clock}
	case len(r.Columns) > 0:
		return []string{"time from " + strings.Join(r.Columns, " and ")}
	}
	return nil
}

// maxRules bounds how many reasons a line names.
const maxRules = 3

// held says how many rows are held, and by which rules: the most frequent first.
func (r *Race) held() string {
	if len(r.Held) == 0 {
		return ""
	}
	rows := map[string]int{}
	for _, reason := range r.Held {
		rows[explanation.Rule(reason)]++
	}
	rules := slices.SortedFunc(maps.Keys(rows), func(a, b string) int { return cmp.Or(cmp.Compare(rows[b], rows[a]), strings.Compare(a, b)) })
	var texts []string
	for _, rule := range rules[:min(len(rules), maxRules)] {
		text := rule
		if rows[rule] > 1 && len(rules) > 1 {
			text = fmt.Sprintf("%d × %s", rows[rule], rule)
		}
		texts = append(texts, text)
	}
	if more := len(rules) - maxRules; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more reasons", more))
	}
	return fmt.Sprintf("%d held: %s (finishwatch explain shows them)", len(r.Held), strings.Join(texts, ", "))
}

func (r *Race) old() string {
	if len(r.Old) == 0 {
		return ""
	}
	return fmt.Sprintf("%s older than [watch] max_age: held until it is written again, or finishwatch release %s; for a trial set max_age = \"0s\"",
		named(r.Old), r.Unit)
}

func (r *Race) refused() string {
	if len(r.Refused) == 0 {
		return ""
	}
	text := fmt.Sprintf("%d refused: %s", len(r.Refused), r.Refused[0])
	if more := len(r.Refused) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// String is the file, why it is refused, and what to do.
func (r refusal) String() string { return r.file + ": " + r.why }

func named(files []string) string {
	if len(files) > 2 {
		return fmt.Sprintf("%s and %d more", files[0], len(files)-1)
	}
	return strings.Join(files, " and ")
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
