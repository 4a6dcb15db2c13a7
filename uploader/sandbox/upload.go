package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// upload answers PUT /api/YEAR/COUNTRY/SLUG/roadxc_upload/ (OpenTrack's documentation, roadxc_upload).
func (s *Server) upload(r *http.Request, f Fault) answer {
	switch {
	case !s.here(r):
		return detail(http.StatusNotFound, "Not found.")
	case s.opts.NoRights:
		return permissionDenied()
	case s.opts.Closed:
		return s.refused(refuse("this competition is closed: results can no longer be changed"))
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return s.refused(err)
	}
	batches, err := s.readUpload(r, raw)
	if err != nil && (!s.opts.PartialList || len(batches) == 0) {
		return s.refused(err)
	}
	done := s.carryOut(batches, err, f, len(raw), isZlib(raw))
	if done != nil {
		return s.refused(done)
	}
	return s.success(len(batches))
}

// here tells whether the address of r is that of the one competition.
func (s *Server) here(r *http.Request) bool {
	return r.PathValue("year")+"/"+r.PathValue("country")+"/"+r.PathValue("slug") == s.opts.Competition
}

// readUpload is the batches of a body. Together with an error it is those before the object that is refused.
func (s *Server) readUpload(r *http.Request, raw []byte) ([]checkedBatch, error) {
	if r.Header.Get("Content-Encoding") != "" {
		return nil, refuse("a Content-Encoding header: compressed bodies are told by their first byte alone")
	}
	text, err := plainBody(raw, s.opts.MaxBody)
	if err != nil {
		return nil, err
	}
	objects, err := splitBody(text)
	if err != nil {
		return nil, err
	}
	return s.checkBatches(objects)
}

// checkBatches checks objects in turn until one is refused.
func (s *Server) checkBatches(objects [][]byte) (batches []checkedBatch, err error) {
	rows := 0
	for i, object := range objects {
		batch, err := s.checkBatch(object)
		if err != nil && len(objects) > 1 {
			return batches, fmt.Errorf("object %d of the list: %w", i+1, err)
		}
		if err != nil {
			return batches, err
		}
		if rows += len(batch.rows); s.opts.MaxRows > 0 && rows > s.opts.MaxRows {
			return nil, &refusal{http.StatusRequestEntityTooLarge, "more than " + strconv.Itoa(s.opts.MaxRows) + " rows"}
		}
		batches = append(batches, batch)
	}
	return batches, nil
}

// carryOut applies batches under one lock and writes the journal. With a refused object behind them (PartialList) they
// are applied all the same, and refused is the answer.
func (s *Server) carryOut(batches []checkedBatch, refused error, f Fault, size int, compressed bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if early := s.lastPut.Add(s.opts.MinInterval).Sub(now); s.opts.MinInterval > 0 && early > 0 {
		return &tooSoon{early}
	}
	entry := Entry{Time: now, Bytes: size, Compressed: compressed, Status: f.seen(s.opts.SuccessStatus)}
	if refused != nil {
		entry.Status = f.seen(s.refused(refused).status)
	}
	s.stirred()
	for _, batch := range batches {
		s.unit(batch.unit).apply(batch, s.rules(batch), now)
		entry.Batches = append(entry.Batches, batch.asSent())
	}
	s.journal = append(s.journal, entry)
	s.lastPut = now
	return refused
}

// rules are those for one batch.
func (s *Server) rules(b checkedBatch) rules {
	_, startList := s.opts.StartList[b.unit.Event]
	return rules{
		seededAppend: s.opts.SeededAppend && startList,
		arrivalOrder: s.opts.ArrivalOrder,
		strip:        b.ignoreUnknowns && startList,
		startList:    startList,
		seq:          s.seq,
	}
}

// unit is the results of a Unit, made when first asked for. The caller holds the lock.
func (s *Server) unit(key Unit) *unit {
	u := s.units[key]
	if u == nil {
		u = s.newUnit(key)
		s.units[key] = u
	}
	return u
}

// newUnit is a Unit to which nothing has been uploaded.
func (s *Server) newUnit(key Unit) *unit {
	var starters []string
	for _, bib := range s.opts.StartList[key.Event] {
		starters = append(starters, s.bib(bib))
	}
	return newUnit(starters)
}

// knows tells whether the event grid has the event.
func (s *Server) knows(event string) bool {
	return event != "" && (s.opts.AnyEvent || slices.Contains(s.opts.Events, event))
}

// success is the answer to an upload that was carried out. Its shape is not documented.
func (s *Server) success(units int) answer {
	if s.opts.SuccessEmpty || s.opts.SuccessStatus == http.StatusNoContent {
		return answer{status: s.opts.SuccessStatus}
	}
	return jsonAnswer(s.opts.SuccessStatus, map[string]any{"status": "ok", "units": units})
}
