package parse

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Documents are read whole or not at all: the end of one can say what the beginning meant, and a torn one has no last
// line to leave out.

const (
	// maxDepth is far deeper than any export nests its elements or groups.
	maxDepth = 64
	// maxElementText bounds the text of an element in bytes. What is longer is no bib, no time and no name of a class.
	maxElementText = 1024
	// maxRecords bounds the results, entrants or rows of a document, all of which are in memory at once. The largest
	// races have some sixty thousand.
	maxRecords = 1 << 20
	// rootWithin is how far into a document its first element is looked for.
	rootWithin = 64 << 10
)

// incomplete refuses a document that ends too early. It is written again soon.
func incomplete() *FileError {
	return &FileError{
		Reason: "this document is not complete yet",
		Fix:    "wait until the timing program has written it; if it stays so, export it again",
	}
}

// tooLarge refuses a document with more than [maxRecords] rows, or cells of more than [maxSheetCells].
func tooLarge() *FileError {
	return &FileError{Reason: "this document has more than a million rows", Fix: "export one race by itself"}
}

// broken refuses a document that breaks the rules of its language.
func broken(language string, line int) *FileError {
	reason := "this " + language + " document is broken"
	if line > 0 {
		reason += " at line " + strconv.Itoa(line)
	}
	return &FileError{Reason: reason, Fix: "export it again"}
}

// documentKind returns the name of the document format that a file surely is of, empty for text.
func documentKind(d *decoded) string {
	switch {
	case recogniseIOF(d):
		return "iof"
	case recogniseClax(d):
		return "clax"
	case recogniseRaceResult(d):
		return "raceresult-json"
	case recogniseXLSX(d):
		return "xlsx"
	}
	return ""
}

// anotherDocument refuses a document where the race says that the file is of another format: read as rows, a line of
// it may look like one.
func anotherDocument(d *decoded, format string) *FileError {
	kind := documentKind(d)
	if kind == "" || kind == format {
		return nil
	}
	return &FileError{
		Reason: "this looks like " + kind + ", not " + format,
		Fix:    `set format = "auto" or format = "` + kind + `"`,
	}
}

