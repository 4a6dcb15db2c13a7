package setup

import (
	"fmt"
	"io"
	"strings"

	"finishwatch/parse"
)

// describe says what an export is, with bibs and marks of a few rows and nobody's name.
func (r *race) describe() []string {
	if r.reading == nil {
		return append([]string{r.from + ": cannot be read until somebody chooses"}, r.about...)
	}
	said := []string{r.from + ": " + kindOf(r.reading), contents(r.reading)}
	return append(said, r.about...)
}

// kindOf names the format and the columns.
func kindOf(reading *parse.Reading) string {
	var text strings.Builder
	text.WriteString(reading.Format + ", " + reading.Encoding)
	if d := map[string]string{",": "comma", ";": "semicolon", "\t": "TAB", "|": "pipe"}[reading.Delimiter]; d != "" {
		text.WriteString(", " + d)
	}
	for _, c := range [][2]string{{"bib", reading.Columns.Bib}, {"time", reading.Columns.Time}, {"status", reading.Columns.Status}} {
		if c[1] != "" {
			text.WriteString("; " + c[0] + " is column " + c[1])
		}
	}
	return text.String()
}

// contents counts the rows and shows the first ones.
func contents(reading *parse.Reading) string {
	const most = 3
	text := counted(len(reading.Finishes), "finish", "finishes")
	if n := len(reading.Held); n > 0 {
		text += ", " + counted(n, "row", "rows") + " HELD (finishwatch explain says why)"
	}
	var rows []string
	for _, f := range reading.Finishes[:min(len(reading.Finishes), most)] {
		rows = append(rows, rowText(f))
	}
	if len(rows) > 0 {
		text += ", first: " + strings.Join(rows, ", ")
	}
	return text
}

// rowText is a finish for a remark. A word without a figure in the place of a bib may be a name.
func rowText(f parse.Finish) string {
	if !strings.ContainsAny(string(f.Bib), "0123456789") {
		return "… " + f.Mark.String()
	}
	return string(f.Bib) + " " + f.Mark.String()
}

// toChoose lists what a person must choose, and toCheck what was chosen and should be looked at.
func (f *Folder) toChoose() (list []string) {
	for _, r := range f.races {
		for _, s := range r.open {
			list = append(list, r.from+": "+s.key)
		}
	}
	return list
}

func (f *Folder) toCheck() (list []string) {
	for _, r := range f.races {
		for _, key := range []string{"clock", "time_unit", "columns.bib", "columns.time", "columns.status"} {
			if why := r.remarks[key]; why != "" {
				list = append(list, r.from+": "+key+": "+why)
			}
		}
	}
	return list
}

// Report says what was found, and what to do next. Path is where the configuration was written, - for nowhere.
func (f *Folder) Report(w io.Writer, path string) {
	where := "wrote " + Quoted(path)
	if path == "-" {
		where, path = "nothing was written", "config.toml"
	}
	fmt.Fprintf(w, "%s: %s in %s\n", where, counted(len(f.races), "race", "races"), counted(f.Files, "file", "files"))
	for _, r := range f.races {
		text := "cannot be read until you choose"
		if r.reading != nil {
			text = contents(r.reading)
		}
		fmt.Fprintf(w, "  %s → %s  %s\n", remark(r.from), remark(r.event), remark(text))
	}
	for _, text := range f.toCheck() {
		fmt.Fprintf(w, "  CHECK   %s\n", remark(text))
	}
	for _, text := range f.toChoose() {
		fmt.Fprintf(w, "  CHOOSE  %s\n", remark(text))
	}
	for _, o := range f.others[:min(len(f.others), maxOthers)] {
		fmt.Fprintf(w, "  no results: %s: %s\n", remark(o.path), remark(o.why))
	}
	if len(f.races) == 0 {
		fmt.Fprintf(w, "  there is no export of results yet; [[race]] files waits for any *.csv\n")
	}
	fmt.Fprintf(w, "next: look through the file, then\n  finishwatch check --config %s\n", Quoted(path))
	if len(f.races) > 0 {
		fmt.Fprintf(w, "  finishwatch explain --config %s %s\n", Quoted(path), Quoted(f.races[0].from))
	}
	fmt.Fprintf(w, "  finishwatch run --config %s --once --dry-run\n", Quoted(path))
}
