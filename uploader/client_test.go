package uploader_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/uploader/sandbox"
)

// world is a client and the imitation of OpenTrack that it talks to over a real connection.
type world struct {
	server *sandbox.Server
	http   *httptest.Server
	client *uploader.Client
}

func newWorld(t *testing.T, options sandbox.Options, change func(*uploader.Account, *uploader.Form)) *world {
	t.Helper()
	w := &world{server: sandbox.New(options)}
	w.http = httptest.NewServer(w.server)
	t.Cleanup(w.http.Close)
	w.client = clientOf(t, w.http.URL, change)
	return w
}

func clientOf(t *testing.T, address string, change func(*uploader.Account, *uploader.Form)) *uploader.Client {
	t.Helper()
	server, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	account := uploader.Account{
		Server: server, Competition: "2026/GBR/api-test", Username: "api-test@mailinator.com", Password: "apitest",
		Timeout: 5 * time.Second, Agent: "finishwatch/test",
	}
	form := uploader.Form{Compress: "auto"}
	if change != nil {
		change(&account, &form)
	}
	return uploader.NewClient(account, form)
}

func batchOf(mode state.Mode, pairs ...string) state.Batch {
	b := state.Batch{Unit: r1, Mode: mode}
	for i := 0; i < len(pairs); i += 2 {
		mark, err := parse.ParseMark(pairs[i+1])
		if err != nil {
			panic(err)
		}
		b.Rows = append(b.Rows, state.Row{Bib: parse.Bib(pairs[i]), Mark: mark})
	}
	return b
}

func (w *world) shown() map[string]string {
	marks := map[string]string{}
	for _, row := range w.server.Rows("R1", 1, 1) {
		marks[row.Bib] = row.Mark
	}
	return marks
}

func TestTheClientLogsInAndPuts(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	if err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "349", "14:25.10", "007", "DNF")}); err != nil {
		t.Fatal(err)
	}
	equal(t, "on the page", map[string]string{"349": "14:25.10", "007": "DNF"}, w.shown())
	results, err := w.client.ReadBack(t.Context(), r1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Bib == "349" && !r.Is(batchOf(state.Append, "349", "14:25.10").Rows[0].Mark) {
			t.Errorf("read back %+v", r)
		}
	}
	if len(results) != 2 {
		t.Errorf("read back %+v", results)
	}
}

func TestEverySuccessIsASuccess(t *testing.T) {
	for name, options := range map[string]sandbox.Options{
		"200 with JSON":  {},
		"200 and empty":  {SuccessEmpty: true},
		"201":            {SuccessStatus: http.StatusCreated},
		"204 no content": {SuccessStatus: http.StatusNoContent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options, nil)
			if err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestClassesOfAnswers is the table of OPENTRACK section 6.
func TestClassesOfAnswers(t *testing.T) {
	for _, test := range []struct {
		status int
		body   string
		header http.Header
		class  uploader.Class
		after  time.Duration
	}{
		{status: 408, class: uploader.Unreachable},
		{status: 425, class: uploader.Unreachable},
		{status: 429, class: uploader.Unreachable, header: http.Header{"Retry-After": {"7"}}, after: 7 * time.Second},
		{status: 503, class: uploader.Unreachable, header: http.Header{"Retry-After": {"99999"}}, after: 10 * time.Minute},
		{status: 429, class: uploader.Unreachable, header: http.Header{"Retry-After": {"soon"}}},
		{status: 500, body: "oops", class: uploader.Unreachable},
		{status: 502, class: uploader.Unreachable},
		{status: 503, class: uploader.Unreachable},
		{status: 504, class: uploader.Unreachable},
		{status: 401, class: uploader.LoginRefused},
		{status: 403, class: uploader.LoginRefused},
		{status: 500, body: "500: Permission Denied", class: uploader.LoginRefused},
		{status: 400, class: uploader.BatchRefused},
		{status: 413, class: uploader.BatchRefused},
		{status: 422, class: uploader.BatchRefused},
		{status: 409, class: uploader.BatchRefused},
		{status: 404, class: uploader.WrongAddress},
		{status: 405, class: uploader.WrongAddress},
		{status: 301, header: http.Header{"Location": {"/elsewhere/"}}, class: uploader.WrongAddress},
		{status: 302, header: http.Header{"Location": {"/login/"}}, class: uploader.WrongAddress},
		{status: 307, header: http.Header{"Location": {"/elsewhere/"}}, class: uploader.WrongAddress},
		{status: 200, body: "<!DOCTYPE html><html><title>Hotel WLAN</title>", class: uploader.Doubtful},
		{status: 200, body: "\n <HTML>", class: uploader.Doubtful},
		{status: 200, body: "<!-- portal --><html>", class: uploader.Doubtful},
		{status: 200, body: "<script>location='/login'</script>", class: uploader.Doubtful},
		{status: 200, body: strings.Repeat(" ", 600) + "<html>", class: uploader.Doubtful},
		{status: 200, body: "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", class: uploader.Doubtful},
		{status: 200, body: "please log in", header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, class: uploader.Doubtful},
	} {
		t.Run(fmt.Sprint(test.status, test.body), func(t *testing.T) {
			w := newWorld(t, sandbox.Options{}, nil)
			w.server.SetFaults(func(r *http.Request) sandbox.Fault {
				if r.Method != http.MethodPut {
					return sandbox.Fault{}
				}
				return sandbox.Fault{Kind: sandbox.FaultAnswer, Status: test.status, Header: test.header, Body: test.body}
			})
			err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
			refused, ok := errors.AsType[*uploader.Error](err)
			if !ok || refused.Class != test.class || refused.StatusCode != test.status || refused.RetryAfter != test.after {
				t.Errorf("got %+v", err)
			}
			if location := test.header.Get("Location"); location != "" && !strings.Contains(err.Error(), location) {
				t.Errorf("the error does not name the Location: %v", err)
			}
			equal(t, "on the page", map[string]string{}, w.shown())
		})
	}
}

func TestARedirectIsNeverFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	w := newWorld(t, sandbox.Options{}, nil)
	if err := w.server.Order(sandbox.Order{Kind: sandbox.FaultRedirect, Location: elsewhere.URL}); err != nil {
		t.Fatal(err)
	}
	err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
	if err == nil || followed {
		t.Errorf("error %v, followed %v", err, followed)
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	w := newWorld(t, sandbox.Options{TokenUses: 1}, nil)
	for i := range 3 {
		if err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, fmt.Sprint(i), "14:25")}); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "on the page", map[string]string{"0": "14:25", "1": "14:25", "2": "14:25"}, w.shown())
}