// xmlRoot returns the name of the first element without its prefix, empty where it is not there as a whole.
func xmlRoot(text []byte) string {
	text = text[:min(len(text), rootWithin)]
	for {
		text = trim(text)
		end := ""
		switch {
		case bytes.HasPrefix(text, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(text, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(text, []byte("<!")):
			end = ">"
			if i := bytes.IndexAny(text, "[>"); i >= 0 && text[i] == '[' {
				end = "]>"
			}
		case len(text) > 0 && text[0] == '<':
			return rootName(text[1:])
		}
		_, rest, ok := bytes.Cut(text, []byte(end))
		if end == "" || !ok {
			return ""
		}
		text = rest
	}
}

func rootName(text []byte) string {
	i := bytes.IndexAny(text, " \t\r\n/>")
	if i < 0 {
		return ""
	}
	name := string(text[:i])
	if _, local, ok := strings.Cut(name, ":"); ok {
		return local
	}
	return name
}

// xmlText makes the text UTF-8 by what the document declares. Text that is UTF-8 already stays what it is: some
// programs declare one encoding and write the other.
func xmlText(d *decoded, rules *Rules) *FileError {
	if !automatic(rules.Encoding) || utf8.Valid(d.data) {
		return nil
	}
	label := declaredEncoding(d.data)
	if label == "" || strings.HasPrefix(strings.ToLower(label), "utf") {
		d.data, _ = charmap.Windows1252.NewDecoder().Bytes(d.data)
		d.name = "windows-1252"
		return nil
	}
	named, err := decodeAs(d.data, label)
	if err != nil {
		return err
	}
	d.data, d.name = named.data, named.name
	return nil
}

// declaredEncoding returns what <?xml … encoding="…"?> says.
func declaredEncoding(text []byte) string {
	declaration, _, ok := bytes.Cut(text[:min(len(text), 256)], []byte("?>"))
	if !ok || !bytes.HasPrefix(trim(declaration), []byte("<?xml")) {
		return ""
	}
	_, after, _ := bytes.Cut(declaration, []byte("encoding"))
	after = bytes.TrimLeft(after, " \t\r\n=")
	if len(after) == 0 || after[0] != '"' && after[0] != '\'' {
		return ""
	}
	label, _, _ := bytes.Cut(after[1:], after[:1])
	return string(label)
}

// xmlVisitor is told about every element of a document. The path holds the names down to the element itself and is
// overwritten afterwards.
type xmlVisitor interface {
	open(path []string, attrs []xml.Attr)
	close(path []string, text string)
}

// xmlCounter is a visitor that is told how much text stands in an element as well.
type xmlCounter interface {
	chars(path []string, n int)
}

// attr returns the value of an attribute without the blanks around it. One of another name space is another attribute.
func attr(attrs []xml.Attr, name string) string {
	i := slices.IndexFunc(attrs, func(a xml.Attr) bool { return a.Name.Local == name && a.Name.Space == "" })
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(attrs[i].Value)
}

// under reports whether a path ends in these names.
func under(path []string, names ...string) bool {
	return len(path) >= len(names) && slices.Equal(path[len(path)-len(names):], names)
}

// walkXML reads a document to its end. Nothing that the visitor was told counts where it returns an error.
func walkXML(data []byte, v xmlVisitor) *FileError {
	w := xmlWalk{visitor: v, decoder: xml.NewDecoder(bytes.NewReader(data))}
	w.counter, _ = v.(xmlCounter)
	w.decoder.Entity = xml.HTMLEntity // some programs write &nbsp; without saying what it is
	// The text is UTF-8 by now, whatever the document declares.
	w.decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for {
		token, err := w.decoder.Token()
		if errors.Is(err, io.EOF) && w.ended {
			return nil
		}
		if err != nil {
			return w.stopped(err)
		}
		if refused := w.take(token); refused != nil {
			return refused
		}
	}
}

type xmlWalk struct {
	visitor xmlVisitor
	counter xmlCounter // or nil
	decoder *xml.Decoder
	path    []string
	texts   [][]byte // that stand directly in the elements of the path
	ended   bool     // the root was closed
}

func (w *xmlWalk) line() int {
	line, _ := w.decoder.InputPos()
	return line
}

// stopped says why a document cannot be read on.
func (w *xmlWalk) stopped(err error) *FileError {
	broke, syntax := errors.AsType[*xml.SyntaxError](err)
	switch {
	case syntax && broke.Msg != "unexpected EOF":
		refused := broken("XML", broke.Line)
		refused.Reason += ": " + clean(broke.Msg) // such as an & in a name
		return refused
	case syntax, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return incomplete()
	}
	return broken("XML", w.line()) // such as a version of XML that nobody writes
}

func (w *xmlWalk) take(token xml.Token) *FileError {
	switch t := token.(type) {
	case xml.StartElement:
		return w.open(t)
	case xml.EndElement:
		last := len(w.path) - 1
		w.visitor.close(w.path, strings.TrimSpace(string(w.texts[last])))
		w.path, w.texts = w.path[:last], w.texts[:last]
		w.ended = last == 0
	case xml.CharData:
		return w.text(t)
	case xml.Directive:
		// Entities could make a small document huge, or take in another file.
		if bytes.Contains(bytes.ToUpper(t), []byte("<!ENTITY")) {
			return &FileError{Reason: "this XML document declares entities, which no export does", Fix: "export it again"}
		}
	}
	return nil
}

func (w *xmlWalk) open(t xml.StartElement) *FileError {
	if w.ended || len(w.path) >= maxDepth || twice(t.Attr) {
		return broken("XML", w.line())
	}
	w.path = append(w.path, t.Name.Local)
	w.texts = append(w.texts, nil)
	w.visitor.open(w.path, t.Attr)
	return nil
}

// twice reports whether an attribute stands twice in one element: it could be read either way. The decoder does not
// mind. Wiclax writes two attributes for each lap, so that there may be hundreds.
func twice(attrs []xml.Attr) bool {
	const few = 24
	if len(attrs) > few {
		seen := make(map[xml.Name]bool, len(attrs))
		for _, a := range attrs {
			if seen[a.Name] {
				return true
			}
			seen[a.Name] = true
		}
		return false
	}
	for i, a := range attrs {
		if slices.ContainsFunc(attrs[:i], func(b xml.Attr) bool { return a.Name == b.Name }) {
			return true
		}
	}
	return false
}

// text keeps what stands directly in an element. A text that is too long is marked, so that its beginning is not
// taken for the whole.
func (w *xmlWalk) text(t xml.CharData) *FileError {
	if len(w.path) == 0 {
		if len(trim(t)) > 0 {
			return broken("XML", w.line())
		}
		return nil
	}
	if w.counter != nil {
		w.counter.chars(w.path, len(t))
	}
	last := len(w.path) - 1
	switch had := len(w.texts[last]); {
	case had > maxElementText:
	case had+len(t) > maxElementText:
		w.texts[last] = append(w.texts[last], strings.Repeat("…", maxElementText)...)
	default:
		w.texts[last] = append(w.texts[last], t...)
	}
	return nil
}
