package parse

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	// maxSheetRows is what a spreadsheet program can hold.
	maxSheetRows = 1 << 20
	// maxSheetColumns bounds a worksheet; a table of results has some twenty.
	maxSheetColumns = 1000
)

// readXLSX reads a workbook. Its worksheet with the results becomes a table of text, in which title rows and headers
// mean the same as in delimited text.
func readXLSX(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	if err := checkWorkbook(d.data); err != nil {
		return nil, err
	}
	d.name = "utf-8"
	sheets, err := openWorkbook(d, rules)
	if err != nil {
		return nil, err
	}
	rules, wanted := sheetWanted(rules)
	found, err := resultSheet(sheets, wanted, rules)
	if err != nil || found == nil {
		return &Reading{Format: "xlsx", Encoding: d.name}, asError(err)
	}
	return found.read(d, rules, tail)
}

// asError keeps a nil *FileError from becoming an error that is not nil.
func asError(err *FileError) error {
	if err == nil {
		return nil
	}
	return err
}

func recogniseXLSX(d *decoded) bool { return zipped(d.data) }

// worksheet is a worksheet as a table of text.
type worksheet struct {
	sheet
	name   string
	hidden map[int]bool      // rows that the spreadsheet does not show
	odd    map[[2]int]string // cells of numbers that are shown as something else, by line and column
	found  finding           // what its columns are
	kept   *kept             // what its cells hold where they show something else; nil where nobody asks
}

// openWorkbook reads the worksheets that are shown. The library may fall over what it does not expect: such a file is
// refused like any other that cannot be read.
func openWorkbook(d *decoded, rules *Rules) (sheets []*worksheet, refused *FileError) {
	defer func() {
		if recover() != nil {
			sheets, refused = nil, broken("xlsx", 0)
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(d.data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzipped, // no file of ours on disk
		LongTimePattern: "h:mm:ss", // what the laptop's language makes of a time
	})
	if err != nil {
		return nil, broken("xlsx", 0)
	}
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err != nil || !shown {
			continue
		}
		s := &worksheet{name: name, hidden: map[int]bool{}, odd: map[[2]int]string{}, kept: d.kept.another()}
		if refused := s.fill(book, rules); refused != nil {
			return nil, refused
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

// fill reads every row twice, side by side: as the numbers in the file and as what the spreadsheet shows.
func (s *worksheet) fill(book *excelize.File, rules *Rules) *FileError {
	raws, err := book.Rows(s.name)
	if err != nil {
		return nil //nolint:nilerr // a chart: it has no rows and is no sheet of results
	}
	shown, err := book.Rows(s.name)
	if err != nil {
		return broken("xlsx", 0)
	}
	for row := 1; raws.Next() && shown.Next(); row++ {
		raw, err := raws.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return broken("xlsx", row)
		}
		text, err := shown.Columns()
		if err != nil || len(text) != len(raw) {
			return broken("xlsx", row)
		}
		if row > maxSheetRows || len(raw) > maxSheetColumns {
			return &FileError{
				Reason: "worksheet " + quote(s.name) + " has more than " + strconv.Itoa(maxSheetColumns) + " columns",
				Fix:    "export the results as CSV",
			}
		}
		if raws.GetRowOpts().Hidden {
			s.hidden[row] = true
		}
		s.addRow(row, raw, text, rules)
	}
	if raws.Error() != nil || shown.Error() != nil {
		return broken("xlsx", 0)
	}
	return nil
}

// addRow adds a row that is not blank.
func (s *worksheet) addRow(row int, raw, shown []string, rules *Rules) {
	blank := true
	for i := range raw {
		text, plain := cellText(raw[i], shown[i], rules)
		if !plain {
			s.odd[[2]int{row, i}] = text
		}
		s.kept.wrote(row, i, raw[i])
		raw[i] = text
		blank = blank && strings.TrimSpace(text) == ""
	}
	if !blank {
		s.add(row, raw...)
	}
}

// cellText is what a cell says. A number with the format of a time says that time, to the last digit that it has; a
// number with the format of a date is not plain.
func cellText(raw, shown string, rules *Rules) (text string, plain bool) {
	if raw == shown {
		return raw, true
	}
	digitsOf, scale, isNumber := decimal([]byte(raw))
	if !isNumber {
		return shown, true
	}
	if strings.Contains(shown, ":") || strings.ContainsAny(shown, "hm'") && readTime([]byte(shown)).kind == clearTime {
		if rules.TimeUnit == "days" {
			return raw, true
		}
		return dayFraction(digitsOf, scale, shown, rules), true
	}
	if _, _, ok := decimal([]byte(strings.Trim(shown, "%$€£ "))); ok {
		return numberText(raw, shown), true
	}
	if strings.Map(figuresOnly, shown) == raw {
		return raw, true // 1 234 or 1'234
	}
	return shown, false
}

// numberText is a number as a bib could be spelled: 007 as shown, 1234 instead of 1,234 or 1.23E+03.
func numberText(raw, shown string) string {
	if digits([]byte(raw)) && digits([]byte(shown)) && strings.TrimLeft(shown, "0") == raw {
		return shown
	}
	return raw
}

func figuresOnly(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// dayFraction writes a part of a day as the time that it is. Where the number may not be what was meant, the time gets
// a remark and is held.
func dayFraction(digitsOf []byte, scale int, shown string, rules *Rules) string {
	h, ok := ofDay(digitsOf, scale)
	seen := readTime([]byte(shown))
	switch {
	case h == 0 && ok:
		return ""
	case !ok || seen.kind != clearTime:
		return shown + " (a date or a time of day)"
	case mistyped(h, seen, rules):
		return shown + " (" + clockText(h, 0) + " in the cell)"
	}
	places := int(seen.decimals)
	switch {
	case h%10 != 0:
		places = 2
	case h%100 != 0:
		places = max(places, 1)
	}
	return clockText(h, places)
}

// mistyped reports whether a cell shows something else than it holds. Who types 32:43 into a spreadsheet gets 32 hours
// and 43 minutes: such times have no seconds.
func mistyped(h int64, seen timeCell, rules *Rules) bool {
	wholeMinutes := h%6000 == 0
	near := func(a, b int64) bool { return a-b <= 100 && b-a <= 100 }
	switch {
	case wholeMinutes && h >= sixHours && rules.Slowest.IsZero():
		return true
	case near(h, seen.hundredths):
		return false
	case seen.fields == 2 && near(h%oneHour, seen.hundredths):
		return false // mm:ss does not show the hours
	}
	minutes := seen.hundredths / 100 // of h:mm, which reads as so many seconds
	return seen.fields != 2 || wholeMinutes || h/6000%(24*60) != minutes && h/6000 != minutes
}

// ofDay turns days into hundredths of a second, rounded up. Times that a spreadsheet computed from dates are off by
// some millionths of a second, so they are rounded to a tenth of a millisecond first.
func ofDay(digitsOf []byte, scale int) (int64, bool) {
	const tenthsOfMillis = 24 * 60 * 60 * 10000
	n, _ := new(big.Int).SetString(string(digitsOf), 10)
	n.Mul(n, big.NewInt(tenthsOfMillis))
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale, -scale))), nil)
	if scale < 0 {
		n.Mul(n, unit)
		unit.SetInt64(1)
	}
	n.Add(n, new(big.Int).Div(unit, big.NewInt(2))).Div(n, unit)
	n.Add(n, big.NewInt(99)).Div(n, big.NewInt(100))
	return n.Int64(), n.IsInt64() && n.Int64() <= maxHundredths
}