func TestAUserWithoutRightsIsALoginProblem(t *testing.T) {
	w := newWorld(t, sandbox.Options{NoRights: true}, nil)
	err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
	if refused, ok := errors.AsType[*uploader.Error](err); !ok || refused.Class != uploader.LoginRefused {
		t.Errorf("got %v", err)
	}
}

func TestAWrongPasswordIsALoginProblemAndStaysSecret(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(a *uploader.Account, _ *uploader.Form) { a.Password = "hunter2" })
	err := w.client.Login(t.Context())
	refused, ok := errors.AsType[*uploader.Error](err)
	if !ok || refused.Class != uploader.LoginRefused || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestSecretsThatTheServerRepeatsAreTakenOut(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"token":"0123456789abcdef"}`)
			return
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "bad request by apitest with "+r.Header.Get("Authorization")+"\x1b[31m\n<0>forged")
	}))
	defer server.Close()
	err := clientOf(t, server.URL, nil).Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
	for _, bad := range []string{"apitest", "0123456789abcdef", "\x1b", "\n"} {
		if err == nil || strings.Contains(err.Error(), bad) {
			t.Errorf("%q is in %q", bad, err)
		}
	}
}

func TestSecretsStaySecretWhateverALoginAnswers(t *testing.T) {
	const password = `p@ss&"<word>`
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"a token under another name": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"key":"9944b09199c62bcf"}`) },
		"the form as it was sent": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.Copy(w, r.Body)
		},
		"the password where the words are cut": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat("x", 195)+r.FormValue("password"))
		},
		"no HTTP, but what was sent": func(w http.ResponseWriter, r *http.Request) {
			sent, _ := io.ReadAll(r.Body)
			if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 %s\r\n\r\n", sent)
				_ = conn.Close()
			}
		},
		"the password as JSON": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(r.FormValue("password"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(answer))
			defer server.Close()
			err := clientOf(t, server.URL, func(a *uploader.Account, _ *uploader.Form) { a.Password = password }).Login(t.Context())
			for _, bad := range []string{password, url.QueryEscape(password), "p@ss", "p%40ss", "9944b"} {
				if err == nil || strings.Contains(err.Error(), bad) {
					t.Errorf("%q is in %q", bad, err)
				}
			}
		})
	}
}

// 101 has no body: what follows is the bare connection, which no context closes.
func TestSwitchingProtocolsIsNoAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		_, _ = io.Copy(io.Discard, connection) // until the client lets go
	}))
	defer server.Close()
	err := clientOf(t, server.URL, nil).Login(t.Context())
	if refused, ok := errors.AsType[*uploader.Error](err); !ok || refused.Class != uploader.Unreachable {
		t.Errorf("got %v", err)
	}
}

func TestNetworkErrorsAreUnreachable(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, nil)
	if err := w.server.Order(sandbox.Order{Kind: sandbox.FaultLostReply}); err != nil {
		t.Fatal(err)
	}
	err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
	if refused, ok := errors.AsType[*uploader.Error](err); !ok || refused.Class != uploader.Unreachable {
		t.Errorf("lost reply: %v", err)
	}
	equal(t, "on the page", map[string]string{"1": "14:25"}, w.shown())
	w.http.Close()
	err = w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "2", "14:26")})
	if refused, ok := errors.AsType[*uploader.Error](err); !ok || refused.Class != uploader.Unreachable {
		t.Errorf("server down: %v", err)
	}
}

func TestASlowServerIsGivenUpAfterTheTimeout(t *testing.T) {
	w := newWorld(t, sandbox.Options{}, func(a *uploader.Account, _ *uploader.Form) { a.Timeout = 50 * time.Millisecond })
	if err := w.server.Order(sandbox.Order{Kind: sandbox.FaultSlowReply, Delay: "300ms"}); err != nil {
		t.Fatal(err)
	}
	err := w.client.Put(t.Context(), []state.Batch{batchOf(state.Append, "1", "14:25")})
	if err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("got %v", err)
	}
}

// TestTheRequestIsTheDocumentedOne compares with OpenTrack's documentation, roadxc_upload.
func TestTheRequestIsTheDocumentedOne(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"token":"0123"}`)
			return
		}
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	client := clientOf(t, server.URL, func(_ *uploader.Account, f *uploader.Form) { f.IgnoreUnknowns = true })
	b := batchOf(state.Append, "349", "14:25.10", "690", "DNF")
	b.Rows[0].Bib = "é😀\""
	b.Attributes = &state.Attributes{Name: "My 5k", Note: "windy"}
	if err := client.Put(t.Context(), []state.Batch{b}); err != nil {
		t.Fatal(err)
	}
	want := `{"eventid":"R1","round":1,"heat":1,"mode":"append","ignore_unknowns":"True","name":"My 5k","note":"windy","data":[["\u00e9\ud83d\ude00\"","14:25.10"],["690","DNF"]]}`
	equal(t, "body", want, string(body))
	equal(t, "path", "/api/2026/GBR/api-test/roadxc_upload/", got.URL.Path)
	equal(t, "headers", map[string]string{"Authorization": "Token 0123", "Referer": server.URL + "/", "Content-Type": "", "Content-Encoding": ""}, map[string]string{
		"Authorization": got.Header.Get("Authorization"), "Referer": got.Header.Get("Referer"),
		"Content-Type": got.Header.Get("Content-Type"), "Content-Encoding": got.Header.Get("Content-Encoding"),
	})
}

