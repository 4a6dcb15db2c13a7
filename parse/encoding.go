package parse

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// firstLineBytes bounds what decides whether a file without a byte order mark is UTF-16 or no text at all. Only the
// first line is looked at: no row can be published before it is complete, so a growing file never changes its mind.
const firstLineBytes = 4096

// decoded is the content of an export as bytes whose delimiters, digits and line ends are ASCII.
type decoded struct {
	data []byte
	name string // for Reading.Encoding

	// fallback is set where nothing but guessing says the encoding: then a line that is not UTF-8 is windows-1252.
	// It is decided line by line, because a program that changes its encoding in the middle of a file exists, and
	// because a line that stands further down must not change how those above it were read.
	fallback bool
	verbatim bool // data is the end of the file's bytes as they are

	kept   *kept   // nil where nobody asks for accounts
	survey *survey // what is in the columns, where somebody asked for it
}

// KnownEncoding reports whether name can stand in a race's encoding: "", "auto", "utf-16" or any WHATWG label such as
// "utf-8", "windows-1252", "iso-8859-15".
func KnownEncoding(name string) bool {
	if automatic(name) {
		return true
	}
	_, err := encodingNamed(name)
	return err == nil
}

func automatic(name string) bool {
	return name == "" || strings.EqualFold(name, "auto")
}

func encodingNamed(name string) (encoding.Encoding, error) {
	return htmlindex.Get(strings.TrimSpace(name))
}

// decode finds out the encoding and returns text. A character that is cut off at the end of the data is at most a
// replacement character in the last line.
func decode(data []byte, name string) (decoded, *FileError) {
	if !automatic(name) {
		return decodeAs(data, name)
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		return decoded{data: data[3:], name: "utf-8", fallback: true, verbatim: true}, nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return fromUTF16(data[2:], unicode.LittleEndian), nil
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return fromUTF16(data[2:], unicode.BigEndian), nil
	}
	switch endianness(data) {
	case 'l':
		return fromUTF16(data, unicode.LittleEndian), nil
	case 'b':
		return fromUTF16(data, unicode.BigEndian), nil
	}
	return decoded{data: data, name: eightBitName(data), fallback: true, verbatim: true}, nil
}

// eightBitName is only for people: what most of the file is in. The last bytes may be a cut character.
func eightBitName(data []byte) string {
	for range utf8.UTFMax {
		if utf8.Valid(data) {
			return "utf-8"
		}
		if len(data) == 0 || data[len(data)-1] < utf8.RuneSelf {
			break
		}
		data = data[:len(data)-1]
	}
	return "windows-1252"
}

func decodeAs(data []byte, name string) (decoded, *FileError) {
	enc, err := encodingNamed(name)
	if err != nil {
		return decoded{}, &FileError{
			Reason: "the encoding " + quote(name) + " is not known",
			Fix:    `set encoding = "auto", "utf-8", "utf-16" or "windows-1252"`,
		}
	}
	label, _ := htmlindex.Name(enc)
	switch label {
	case "utf-8":
		return decoded{data: bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), name: label, verbatim: true}, nil
	case "utf-16le", "utf-16be":
		return decodeUTF16As(data, label), nil
	}
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return decoded{}, &FileError{
			Reason: "the file is not " + clean(label),
			Fix:    `set encoding = "auto" or name another encoding`,
		}
	}
	return decoded{data: text, name: label}, nil
}

// decodeUTF16As believes a byte order mark more than the label, because "utf-16" is what people write for both.
func decodeUTF16As(data []byte, label string) decoded {
	switch {
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return fromUTF16(data[2:], unicode.BigEndian)
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return fromUTF16(data[2:], unicode.LittleEndian)
	case label == "utf-16be" || endianness(data) == 'b':
		return fromUTF16(data, unicode.BigEndian)
	}
	return fromUTF16(data, unicode.LittleEndian)
}

// fromUTF16 leaves out half a unit at the end.
func fromUTF16(data []byte, order unicode.Endianness) decoded {
	name := "utf-16le"
	if order == unicode.BigEndian {
		name = "utf-16be"
	}
	data = data[:len(data)&^1]
	// The decoder replaces what it cannot read, so that there is no error to handle.
	text, _ := unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Bytes(data)
	return decoded{data: text, name: name}
}

// endianness says whether the first line is UTF-16 without a byte order mark: 'l', 'b', or 0 for neither. A NUL at
// odd places only, and one behind the first line end, is what ASCII letters look like in little endian.
func endianness(data []byte) byte {
	head := data[:min(len(data), firstLineBytes)]
	end := bytes.IndexAny(head, "\r\n")
	little, big := true, true
	if end >= 0 {
		little, big = end&1 == 0, end&1 == 1
		head = head[:min(end+2, len(head))]
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	// One NUL is a torn write. Of UTF-16 the digits and the delimiters have one each, whatever the language.
	few := len(head) / 16
	switch {
	case little && zeros[1] > few && zeros[0] == 0:
		return 'l'
	case big && zeros[0] > few && zeros[1] == 0:
		return 'b'
	}
	return 0
}

// text returns bytes of a line as text, where line decides whether they are UTF-8.
func (d *decoded) text(b, line []byte) string {
	switch {
	case !d.fallback, ascii(b), utf8.Valid(line):
		return string(b)
	}
	s, _ := charmap.Windows1252.NewDecoder().Bytes(b)
	return string(s)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
