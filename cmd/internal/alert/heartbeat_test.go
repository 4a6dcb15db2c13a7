package alert

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

// It beats once a minute while results arrive; what goes wrong is a state, not a line for each attempt.
func TestTheHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		start := time.Now()
		var mu sync.Mutex
		healthy, answer := true, error(nil)
		becomes := func(well bool, err error) {
			mu.Lock()
			defer mu.Unlock()
			healthy, answer = well, err
		}
		var beats []string
		h := &Heartbeat{log: zap.New(core), healthy: func() bool {
			mu.Lock()
			defer mu.Unlock()
			return healthy
		}, get: func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			beats = append(beats, time.Since(start).String())
			return answer
		}}
		running(t, h.Run, func() {
			after(2*time.Minute + time.Second)
			becomes(false, nil)
			after(10 * time.Minute)
			becomes(true, errors.New("HTTP 500"))
			after(2 * time.Minute)
			if got := h.Trouble(); !strings.Contains(got, "HTTP 500") || !strings.Contains(got, "heartbeat_url") {
				t.Error(got)
			}
			becomes(true, nil)
			after(time.Minute)
			if got := h.Trouble(); got != "" {
				t.Error(got)
			}
		})
		if diff := cmp.Diff([]string{"3s", "1m3s", "12m3s", "13m3s", "14m3s"}, beats); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"warn heartbeat is not answered error=HTTP 500", "info heartbeat is answered again"}, lines(logs, "error")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAHeartbeatThatHangsIsGivenUpAndAStopWaitsForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		h := &Heartbeat{healthy: func() bool { return true }, log: zap.New(core), get: func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		start := time.Now()
		running(t, h.Run, func() { after(time.Minute + time.Second) })
		if took := time.Since(start); took != time.Minute+time.Second || logs.Len() != 1 {
			t.Error(took, lines(logs))
		}
	})
}

// What is asked carries nothing, follows nobody, and what goes wrong does not tell the address.
func TestTheQuestion(t *testing.T) {
	var asked []string
	var head http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.String())
		head = r.Header.Clone()
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/secret", http.StatusFound)
		case "/broken":
			w.WriteHeader(http.StatusBadGateway)
		case "/endless":
			for {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}
	}))
	t.Cleanup(server.Close)
	tests := map[string]string{"/secret?x=y": "", "/away": "HTTP 302", "/broken": "HTTP 502", "/endless": ""}
	for path, want := range tests {
		asked = nil
		address, err := url.Parse(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		get := getter(address, "finishwatch/test")
		for range 2 {
			err = get(t.Context())
			if (err == nil) != (want == "") || err != nil && err.Error() != want {
				t.Errorf("%s: %v", path, err)
			}
		}
		if diff := cmp.Diff([]string{"GET " + path, "GET " + path}, asked); diff != "" {
			t.Error(diff)
		}
		if head.Get("User-Agent") != "finishwatch/test" || head.Get("Cookie") != "" || head.Get("Authorization") != "" || head.Get("Referer") != "" {
			t.Error(head)
		}
	}
	server.Close()
	address, _ := url.Parse(server.URL + "/secret")
	if err := getter(address, "")(t.Context()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
