package sandbox

import (
	"context"
	"net/http"
	"time"
)

// Fault is what goes wrong with one request. The zero value is nothing.
type Fault struct {
	Kind FaultKind
	// Status, Header and Body are the answer of FaultAnswer (default 503) and FaultApplyAnswer (default 502), and
	// Location in Header is where FaultRedirect (default 302) points. A Body that begins with "<" goes out as HTML.
	Status int
	Header http.Header
	Body   string
	// Delay comes before anything else, with every kind, after the request has been read. The request is carried
	// out afterwards even when the client has given up: a request that timed out may still be applied.
	Delay time.Duration
}

// FaultKind names a kind of fault, in Go and in JSON.
type FaultKind string

// The kinds of faults. The empty kind carries the request out (after its Delay).
const (
	FaultAnswer      FaultKind = "answer"        // answer without carrying out: 502, 429 with Retry-After, 413
	FaultDrop        FaultKind = "drop"          // cut the connection without carrying out
	FaultLostReply   FaultKind = "lost-reply"    // carry out, then cut the connection
	FaultApplyAnswer FaultKind = "apply-answer"  // carry out, then answer something else: 502, 200 with a login page
	FaultSlowReply   FaultKind = "slow-reply"    // carry out, then wait for Delay, then answer
	FaultRedirect    FaultKind = "redirect"      // 302 to Location without carrying out
	FaultExpired     FaultKind = "expired-token" // the token ends: 401 until the next login
	FaultDenied      FaultKind = "denied"        // the documented 500 "Permission Denied"
	FaultDelay       FaultKind = "delay"         // carry out after Delay; the same as the empty kind
)

// SetFaults has faults asked for each API request and read-back before it is carried out, once the faults ordered by
// HTTP are used up; nil asks no more. It is called from many goroutines, may read the body, and may call the Server.
func (s *Server) SetFaults(faults func(r *http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = faults
}

// nextFault is the fault for r: an ordered one, or what the function given to SetFaults says.
func (s *Server) nextFault(on string, r *http.Request) Fault {
	s.mu.Lock()
	fault, found := s.takeOrder(on)
	faults := s.faults
	s.mu.Unlock()
	if !found && faults != nil {
		return faults(r)
	}
	return fault
}

// suffer carries a call out, or not, as f says.
func (s *Server) suffer(w http.ResponseWriter, r *http.Request, f Fault, do caller) {
	if f.Kind != FaultSlowReply {
		wait(r.Context(), f.Delay)
	}
	switch f.Kind {
	case FaultAnswer:
		f.answer(http.StatusServiceUnavailable).write(w)
	case FaultDrop:
		panic(http.ErrAbortHandler) // net/http's way to cut a connection
	case FaultRedirect:
		f.answer(http.StatusFound).write(w)
	case FaultExpired:
		s.endToken()
		unauthorized("Invalid token.").write(w)
	case FaultDenied:
		permissionDenied().write(w)
	default:
		f.after(do(r, f), w, r)
	}
}

// after does to the answer of a call that was carried out what f says.
func (f Fault) after(a answer, w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case FaultLostReply:
		panic(http.ErrAbortHandler)
	case FaultApplyAnswer:
		f.answer(http.StatusBadGateway).write(w)
	case FaultSlowReply:
		wait(r.Context(), f.Delay)
		a.write(w)
	default:
		a.write(w)
	}
}

// answer is the answer that f orders, with status where it orders none.
func (f Fault) answer(status int) answer {
	status = or(f.Status, status)
	a := answer{status: status, body: []byte(f.Body)}.with("Content-Type", "text/plain; charset=utf-8")
	switch {
	case f.Body == "":
		a = htmlAnswer(status, or(http.StatusText(status), "Answer of the sandbox"))
	case f.Body[0] == '<':
		a = a.with("Content-Type", "text/html; charset=utf-8")
	}
	for name, values := range f.Header {
		a.header[http.CanonicalHeaderKey(name)] = values
	}
	return a
}

// seen is the status that the client sees when the call came to status: 0 for none.
func (f Fault) seen(status int) int {
	switch f.Kind {
	case FaultLostReply:
		return 0
	case FaultApplyAnswer:
		return or(f.Status, http.StatusBadGateway)
	}
	return status
}

// wait lasts for d, or until the server stops. The end of the request alone does not shorten it.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	life, ok := ctx.Value(lifeKey{}).(context.Context)
	if !ok {
		life = context.Background()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-life.Done():
	}
}

// permissionDenied is what "a call without rights will normally get" (OpenTrack's documentation, authentication).
func permissionDenied() answer {
	return answer{status: http.StatusInternalServerError, body: []byte("500: Permission Denied")}.
		with("Content-Type", "text/plain; charset=utf-8")
}
