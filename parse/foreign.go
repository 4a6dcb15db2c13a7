package parse

import (
	"bytes"
)

// readsOnly is what to do about a file of a kind that this version does not read.
const readsOnly = "this version reads delimited text (csv) only; export as CSV"

// binary refuses content that is no text, by how it begins.
func binary(data []byte) *FileError {
	for _, magic := range []struct{ begins, name string }{
		{"PK\x03\x04", "a spreadsheet (xlsx) or a zip file"},
		{"\xD0\xCF\x11\xE0", "an old Excel file (xls)"},
		{"%PDF", "a PDF file"},
		{"\x1F\x8B", "a gzip file"},
		{"SQLite format", "a database"},
		{"{\\rtf", "an RTF document"},
		{"\x89PNG", "a picture"},
		{"\xFF\xD8\xFF", "a picture"},
	} {
		if bytes.HasPrefix(data, []byte(magic.begins)) {
			return &FileError{Reason: "this looks like " + magic.name, Fix: readsOnly}
		}
	}
	if controls(firstLine(data)) {
		return &FileError{Reason: "this is no text", Fix: readsOnly}
	}
	return nil
}

// firstLine is what kinds of files are told by: no row is read before it is complete.
func firstLine(data []byte) []byte {
	data = data[:min(len(data), firstLineBytes)]
	if before, _, ok := bytes.Cut(data, []byte{'\n'}); ok {
		return before
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
	head := bytes.ToLower(trim(text[:min(len(text), firstLineBytes)]))
	switch {
	case len(head) == 0:
		return nil
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")),
		bytes.HasPrefix(head, []byte("<head")), bytes.HasPrefix(head, []byte("<body")), bytes.HasPrefix(head, []byte("<table")):
		return &FileError{Reason: "this is an HTML page, not an export", Fix: readsOnly}
	case head[0] == '<':
		return &FileError{Reason: "this looks like XML" + dialect(head), Fix: readsOnly}
	case head[0] == '{' || head[0] == '[' && jsonArray(head):
		return &FileError{Reason: "this looks like JSON", Fix: readsOnly}
	}
	if rules.Columns != (Columns{}) {
		return nil
	}
	return lynx(text)
}

func dialect(head []byte) string {
	switch {
	case bytes.Contains(head, []byte("orienteering.org/datastandard")), bytes.Contains(head, []byte("<resultlist")):
		return " (an IOF result list)"
	case bytes.Contains(head, []byte("<epreuve")):
		return " (a Wiclax file)"
	}
	return ""
}

func jsonArray(head []byte) bool {
	rest := trim(head[1:])
	return len(rest) > 0 && bytes.IndexByte([]byte(`{["]`), rest[0]) >= 0
}

// lynx recognises FinishLynx files by their first line, which is the event: number, round, heat, name, five blank
// fields. The second line says no more than which of the files it is.
func lynx(text []byte) *FileError {
	line := firstLine(text)
	cells := bytes.Split(line, []byte(","))
	if len(line) == len(text) || len(cells) < 10 || !digits(trim(cells[0])) || !digits(trim(cells[2])) {
		return nil
	}
	if name := trim(cells[3]); len(name) < 2 || readTime(name).kind != notATime {
		return nil
	}
	if len(trim(bytes.Join(cells[4:9], nil))) > 0 {
		return nil
	}
	if bytes.HasPrefix(text[len(line)+1:], []byte(",")) {
		return &FileError{Reason: "this looks like a FinishLynx start list, not results", Fix: readsOnly}
	}
	return &FileError{Reason: "this looks like a FinishLynx file", Fix: readsOnly}
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
