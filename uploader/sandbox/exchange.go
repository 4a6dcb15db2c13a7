package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

// Exchange is one upload as it was sent and as it was answered, whether or not it was carried out. Headers are not kept:
// the token is in them.
type Exchange struct {
	Number     int       `json:"number"` // from 1
	Time       time.Time `json:"time"`
	Status     int       `json:"status"` // what the client saw; 0 when the connection was cut
	Bytes      int       `json:"bytes"`  // on the wire
	Compressed bool      `json:"compressed"`
	Sent       string    `json:"sent"`   // the body, inflated; the first 16 KiB of it
	Answer     string    `json:"answer"` // the first 2 KiB of it

	seq uint64
}

const (
	maxExchanges = 200
	maxSent      = 16 << 10
	maxAnswered  = 2 << 10
)

// recorded keeps what is sent to a handler and what it answers.
func (s *Server) recorded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, s.opts.MaxBody+1))
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}, r.Body))
		seen := &answerRecorder{ResponseWriter: w}
		defer func() {
			s.keepExchange(body, seen) // also when the connection is cut, which is a panic
		}()
		next(seen, r)
	}
}

// failing is the error with which a body broke off, or nothing.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// answerRecorder passes an answer on and keeps its beginning.
type answerRecorder struct {
	http.ResponseWriter
	status int
	text   []byte
}

// WriteHeader implements [http.ResponseWriter].
func (a *answerRecorder) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answerRecorder) Write(b []byte) (int, error) {
	a.text = append(a.text, b[:min(len(b), maxAnswered-len(a.text))]...)
	return a.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the writer below.
func (a *answerRecorder) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// keepExchange adds an exchange to those that the page shows, and forgets the oldest.
func (s *Server) keepExchange(body []byte, seen *answerRecorder) {
	e := Exchange{Time: time.Now(), Status: seen.status, Bytes: len(body), Compressed: isZlib(body), Answer: string(seen.text)}
	text, err := plainBody(body, s.opts.MaxBody)
	if err != nil {
		text = body
	}
	e.Sent = string(text[:min(len(text), maxSent)])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stirred()
	s.exchanges++
	e.Number, e.seq = s.exchanges, s.seq
	s.puts = append(s.puts, e)
	if extra := len(s.puts) - maxExchanges; extra > 0 {
		s.puts = append([]Exchange(nil), s.puts[extra:]...)
	}
}

// putsAfter are the exchanges since an event. The caller holds the lock.
func (s *Server) putsAfter(last uint64) []Exchange {
	for i, e := range s.puts {
		if e.seq > last {
			return append([]Exchange(nil), s.puts[i:]...)
		}
	}
	return nil
}
