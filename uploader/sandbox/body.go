package sandbox

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
)

// isZlib tells a compressed body as OpenTrack does: by its first byte.
func isZlib(raw []byte) bool { return len(raw) > 0 && raw[0] == 0x78 }

// plainBody inflates a compressed body, within a bound, and refuses what is not ASCII.
func plainBody(raw []byte, bound int64) ([]byte, error) {
	if isZlib(raw) {
		var err error
		if raw, err = inflate(raw, bound); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(raw, func(b byte) bool { return b >= 0x80 }) {
		return nil, refuse("the body is neither zlib nor ASCII JSON: gzip and raw deflate are not known here, " +
			"and letters beyond ASCII are written \\u00e9")
	}
	return raw, nil
}

// inflate undoes RFC 1950, up to bound bytes.
func inflate(raw []byte, bound int64) ([]byte, error) {
	source := bytes.NewReader(raw)
	reader, err := zlib.NewReader(source)
	if err != nil {
		return nil, refuse("the body begins as zlib does and is not: %v", err)
	}
	text, err := io.ReadAll(io.LimitReader(reader, bound+1))
	switch {
	case err != nil:
		return nil, refuse("the compressed body is damaged: %v", err)
	case int64(len(text)) > bound:
		return nil, &refusal{http.StatusRequestEntityTooLarge, "the body inflates beyond the bound"}
	case source.Len() > 0:
		return nil, refuse("%d bytes behind the end of the compressed body", source.Len())
	}
	return text, nil
}

// splitBody is the objects of a body that is one object or a list of them.
func splitBody(text []byte) ([][]byte, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || text[0] != '[' {
		return [][]byte{text}, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, refuse("JSON parse error - %v", err)
	}
	if len(list) == 0 {
		return nil, refuse("an empty list")
	}
	objects := make([][]byte, len(list))
	for i, raw := range list {
		objects[i] = raw
	}
	return objects, nil
}

// fieldsOf takes an object apart. encoding/json alone takes "EventID" for "eventid" and the last of two equal keys.
func fieldsOf(object []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, refuse("JSON parse error - expected an object with eventid, round, heat, mode, data")
	}
	fields := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, refuse("JSON parse error - %v", err)
		}
		name, _ := key.(string)
		if _, twice := fields[name]; twice {
			return nil, refuse("the key %q twice", name)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, refuse("JSON parse error - %v", err)
		}
		fields[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, refuse("JSON parse error - %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse("JSON parse error - something behind the object")
	}
	return fields, nil
}

// text reads a JSON string; false for anything else.
func text(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var value string
	err := json.Unmarshal(raw, &value)
	return value, err == nil
}

// strictly reads JSON into value and refuses keys it does not have.
func strictly(raw []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(value)
}
