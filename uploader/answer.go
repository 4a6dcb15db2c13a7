package uploader

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Class is what an answer of the server means for the next attempt. It is decided in one place, by [classify].
type Class int

const (
	// Unreachable: network error, 408, 425, 429, 5xx. The same again later.
	Unreachable Class = iota
	// LoginRefused: 401, 403, or a 500 that says "permission denied" (OpenTrack's documentation, authentication), also
	// after logging in again.
	LoginRefused
	// BatchRefused: 400, 413, 422 and any other 4xx: the server does not take these rows.
	BatchRefused
	// WrongAddress: 404, 405 and every redirect. A redirect is never followed: a redirected PUT becomes a GET that is
	// answered 200, and the token would go along.
	WrongAddress
	// Doubtful: a success that is an HTML page, such as a captive portal or a login page.
	Doubtful
)

// Error is an operation that the server did not answer with a success.
type Error struct {
	Op         string // such as "PUT roadxc_upload"
	Class      Class
	StatusCode int           // 0 when there was no answer
	Detail     string        // the beginning of the server's words, cleaned and bounded, without secrets
	RetryAfter time.Duration // as the server asked; 0 when it did not
	Err        error         // the network's error when there was no answer
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.StatusCode > 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.StatusCode)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", strings.TrimSuffix(e.Detail, "."))
	}
	return b.String() + "; " + e.Fix()
}

// Unwrap returns the network's error, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// Fix says what a person can do, or that nothing needs doing.
func (e *Error) Fix() string {
	switch e.Class {
	case LoginRefused:
		return "check username and password, and that this user may edit the competition; then finishwatch reload, or start it again"
	case BatchRefused:
		return "check that the event, round and heat exist in the competition's event grid"
	case WrongAddress:
		return "check [opentrack] competition: year, country and short name as in the address of its page"
	case Doubtful:
		return "is there a login page between this laptop and the internet? Open a page in the browser and log in there"
	case Unreachable:
		if badCertificate(e.Err) {
			return "look at this laptop's date and time, and for a login page of the network; " + tryAgain
		}
	}
	return tryAgain
}

// tryAgain is what the loop does by itself.
const tryAgain = "it is tried again by itself"

// badCertificate reports whether somebody answered who could not prove to be the server.
func badCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// classify decides what an answer means. Only the class of the status decides; the body is looked at for two things
// that the status does not tell: OpenTrack's 500 "Permission Denied", and a page in the place of an answer.
func classify(status int, contentType string, body []byte) (class Class, ok bool) {
	switch {
	case status >= 200 && status < 300:
		return Doubtful, !isPage(contentType, body)
	case status >= 300 && status < 400, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return WrongAddress, false
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return LoginRefused, false
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return Unreachable, false
	case status >= 400 && status < 500:
		return BatchRefused, false
	case status == http.StatusInternalServerError && saysDenied(body):
		return LoginRefused, false
	}
	return Unreachable, false
}

func saysDenied(body []byte) bool {
	return bytes.Contains(bytes.ToLower(body), []byte("permission denied"))
}

// isPage reports whether a body is a web page: by its type, or because it begins with markup, whatever stands in front.
func isPage(contentType string, body []byte) bool {
	if strings.Contains(strings.ToLower(contentType), "html") {
		return len(body) > 0
	}
	start := bytes.TrimLeftFunc(body, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\ufffe' || r == unicode.ReplacementChar
	})
	return len(start) > 0 && start[0] == '<'
}

// refusal makes the error of an answer that is no success. The body must be free of secrets.
func refusal(op string, class Class, response *http.Response, body []byte, now time.Time) *Error {
	e := &Error{Op: op, Class: class, StatusCode: response.StatusCode, Detail: words(body)}
	if isPage(response.Header.Get("Content-Type"), body) {
		e.Detail = "an HTML page"
	}
	if location := response.Header.Get("Location"); location != "" {
		e.Detail = "redirected to " + words([]byte(location))
	}
	e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), now)
	return e
}

// maxRetryAfter bounds what a server may ask for: on race day nobody waits a day.
const maxRetryAfter = 10 * time.Minute

// retryAfter reads the header as seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

const maxWords = 200

// words returns the beginning of the server's words for people: no markup page, no control or bidirectional
// characters, bounded.
func words(body []byte) string {
	text := strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, string(body[:min(len(body), 4*maxWords)]))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return text
}
