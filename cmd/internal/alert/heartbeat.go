package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Heartbeat asks an address once a minute while results arrive. Whoever listens there raises the alarm when it stops: that
// also works when this laptop, or its network, is dead.
type Heartbeat struct {
	get     func(ctx context.Context) error
	healthy func() bool
	log     *zap.Logger

	mu      sync.Mutex
	trouble string
}

// NewHeartbeat returns a heartbeat, and starts nothing. The address is https, or http on this machine.
func NewHeartbeat(address *url.URL, agent string, healthy func() bool, log *zap.Logger) *Heartbeat {
	return &Heartbeat{get: getter(address, agent), healthy: healthy, log: log}
}

const (
	// beat is from one question to the next.
	beat = time.Minute
	// firstBeat is when the first one is due: a daemon that ends at once, and is started again and again, is not well.
	firstBeat = 3 * time.Second
	// maxBeat is how long one may take.
	maxBeat = 15 * time.Second
	// maxAnswer bounds what is read of an answer, so that the connection can be used again.
	maxAnswer = 4 << 10
)

// Run asks until ctx ends, and returns nil.
func (h *Heartbeat) Run(ctx context.Context) error {
	timer := time.NewTimer(firstBeat)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		timer.Reset(beat)
		if h.healthy() {
			h.once(ctx)
		}
	}
}

// once asks, and says when it stops being answered and when it is again: a state, not each attempt.
func (h *Heartbeat) once(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, maxBeat)
	defer cancel()
	err := h.get(limited)
	if ctx.Err() != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.trouble
	if h.trouble = ""; err != nil {
		h.trouble = fmt.Sprintf("the heartbeat is not answered: %v; look at the network, and at heartbeat_url in [alert]", err)
	}
	switch {
	case err != nil && was == "":
		h.log.Warn("heartbeat is not answered", zap.Error(err))
	case err == nil && was != "":
		h.log.Info("heartbeat is answered again")
	}
}

// Trouble is why nobody hears the heart beat, ending in what to do; empty when somebody does.
func (h *Heartbeat) Trouble() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.trouble
}

// getter makes the question: it carries nothing but the address, follows nobody elsewhere, and keeps no cookie. Errors do
// not name the address, which is what lets somebody else pretend to be this laptop.
func getter(address *url.URL, agent string) func(context.Context) error {
	client := &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: maxBeat, IdleConnTimeout: 2 * beat},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return errors.New("heartbeat_url is no address")
		}
		request.Header.Set("User-Agent", agent)
		response, err := client.Do(request)
		if err != nil {
			return plain(err)
		}
		defer response.Body.Close()
		// Of 101 the body is the bare connection: to read it would wait for ever, whatever ctx says.
		if response.StatusCode >= http.StatusOK {
			_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer))
		}
		if response.StatusCode < 200 || response.StatusCode > 299 {
			return fmt.Errorf("HTTP %d", response.StatusCode)
		}
		return nil
	}
}

// plain is the network's error without the address. What a server says back is left out altogether: it may repeat it.
func plain(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	_, network := errors.AsType[net.Error](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	if network || certificate || errors.Is(err, io.EOF) {
		return err
	}
	return errors.New("the answer cannot be read")
}
