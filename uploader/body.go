package uploader

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"finishwatch/state"
)

// Form says how batches are written down.
type Form struct {
	IgnoreUnknowns bool   // the server drops bibs that are not in the start list, silently
	Compress       string // auto, always, never
}

// compressFrom is the size in bytes from which zlib is worth it.
const compressFrom = 1024

// payload is one unit as OpenTrack's documentation (roadxc_upload) has it.
type payload struct {
	EventID string     `json:"eventid"`
	Round   int        `json:"round"`
	Heat    int        `json:"heat"`
	Mode    state.Mode `json:"mode"`
	// The documentation has the text "True". Nothing else is ever sent: without the key unknown bibs stay.
	IgnoreUnknowns string      `json:"ignore_unknowns,omitempty"`
	Name           *string     `json:"name,omitempty"`
	Note           *string     `json:"note,omitempty"`
	Data           [][2]string `json:"data,omitempty"`
}

// JSON returns the batches as the text that is sent: one object for one batch, a list for several; ASCII only.
func (f Form) JSON(batches []state.Batch) ([]byte, error) {
	payloads := make([]payload, 0, len(batches))
	for _, b := range batches {
		payloads = append(payloads, f.payload(b))
	}
	var value any = payloads
	if len(payloads) == 1 {
		value = payloads[0]
	}
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("write batches as JSON: %w", err)
	}
	return ascii(text), nil
}

func (f Form) payload(b state.Batch) payload {
	p := payload{EventID: b.Unit.Event, Round: b.Unit.Round, Heat: b.Unit.Heat, Mode: b.Mode}
	if f.IgnoreUnknowns {
		p.IgnoreUnknowns = "True"
	}
	if b.Attributes != nil {
		p.Name, p.Note = &b.Attributes.Name, &b.Attributes.Note
	}
	for _, row := range b.Rows {
		p.Data = append(p.Data, [2]string{string(row.Bib), row.Mark.String()})
	}
	return p
}

// Body returns the bytes of the request: the JSON, or the same compressed (RFC 1950, as documented; the server tells
// them apart by the content).
func (f Form) Body(batches []state.Batch) ([]byte, error) {
	text, err := f.JSON(batches)
	if err != nil || f.Compress == "never" || f.Compress != "always" && len(text) < compressFrom {
		return text, err
	}
	var small bytes.Buffer
	w := zlib.NewWriter(&small)
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("compress batches: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress batches: %w", err)
	}
	return small.Bytes(), nil
}

// ascii writes every character beyond ASCII as its JSON escape, so that no proxy and no guess about encodings can
// change a bib.
func ascii(text []byte) []byte {
	if isASCII(text) {
		return text
	}
	out := make([]byte, 0, len(text)+len(text)/4)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
