package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Unit is eventid, round and heat: one race in OpenTrack's event grid.
type Unit struct {
	Event string `json:"eventid"`
	Round int    `json:"round"`
	Heat  int    `json:"heat"`
}

// String prints a Unit as R1/1/1.
func (u Unit) String() string {
	return u.Event + "/" + strconv.Itoa(u.Round) + "/" + strconv.Itoa(u.Heat)
}

// Entry is one upload that was carried out, as it was sent.
type Entry struct {
	Time time.Time `json:"time"`
	// Status is what the client saw; 0 when the connection was cut after the upload was carried out.
	Status int `json:"status"`
	// Bytes is the size of the body on the wire, Compressed whether that was zlib.
	Bytes      int     `json:"bytes"`
	Compressed bool    `json:"compressed"`
	Batches    []Batch `json:"batches"`
}

// Batch is one object of an upload: one Unit and one Mode. A list whose end was refused (Options.PartialList) is here
// with the objects that were carried out.
type Batch struct {
	Unit
	Mode string `json:"mode"`
	// IgnoreUnknowns is whether ignore_unknowns was sent.
	IgnoreUnknowns bool `json:"ignore_unknowns,omitempty"`
	// Name and Note are the attributes; nil when not sent.
	Name *string `json:"name,omitempty"`
	Note *string `json:"note,omitempty"`
	// Rows are pairs of bib and mark; nil when data was not sent.
	Rows [][2]string `json:"data,omitempty"`
}

// asSent is the batch for the journal.
func (b checkedBatch) asSent() Batch {
	sent := Batch{Unit: b.unit, Mode: b.mode, IgnoreUnknowns: b.ignoreUnknowns, Name: b.name, Note: b.note}
	if b.hasRows {
		sent.Rows = make([][2]string, len(b.rows))
	}
	for i, row := range b.rows {
		sent.Rows[i] = [2]string{row.sent, row.mark.sent}
	}
	return sent
}

// Journal is every upload that was carried out, oldest first, also those whose answer was lost. The caller must not
// change the rows.
func (s *Server) Journal() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// JournalFrom is the journal without its first n entries.
func (s *Server) JournalFrom(n int) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal[min(n, len(s.journal)):])
}

// showJournal answers GET /sandbox/journal: the journal as JSON lines.
func (s *Server) showJournal(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	encoder := json.NewEncoder(w)
	for _, entry := range s.Journal() {
		if encoder.Encode(entry) != nil {
			return
		}
	}
}
