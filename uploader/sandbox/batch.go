package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

// The modes of an upload (OpenTrack's documentation, roadxc_upload).
const (
	modeAppend  = "append"
	modeUpdate  = "update"
	modeReplace = "replace"
)

// checkedBatch is one object of an upload that can be applied.
type checkedBatch struct {
	unit           Unit
	mode           string
	name, note     *string
	ignoreUnknowns bool
	rows           []checkedRow
	hasRows        bool // data was there
}

// checkedRow is one pair of data.
type checkedRow struct {
	bib  string // as it is stored
	sent string // the bib as it was sent
	mark mark
}

// checkBatch reads one object and refuses what OpenTrack would refuse, or what a careful client never sends.
func (s *Server) checkBatch(object []byte) (b checkedBatch, err error) {
	fields, err := fieldsOf(object)
	if err != nil {
		return b, err
	}
	if err := knownKeys(fields); err != nil {
		return b, err
	}
	if b.unit, err = s.unitOf(fields); err != nil {
		return b, err
	}
	if b.mode, err = modeOf(fields); err != nil {
		return b, refuse("%s: %v", b.unit, err)
	}
	if err = b.readAttributes(fields); err != nil {
		return b, refuse("%s: %v", b.unit, err)
	}
	if err = s.readRows(&b, fields["data"]); err != nil {
		return b, refuse("%s: %v", b.unit, err)
	}
	return b, nil
}

// knownKeys refuses keys that the documentation does not have.
func knownKeys(fields map[string]json.RawMessage) error {
	known := []string{"eventid", "round", "heat", "mode", "ignore_unknowns", "name", "note", "data"}
	for key := range fields {
		if !slices.Contains(known, key) {
			return refuse("the key %q is not known", key)
		}
	}
	return nil
}

// unitOf reads eventid, which is text, and round and heat, which are numbers from 1.
func (s *Server) unitOf(fields map[string]json.RawMessage) (u Unit, err error) {
	event, ok := text(fields["eventid"])
	switch {
	case !ok:
		return u, refuse("eventid is missing or not text")
	case !s.knows(event):
		return u, refuse("event %q is not in the event grid", event)
	}
	u.Event = event
	if u.Round, err = number(fields, "round"); err != nil {
		return u, err
	}
	u.Heat, err = number(fields, "heat")
	return u, err
}

// number reads a whole number from 1.
func number(fields map[string]json.RawMessage, key string) (int, error) {
	raw := fields[key]
	var value int
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil || value < 1 {
		return 0, refuse("%s is missing or not a number from 1", key)
	}
	return value, nil
}

// modeOf reads the mode. What OpenTrack takes for a missing one is not known, so a missing one is refused.
func modeOf(fields map[string]json.RawMessage) (string, error) {
	mode, _ := text(fields["mode"])
	if !slices.Contains([]string{modeAppend, modeUpdate, modeReplace}, mode) {
		return "", refuse("mode is missing or none of append, update, replace")
	}
	return mode, nil
}

// readAttributes reads ignore_unknowns, name and note. OpenTrack tests the text of ignore_unknowns and not its truth,
// so every spelling but "True" is refused, false above all.
func (b *checkedBatch) readAttributes(fields map[string]json.RawMessage) error {
	if raw, sent := fields["ignore_unknowns"]; sent {
		if value, _ := text(raw); value != "True" {
			return refuse("ignore_unknowns is %s: it is the text \"True\", or is left out", raw)
		}
		b.ignoreUnknowns = true
	}
	for key, field := range map[string]**string{"name": &b.name, "note": &b.note} {
		if raw, sent := fields[key]; sent {
			value, ok := text(raw)
			if !ok {
				return refuse("%s is not text", key)
			}
			*field = &value
		}
	}
	return nil
}

// readRows reads data, which may be absent when only attributes change.
func (s *Server) readRows(b *checkedBatch, raw json.RawMessage) error {
	if raw == nil {
		if b.mode == modeReplace || b.name == nil && b.note == nil {
			return refuse("data is missing")
		}
		return nil
	}
	var rows [][]any
	if json.Unmarshal(raw, &rows) != nil || rows == nil {
		return refuse("data is not a list of pairs")
	}
	b.hasRows = true
	b.rows = make([]checkedRow, 0, len(rows))
	bibs := make(map[string]struct{}, len(rows))
	for i, cells := range rows {
		row, err := s.checkRow(b.unit.Event, cells)
		if err != nil {
			return refuse("row %d: %v", i+1, err)
		}
		if _, twice := bibs[row.bib]; twice {
			return refuse("row %d: bib %s is there twice", i+1, row.bib)
		}
		bibs[row.bib] = struct{}{}
		b.rows = append(b.rows, row)
	}
	return nil
}

// checkRow reads one row: bib and mark, both text.
func (s *Server) checkRow(event string, cells []any) (checkedRow, error) {
	if len(cells) != 2 {
		return checkedRow{}, refuse("%d cells: a row is bib and time", len(cells))
	}
	bib, isText := cells[0].(string)
	sent, alsoText := cells[1].(string)
	switch {
	case !isText || !alsoText:
		return checkedRow{}, refuse("a cell is not text")
	case bib == "" || bib != strings.TrimSpace(bib):
		return checkedRow{}, refuse("bib %q is empty or has a space around it", bib)
	case slices.Contains(s.opts.RefuseCodes, sent):
		return checkedRow{}, refuse("bib %s: %s is not taken here", bib, sent)
	}
	m, err := readMark(sent, slices.Contains(s.opts.MinutesOnly, event))
	if err != nil {
		return checkedRow{}, refuse("bib %s: %q: %v", bib, sent, err)
	}
	return checkedRow{bib: s.bib(bib), sent: bib, mark: m}, nil
}

// bib is a bib as it is stored.
func (s *Server) bib(sent string) string {
	if s.opts.FoldZeros && strings.Trim(sent, "0123456789") == "" {
		return or(strings.TrimLeft(sent, "0"), "0")
	}
	return sent
}
