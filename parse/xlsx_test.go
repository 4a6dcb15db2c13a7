package parse

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// workbook makes a spreadsheet of a text: "# Name" begins a worksheet ("# Name hidden" one that is not shown), "!" in
// front hides a row, TABs part the cells. A cell is a number with its format in braces, or a text behind a quote.
func workbook(t testing.TB, text string) []byte {
	t.Helper()
	book := excelize.NewFile()
	sheet, row, sheets := "", 0, 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "# "); ok {
			name, hidden := strings.CutSuffix(name, " hidden")
			sheet, row = name, 0
			if _, err := book.NewSheet(sheet); err != nil {
				t.Fatal(err)
			}
			if sheets++; hidden {
				must(t, book.SetSheetVisible(sheet, false))
			}
			continue
		}
		row++
		line, hidden := strings.CutPrefix(line, "!")
		for i, text := range strings.Split(line, "\t") {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			must(t, err)
			setCell(t, book, sheet, at, text)
		}
		if hidden {
			must(t, book.SetRowVisible(sheet, row, false))
		}
	}
	must(t, book.DeleteSheet("Sheet1"))
	b, err := book.WriteToBuffer()
	must(t, err)
	return b.Bytes()
}

func setCell(t testing.TB, book *excelize.File, sheet, at, text string) {
	t.Helper()
	text, format, formatted := strings.Cut(strings.TrimSuffix(text, "}"), "{")
	if formatted {
		style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
		must(t, err)
		must(t, book.SetCellStyle(sheet, at, at, style))
	}
	if plain, ok := strings.CutPrefix(text, `"`); ok {
		must(t, book.SetCellStr(sheet, at, plain))
	} else if n, err := strconv.ParseFloat(text, 64); err == nil {
		must(t, book.SetCellFloat(sheet, at, n, -1, 64))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// unzip returns the parts of a spreadsheet.
func unzip(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		parts[f.Name] = string(content)
	}
	return parts
}

// rezip writes a spreadsheet again with some of its parts changed, or added.
func rezip(t testing.TB, data []byte, parts map[string]string) []byte {
	t.Helper()
	all := unzip(t, data)
	maps.Copy(all, parts)
	return zipOf(t, all, zip.Deflate)
}

// zipOf writes a zip file of such parts.
func zipOf(t testing.TB, parts map[string]string, method uint16) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		must(t, err)
		_, err = part.Write([]byte(parts[name]))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

const (
	plainWorkbook = "# Results\n\"Bib\t\"Time\n1\t\"14:25\n"
	sheetPart     = "xl/worksheets/sheet2.xml"
)

func TestWorkbooksThatAreRefused(t *testing.T) {
	good := workbook(t, plainWorkbook)
	if r, err := Read(good, Rules{}, TailStill); err != nil || len(r.Finishes) != 1 {
		t.Fatal(shown(r, err))
	}
	row := func(cells string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + cells + `</sheetData></worksheet>`
	}
	var other bytes.Buffer
	w := zip.NewWriter(&other)
	_, err := w.Create("results.csv")
	must(t, err)
	must(t, w.Close())
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)

	for sentence, tt := range map[string]struct {
		data   []byte
		reason string
	}{
		"a zip bomb":                        {rezip(t, good, map[string]string{"xl/media/a.bin": strings.Repeat("\x00", maxUnzipped+1)}), "64 MiB"},
		"many columns":                      {rezip(t, good, map[string]string{sheetPart: row(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)}), "columns"},
		"a worksheet that breaks off":       {rezip(t, good, map[string]string{sheetPart: `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v>`}), "broken"},
		"deep nesting":                      {rezip(t, good, map[string]string{sheetPart: row(strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100))}), "broken"},
		"entities":                          {rezip(t, good, map[string]string{sheetPart: `<!DOCTYPE a [<!ENTITY b "1">]>` + row("&b;")}), "broken"},
		"a row far beyond the last":         {rezip(t, good, map[string]string{sheetPart: row(`<row r="2000000000"><c r="A1"><v>1</v></c></row>`)}), "broken"},
		"no workbook inside":                {other.Bytes(), "not a spreadsheet"},
		"an OpenDocument file":              {rezip(t, other.Bytes(), map[string]string{"content.xml": "<a/>"}), "ods"},
		"a binary workbook":                 {rezip(t, other.Bytes(), map[string]string{"xl/workbook.bin": ""}), "xlsb"},
		"an old spreadsheet":                {[]byte(ole), "xls"},
		"an encrypted spreadsheet":          {[]byte(ole + utf16Text("EncryptedPackage")), "encrypted"},
		"a workbook cut off behind another": {inner(t, good), "not complete"},
	} {
		r, err := Read(tt.data, Rules{}, TailStill)
		if err == nil || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: %s", sentence, shown(r, err))
		}
	}
}

