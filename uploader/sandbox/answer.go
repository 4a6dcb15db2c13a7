package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"html"
	"io"
	"maps"
	"net/http"
	"strings"
)

// answer is what a call comes to, before a fault decides whether the client gets to see it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// caller carries out one API call. It is told the fault because the journal keeps the status that the client saw.
type caller func(r *http.Request, f Fault) answer

// call wraps a caller with what all of them share: the bounded body, the method, the fault.
func (s *Server) call(on, method string, do caller) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.opts.MaxBody))
		if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
			detail(http.StatusRequestEntityTooLarge, "Request body exceeded the bound.").write(w)
			return
		}
		if err != nil {
			detail(http.StatusBadRequest, "The request body broke off.").write(w)
			return
		}
		if r.Method != method {
			detail(http.StatusMethodNotAllowed, "Method \""+r.Method+"\" not allowed.").with("Allow", method).write(w)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		fault := s.nextFault(on, r)
		r.Body = io.NopCloser(bytes.NewReader(body)) // the question may have read it
		s.suffer(w, r, fault, do)
	}
}

// write sends the answer.
func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	if a.status != http.StatusNoContent {
		w.Write(a.body) // a client that has gone is no concern of ours
	}
}

// with adds a header.
func (a answer) with(name, value string) answer {
	if a.header = a.header.Clone(); a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// jsonAnswer is value as Django REST framework would send it.
func jsonAnswer(status int, value any) answer {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // every value here is ours and can be written
	}
	return answer{status: status, body: body}.with("Content-Type", "application/json")
}

// detail is a refusal in the words of Django REST framework: {"detail": "…"}.
func detail(status int, words string) answer {
	return jsonAnswer(status, map[string]string{"detail": words})
}

// htmlAnswer is a page such as a proxy shows instead of passing a request on.
func htmlAnswer(status int, words string) answer {
	page := "<!DOCTYPE html>\n<html><head><title>" + html.EscapeString(words) + "</title></head><body><h1>" +
		html.EscapeString(words) + "</h1></body></html>\n"
	return answer{status: status, body: []byte(page)}.with("Content-Type", "text/html; charset=utf-8")
}

// noSuchCall answers what is not in the API.
func noSuchCall(w http.ResponseWriter, _ *http.Request) {
	detail(http.StatusNotFound, "Not found.").write(w)
}

// withSlash redirects an address without its trailing slash as Django's APPEND_SLASH does, by 301: a client that
// follows turns its PUT into a GET, and nothing was uploaded. (http.ServeMux alone would answer 307, which keeps it.)
func withSlash(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		ours := strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/x/")
		if !ours || strings.HasSuffix(path, "/") {
			next.ServeHTTP(w, r)
			return
		}
		target := path + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		htmlAnswer(http.StatusMovedPermanently, "Moved").with("Location", target).write(w)
	})
}

// withoutLanguage drops the language in front of the address of a page: /en-gb/x/… is /x/….
func withoutLanguage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		language, _, found := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/x/")
		if found && isLanguage(language) {
			http.StripPrefix("/"+language, next).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLanguage tells whether text is a language as in Django's addresses: en, en-gb.
func isLanguage(text string) bool {
	if len(text) == 5 && text[2] == '-' {
		text = text[:2] + text[3:]
	}
	return (len(text) == 2 || len(text) == 4) && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}
