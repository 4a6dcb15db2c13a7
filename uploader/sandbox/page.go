package sandbox

import (
	"bytes"
	_ "embed" // the page and its style
	"html/template"
	"net/http"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle []byte

//go:embed page.js
var pageScript []byte

// pageRows is how many rows of a Unit the page has before its script runs.
const pageRows = 200

// pageUnit is one Unit on the page.
type pageUnit struct {
	UnitState
	Lines []Row
	Left  int // lines that are not drawn
}

// parsePage reads the template; it is part of the program, so a mistake in it is a mistake in the program.
func parsePage() *template.Template {
	return template.Must(template.New("page").Parse(pageText))
}

// showPage answers /x/YEAR/COUNTRY/SLUG/: every Unit for people to look at. Bibs and names are text from outside:
// html/template escapes them, the script inserts them as text only, and the policy lets nothing else run.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request) {
	if !s.here(r) {
		htmlAnswer(http.StatusNotFound, "Not Found").write(w)
		return
	}
	var units []pageUnit
	for _, state := range s.Units() {
		state, rows := s.look(state.Unit)
		drawn := min(len(rows), pageRows)
		units = append(units, pageUnit{state, rows[:drawn], len(rows) - drawn})
	}
	var page bytes.Buffer
	if err := s.page.Execute(&page, map[string]any{"Competition": s.opts.Competition, "Units": units}); err != nil {
		htmlAnswer(http.StatusInternalServerError, err.Error()).write(w)
		return
	}
	answer{status: http.StatusOK, header: pageHeader(), body: page.Bytes()}.write(w)
}

// pageHeader allows the page its own style, script and events, and nothing else.
func pageHeader() http.Header {
	return http.Header{
		"Content-Type": {"text/html; charset=utf-8"},
		"Content-Security-Policy": {
			"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		},
		"X-Content-Type-Options": {"nosniff"},
		"Referrer-Policy":        {"no-referrer"},
		"Cache-Control":          {"no-store"},
	}
}

// toPage sends people who open the bare address to the page.
func (s *Server) toPage(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.pagePath(), http.StatusFound)
}

// showPart answers with a part of the page.
func showPart(kind string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(content)
	}
}
