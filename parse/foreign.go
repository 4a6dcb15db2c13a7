package parse

import (
	"bytes"
	"slices"
	"strings"
)

// readsOnly is what to do about a file of a kind that this version does not read.
const readsOnly = "export as CSV, or as another kind that `finishwatch formats` lists"

// binaryFile refuses content that is no text, by how it begins. A spreadsheet is text only where no other format is asked
// for.
func binaryFile(data []byte, format string) *FileError {
	if zipped(data) && (automatic(format) || format == "xlsx") {
		return nil
	}
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")) && bytes.Contains(data, []byte(utf16Text("EncryptedPackage"))) {
		return &FileError{Reason: "this spreadsheet is encrypted", Fix: "save it without a password"}
	}
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")) {
		return &FileError{Reason: "this looks like an old Excel file (xls)", Fix: "save it as xlsx or CSV"}
	}
	for _, magic := range []struct{ begins, name string }{
		{"PK\x03\x04", "a spreadsheet (xlsx) or a zip file"},
		{"%PDF", "a PDF file"},
		{"\x1F\x8B", "a gzip file"},
		{"SQLite format", "a database"},
		{"{\\rtf", "an RTF document"},
		{"\x89PNG", "a picture"},
		{"\xFF\xD8\xFF", "a picture"},
		{"MZ\x90", "a program"},
		{"7z\xBC\xAF", "an archive (7z)"},
		{"Rar!\x1A", "an archive (rar)"},
		{"\x00\x01\x00\x00Standard ", "an Access database"},
	} {
		if bytes.HasPrefix(data, []byte(magic.begins)) {
			return &FileError{Reason: "this looks like " + magic.name, Fix: readsOnly}
		}
	}
	return nil
}

// noText refuses content that is in no encoding that is recognised.
func noText(data []byte, encoding string) *FileError {
	if zipped(data) || !automatic(encoding) || !controls(firstLine(data)) || endianness(data) != 0 {
		return nil
	}
	return &FileError{Reason: "this is no text", Fix: readsOnly + `; if it is text in UTF-16, set encoding = "utf-16"`}
}

// utf16Text is how an ASCII text stands in the directory of an OLE file.
func utf16Text(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteByte(text[i])
		b.WriteByte(0)
	}
	return b.String()
}

// firstLine is what kinds of files are told by: no row is read before it is complete.
func firstLine(data []byte) []byte {
	data = data[:min(len(data), firstLineBytes)]
	if end := bytes.IndexAny(data, "\r\n"); end >= 0 {
		return data[:end]
	}
	return data
}

// controls reports whether more than a tenth of the bytes are control characters other than those of text. NULs are
// counted out: they are UTF-16, or a torn line.
func controls(b []byte) bool {
	n := 0
	for _, c := range b {
		if c < ' ' && c != 0 && c != '\t' && c != '\r' && c != '\f' && c != '\v' && c != 0x1A {
			n++
		}
	}
	return n*10 > len(b)
}

// foreign refuses text of a kind that this version does not read, by its first characters.
func foreign(text []byte, rules *Rules) *FileError {
	if documentKind(&decoded{data: text}) != "" {
		return nil
	}
	head := bytes.ToLower(trim(text[:min(len(text), firstLineBytes)]))
	switch {
	case len(head) == 0:
		return nil
	case head[0] == '<' && containsAny(head, "mso-application progid=\"excel.sheet\"", "schemas-microsoft-com:office:spreadsheet\">", "<ss:workbook"):
		return &FileError{Reason: "this is a spreadsheet of Excel 2003 (XML)", Fix: "save it as xlsx or CSV"}
	case head[0] == '<' && containsAny(head, "<!doctype html", "<html", "<head>", "<body", "<table", "<div", "<br", "<style", "<meta ", "<pre>", "<center>"):
		return &FileError{
			Reason: "this is an HTML page, not an export",
			Fix:    "if Excel opens it, save it there as xlsx or CSV; else " + readsOnly,
		}
	case head[0] == '<':
		return &FileError{Reason: "this looks like XML" + dialect(head, text), Fix: readsOnly}
	case head[0] == '{' || head[0] == '[' && jsonArray(head):
		return &FileError{Reason: "this looks like JSON", Fix: readsOnly}
	}
	return nil
}

func containsAny(head []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(head, []byte(w)) })
}

// dialect names the document by its first element.
func dialect(head, text []byte) string {
	root := xmlRoot(text)
	switch {
	case root == "":
		return ""
	case bytes.Contains(head, []byte("orienteering.org/datastandard")), bytes.Contains(head, []byte("iofdata.dtd")),
		slices.Contains([]string{"StartList", "EntryList", "CourseData", "ClassData", "ClubList", "RankList"}, root):
		return " of orienteering, a " + clean(root) + " and no ResultList"
	}
	return ", a " + quote(root)
}

func jsonArray(head []byte) bool {
	rest := trim(head[1:])
	return len(rest) > 0 && bytes.IndexByte([]byte(`{["]`), rest[0]) >= 0
}

// fixedWidth reports whether a line near the top has words for a bib and a time, and no delimiter between them.
func fixedWidth(text []byte) bool {
	for line := range bytes.Lines(text[:min(len(text), firstLineBytes)]) {
		if bytes.ContainsAny(line, delimiters) {
			continue
		}
		bib, time := false, false
		for word := range bytes.FieldsSeq(line) {
			r := headerRole(string(word))
			bib, time = bib || r.isBib(), time || r.isTime()
		}
		if bib && time {
			return true
		}
	}
	return false
}
