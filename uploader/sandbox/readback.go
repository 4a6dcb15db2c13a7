package sandbox

import (
	"net/http"
	"strconv"
)

// result is one row of a read-back. A starter without a result has neither performance nor place.
type result struct {
	Bib         string `json:"bib"`
	Performance string `json:"performance,omitempty"`
	Place       int    `json:"place,omitempty"`
}

// unitResults is one Unit in a read-back.
type unitResults struct {
	Unit
	Name    string   `json:"name"`
	Note    string   `json:"note"`
	Results []result `json:"results"`
}

// readUnit answers /x/YEAR/COUNTRY/SLUG/event/R1/1/1/json/. That results carry bib, performance and place is
// documented; the rest of the shape is ours. It needs no token and does not look at ?nocache.
func (s *Server) readUnit(r *http.Request, _ Fault) answer {
	round, err := strconv.Atoi(r.PathValue("round"))
	heat, err2 := strconv.Atoi(r.PathValue("heat"))
	switch {
	case s.opts.ReadBackStatus != 0:
		return s.proxyPage()
	case !s.here(r) || !s.knows(r.PathValue("event")) || err != nil || err2 != nil || round < 1 || heat < 1:
		return htmlAnswer(http.StatusNotFound, "Not Found")
	}
	return jsonAnswer(http.StatusOK, s.resultsOf(Unit{r.PathValue("event"), round, heat}))
}

// readAll answers /x/YEAR/COUNTRY/SLUG/json/: every Unit.
func (s *Server) readAll(r *http.Request, _ Fault) answer {
	switch {
	case s.opts.ReadBackStatus != 0:
		return s.proxyPage()
	case !s.here(r):
		return htmlAnswer(http.StatusNotFound, "Not Found")
	}
	units := []unitResults{}
	for _, state := range s.Units() {
		units = append(units, s.resultsOf(state.Unit))
	}
	return jsonAnswer(http.StatusOK, struct {
		competition
		Events []unitResults `json:"events"`
	}{s.competition(r), units})
}

// proxyPage is what the proxy in front of OpenTrack's public pages shows instead of them.
func (s *Server) proxyPage() answer {
	return htmlAnswer(s.opts.ReadBackStatus, http.StatusText(s.opts.ReadBackStatus))
}

// resultsOf is a Unit as its read-back shows it.
func (s *Server) resultsOf(key Unit) unitResults {
	state, rows := s.look(key)
	out := unitResults{Unit: key, Name: state.Name, Note: state.Note, Results: []result{}}
	if s.opts.ReadBackHidden {
		return out
	}
	for _, row := range rows {
		out.Results = append(out.Results, result{row.Bib, row.Shown, row.Place})
	}
	return out
}
