package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// jsonObject returns the text from the brace that opens it, where the text begins with one, or with the call of a
// function around one (JSONP); else nothing.
func jsonObject(text []byte) (object []byte, call bool) {
	text = trim(text)
	if bytes.HasPrefix(text, []byte("/*")) {
		_, after, _ := bytes.Cut(text, []byte("*/"))
		text = trim(after)
	}
	if bytes.HasPrefix(text, []byte("typeof ")) { // … cb === 'function' && cb({…})
		_, after, _ := bytes.Cut(text[:min(len(text), 256)], []byte("&&"))
		text = trim(text[min(len(text), 256)-len(after):])
	}
	at := 0
	for at < len(text) && at < 128 && callName(text[at]) {
		at++
	}
	if call = at > 0; call {
		if at == len(text) || text[at] != '(' {
			return nil, false
		}
		text = trim(text[at+1:])
	}
	if len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	return text, call
}

func callName(c byte) bool {
	return c == '_' || c == '$' || c == '.' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// readAnswer reads a document to its end. Groups keep the order of the document, which a map would not.
func readAnswer(text []byte) (*rrAnswer, *FileError) {
	object, call := jsonObject(text)
	if object == nil {
		return nil, incomplete()
	}
	source := bytes.NewReader(object)
	r := &jsonReader{source: source, decoder: json.NewDecoder(source), answer: &rrAnswer{}}
	r.decoder.UseNumber()
	err := r.document()
	if err == nil {
		err = r.end(call)
	}
	switch {
	case err == nil:
		return r.answer, nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, incomplete()
	case errors.Is(err, errMany):
		return nil, tooLarge()
	case errors.Is(err, errJSON):
		return nil, &FileError{
			Reason: "this JSON is not what a list of RACE RESULT looks like",
			Fix:    "give the answer of a RACE RESULT list, or export the results as CSV",
		}
	}
	return nil, broken("JSON", 0)
}

// jsonReader takes what it knows out of a document and skips the rest.
type jsonReader struct {
	source  io.Reader
	decoder *json.Decoder
	answer  *rrAnswer
	depth   int
	cells   int // of all rows
}

var (
	errJSON = errors.New("not what a list holds")
	errMany = errors.New("too much for a list")
)

// end checks that nothing but the closing of a call stands behind the object.
func (r *jsonReader) end(call bool) error {
	rest, err := io.ReadAll(io.LimitReader(io.MultiReader(r.decoder.Buffered(), r.source), maxLine))
	if err != nil {
		return err
	}
	behind := strings.Join(strings.Fields(string(rest)), "")
	switch {
	case !call && behind == "", call && (behind == ")" || behind == ");"):
		return nil
	case call && behind == "":
		return io.ErrUnexpectedEOF
	}
	return errors.New("text behind the document")
}

// document reads the outermost object.
func (r *jsonReader) document() error {
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	return r.object(token, func(key string) error {
		switch key {
		case "list":
			return r.list()
		case "data":
			return r.data(nil)
		case "error", "Error":
			text, _, err := r.cell()
			r.answer.problem = text
			return err
		}
		return r.column(key)
	})
}

// list reads the object that describes the list.
func (r *jsonReader) list() error {
	token, err := r.decoder.Token()
	if err != nil || token == nil {
		return err
	}
	return r.object(token, r.column)
}

// column reads what names the columns, and skips what does not.
func (r *jsonReader) column(key string) error {
	switch key {
	case "Fields":
		r.answer.fields = nil
		return r.array(r.field)
	case "DataFields":
		r.answer.dataFields = nil
		return r.array(func() error {
			text, _, err := r.cell()
			r.answer.dataFields = append(r.answer.dataFields, text)
			return err
		})
	}
	var ignored json.RawMessage // the decoder bounds its depth
	return r.decoder.Decode(&ignored)
}

// field reads a column that people see.
func (r *jsonReader) field() error {
	var field struct{ Expression, Label string }
	err := r.decoder.Decode(&field)
	r.answer.fields = append(r.answer.fields, rrColumn{expression: field.Expression, label: field.Label})
	return err
}

// object reads the members of an object whose brace was read. A name that stands twice could be read either way.
func (r *jsonReader) object(brace json.Token, member func(key string) error) error {
	if r.depth++; brace != json.Delim('{') || r.depth > maxDepth {
		return errJSON
	}
	seen := map[string]bool{}
	for r.decoder.More() {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		if seen[key] {
			return errJSON
		}
		seen[key] = true
		if err := member(key); err != nil {
			return err
		}
	}
	return r.leave()
}

// array reads an array.
func (r *jsonReader) array(element func() error) error {
	token, err := r.decoder.Token()
	if err != nil {
		return err
	}
	return r.elements(token, element)
}

// elements reads an array whose bracket was read.
func (r *jsonReader) elements(bracket json.Token, element func() error) error {
	if r.depth++; bracket != json.Delim('[') || r.depth > maxDepth {
		return errJSON
	}
	for r.decoder.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return r.leave()
}

// leave reads the bracket that closes an object or array.
func (r *jsonReader) leave() error {
	r.depth--
	_, err := r.decoder.Token()
	return err
}

// data reads rows, or groups of rows under headings such as "#1_10 km".
func (r *jsonReader) data(groups []string) error {
	token, err := r.decoder.Token()
	switch {
	case err != nil || token == nil:
		return err
	case token == json.Delim('['):
		return r.elements(token, func() error { return r.row(groups) })
	}
	return r.object(token, func(key string) error {
		return r.data(append(groups[:len(groups):len(groups)], groupName(key)))
	})
}

// groupName leaves out the counter in front of a group's name.
func groupName(key string) string {
	counter, name, ok := strings.Cut(key, "_")
	if ok && len(counter) > 1 && counter[0] == '#' && digits([]byte(counter[1:])) {
		return name
	}
	return key
}

// row reads one row.
func (r *jsonReader) row(groups []string) error {
	row := rrRow{groups: groups}
	err := r.array(func() error {
		text, plain, err := r.cell()
		row.cells = append(row.cells, text)
		row.odd = row.odd || !plain
		return err
	})
	r.answer.rows = append(r.answer.rows, row)
	r.cells += len(row.cells)
	if len(r.answer.rows) > maxRecords || r.cells > maxSheetCells {
		return errMany
	}
	return err
}

// cell reads a value as text. An object or array is none.
func (r *jsonReader) cell() (text string, plain bool, err error) {
	token, err := r.decoder.Token()
	switch t := token.(type) {
	case string:
		return strings.TrimSpace(t), true, err
	case json.Number:
		return strings.TrimSuffix(t.String(), ".0"), true, err // 349.0 is how some programs write 349
	case bool:
		if t {
			return "1", true, err
		}
	case json.Delim:
		return "", false, r.skip()
	}
	return "", true, err
}

// skip reads on to the end of the object or array that was opened last.
func (r *jsonReader) skip() error {
	for depth := 1; depth > 0; {
		token, err := r.decoder.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}
