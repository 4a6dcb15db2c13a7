package parse

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
)

const (
	// maxUnzipped is what a workbook may be unpacked: some hundred thousand rows of results.
	maxUnzipped = 64 << 20
	// maxParts is how many files a workbook may hold.
	maxParts = 2000
)

const zipMagic = "PK\x03\x04"

func zipped(data []byte) bool { return bytes.HasPrefix(data, []byte(zipMagic)) }

// checkWorkbook reads every file of a workbook once, to its end: a torn, damaged or oversized one is refused here,
// because the library that reads the cells stops silently where the text breaks off.
func checkWorkbook(data []byte) *FileError {
	if !zipped(data) {
		return &FileError{Reason: "this is no xlsx file", Fix: `set format = "auto"`}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || !wholeZip(z, data) {
		return incomplete()
	}
	if err := kindOfZip(z); err != nil {
		return err
	}
	left, scan := int64(maxUnzipped), &workbookScan{}
	for _, texts := range []bool{true, false} { // the cells refer to the shared texts
		for _, f := range z.File {
			if isSharedStrings(f.Name) != texts {
				continue
			}
			n, err := checkPart(f, left, scan)
			if err != nil {
				return err
			}
			left -= n
		}
	}
	return nil
}

func isSharedStrings(name string) bool {
	return strings.EqualFold(strings.ReplaceAll(name, `\`, "/"), "xl/sharedStrings.xml")
}

// wholeZip reports whether the directory at the end belongs to the file that begins here. A workbook may have another
// one inside, and where it is cut off behind that, the directory found is the inner one's.
func wholeZip(z *zip.Reader, data []byte) bool {
	if len(data) < 30 || len(z.File) == 0 {
		return false
	}
	length := func(at int) int64 { return int64(data[at]) | int64(data[at+1])<<8 }
	first := 30 + length(26) + length(28) // behind the header, the name and the extra field
	for _, f := range z.File[:min(len(z.File), maxParts)] {
		if offset, err := f.DataOffset(); err == nil && offset == first {
			return true
		}
	}
	return false
}

// kindOfZip refuses zip files that are no workbooks of this kind.
func kindOfZip(z *zip.Reader) *FileError {
	has := func(name string) bool {
		for _, f := range z.File {
			if strings.EqualFold(f.Name, name) {
				return true
			}
		}
		return false
	}
	switch {
	case len(z.File) > maxParts:
		return &FileError{Reason: "this zip file holds more files than a spreadsheet", Fix: "export the results as CSV"}
	case has("xl/workbook.xml"):
		return nil
	case has("xl/workbook.bin"):
		return &FileError{Reason: "this looks like a binary Excel file (xlsb)", Fix: "save it as xlsx or CSV"}
	case has("content.xml"):
		return &FileError{Reason: "this looks like an OpenDocument file (ods)", Fix: "save it as xlsx or CSV"}
	case has("word/document.xml"):
		return &FileError{Reason: "this looks like a Word document", Fix: "export the results as CSV"}
	}
	return &FileError{Reason: "this is a zip file, not a spreadsheet", Fix: "unpack it, or export the results as CSV"}
}

// checkPart unpacks one file and returns its size. XML must be well-formed to its end.
func checkPart(f *zip.File, left int64, scan *workbookScan) (int64, *FileError) {
	tooBig := &FileError{Reason: "this spreadsheet unpacks to more than 64 MiB", Fix: "export the results as CSV"}
	if f.UncompressedSize64 > uint64(left) {
		return 0, tooBig
	}
	if f.Flags&1 != 0 {
		return 0, &FileError{Reason: "this zip file is encrypted", Fix: "save it without a password"}
	}
	r, err := f.Open()
	if err != nil {
		return 0, broken("xlsx", 0)
	}
	defer r.Close()
	part, err := io.ReadAll(io.LimitReader(r, left+1))
	switch {
	case int64(len(part)) > left:
		return 0, tooBig
	case err != nil:
		return 0, broken("xlsx", 0)
	}
	if !isXML(f.Name, part) {
		return int64(len(part)), nil
	}
	return int64(len(part)), checkXML(part, scan)
}

// isXML reports whether a part is read as XML: by its name, or because it could be a worksheet by any other name.
func isXML(name string, part []byte) bool {
	name = strings.ToLower(name)
	if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
		return true
	}
	switch xmlRoot(bytes.TrimPrefix(part, []byte("\xEF\xBB\xBF"))) {
	case "worksheet", "workbook", "styleSheet", "sst":
		return true
	}
	return false
}

// checkXML refuses a part that is not well-formed, nests too deeply, is not in UTF-8 or is more than a spreadsheet
// program writes.
func checkXML(part []byte, scan *workbookScan) *FileError {
	part = bytes.TrimPrefix(part, []byte("\xEF\xBB\xBF"))
	if label := declaredEncoding(part); label != "" && !strings.EqualFold(label, "utf-8") {
		return broken("xlsx", 0)
	}
	if err := walkXML(part, scan); err != nil {
		return broken("xlsx", 0)
	}
	return scan.refused()
}