// inner is the beginning of a workbook with another one stored inside, up to the end of that.
func inner(t *testing.T, embedded []byte) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	part, err := w.CreateHeader(&zip.FileHeader{Name: "xl/embeddings/a.xlsx", Method: zip.Store})
	must(t, err)
	_, err = part.Write(embedded)
	must(t, err)
	must(t, w.Close())
	end := bytes.Index(out.Bytes(), embedded) + len(embedded)
	cut := out.Bytes()[:end]
	if z, err := zip.NewReader(bytes.NewReader(cut), int64(len(cut))); err != nil || len(z.File) < 2 {
		t.Fatal("the library does not find the inner directory", err)
	}
	return cut
}

// A formula counts by the value that the spreadsheet computed last. Without one the athlete has no time.
func TestFormulasCountByTheirValues(t *testing.T) {
	styled := workbook(t, "# Results\n1{h:mm:ss}\n")
	data := rezip(t, styled, map[string]string{sheetPart: `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
		<row r="1"><c r="A1" t="inlineStr"><is><t>Bib</t></is></c><c r="B1" t="inlineStr"><is><t>Time</t></is></c></row>
		<row r="2"><c r="A2"><v>1</v></c><c r="B2" s="1"><f>C2-D2</f><v>2.2731481482E-2</v></c></row>
		<row r="3"><c r="A3"><v>2</v></c><c r="B3" s="1"><f>C3-D3</f></c></row>
		<row r="4"><c r="A4"><v>3</v></c><c r="B4" s="1" t="e"><f>C4-D4</f><v>#VALUE!</v></c></row>
		<row r="5"><c r="A5" t="str"><f>C5</f><v>W1</v></c><c r="B5" t="str"><f>C5</f><v>14:25.1</v></c></row>
		</sheetData></worksheet>`})
	r, err := Read(data, Rules{}, TailStill)
	want := "xlsx utf-8 \"\" bib=Bib time=Time status=\nfinish  2 1 32:44\nfinish  5 W1 14:25.1\n" +
		"held    4 3: not a time: \"#VALUE!\"; correct it in the timing program\nignored 1: header\nignored 3: no time\n"
	if diff := cmp.Diff(want, shown(r, err)); diff != "" {
		t.Error(diff)
	}
}