func TestBodiesFromAboutAKilobyteAreZlib(t *testing.T) {
	var pairs []string
	for i := range 200 {
		pairs = append(pairs, fmt.Sprint(1000+i), "14:25.10")
	}
	large := []state.Batch{batchOf(state.Append, pairs...)}
	small := []state.Batch{batchOf(state.Append, "1", "14:25")}
	for _, test := range []struct {
		compress string
		batches  []state.Batch
		zlib     bool
	}{
		{"auto", small, false},
		{"auto", large, true},
		{"always", small, true},
		{"never", large, false},
	} {
		body, err := uploader.Form{Compress: test.compress}.Body(test.batches)
		if err != nil {
			t.Fatal(err)
		}
		if got := body[0] == 0x78; got != test.zlib || !got && !json.Valid(body) {
			t.Errorf("%s, %d rows: zlib %v", test.compress, len(test.batches[0].Rows), got)
		}
	}
	w := newWorld(t, sandbox.Options{}, nil)
	if err := w.client.Put(t.Context(), large); err != nil {
		t.Fatal(err)
	}
	if entry := w.server.Journal()[0]; !entry.Compressed || len(w.shown()) != 200 {
		t.Errorf("compressed %v, %d rows", entry.Compressed, len(w.shown()))
	}
}

func TestADryRunPrintsTheRequestWithoutTheToken(t *testing.T) {
	var out bytes.Buffer
	server, _ := url.Parse("https://data.opentrack.run")
	p := uploader.NewPrinter(&out, uploader.Account{Server: server, Competition: "2026/GBR/x", Password: "hunter2"}, uploader.Form{Compress: "never"})
	if err := p.Put(t.Context(), []state.Batch{batchOf(state.Append, "349", "14:25.10")}); err != nil {
		t.Fatal(err)
	}
	want := `PUT https://data.opentrack.run/api/2026/GBR/x/roadxc_upload/
Host: data.opentrack.run
Authorization: Token ***
Referer: https://data.opentrack.run/
Content-Length: 86 (as it stands here)

{"eventid":"R1","round":1,"heat":1,"mode":"append","data":[["349","14:25.10"]]}

`
	equal(t, "printed", strings.Replace(want, "86", fmt.Sprint(len(`{"eventid":"R1","round":1,"heat":1,"mode":"append","data":[["349","14:25.10"]]}`)), 1), out.String())
}

func TestAPageThatCannotBeReadBackSaysSo(t *testing.T) {
	for name, options := range map[string]sandbox.Options{
		"hidden by the director": {ReadBackHidden: true},
		"403 by the proxy":       {ReadBackStatus: http.StatusForbidden},
		"503 by the proxy":       {ReadBackStatus: http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options, nil)
			results, err := w.client.ReadBack(t.Context(), r1)
			if options.ReadBackHidden {
				if err != nil || len(results) != 0 {
					t.Errorf("got %v, %v", results, err)
				}
				return
			}
			if refused, ok := errors.AsType[*uploader.Error](err); !ok || refused.StatusCode != options.ReadBackStatus {
				t.Errorf("got %v", err)
			}
		})
	}
}
