package sandbox

import (
	"net/http"
	"strconv"
	"time"
)

// competitionID is the id of the one competition, which /api/competitors/ wants to be asked with.
const competitionID = "5a9d60b0-0000-4000-8000-0f1415a7c400"

// competition is one entry of /api/my-competitions/.
type competition struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Date string `json:"date"`
	URL  string `json:"url"`
}

// competition is the one there is, on the day the sandbox was started. The slug at the end of its url tells which.
func (s *Server) competition(r *http.Request) competition {
	return competition{
		ID:   competitionID,
		Name: "Sandbox " + s.opts.Competition,
		Date: s.started.Format(time.DateOnly),
		URL:  "http://" + r.Host + s.pagePath(),
	}
}

// pagePath is the path of the competition's page.
func (s *Server) pagePath() string { return "/x/" + s.opts.Competition + "/" }

// hello answers GET /api/hello/, which checks a token (OpenTrack's documentation, authentication).
func (s *Server) hello(*http.Request, Fault) answer {
	return jsonAnswer(http.StatusOK, map[string]string{"message": "Hello, " + s.opts.Username})
}

// myCompetitions answers GET /api/my-competitions/?to_date=2026-12-31, as in OpenTrack's public examples.
func (s *Server) myCompetitions(r *http.Request, _ Fault) answer {
	last := r.URL.Query().Get("to_date")
	if _, err := time.Parse(time.DateOnly, last); last != "" && err != nil {
		return detail(http.StatusBadRequest, "to_date is not a date such as 2026-12-31.")
	}
	list := []competition{}
	if here := s.competition(r); !s.opts.NoRights && (last == "" || here.Date <= last) {
		list = append(list, here)
	}
	return jsonAnswer(http.StatusOK, map[string]any{"competitions": list})
}

// listPage is Django REST framework's list with limit and offset.
type listPage struct {
	Count    int              `json:"count"`
	Next     *string          `json:"next"`
	Previous *string          `json:"previous"`
	Results  []map[string]any `json:"results"`
}

// competitors answers GET /api/competitors/?competition=ID&limit=500: the bibs of all start lists, where
// competitor_id is the bib (OpenTrack's public examples).
func (s *Server) competitors(r *http.Request, _ Fault) answer {
	if r.URL.Query().Get("competition") != competitionID {
		return jsonAnswer(http.StatusOK, listPage{Results: []map[string]any{}})
	}
	return jsonAnswer(http.StatusOK, onePage(s.starters(), r))
}

// starters are the bibs of all start lists, each once, in the order of the events.
func (s *Server) starters() []map[string]any {
	seen, list := map[string]bool{}, []map[string]any{}
	for _, event := range s.opts.Events {
		for _, bib := range s.opts.StartList[event] {
			if !seen[bib] {
				seen[bib] = true
				list = append(list, map[string]any{"competitor_id": bib, "competition": competitionID})
			}
		}
	}
	return list
}

// onePage is the part of all that limit and offset ask for, with the address of the next part.
func onePage(all []map[string]any, r *http.Request) listPage {
	query := r.URL.Query()
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 {
		limit = 100
	}
	offset, _ := strconv.Atoi(query.Get("offset"))
	offset = min(max(offset, 0), len(all))
	end := min(offset+min(limit, len(all)), len(all))
	page := listPage{Count: len(all), Results: all[offset:end]}
	if end < len(all) {
		query.Set("offset", strconv.Itoa(end))
		next := "http://" + r.Host + r.URL.Path + "?" + query.Encode()
		page.Next = &next
	}
	return page
}

// events answers GET /api/events/?competition=ID: the event grid. Its path and shape are a guess.
func (s *Server) events(r *http.Request, _ Fault) answer {
	list := []map[string]any{}
	if r.URL.Query().Get("competition") == competitionID {
		for _, event := range s.opts.Events {
			list = append(list, map[string]any{"event_id": event, "competition": competitionID})
		}
	}
	return jsonAnswer(http.StatusOK, onePage(list, r))
}
