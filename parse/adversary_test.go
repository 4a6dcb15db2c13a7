package parse

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"
)

// adversary is a kind of input that wants to cost more than it is worth. Its size is linear in n, or constant where
// the trap is elsewhere.
type adversary struct {
	kind    string
	make    func(t testing.TB, n int) []byte
	n       int  // of the benchmark: some MiB
	factor  int  // bytes that may be allocated for each byte of the input, with a constant below
	refused bool // as a whole
}

// spent is what every input may cost before its size counts: buffers, tables, the library of the spreadsheets.
const spent = 8 << 20

func repeated(head, row, tail string) func(testing.TB, int) []byte {
	return func(_ testing.TB, n int) []byte { return []byte(head + strings.Repeat(row, n) + tail) }
}

// counting has rows with a %d, which counts.
func counting(head, row, tail string) func(testing.TB, int) []byte {
	return func(_ testing.TB, n int) []byte {
		var b bytes.Buffer
		b.WriteString(head)
		for i := range n {
			fmt.Fprintf(&b, row, i+1)
		}
		b.WriteString(tail)
		return b.Bytes()
	}
}

func adversaries() []adversary {
	const list = `<ResultList iofVersion="3.0"><ClassResult>`
	const listEnd = `</ClassResult></ResultList>`
	const event, eventEnd = `<Epreuve><Resultats>`, `</Resultats></Epreuve>`
	const fields, fieldsEnd = `{"DataFields":["BIB","TIME"],"data":[`, `["1","14:25"]]}`
	return []adversary{
		// Two million rows: five times 400,000.
		{kind: "csv/rows", make: counting("Bib,Name,Time\n", "%d,Ash,14:25\n", ""), n: 400_000, factor: 32},
		{kind: "csv/one-bib", make: counting("Bib,Time\n", "7,14:25.%d\n", ""), n: 400_000, factor: 64},
		{kind: "iof/rows", make: counting(list, "<PersonResult><Result><BibNumber>%d</BibNumber><Time>865</Time></Result></PersonResult>", listEnd), n: 400_000, factor: 32},
		{kind: "clax/rows", make: counting(event, `<R d="%d" t="14'25"/>`, eventEnd), n: 400_000, factor: 64},
		{kind: "raceresult/rows", make: counting(fields, `["%d","14:25"],`, fieldsEnd), n: 400_000, factor: 64},

		{kind: "csv/long-lines", make: repeated("Bib,Time\n", strings.Repeat("x", 70_000)+"\n", ""), n: 100, factor: 4},
		{kind: "csv/one-line", make: repeated("Bib,Time\n", "1,14:25,", ""), n: 1 << 20, factor: 32},
		{kind: "csv/columns", make: repeated("Bib,Time\n", strings.Repeat("1,", 10_000)+"\n", ""), n: 400, factor: 16, refused: true},
		{kind: "csv/header-columns", make: repeated("", strings.Repeat("Bib,", 10_000)+"\n", ""), n: 100, factor: 96, refused: true},
		{kind: "csv/quotes", make: repeated("Bib,Time\n", `"a""b""",`+"\n", ""), n: 400_000, factor: 32},
		{kind: "csv/open-quotes", make: repeated("Bib,Time\n", `1,"14:25`+"\n", ""), n: 400_000, factor: 64},
		{kind: "csv/nuls", make: repeated("Bib,Time\n", "1,14:25\x00\n", ""), n: 400_000, factor: 32},

		{kind: "iof/deep", make: repeated(list, "<a>", ""), n: 1 << 20, factor: 4, refused: true},
		{kind: "iof/attributes", make: counting(list+"<a", ` a%d="1"`, "/>"+listEnd), n: 200_000, factor: 64},
		{kind: "iof/attribute-again", make: repeated(list+"<a", ` a="1"`, "/>"+listEnd), n: 400_000, factor: 64, refused: true},
		{kind: "iof/results-of-one", make: counting(list+"<PersonResult>", "<Result><BibNumber>%d</BibNumber></Result>", "</PersonResult>"+listEnd), n: 100_000, factor: 32},
		{kind: "iof/text", make: repeated(list+"<Name>", "text &amp; ", "</Name>"+listEnd), n: 400_000, factor: 16},
		{kind: "iof/comments", make: repeated(list, "<!-- - -->", listEnd), n: 400_000, factor: 32},
		{kind: "iof/entities", make: repeated("<!DOCTYPE a [", `<!ENTITY a "&a;&a;">`, "]>"+list+"&a;"+listEnd), n: 100_000, factor: 16, refused: true},
		{kind: "clax/stages", make: repeated("<Epreuve><Etapes>", `<Etape nom="stage 2"><Resultats><R d="1" t="14'25"/></Resultats></Etape>`, "</Etapes></Epreuve>"), n: 40_000, factor: 32, refused: true},

		{kind: "raceresult/deep", make: repeated(`{"data":`, `{"a":`, ""), n: 400_000, factor: 16, refused: true},
		{kind: "raceresult/deep-skipped", make: repeated(`{"x":`, `[`, ""), n: 1 << 20, factor: 16, refused: true},
		{kind: "raceresult/groups", make: counting(`{"DataFields":["BIB","TIME"],"data":{`, `"#%d_x":[["1","14:25"]],`, `"y":[]}}`), n: 200_000, factor: 64},
		{kind: "raceresult/columns", make: repeated(`{"DataFields":["BIB"`, `,"TIME"`, `],"data":[]}`), n: 200_000, factor: 128, refused: true},
		{kind: "raceresult/cells", make: repeated(`{"DataFields":["BIB","TIME"],"data":[["1"`, `,"14:25"`, `]]}`), n: 400_000, factor: 64},
		{kind: "raceresult/one-text", make: repeated(`{"DataFields":["BIB","TIME"],"data":[["1","`, `x`, `"]]}`), n: 4 << 20, factor: 32},
	}
}

