package config

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/text/encoding/htmlindex"

	"finishwatch/parse"
)

// eventID is the Num of OpenTrack's event grid: text, because "003" is not 3.
type eventID struct{}

func (eventID) read(v value) (string, []fault) {
	unitText := regexp.MustCompile(`^([A-Z0-9._-]{1,20})/(\d{1,3})(?:/(\d{1,3}))?$`)
	s, faults := readText(v, "R1")
	switch capitals := strings.ToUpper(s); {
	case faults != nil:
		return "", faults
	case s == "":
		return "", v.wrong(v.write(`"R1"`)+", as in the column Num of OpenTrack's event grid", "eventid is empty")
	case unitText.MatchString(capitals):
		parts := unitText.FindStringSubmatch(capitals)
		return "", v.wrong(v.write(strconv.Quote(parts[1]))+", and round = "+parts[2]+" and heat = "+cmp.Or(parts[3], "1")+" on lines of their own",
			"round and heat are keys of their own")
	case !regexp.MustCompile(`^[A-Z0-9._-]{1,20}$`).MatchString(capitals):
		return "", v.wrong("copy it from the column Num of OpenTrack's event grid", "%s is not an eventid: letters, digits, -, _ and . only", short(s))
	case s != capitals:
		return "", v.wrong(v.write(strconv.Quote(capitals)), "the letters of an eventid are capitals")
	}
	return s, nil
}

// bound is the fastest or slowest mark that is believed. Empty means no bound.
type bound struct{}

func (bound) read(v value) (parse.Mark, []fault) {
	s, faults := readText(v, "13:00")
	if faults != nil || s == "" {
		return parse.Mark{}, faults
	}
	mark, err := parse.ParseMark(s)
	if err != nil || mark.Code() != parse.NoCode {
		return parse.Mark{}, v.wrong(v.write(`"13:00"`)+`, "1:02:33" from an hour on, "0:09.5" below a minute`, "%s is not a time for %s", short(s), v.name)
	}
	return mark, nil
}

// start is when a race began: a time of day, or a date and a time.
type start struct{}

func (start) read(v value) (parse.Start, []fault) {
	s, faults := readText(v, "10:00:00")
	if faults != nil || s == "" {
		return parse.Start{}, faults
	}
	begun, err := parse.ParseStart(s)
	if err != nil {
		if meant := meantStart(s); meant != "" {
			return parse.Start{}, v.wrong(v.write(strconv.Quote(meant)), "%s is not a start", short(s))
		}
		return parse.Start{}, v.wrong(v.write(`"10:00:00"`)+`, or with the date "2026-05-02T10:00:00"`, "%s is not a start", short(s))
	}
	return begun, nil
}

// meantStart reads how people write a start: "10 Uhr", "10.30", "02.05.2026 10:00".
func meantStart(s string) string {
	date := ""
	if parts := regexp.MustCompile(`^\s*(\d{1,2})[./](\d{1,2})[./](\d{4})[ ,T]+(.*)$`).FindStringSubmatch(s); parts != nil {
		// Which of the two is the month, only a person knows, where both can be.
		if month, _ := strconv.Atoi(parts[2]); strings.Contains(s, "/") || month > 12 {
			return ""
		}
		date, s = fmt.Sprintf("%s-%02s-%02sT", parts[3], parts[2], parts[1]), parts[4]
	}
	parts := regexp.MustCompile(`^\s*(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2}))?\s*(?:Uhr|h|o'clock)?\s*$`).FindStringSubmatch(s)
	if parts == nil {
		return ""
	}
	meant := fmt.Sprintf("%s%02s:%s:%s", date, parts[1], cmp.Or(parts[2], "00"), cmp.Or(parts[3], "00"))
	if _, err := parse.ParseStart(meant); err != nil {
		return ""
	}
	return meant
}

// encoding is a label of the WHATWG's list, which is what browsers know.
type encoding struct{}

func (encoding) read(v value) (string, []fault) {
	if number, ok := bareNumber(v.any); ok {
		if near := nearEncoding(number); near != "" {
			return "", v.wrong(v.write(strconv.Quote(near)), "encoding does not know %s; did you mean %q?", number, near)
		}
	}
	s, faults := readText(v, "auto")
	if faults != nil || s == "auto" {
		return s, faults
	}
	if found, err := htmlindex.Get(s); err == nil {
		if name, err := htmlindex.Name(found); err == nil && name != "replacement" && name != "x-user-defined" {
			return s, nil
		}
	}
	if near := nearEncoding(s); near != "" {
		return "", v.wrong(v.write(strconv.Quote(near)), "encoding does not know %s; did you mean %q?", short(s), near)
	}
	return "", v.wrong(v.write(`"auto"`)+`, "utf-8", "utf-16" or "windows-1252"`, "encoding does not know %s", short(s))
}

