package parse

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// The library that reads the cells takes whatever a workbook says: a text of megabytes in every cell, a million
// worksheets that are one, cells that stand out of order. What a spreadsheet program never writes is refused before.
const (
	// maxSheets is how many worksheets a workbook may name.
	maxSheets = 256
	// maxSharedStrings is how many texts the cells of a workbook may share.
	maxSharedStrings = 1 << 20
	// maxNumberFormats and maxFormat bound the formats of numbers and the length of one, which Excel bounds to 250
	// and 255. They are looked for and read again for every cell.
	maxNumberFormats = 1000
	maxFormat        = 500
	// maxStyles bounds the elements of the styles.
	maxStyles = 1 << 18
	// maxSheetCells bounds the cells of all worksheets with the gaps between them.
	maxSheetCells = 1 << 23
	// maxSheetText bounds the text of all cells in bytes, where each cell has its own copy of a shared text.
	maxSheetText = 64 << 20
)

// workbookScan looks at the parts of a workbook, first at its shared texts.
type workbookScan struct {
	sheets, formats, styles int
	parts                   map[string]bool // that are worksheets
	shared                  []int32         // length of each shared text in bytes
	cells, text             int64
	row, column             int
	isShared                bool   // the cell at hand
	problem                 string // why it is refused, said once
}

// refused is why the workbook is not read, or nothing.
func (w *workbookScan) refused() *FileError {
	switch w.problem {
	case "":
		return nil
	case "out of order":
		return broken("xlsx", w.row)
	}
	return &FileError{Reason: "this spreadsheet has " + w.problem, Fix: "export the results as CSV"}
}

func (w *workbookScan) tooMany(is bool, what string) {
	if is && w.problem == "" {
		w.problem = what
	}
}

func (w *workbookScan) open(path []string, attrs []xml.Attr) {
	if w.problem != "" {
		return
	}
	name := path[len(path)-1]
	switch path[0] {
	case "sst":
		if name == "si" {
			w.shared = append(w.shared, 0)
			w.tooMany(len(w.shared) > maxSharedStrings, "too many texts")
		}
	case "workbook":
		if name == "sheet" {
			w.sheet(attrs)
		}
	case "Relationships":
		if strings.HasSuffix(attr(attrs, "Type"), "/worksheet") {
			w.part(attr(attrs, "Target"))
		}
	case "styleSheet":
		w.style(name, attrs)
	case "worksheet":
		switch name {
		case "sheetData":
			w.row = 0
		case "row":
			w.openRow(attrs)
		case "c":
			w.openCell(attrs)
		}
	}
}

// part notes a worksheet. Two that are one part would be read twice, and a thousand a thousand times.
func (w *workbookScan) part(target string) {
	name := strings.ToLower(target[strings.LastIndexAny(target, `/\`)+1:])
	w.tooMany(w.parts[name], "two worksheets that are one")
	if w.parts == nil {
		w.parts = make(map[string]bool)
	}
	w.parts[name] = true
}

// sheet notes the name of a worksheet, which stands for one part.
func (w *workbookScan) sheet(attrs []xml.Attr) {
	w.sheets++
	w.tooMany(w.sheets > maxSheets, "too many worksheets")
	for _, a := range attrs {
		if a.Name.Local == "id" && a.Name.Space != "" {
			w.part(" " + a.Value)
		}
	}
}

func (w *workbookScan) style(name string, attrs []xml.Attr) {
	w.styles++
	w.tooMany(w.styles > maxStyles, "too many styles")
	if name == "numFmt" {
		w.formats++
		long := len(attr(attrs, "formatCode")) > maxFormat || len(attr(attrs, "formatCode16")) > maxFormat
		w.tooMany(w.formats > maxNumberFormats || long, "too many or too long number formats")
	}
}

// openRow counts rows, and the gap above one. Rows without a number follow one another.
func (w *workbookScan) openRow(attrs []xml.Attr) {
	above := w.row
	w.row, w.column = above+1, 0
	if text := attr(attrs, "r"); text != "" {
		n, err := strconv.Atoi(text)
		w.tooMany(err != nil || n <= above || n > maxSheetRows, "out of order")
		w.row = n
	}
	w.count(int64(w.row - above))
}

// openCell counts cells, and the gap in front of one.
func (w *workbookScan) openCell(attrs []xml.Attr) {
	w.isShared = attr(attrs, "t") == "s"
	left := w.column
	w.column++
	if ref := attr(attrs, "r"); ref != "" {
		column, row := cellPlace(ref)
		w.tooMany(column <= left || row != w.row, "out of order")
		w.column = column
	}
	w.tooMany(w.column > maxSheetColumns, "more than "+strconv.Itoa(maxSheetColumns)+" columns")
	w.count(int64(w.column - left))
}

func (w *workbookScan) count(cells int64) {
	w.cells += cells
	w.tooMany(w.cells > maxSheetCells, "more than 8 million cells")
}

// chars counts the text of the shared texts.
func (w *workbookScan) chars(path []string, n int) {
	if last := len(w.shared) - 1; path[0] == "sst" && last >= 0 {
		w.shared[last] += int32(n)
	}
}

func (w *workbookScan) close(path []string, text string) {
	if path[len(path)-1] != "v" || path[0] != "worksheet" || w.problem != "" {
		return
	}
	n := int64(len(text))
	if w.isShared {
		n = 0
		if i, err := strconv.Atoi(text); err == nil && i >= 0 && i < len(w.shared) {
			n = int64(w.shared[i])
		}
	}
	w.text += n
	w.tooMany(w.text > maxSheetText, "more than 64 MiB of text")
}

// cellPlace takes a reference such as AB12 apart: column 28, row 12. Both are 0 where it is none.
func cellPlace(ref string) (column, row int) {
	letters := strings.TrimRight(ref, "0123456789")
	if len(letters) == 0 || len(letters) > 3 {
		return 0, 0
	}
	for _, c := range []byte(strings.ToUpper(letters)) {
		if c < 'A' || c > 'Z' {
			return 0, 0
		}
		column = column*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(ref[len(letters):])
	if err != nil {
		return 0, 0
	}
	return column, row
}