func TestSpreadsheetsLeaveNothingOnDisk(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var text strings.Builder
	text.WriteString("# Results\n\"Bib\t\"Time\t\"Name\n")
	for i := range 4000 {
		text.WriteString(strconv.Itoa(i+1) + "\t\"14:25\t\"" + strings.Repeat("long name ", 30) + strconv.Itoa(i) + "\n")
	}
	r, err := Read(workbook(t, text.String()), Rules{}, TailStill)
	if err != nil || len(r.Finishes) != 4000 {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// FuzzReadXLSX changes the worksheet: a changed byte of the zip file itself is nearly always a wrong checksum. The
// worksheets of all cases share one set of formats and texts, so that a cell may be shown as any of them.
func FuzzReadXLSX(f *testing.F) {
	var all strings.Builder
	for _, c := range goldenCases(f) {
		if strings.Contains(c.path, "xlsx") {
			all.WriteString(c.export)
		}
	}
	seeds, shared := sheetsOf(f, renamedSheets(all.String()))
	with := func(t testing.TB, part string) []byte {
		parts := maps.Clone(shared)
		parts["xl/worksheets/sheet1.xml"] = part
		return zipOf(t, withParts(parts), zip.Store)
	}
	finishes := 0
	for _, part := range seeds {
		f.Add([]byte(part), byte(0))
		if r, err := Read(with(f, part), Rules{Clock: "gun"}, TailStill); err == nil {
			finishes += len(r.Finishes)
		}
	}
	if finishes < len(seeds) {
		f.Fatal("the worksheets say nothing without their own workbooks:", finishes)
	}
	f.Fuzz(func(t *testing.T, part []byte, choice byte) {
		rules := fuzzRules(choice)
		data := with(t, string(part))
		if whole, err := Read(data, rules, TailStill); err == nil {
			checkReading(t, whole, rules)
		}
		for _, tail := range []Tail{TailGrowing, TailStill} {
			if r, err := Read(data[:len(data)*int(choice)/256], rules, tail); err == nil && len(r.Finishes) > 0 {
				t.Errorf("a torn workbook publishes: %s", shown(r, err))
			}
		}
	})
}

// sheetsOf makes worksheets of a text, and the parts that they share with no more in them than is read.
func sheetsOf(t testing.TB, text string) (sheets []string, shared map[string]string) {
	const names = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	parts := unzip(t, workbook(t, text))
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if strings.HasPrefix(name, "xl/worksheets/") {
			sheets = append(sheets, parts[name])
		}
	}
	styles, texts := parts["xl/styles.xml"], parts["xl/sharedStrings.xml"]
	return sheets, map[string]string{
		"xl/styles.xml":        `<styleSheet ` + names + `>` + element(styles, "numFmts") + element(styles, "cellXfs") + `</styleSheet>`,
		"xl/sharedStrings.xml": `<sst ` + names + `>` + texts[strings.Index(texts, "<si>"):],
	}
}

// element returns an element of a part, with no more attributes than the formats of numbers need.
func element(part, name string) string {
	from, to := strings.Index(part, "<"+name), strings.Index(part, "</"+name)
	return unread.ReplaceAllString(part[from:to], "") + "</" + name + ">"
}

var unread = regexp.MustCompile(` (count|xfId|fontId|fillId|borderId|apply\w+)="[^"]*"|<alignment></alignment>`)

// renamedSheets numbers worksheets whose names may be the same.
func renamedSheets(text string) string {
	n := 0
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") {
			n++
			line = "# S" + strconv.Itoa(n) + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// Programs in Java write every number as a fraction, and long ones with an exponent. A text keeps its spelling.
func TestWholeNumbersHaveNoFraction(t *testing.T) {
	row := `<row r="%d"><c r="A%d"><v>34%d.0</v></c><c r="B%d" t="inlineStr"><is><t>14:25</t></is></c></row>`
	data := workbookOf(t, map[string]string{"xl/worksheets/sheet1.xml": sheetOf(sheetRows(2, row) +
		`<row r="4"><c r="A4"><v>1.2345678E7</v></c><c r="B4" t="inlineStr"><is><t>14:26</t></is></c></row>` +
		`<row r="5"><c r="A5" t="inlineStr"><is><t>5E3</t></is></c><c r="B5" t="inlineStr"><is><t>14:27</t></is></c></row>` +
		`<row r="6"><c r="A6"><v>12.5</v></c><c r="B6" t="inlineStr"><is><t>14:28</t></is></c></row>`)})
	want := "xlsx utf-8 \"\" bib=Bib time=Time status=\nfinish  2 342 14:25\nfinish  3 343 14:25\nfinish  4 12345678 14:26\n" +
		"finish  5 5E3 14:27\nfinish  6 12.5 14:28\nignored 1: header\n"
	r, err := Read(data, Rules{}, TailStill)
	if diff := cmp.Diff(want, shown(r, err)); diff != "" {
		t.Error(diff)
	}
}
