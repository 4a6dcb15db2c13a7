package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Row is one line of a Unit's page.
type Row struct {
	Bib string
	// Mark is the text that was sent; empty for a starter without a result.
	Mark string
	// Shown is the mark as the page and the read-back show it: 14:25.10 shows as 14:25.1, and 59.5 as 59:05.
	Shown string
	// Place is the place on the page, from 1; 0 for a code or no result.
	Place int
	// Unknown is an athlete who is not in the start list there is.
	Unknown bool
	// First is when the bib first had a result, Changed when the mark last changed; zero for a starter without one.
	First, Changed time.Time
}

// UnitState is one Unit with its attributes.
type UnitState struct {
	Unit
	Name string `json:"name"`
	Note string `json:"note"`
	// Revision grows by one with each upload that changed something on the Unit's page.
	Revision int `json:"revision"`
	// Rows are the lines of its page, Results those that have a mark.
	Rows    int `json:"rows"`
	Results int `json:"results"`
}

// Rows is what a Unit's page shows, in page order: times, then codes, then starters without a result.
func (s *Server) Rows(event string, round, heat int) []Row {
	_, rows := s.look(Unit{event, round, heat})
	return rows
}

// Units are the Units that exist: round 1 heat 1 of each event, and whatever was uploaded, in the order of the grid.
func (s *Server) Units() []UnitState {
	s.mu.Lock()
	keys := slices.Collect(maps.Keys(s.units))
	s.mu.Unlock()
	for _, event := range s.opts.Events {
		if first := (Unit{event, 1, 1}); !slices.Contains(keys, first) {
			keys = append(keys, first)
		}
	}
	slices.SortFunc(keys, s.compareUnits)
	states := make([]UnitState, len(keys))
	for i, key := range keys {
		states[i], _ = s.look(key)
	}
	return states
}

// compareUnits orders by the event grid, then by name, round and heat.
func (s *Server) compareUnits(a, b Unit) int {
	place := func(u Unit) uint { return uint(slices.Index(s.opts.Events, u.Event)) } // -1 becomes the last
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Event, b.Event),
		cmp.Compare(a.Round, b.Round), cmp.Compare(a.Heat, b.Heat))
}

// look is one Unit as it is at this moment.
func (s *Server) look(key Unit) (UnitState, []Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.units[key]
	if u == nil { // looking makes nothing
		u = s.newUnit(key)
	}
	state := UnitState{Unit: key, Name: u.name, Note: u.note, Revision: u.revision, Rows: len(u.arrived)}
	rows := make([]Row, 0, len(u.arrived))
	for _, r := range u.inPageOrder(s.opts.ArrivalOrder) {
		row := Row{Bib: r.bib, Mark: r.mark.sent, Shown: r.mark.shown, Unknown: !r.listed}
		if r.mark.sent != "" {
			state.Results++
			row.First, row.Changed = r.first, r.changed
		}
		if r.mark.rank() == 0 {
			row.Place = len(rows) + 1
		}
		rows = append(rows, row)
	}
	return state, rows
}

// Seed puts rows of bib and mark on a Unit's page as an update that somebody else sent: nothing is journaled.
func (s *Server) Seed(event string, round, heat int, rows ...[2]string) error {
	if !s.knows(event) || round < 1 || heat < 1 {
		return fmt.Errorf("sandbox: seed %s: not in the event grid", Unit{event, round, heat})
	}
	batch := checkedBatch{unit: Unit{event, round, heat}, mode: modeUpdate}
	for _, cells := range rows {
		row, err := s.checkRow(event, []any{cells[0], cells[1]})
		if err != nil {
			return fmt.Errorf("sandbox: seed %s: %w", batch.unit, err)
		}
		batch.rows = append(batch.rows, row)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stirred()
	s.unit(batch.unit).apply(batch, s.rules(batch), time.Now())
	return nil
}

// seedRows answers POST /sandbox/rows?event=R1&round=1&heat=1 (round and heat are 1 when left out).
func (s *Server) seedRows(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query() // not the form: the body may be sent as one, and is JSON all the same
	round, heat := atoi(query.Get("round")), atoi(query.Get("heat"))
	var rows [][2]string
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.opts.MaxBody))
	if err == nil {
		err = json.Unmarshal(body, &rows)
	}
	if err == nil {
		err = s.Seed(query.Get("event"), round, heat, rows...)
	}
	if err != nil {
		detail(http.StatusBadRequest, err.Error()).write(w)
		return
	}
	jsonAnswer(http.StatusOK, map[string]int{"rows": len(rows)}).write(w)
}

// atoi is a number from an address: 1 when it is left out, 0 when it is none.
func atoi(text string) int {
	number, _ := strconv.Atoi(or(text, "1"))
	return number
}

// showUnits answers GET /sandbox/units.
func (s *Server) showUnits(w http.ResponseWriter, _ *http.Request) {
	jsonAnswer(http.StatusOK, s.Units()).write(w)
}
