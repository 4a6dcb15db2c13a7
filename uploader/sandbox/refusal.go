package sandbox

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// refusal is why an upload is not taken.
type refusal struct {
	status int // 0: Options.RefusalStatus
	words  string
}

func (r *refusal) Error() string { return r.words }

func refuse(format string, args ...any) error { return &refusal{words: fmt.Sprintf(format, args...)} }

// tooSoon is an upload within Options.MinInterval of the last.
type tooSoon struct{ early time.Duration }

func (t *tooSoon) Error() string {
	return "request was throttled: expected available in " + t.seconds() + " seconds"
}

func (t *tooSoon) seconds() string { return strconv.Itoa(int(math.Ceil(t.early.Seconds()))) }

// refused is the answer to an upload that is not taken.
func (s *Server) refused(err error) answer {
	if soon, ok := errors.AsType[*tooSoon](err); ok {
		return detail(http.StatusTooManyRequests, err.Error()).with("Retry-After", soon.seconds())
	}
	status := s.opts.RefusalStatus
	if why, ok := errors.AsType[*refusal](err); ok {
		status = or(why.status, status)
	}
	return detail(status, err.Error())
}
