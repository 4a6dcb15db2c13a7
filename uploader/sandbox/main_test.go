package sandbox_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"finishwatch/uploader/sandbox"
)

const (
	uploadPath = "/api/2026/GBR/api-test/roadxc_upload/"
	pagePath   = "/x/2026/GBR/api-test/"
)

func TestMain(m *testing.M) {
	var dialer net.Dialer
	http.DefaultTransport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if to, err := netip.ParseAddrPort(address); err != nil || !to.Addr().IsLoopback() {
			return nil, fmt.Errorf("tests stay on this machine: %s", address)
		}
		return dialer.DialContext(ctx, network, address)
	}}
	code := m.Run()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// client makes calls on one sandbox with a connection each and without following redirects.
type client struct {
	t     testing.TB
	base  string
	token string
	http  *http.Client
}

// start runs a sandbox over real connections and logs in.
func start(t testing.TB, options sandbox.Options) (*sandbox.Server, *client) {
	t.Helper()
	s := sandbox.New(options)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c := connect(t, server.URL)
	c.login()
	return s, c
}

func connect(t testing.TB, base string) *client {
	return &client{t: t, base: base, http: &http.Client{
		Transport:     http.DefaultTransport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *client) login() {
	c.t.Helper()
	status, body := c.must(c.request("POST", "/api/get-auth-token/", "username=api-test%40mailinator.com&password=apitest",
		"Content-Type", "application/x-www-form-urlencoded"))
	var answer struct{ Token string }
	if status != 200 || json.Unmarshal([]byte(body), &answer) != nil || len(answer.Token) != 40 {
		c.t.Fatalf("login: %d %s", status, body)
	}
	c.token = answer.Token
}

// request builds a request with the token, where there is one, and headers in pairs.
func (c *client) request(method, path, body string, headers ...string) *http.Request {
	c.t.Helper()
	r, err := http.NewRequest(method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Close = true
	if c.token != "" {
		r.Header.Set("Authorization", "Token "+c.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// do is the answer to a request, or the error of the connection.
func (c *client) do(r *http.Request) (*http.Response, string, error) {
	response, err := c.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

// must is the status and body of the answer to a request that has to get one.
func (c *client) must(r *http.Request) (int, string) {
	c.t.Helper()
	response, body, err := c.do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, body
}

func (c *client) get(path string) (int, string) {
	c.t.Helper()
	return c.must(c.request("GET", path, ""))
}

func (c *client) put(body string) (int, string) {
	c.t.Helper()
	return c.must(c.request("PUT", uploadPath, body))
}

// taken uploads a body that has to be taken.
func (c *client) taken(body string) {
	c.t.Helper()
	if status, answer := c.put(body); status < 200 || status > 299 {
		c.t.Fatalf("PUT %.100s: %d %s", body, status, answer)
	}
}

// r1 is one object for R1/1/1; rows are "bib mark".
func r1(mode string, rows ...string) string {
	data := make([][2]string, len(rows))
	for i, row := range rows {
		data[i][0], data[i][1], _ = strings.Cut(row, " ")
	}
	text, err := json.Marshal(map[string]any{"eventid": "R1", "round": 1, "heat": 1, "mode": mode, "data": data})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// page is what R1/1/1 shows, one "place bib mark" a row.
func page(s *sandbox.Server) []string {
	lines := []string{}
	for _, row := range s.Rows("R1", 1, 1) {
		lines = append(lines, fmt.Sprintf("%d %s %s", row.Place, row.Bib, row.Mark))
	}
	return lines
}

func compress(text string) string {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	io.WriteString(w, text)
	w.Close()
	return out.String()
}