// sheetWanted takes the name of a worksheet out of the rules. It is not a column.
func sheetWanted(rules *Rules) (*Rules, string) {
	for name, value := range rules.Where {
		if !strings.EqualFold(strings.TrimSpace(name), "Sheet") {
			continue
		}
		r := *rules
		r.Where = make(map[string]string, len(rules.Where))
		for n, v := range rules.Where {
			if n != name {
				r.Where[n] = v
			}
		}
		return &r, strings.TrimSpace(value)
	}
	return rules, ""
}

// resultSheet finds the one worksheet with a table of results. None and no error where the workbook is blank.
func resultSheet(sheets []*worksheet, wanted string, rules *Rules) (*worksheet, *FileError) {
	var with []*worksheet
	var hints []finding
	var names []string
	for _, s := range sheets {
		names = append(names, s.name)
		if wanted != "" && !strings.EqualFold(strings.TrimSpace(s.name), wanted) {
			continue
		}
		if s.detect(rules); s.found.decided() {
			with = append(with, s)
		} else if s.found.filled > 0 {
			hints = append(hints, s.found)
		}
	}
	switch {
	case len(with) == 1:
		return with[0], with[0].found.err
	case len(with) > 1:
		return nil, severalSheets(with)
	case wanted != "" && len(hints) == 0 && !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), wanted) }):
		return nil, &FileError{Reason: "no worksheet is named " + quote(wanted), Fix: "name one of: [race.where] Sheet = " + list(names)}
	case len(hints) == 0:
		return nil, nil
	}
	return nil, hintOf(&decoded{}, hints)
}

func severalSheets(with []*worksheet) *FileError {
	var names []string
	for _, s := range with {
		names = append(names, s.name)
	}
	return &FileError{
		Reason: "more than one worksheet could hold the results: " + list(names),
		Fix:    `say which one: [race.where] Sheet = "…"`,
		Key:    "where.Sheet", Values: names,
	}
}

// detect finds the columns of a worksheet.
func (s *worksheet) detect(rules *Rules) {
	text := &decoded{data: s.text.Bytes(), name: "utf-8"}
	s.found = newDetector(text, rules, '\t', false).run(len(text.data), 0)
}

// read judges the rows of the worksheet.
func (s *worksheet) read(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	text := &decoded{data: s.text.Bytes(), name: d.name, kept: d.kept, survey: d.survey}
	reading := &Reading{Format: "xlsx", Encoding: d.name, Columns: s.found.schema.columns}
	d.kept.holds(s.kept)
	t := newTable(text, rules, s.found.schema, tail)
	t.book.lines = s.lines
	for split := newSplitter(text.data, '\t', false); split.next(); {
		t.row(&split.rec)
	}
	if refused := t.whole(reading); refused != nil {
		return nil, refused
	}
	s.holdUnshown(reading)
	return reading, nil
}

// holdUnshown holds the finishes of hidden rows, and those whose bib is a number that is shown as a date.
func (s *worksheet) holdUnshown(r *Reading) {
	bib := s.found.schema.bib
	kept := r.Finishes[:0]
	for _, f := range r.Finishes {
		reason := ""
		if _, odd := s.odd[[2]int{f.Line, bib}]; odd {
			reason = "not a bib: a number that is shown as " + quote(string(f.Bib)) + "; format the column as text"
		}
		if s.hidden[f.Line] {
			reason = "the row is hidden in the worksheet; show it, or delete it"
		}
		if reason == "" {
			kept = append(kept, f)
			continue
		}
		r.Held = append(r.Held, Held{Line: f.Line, Bib: f.Bib, Reason: reason})
	}
	r.Finishes = kept
	slices.SortStableFunc(r.Held, func(a, b Held) int { return a.Line - b.Line })
}
