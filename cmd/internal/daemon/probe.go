package daemon

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/uploader"
)

// probe asks the server when nothing else has for a while, so that the status tells before the race, and between two
// finishers, whether the server answers, takes the login and agrees about the time. What it finds only informs.
type probe struct {
	server  asked
	contact func() uploader.Contact // of all connections to the server
	log     *zap.Logger

	mu      sync.Mutex
	down    time.Time // since when there has been no answer; zero when there is
	silence error     // why there is none
	useless time.Time // when the answer was no use; zero when it was
	refused time.Time // when the login was refused; zero when it was not
	why     error     // what the last answer of no use said, or the refusal
}

// asked is what the probe needs of the server; [uploader.Client] has it.
type asked interface {
	Login(ctx context.Context) error
	Date(ctx context.Context) (theirs, ours time.Time, err error)
}

const (
	probeTick    = 5 * time.Second
	probeEvery   = time.Minute      // after the last answer to whatever was asked
	probeDown    = 15 * time.Second // after a question without an answer
	probeRefused = 5 * time.Minute  // after a refused login, which only a person mends: nobody shall be locked out for trying
)

// Run asks until ctx ends, and returns nil.
func (p *probe) Run(ctx context.Context) error {
	ticker := time.NewTicker(probeTick)
	defer ticker.Stop()
	var asked time.Time
	for {
		if now := time.Now(); p.due(now, asked) {
			asked = now
			p.ask(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// due reports whether to ask now, when it asked last then.
func (p *probe) due(now, asked time.Time) bool {
	switch down, refused, _ := p.state(); {
	case !down.IsZero():
		return now.Sub(asked) >= probeDown
	case refused:
		return now.Sub(asked) >= probeRefused
	}
	return now.Sub(p.contact().At) >= probeEvery
}

// ask logs in where nobody has yet; the token serves the next upload. Else it asks what costs the server least.
func (p *probe) ask(ctx context.Context) {
	began := time.Now()
	var err error
	if p.contact().LoggedIn.IsZero() {
		err = p.server.Login(ctx)
	} else {
		_, _, err = p.server.Date(ctx)
		if status := p.contact().Status; err == nil && status >= http.StatusInternalServerError {
			err = &uploader.Error{Op: "ask the server", Class: uploader.Unreachable, StatusCode: status}
		}
	}
	if ctx.Err() == nil {
		p.take(err, !p.contact().At.Before(began))
	}
}

// take takes down what came of a question. An answer is an answer, whatever it says; one of no use, such as that of a wrong
// address, is said all the same, because no result would get there. That there is none says nothing about a login that was
// refused before. It is in the log only for who wants details: status shows it, and when a row waits the uploader says it.
func (p *probe) take(err error, answered bool) {
	refused, ok := errors.AsType[*uploader.Error](err)
	last := p.contact().At
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil && !answered {
		if p.silence = err; p.down.IsZero() || last.After(p.down) {
			p.down = time.Now()
			p.log.Debug("server does not answer", zap.Error(err))
		}
		return
	}
	if !p.down.IsZero() {
		p.log.Debug("server answers again", zap.Duration("outage", time.Since(p.down)))
	}
	p.why, p.down, p.refused, p.useless = err, time.Time{}, time.Time{}, time.Time{}
	switch {
	case ok && refused.Class == uploader.LoginRefused:
		p.refused = time.Now()
	case ok:
		p.useless = time.Now()
	}
}

// state returns since when the server has not answered, whether it refused the login, and the error with what to do, also
// of an answer that was no use. An answer to anything else that was asked since is news.
func (p *probe) state() (down time.Time, refused bool, err error) {
	contact := p.contact()
	p.mu.Lock()
	defer p.mu.Unlock()
	down, refused = p.down, !p.refused.IsZero() && !contact.LoggedIn.After(p.refused)
	if contact.At.After(down) {
		down = time.Time{}
	}
	switch {
	case refused:
		return down, true, p.why
	case !down.IsZero():
		return down, false, p.silence
	case !p.useless.IsZero() && !contact.LoggedIn.After(p.useless):
		return down, false, p.why
	}
	return down, false, nil
}