// What an input costs grows with its size and no faster, and a constant bounds it for each byte. Bytes allocated are
// counted, and nothing is timed.
func TestTheCostOfAnInputIsLinear(t *testing.T) {
	for _, a := range adversaries() {
		n := max(a.n/16, 2)
		small, big := a.make(t, n), a.make(t, 2*n)
		once, err := costOf(small)
		twice, _ := costOf(big)
		if limit := uint64(a.factor*len(big) + spent); twice > limit {
			t.Errorf("%s: %d bytes cost %d, more than %d", a.kind, len(big), twice, limit)
		}
		if twice > 3*once+spent/4 {
			t.Errorf("%s: %d bytes cost %d, and %d bytes cost %d", a.kind, len(small), once, len(big), twice)
		}
		if a.refused != (err != nil) {
			t.Errorf("%s: %v", a.kind, err)
		}
	}
}

// costOf reads an input and returns how many bytes are allocated for it.
func costOf(data []byte) (uint64, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	_, err := Read(data, Rules{}, TailStill)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, err
}

// workbookOf makes a workbook of its parts.
func workbookOf(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	return zipOf(t, withParts(parts), zip.Deflate)
}

// withParts adds the parts of a workbook that are not given. They say as little as they can.
func withParts(parts map[string]string) map[string]string {
	const names = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const pack = `xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	all := map[string]string{
		"xl/workbook.xml":            `<workbook ` + names + ` xmlns:r="` + office + `"><sheets><sheet name="Results" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships ` + pack + `><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"_rels/.rels":                `<Relationships ` + pack + `><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"xl/worksheets/sheet1.xml":   sheetOf(""),
	}
	maps.Copy(all, parts)
	return all
}

func sheetOf(rows string) string {
	return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
}

const sheetHeader = `<row r="1"><c r="A1" t="inlineStr"><is><t>Bib</t></is></c><c r="B1" t="inlineStr"><is><t>Time</t></is></c></row>`

// sheetRows makes rows from the second on; a %d in a row is its number.
func sheetRows(n int, row string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(row, "%d", fmt.Sprint(i+2)))
	}
	return sheetHeader + b.String()
}

// workbookTraps are small workbooks that ask for much: what they are refused for, or nothing where they are read.
func workbookTraps(t testing.TB) map[string]struct {
	data   []byte
	reason string
} {
	const sheet1 = "xl/worksheets/sheet1.xml"
	styles := func(inside string) string { return `<styleSheet>` + inside + `</styleSheet>` }
	texts := func(text string, n int) string {
		return `<sst><si><t>` + text + `</t></si>` + strings.Repeat(`<si><t/></si>`, n-1) + `</sst>`
	}
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	sheets := func(n int, id string) (all string) {
		for i := range n {
			all += strings.ReplaceAll(`<sheet name="S%d" sheetId="%d" r:id="`+id+`"/>`, "%d", fmt.Sprint(i+1))
		}
		return `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + office + `"><sheets>` + all + `</sheets></workbook>`
	}
	relations := func(n int) (all string) {
		for i := range n {
			all += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
		}
		return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + all + `</Relationships>`
	}
	many := map[string]string{"xl/workbook.xml": sheets(200, "rId%d"), "xl/_rels/workbook.xml.rels": relations(200)}
	for i := range 200 {
		many[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = sheetOf(`<row r="1048576"><c r="A1048576"><v>1</v></c></row>`)
	}
	make := func(parts ...string) []byte {
		m := map[string]string{}
		for i := 0; i < len(parts); i += 2 {
			m[parts[i]] = parts[i+1]
		}
		return workbookOf(t, m)
	}
	row := `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>14:25</t></is></c></row>`
	type trap = struct {
		data   []byte
		reason string
	}
	return map[string]trap{
		"rows": {make(sheet1, sheetOf(sheetRows(40_000, row))), ""},
		"one long text in every cell": {make("xl/sharedStrings.xml", texts(strings.Repeat("x", 1<<20), 1),
			sheet1, sheetOf(sheetRows(20_000, `<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>`))), "64 MiB of text"},
		"a row of long texts": {make("xl/sharedStrings.xml", texts(strings.Repeat("x", 1<<20), 1),
			sheet1, sheetOf("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 900)+"</row>")), "64 MiB of text"},
		"many texts":                   {make("xl/sharedStrings.xml", texts("", maxSharedStrings+1)), "too many texts"},
		"many worksheets":              {make("xl/workbook.xml", sheets(300, "rId%d")), "too many worksheets"},
		"one part by two names":        {make("xl/workbook.xml", sheets(2, "rId1")), "two worksheets that are one"},
		"one part by two paths":        {make("xl/_rels/workbook.xml.rels", strings.ReplaceAll(relations(2), "sheet2.xml", "../worksheets/Sheet1.xml")), "two worksheets that are one"},
		"a gap in many worksheets":     {workbookOf(t, many), "8 million cells"},
		"a gap in every row":           {make(sheet1, sheetOf(sheetRows(10_000, `<row r="%d"><c r="ALL%d"><v>1</v></c></row>`))), "8 million cells"},
		"a column too many":            {make(sheet1, sheetOf(`<row r="1"><c r="XFD1"><v>1</v></c></row>`)), "1000 columns"},
		"cells without names too many": {make(sheet1, sheetOf("<row>"+strings.Repeat("<c><v>1</v></c>", 1001)+"</row>")), "1000 columns"},
		"a long format":                {make("xl/styles.xml", styles(`<numFmts><numFmt numFmtId="164" formatCode="`+strings.Repeat("0", 1<<20)+`"/></numFmts>`)), "number formats"},
		"many formats":                 {make("xl/styles.xml", styles(`<numFmts>`+strings.Repeat(`<numFmt numFmtId="164" formatCode="0"/>`, 20_000)+`</numFmts>`)), "number formats"},
		"many styles":                  {make("xl/styles.xml", styles(`<cellXfs>`+strings.Repeat(`<xf/>`, maxStyles+1)+`</cellXfs>`)), "too many styles"},
		"a bomb in the shared texts":   {make("xl/sharedStrings.xml", strings.Repeat(" ", maxUnzipped+1)), "64 MiB"},
		"a bomb in a worksheet":        {make(sheet1, strings.Repeat(" ", maxUnzipped+1)), "64 MiB"},
		"a bomb in the styles":         {make("xl/styles.xml", strings.Repeat(" ", maxUnzipped+1)), "64 MiB"},
		"cells out of order":           {make(sheet1, sheetOf(sheetHeader+`<row r="2"><c r="B2" t="inlineStr"><is><t>14:25</t></is></c><c r="A2"><v>1</v></c></row>`)), "broken"},
		"rows out of order":            {make(sheet1, sheetOf(`<row r="2"/>`+sheetHeader)), "broken"},
		"a cell of another row":        {make(sheet1, sheetOf(sheetHeader+`<row r="2"><c r="A3"><v>1</v></c></row>`)), "broken"},
		"another encoding":             {make(sheet1, `<?xml version="1.0" encoding="iso-8859-1"?>`+sheetOf(sheetHeader)), "broken"},
		"a huge dimension":             {make(sheet1, strings.Replace(sheetOf(sheetHeader), "<sheetData>", `<dimension ref="A1:XFD1048576"/><sheetData>`, 1)), ""},
	}
}

// What a workbook asks for is refused or read within a bound that does not depend on it.
func TestWorkbooksThatAskForMuch(t *testing.T) {
	const most = 768 << 20 // bytes allocated in all, of which a part is in use at a time
	for sentence, trap := range workbookTraps(t) {
		cost, err := costOf(trap.data)
		switch {
		case trap.reason == "" && err != nil, trap.reason != "" && (err == nil || !strings.Contains(err.Error(), trap.reason)):
			t.Errorf("%s: %v, not %q", sentence, err, trap.reason)
		}
		if cost > most {
			t.Errorf("%s: costs %d MiB", sentence, cost>>20)
		}
	}
}

func BenchmarkAdversary(b *testing.B) {
	run := func(kind string, data []byte) {
		b.Run(kind, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Read(data, Rules{}, TailStill)
			}
		})
	}
	for _, a := range adversaries() {
		run(a.kind, a.make(b, a.n))
	}
	for sentence, trap := range workbookTraps(b) {
		run("xlsx/"+strings.ReplaceAll(sentence, " ", "-"), trap.data)
	}
}

func TestDocumentsWithMoreThanAMillionRows(t *testing.T) {
	for sentence, text := range map[string][3]string{
		"IOF XML":     {`<ResultList iofVersion="3.0"><PersonResult>`, "<Result/>", "</PersonResult></ResultList>"},
		"Wiclax":      {"<Epreuve><Resultats>", "<R/>", "</Resultats></Epreuve>"},
		"RACE RESULT": {`{"DataFields":["BIB","TIME"],"data":[`, "[],", "[]]}"},
	} {
		_, err := Read([]byte(text[0]+strings.Repeat(text[1], maxRecords+1)+text[2]), Rules{}, TailStill)
		if err == nil || !strings.Contains(err.Error(), "more than a million rows") {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}
