package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/uploader/sandbox"
)

func TestFaults(t *testing.T) {
	const cut = 0
	login := "<html><title>Log in</title></html>"
	for name, test := range map[string]struct {
		fault   sandbox.Fault
		status  int // cut: no answer
		words   string
		applied bool
	}{
		"none":                     {sandbox.Fault{}, 200, "ok", true},
		"answer by default":        {sandbox.Fault{Kind: sandbox.FaultAnswer}, 503, "Service Unavailable", false},
		"answer with retry":        {sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 429, Header: http.Header{"retry-after": {"2"}}, Body: "slow down"}, 429, "slow down", false},
		"drop":                     {sandbox.Fault{Kind: sandbox.FaultDrop}, cut, "", false},
		"lost reply":               {sandbox.Fault{Kind: sandbox.FaultLostReply}, cut, "", true},
		"applied and 502":          {sandbox.Fault{Kind: sandbox.FaultApplyAnswer}, 502, "Bad Gateway", true},
		"applied and a login page": {sandbox.Fault{Kind: sandbox.FaultApplyAnswer, Status: 200, Body: login}, 200, login, true},
		"captive portal":           {sandbox.Fault{Kind: sandbox.FaultAnswer, Status: 200, Body: login}, 200, login, false},
		"redirect":                 {sandbox.Fault{Kind: sandbox.FaultRedirect, Header: http.Header{"Location": {"/login/"}}}, 302, "", false},
		"expired token":            {sandbox.Fault{Kind: sandbox.FaultExpired}, 401, "Invalid token", false},
		"denied":                   {sandbox.Fault{Kind: sandbox.FaultDenied}, 500, "Permission Denied", false},
		"delay":                    {sandbox.Fault{Kind: sandbox.FaultDelay, Delay: time.Millisecond}, 200, "ok", true},
		"slow reply":               {sandbox.Fault{Kind: sandbox.FaultSlowReply, Delay: time.Millisecond}, 200, "ok", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, sandbox.Options{})
			s.SetFaults(func(r *http.Request) sandbox.Fault {
				io.ReadAll(r.Body) // as a test that looks at what is sent
				if r.Method == http.MethodPut {
					return test.fault
				}
				return sandbox.Fault{}
			})
			response, body, err := c.do(c.request("PUT", uploadPath, r1("append", "1 10:00")))
			switch {
			case test.status == cut && err == nil:
				t.Errorf("an answer came: %d", response.StatusCode)
			case test.status != cut && (err != nil || response.StatusCode != test.status || !strings.Contains(body, test.words)):
				t.Errorf("%v %v %q", err, response, body)
			}
			if err == nil {
				checkHeaders(t, test.fault, response)
			}
			if applied := len(s.Rows("R1", 1, 1)) == 1; applied != test.applied {
				t.Errorf("applied %v", applied)
			}
			if test.applied && s.Journal()[0].Status != test.status {
				t.Errorf("journal says %d", s.Journal()[0].Status)
			}
			if !test.applied && len(s.Journal()) != 0 {
				t.Errorf("journal %+v", s.Journal())
			}
			s.SetFaults(nil)
			c.login()
			c.taken(r1("append", "2 10:00"))
		})
	}
}

func checkHeaders(t *testing.T, fault sandbox.Fault, response *http.Response) {
	t.Helper()
	for name, values := range fault.Header {
		if response.Header.Get(name) != values[0] {
			t.Errorf("%s is %q", name, response.Header.Get(name))
		}
	}
	wantHTML := strings.HasPrefix(fault.Body, "<")
	if isHTML := strings.HasPrefix(response.Header.Get("Content-Type"), "text/html"); wantHTML && !isHTML {
		t.Errorf("Content-Type %q", response.Header.Get("Content-Type"))
	}
}

func TestExpiredTokenStaysBadUntilLogin(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	if err := s.Order(sandbox.Order{Kind: sandbox.FaultExpired}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if status, _ := c.put(r1("append", "1 10:00")); status != 401 {
			t.Errorf("%d", status)
		}
	}
	c.login()
	c.taken(r1("append", "1 10:00"))
}

func TestDelayOutlivesTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(sandbox.Options{})
		token := tokenOf(t, s)
		s.SetFaults(func(*http.Request) sandbox.Fault { return sandbox.Fault{Delay: time.Minute} })
		gone, cancel := context.WithTimeout(t.Context(), time.Second) // net/http ends it when the client hangs up
		defer cancel()
		r := httptest.NewRequestWithContext(gone, "PUT", uploadPath, strings.NewReader(r1("append", "1 10:00")))
		r.Header.Set("Authorization", "Token "+token)
		began := time.Now()
		s.ServeHTTP(httptest.NewRecorder(), r)
		if len(s.Rows("R1", 1, 1)) != 1 || time.Since(began) != time.Minute {
			t.Errorf("rows %v after %s", s.Rows("R1", 1, 1), time.Since(began))
		}
	})
}

func tokenOf(t *testing.T, s *sandbox.Server) string {
	r := httptest.NewRequest("POST", "/api/get-auth-token/", strings.NewReader(`{"username":"api-test@mailinator.com","password":"apitest"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer struct{ Token string }
	if json.Unmarshal(w.Body.Bytes(), &answer) != nil || answer.Token == "" {
		t.Fatalf("login: %s", w.Body)
	}
	return answer.Token
}

func TestOrdersByHTTP(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	status, body := c.must(c.request("POST", "/sandbox/faults", `{"kind":"lost-reply","count":2}`))
	if status != 200 || !strings.Contains(body, `"kind":"lost-reply"`) {
		t.Fatalf("%d %s", status, body)
	}
	for range 2 {
		if _, _, err := c.do(c.request("PUT", uploadPath, r1("append", "1 10:00"))); err == nil {
			t.Error("a lost reply came")
		}
	}
	c.taken(r1("append", "1 10:00"))
	if len(s.Journal()) != 3 {
		t.Errorf("%d uploads carried out", len(s.Journal()))
	}
	if _, body := c.get("/sandbox/faults"); body != "[]" {
		t.Errorf("still to come: %s", body)
	}
}

func TestOrdersWaitForTheirRequests(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	c.must(c.request("POST", "/sandbox/faults", `[
		{"kind":"answer","status":403,"on":"readback"},
		{"kind":"answer","status":429,"header":{"retry-after":"2"},"on":"login"},
		{"kind":"redirect","location":"/login/"},
		{"kind":"answer","status":502,"on":"read"}]`))
	for name, test := range map[string]struct {
		method, path string
		status       int
	}{
		"an upload":   {"PUT", uploadPath, 302},
		"a login":     {"POST", "/api/get-auth-token/", 429},
		"a read":      {"GET", "/api/hello/", 502},
		"a read-back": {"GET", pagePath + "json/", 403},
	} {
		response, _, err := c.do(c.request(test.method, test.path, ""))
		if err != nil || response.StatusCode != test.status {
			t.Errorf("%s: %v %v", name, response, err)
		}
	}
}

func TestOrdersForATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(sandbox.Options{})
		if err := s.Order(sandbox.Order{Kind: sandbox.FaultAnswer, On: sandbox.OnAny, For: "30s"}); err != nil {
			t.Fatal(err)
		}
		status := func() int {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", pagePath+"json/", nil))
			return w.Code
		}
		got := [3]int{status()}
		time.Sleep(29 * time.Second)
		got[1] = status()
		time.Sleep(time.Second)
		got[2] = status()
		if got != [3]int{503, 503, 200} {
			t.Errorf("%v", got)
		}
	})
}

func TestOrdersCanBeDropped(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	c.must(c.request("POST", "/sandbox/faults", `{"kind":"drop","count":9}`))
	c.must(c.request("DELETE", "/sandbox/faults", ""))
	c.taken(r1("append", "1 10:00"))
}

func TestMisspelledOrdersAreRefused(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	for name, order := range map[string]string{
		"kind":       `{"kind":"lost_reply"}`,
		"no kind":    `{}`,
		"key":        `{"kind":"drop","times":2}`,
		"on":         `{"kind":"drop","on":"PUT"}`,
		"count":      `{"kind":"drop","count":-1}`,
		"status":     `{"kind":"answer","status":99}`,
		"delay":      `{"kind":"delay","delay":"5"}`,
		"long delay": `{"kind":"delay","delay":"1h"}`,
		"for":        `{"kind":"drop","for":"soon"}`,
		"not JSON":   `drop`,
		"second bad": `[{"kind":"drop"},{"kind":"drap"}]`,
	} {
		if status, body := c.must(c.request("POST", "/sandbox/faults", order)); status != 400 {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if _, body := c.get("/sandbox/faults"); body != "[]" {
		t.Errorf("queued: %s", body)
	}
}
