package daemon

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/uploader"
)

// oracle is a server that is asked.
type oracle struct {
	mu      sync.Mutex
	started time.Time
	err     error
	contact uploader.Contact
	asked   []string // what, and when after the start
}

func (o *oracle) ask(what string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked = append(o.asked, what+" "+time.Since(o.started).String())
	refused, ok := errors.AsType[*uploader.Error](o.err)
	if o.err == nil || ok && refused.StatusCode > 0 {
		o.contact.At, o.contact.Status = time.Now(), 200
	}
	if ok && refused.StatusCode > 0 && what == "date" {
		o.contact.Status = refused.StatusCode
		return nil // the head of any answer has the time
	}
	if o.err == nil && what == "login" {
		o.contact.LoggedIn = time.Now()
	}
	return o.err
}

func (o *oracle) Login(context.Context) error { return o.ask("login") }

func (o *oracle) Date(context.Context) (theirs, ours time.Time, err error) {
	return theirs, ours, o.ask("date")
}

func (o *oracle) Contact() uploader.Contact {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.contact
}

// becomes changes what the server says from now on.
func (o *oracle) becomes(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

// uploads are something else that was asked and answered.
func (o *oracle) uploads() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.contact.At, o.contact.LoggedIn = time.Now(), time.Now()
}

// probing runs a story beside the probe.
func probing(t *testing.T, err error, story func(o *oracle, p *probe)) (asked, said []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := &oracle{started: time.Now(), err: err}
		core, logs := observer.New(zap.DebugLevel)
		p := &probe{server: o, contact: o.Contact, log: zap.New(core)}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		synctest.Wait()
		story(o, p)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		asked = o.asked
		for _, entry := range logs.All() {
			said = append(said, entry.Message)
		}
	})
	return asked, said
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Before the race it logs in once and then asks once a minute; while results go out it asks nothing.
func TestTheServerIsAskedWhenNothingElseAsks(t *testing.T) {
	asked, said := probing(t, nil, func(o *oracle, p *probe) {
		wait(2*time.Minute + time.Second)
		for range 100 {
			o.uploads()
			wait(2 * time.Second)
		}
		wait(time.Minute)
		if down, refused, err := p.state(); !down.IsZero() || refused || err != nil {
			t.Error(down, refused, err)
		}
	})
	if diff := cmp.Diff([]string{"login 0s", "date 1m0s", "date 2m0s", "date 6m20s"}, asked); diff != "" {
		t.Error(diff)
	}
	if said != nil {
		t.Error(said)
	}
}

func TestAServerThatDoesNotAnswerIsSaidOnce(t *testing.T) {
	none := &uploader.Error{Op: "log in", Class: uploader.Unreachable, Err: errors.New("no such host")}
	asked, said := probing(t, none, func(o *oracle, p *probe) {
		wait(time.Minute + time.Second)
		down, refused, err := p.state()
		if time.Since(down) != time.Minute+time.Second || refused || !errors.Is(err, none) {
			t.Error(down, refused, err)
		}
		o.becomes(nil)
		wait(15 * time.Second)
		if down, _, err := p.state(); !down.IsZero() || err != nil {
			t.Error(down, err)
		}
	})
	if diff := cmp.Diff([]string{"login 0s", "login 15s", "login 30s", "login 45s", "login 1m0s", "login 1m15s"}, asked); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"server does not answer", "server answers again"}, said); diff != "" {
		t.Error(diff)
	}
}

// An answer that is of no use is an answer all the same; but nothing could be sent, and that is said.
func TestAServerThatAnswersNonsenseIsThere(t *testing.T) {
	nonsense := &uploader.Error{Op: "log in", Class: uploader.WrongAddress, StatusCode: 404}
	asked, said := probing(t, nonsense, func(o *oracle, p *probe) {
		wait(time.Minute + time.Second)
		if down, refused, err := p.state(); !down.IsZero() || refused || !errors.Is(err, nonsense) {
			t.Error(down, refused, err)
		}
		o.uploads()
		if _, _, err := p.state(); err != nil {
			t.Error("an upload was taken since: ", err)
		}
	})
	if diff := cmp.Diff([]string{"login 0s", "login 1m0s"}, asked); diff != "" || said != nil {
		t.Error(diff, said)
	}
}

// What the server is asked between two uploads needs no login; one that is broken says so all the same.
func TestAServerThatIsBrokenBetweenTwoUploads(t *testing.T) {
	broken := &uploader.Error{Class: uploader.Unreachable, StatusCode: 503}
	probing(t, nil, func(o *oracle, p *probe) {
		o.becomes(broken)
		wait(time.Minute + time.Second)
		if down, refused, err := p.state(); !down.IsZero() || refused || err == nil || !strings.Contains(err.Error(), "HTTP 503") {
			t.Error(down, refused, err)
		}
		o.becomes(nil)
		wait(time.Minute)
		if _, _, err := p.state(); err != nil {
			t.Error(err)
		}
	})
}

// An upload that was answered in between ends an outage, also where the probe had no time to ask.
func TestAServerThatGoesAwayAgain(t *testing.T) {
	none := &uploader.Error{Op: "log in", Class: uploader.Unreachable, Err: errors.New("no such host")}
	probing(t, none, func(o *oracle, p *probe) {
		wait(16 * time.Second)
		o.uploads()
		wait(time.Minute + 5*time.Second)
		if down, _, err := p.state(); down.IsZero() || time.Since(down) > 20*time.Second || !errors.Is(err, none) {
			t.Error(down, err)
		}
	})
}

// A network that is gone for a while mends no password.
func TestARefusedLoginStaysRefusedWhileNobodyAnswers(t *testing.T) {
	no := &uploader.Error{Op: "log in", Class: uploader.LoginRefused, StatusCode: 401}
	none := &uploader.Error{Op: "log in", Class: uploader.Unreachable, Err: errors.New("no such host")}
	probing(t, no, func(o *oracle, p *probe) {
		o.becomes(none)
		wait(5*time.Minute + time.Second)
		if down, refused, err := p.state(); down.IsZero() || !refused || !errors.Is(err, no) {
			t.Error(down, refused, err)
		}
		o.becomes(nil)
		wait(15 * time.Second)
		if down, refused, err := p.state(); !down.IsZero() || refused || err != nil {
			t.Error(down, refused, err)
		}
	})
}

// Nobody shall be locked out for trying; an upload that is taken meanwhile tells that it was mended.
func TestARefusedLoginIsNotTriedOften(t *testing.T) {
	no := &uploader.Error{Op: "log in", Class: uploader.LoginRefused, StatusCode: 401}
	asked, said := probing(t, no, func(o *oracle, p *probe) {
		wait(5*time.Minute + time.Second)
		if down, refused, err := p.state(); !down.IsZero() || !refused || !errors.Is(err, no) {
			t.Error(down, refused, err)
		}
		o.becomes(nil)
		o.uploads()
		if _, refused, err := p.state(); refused || err != nil {
			t.Error(refused, err)
		}
	})
	if diff := cmp.Diff([]string{"login 0s", "login 5m0s"}, asked); diff != "" {
		t.Error(diff)
	}
	if said != nil {
		t.Error(said)
	}
}
