package sandbox

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// token is the one token of the one account. The zero value has never been asked for.
type token struct {
	text  string
	made  time.Time
	uses  int
	count int // tokens made so far
	ended bool
}

// login answers POST /api/get-auth-token/ (OpenTrack's documentation, authentication): credentials as a form give
// {"token": "…"}. The refusal is that of Django REST framework's stock view, which is likely the one behind it.
func (s *Server) login(r *http.Request, _ Fault) answer {
	username, password, ok := credentials(r)
	switch {
	case !ok:
		return detail(http.StatusUnsupportedMediaType, "Unsupported media type in request.")
	case username == "" || password == "":
		return jsonAnswer(http.StatusBadRequest, missingCredentials(username, password))
	case username != s.opts.Username || password != s.opts.Password:
		return jsonAnswer(http.StatusBadRequest, map[string][]string{
			"non_field_errors": {"Unable to log in with provided credentials."},
		})
	}
	return jsonAnswer(http.StatusOK, map[string]string{"token": s.giveToken()})
}

// credentials reads the two fields from a form, a multipart form or JSON; false when the body is none of these.
func credentials(r *http.Request) (username, password string, ok bool) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/x-www-form-urlencoded":
		ok = r.ParseForm() == nil
	case "multipart/form-data":
		ok = r.ParseMultipartForm(1<<20) == nil
	case "application/json":
		var fields struct{ Username, Password string }
		body, _ := io.ReadAll(r.Body)
		ok = json.Unmarshal(body, &fields) == nil
		return fields.Username, fields.Password, ok
	}
	return r.PostFormValue("username"), r.PostFormValue("password"), ok
}

// missingCredentials says which field is missing.
func missingCredentials(username, password string) map[string][]string {
	missing := map[string][]string{}
	if username == "" {
		missing["username"] = []string{"This field is required."}
	}
	if password == "" {
		missing["password"] = []string{"This field is required."}
	}
	return missing
}

// giveToken is the token: the same one each time while it is good.
func (s *Server) giveToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.tokenGood() {
		count := s.token.count + 1
		sum := sha1.Sum([]byte(s.opts.Username + " " + strconv.Itoa(count)))
		s.token = token{text: hex.EncodeToString(sum[:]), made: time.Now(), count: count}
	}
	return s.token.text
}

// tokenGood tells whether the token exists and has not ended. The caller holds the lock.
func (s *Server) tokenGood() bool {
	return s.token.text != "" && !s.token.ended &&
		(s.opts.TokenUses == 0 || s.token.uses < s.opts.TokenUses) &&
		(s.opts.TokenLifetime == 0 || time.Since(s.token.made) < s.opts.TokenLifetime)
}

// useToken counts one use of text; false when it is not the token or has ended.
func (s *Server) useToken(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.tokenGood() || text != s.token.text {
		return false
	}
	s.token.uses++
	return true
}

// endToken makes the token bad until the next login.
func (s *Server) endToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token.ended = true
}

// withToken lets a call through that carries "Authorization: Token …" (OpenTrack's documentation, authentication).
func (s *Server) withToken(do caller) caller {
	return func(r *http.Request, f Fault) answer {
		text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Token ")
		if !ok {
			return unauthorized("Authentication credentials were not provided.")
		}
		if !s.useToken(text) {
			return unauthorized("Invalid token.")
		}
		return do(r, f)
	}
}

func unauthorized(words string) answer {
	return detail(http.StatusUnauthorized, words).with("WWW-Authenticate", "Token")
}