// nearEncoding goes by the number in the name before the letters: win1252 is windows-1252.
func nearEncoding(s string) string {
	known := []string{
		"auto", "utf-8", "utf-16", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1257",
		"iso-8859-1", "iso-8859-2", "iso-8859-15",
	}
	if number := digits(s); number != "" {
		for _, name := range known {
			if digits(name) == number {
				return name
			}
		}
	}
	return nearest(s, known)
}

func digits(s string) string { return regexp.MustCompile(`[^0-9]`).ReplaceAllString(s, "") }

// patterns are the globs of the files of one race.
type patterns struct{}

func (patterns) read(v value) ([]string, []fault) {
	const example = `["5k*.csv"]`
	items, ok := v.any.([]any)
	if s, isText := v.any.(string); isText {
		return nil, v.wrong(v.write("["+strconv.Quote(s)+"]"), "files is a list: brackets are missing")
	}
	switch {
	case !ok:
		return nil, v.wrong(v.write(example), "files must be a list of names in quotes, not %s", kindName(v.any))
	case len(items) == 0:
		return nil, v.wrong(v.write(example), "files is empty: no export would be read")
	}
	var read []string
	var faults []fault
	for i := range items {
		pattern, wrong := readPattern(v.item(i))
		read = append(read, pattern)
		faults = append(faults, wrong...)
	}
	return read, faults
}

func readPattern(v value) (string, []fault) {
	s, faults := readText(v, "5k*.csv")
	if mistaken := backslashFault(v); mistaken != nil {
		faults = mistaken
	}
	if faults == nil {
		faults = blankEndFault(v, s)
	}
	switch {
	case faults != nil:
		return "", faults
	case strings.TrimSpace(s) == "":
		return "", v.wrong(`write a name such as "5k.csv" or a pattern such as "5k*.csv"`, "the name of the file is empty")
	case strings.HasPrefix(s, "/") || strings.HasPrefix(s, `\`) || regexp.MustCompile(`^[A-Za-z]:`).MatchString(s):
		return "", v.wrong("write only the part below dir of [watch], such as "+strconv.Quote(path.Base(strings.ReplaceAll(s, `\`, "/"))),
			"names of files begin below the watched folder")
	case strings.Contains(s, `\`):
		return "", v.wrong(v.write(strconv.Quote(strings.ReplaceAll(s, `\`, "/"))), "folders are separated by / here, on Windows too")
	case slices.Contains(strings.Split(s, "/"), ".."):
		return "", v.wrong("set dir of [watch] to the folder above both", `".." would leave the watched folder`)
	case !doublestar.ValidatePattern(s):
		return "", v.wrong("close every [ and {, as in "+`"heat[1-3].csv"`, "%s is not a pattern for names of files", short(s))
	case strings.HasSuffix(s, "/"):
		return "", v.wrong(v.write(strconv.Quote(path.Clean(s)+"/*.csv")), "%s is a folder; a pattern for the files in it is missing", short(s))
	case path.Clean(s) != s:
		return "", v.wrong(v.write(strconv.Quote(path.Clean(s))), "%s would match no file", short(s))
	}
	return s, nil
}

// statuses are the codes that may be sent.
type statuses struct{}

func (statuses) read(v value) ([]parse.Code, []fault) {
	const example = `["DNF", "DNS", "DQ"]`
	items, ok := v.any.([]any)
	if !ok {
		return nil, v.wrong(v.write(example), "statuses must be a list, not %s", kindName(v.any))
	}
	codes := choice[parse.Code]{words: []word[parse.Code]{{"DNF", parse.DNF}, {"DNS", parse.DNS}, {"DQ", parse.DQ}}}
	read := []parse.Code{} // not nil: an empty list means that none is sent
	var faults []fault
	for i := range items {
		code, wrong := codes.read(v.item(i))
		if wrong == nil && slices.Contains(read, code) {
			wrong = v.item(i).wrong("leave it out here", "%s stands in statuses twice", code)
		}
		if wrong == nil {
			read = append(read, code)
		}
		faults = append(faults, wrong...)
	}
	return read, faults
}

// column is the text of a header or the number of a column, from 1.
type column struct{}

func (column) read(v value) (string, []fault) {
	if n, ok := v.any.(int64); ok {
		if n < 1 || n > 10000 {
			return "", v.wrong(v.write("1")+" for the first column", "columns are counted from 1")
		}
		return strconv.FormatInt(n, 10), nil
	}
	return text{example: v.example("Startnr")}.read(v)
}

// cell is what a cell must hold for its row to count, as text, because "05" is not 5.
type cell struct{}

func (cell) read(v value) (string, []fault) {
	if v.name == "" || v.name == "0" {
		return "", v.wrong(`write the header, such as Race = "5K", or the number of the column from 1`, "where needs the name of a column")
	}
	if _, several := v.any.([]any); several {
		return "", v.wrong(v.write(`"5K"`)+"; copy this [[race]] for each further value", "a condition has one value, not a list")
	}
	if _, isTable := v.any.(map[string]any); isTable {
		return readText(v, "5K")
	}
	return readText(v, "") // what was written, in quotes
}
