package parse

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	// maxSheetRows is what a spreadsheet program can hold, also with gaps.
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
	whole  map[[2]int]string // late times in whole minutes, which the text holds back
	late   map[int]int       // late times that have seconds, by column
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
	reader, cells := &cellReader{rules: rules, epoch: epochOf(book)}, 0
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err != nil || !shown {
			continue
		}
		s := newWorksheet(name)
		s.kept = d.kept.another()
		if refused := s.fill(book, reader, &cells); refused != nil {
			return nil, refused
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

func newWorksheet(name string) *worksheet {
	return &worksheet{
		name: name, hidden: map[int]bool{}, odd: map[[2]int]string{}, whole: map[[2]int]string{}, late: map[int]int{},
	}
}

// epochOf is the day 0 of the dates in a workbook. From March 1900 on, the 1900 system counts as if it were this one.
func epochOf(book *excelize.File) time.Time {
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
}

// fill reads every row twice, side by side: as the numbers in the file and as what the spreadsheet shows.
// cells counts what was read of the whole workbook: several worksheets may be the same part of it.
func (s *worksheet) fill(book *excelize.File, reader *cellReader, cells *int) *FileError {
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
		if err != nil {
			return broken("xlsx", row)
		}
		// Both end with their last cell that is not blank, and a format can make a number blank.
		raw, text = padded(raw, len(text)), padded(text, len(raw))
		if *cells += len(raw) + 1; *cells > maxSheetCells || s.text.Len() > maxSheetText {
			return (&workbookScan{problem: "more than 8 million cells or 64 MiB of text"}).refused()
		}
		if raws.GetRowOpts().Hidden {
			s.hidden[row] = true
		}
		s.addRow(row, raw, text, reader)
	}
	if raws.Error() != nil || shown.Error() != nil {
		return broken("xlsx", 0)
	}
	return nil
}

func padded(cells []string, length int) []string {
	return append(cells, make([]string, max(length-len(cells), 0))...)
}

// addRow adds a row that is not blank.
func (s *worksheet) addRow(row int, raw, shown []string, reader *cellReader) {
	blank := true
	for i := range raw {
		c := reader.read(raw[i], shown[i])
		switch {
		case !c.plain:
			s.odd[[2]int{row, i}] = c.text
		case c.whole != "":
			s.whole[[2]int{row, i}] = c.whole
		case c.late:
			s.late[i]++
		}
		s.kept.wrote(row, i, raw[i])
		raw[i] = c.text
		blank = blank && strings.TrimSpace(c.text) == ""
	}
	if !blank {
		s.add(row, raw...)
	}
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
		if value = strings.TrimSpace(value); value == anyValue {
			value = ""
		}
		return &r, value
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
	text := &decoded{data: s.restored(), name: d.name, kept: d.kept, survey: d.survey}
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

// restored is the text of the worksheet. Where late times are the rule, those in whole minutes are what they look like.
func (s *worksheet) restored() []byte {
	if len(s.whole) == 0 || !s.manyLate() {
		return s.text.Bytes()
	}
	var out bytes.Buffer
	line := 0
	for text := range bytes.Lines(s.text.Bytes()) {
		if whole, ok := s.whole[[2]int{s.lines[line], s.found.schema.time}]; ok {
			cells := bytes.Split(text[:len(text)-1], []byte{'\t'})
			cells[s.found.schema.time] = []byte(whole)
			text = append(bytes.Join(cells, []byte{'\t'}), '\n')
		}
		out.Write(text)
		line++
	}
	return out.Bytes()
}

// manyLate reports whether the time column is one of late times: times of day, or of a race that lasts so long. One in
// sixty of them is in whole minutes; where most are, somebody typed minutes and seconds.
func (s *worksheet) manyLate() bool {
	whole := 0
	for place := range s.whole {
		if place[1] == s.found.schema.time {
			whole++
		}
	}
	return s.late[s.found.schema.time] >= max(3, 3*whole)
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
