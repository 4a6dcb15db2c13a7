package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"finishwatch/uploader/sandbox"
)

func TestReadBack(t *testing.T) {
	_, c := start(t, sandbox.Options{StartList: map[string][]string{"R1": {"1", "2", "3"}}})
	c.taken(r1("append", "2 14:25.10", "3 DNF", "9 14:00"))
	want := `"results":[{"bib":"9","performance":"14:00","place":1},{"bib":"2","performance":"14:25.1","place":2},` +
		`{"bib":"3","performance":"DNF"},{"bib":"1"}]}`
	for _, prefix := range []string{"", "/en-gb", "/de"} {
		for _, path := range []string{"event/R1/1/1/json/", "event/R1/1/1/json/?nocache=1", "json/"} {
			status, body := c.get(prefix + pagePath + path)
			if status != 200 || !strings.Contains(body, want) || !json.Valid([]byte(body)) {
				t.Errorf("%s%s: %d %s", prefix, path, status, body)
			}
		}
	}
	if _, body := c.get(pagePath + "event/R2/4/2/json/"); !strings.Contains(body, `"results":[]`) {
		t.Errorf("a unit without rows: %s", body)
	}
	if _, body := c.get(pagePath + "json/"); !strings.Contains(body, `"eventid":"R2"`) || strings.Contains(body, `"round":4`) {
		t.Errorf("the whole competition: %s", body)
	}
	for _, path := range []string{"event/R9/1/1/json/", "event/R1/0/1/json/", "event/R1/1/x/json/", "nothing/"} {
		if status, _ := c.get(pagePath + path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/x/2026/GBR/other/json/", "/x/2026/GBR/other/", "/en_gb/x/2026/GBR/api-test/", "/x/nothing/"} {
		if status, _ := c.get(path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestReadBackSwitches(t *testing.T) {
	for name, test := range map[string]struct {
		options sandbox.Options
		status  int
		words   string
	}{
		"hidden":            {sandbox.Options{ReadBackHidden: true}, 200, `"results":[]`},
		"forbidden by page": {sandbox.Options{ReadBackStatus: 403}, 403, "<h1>Forbidden</h1>"},
		"gateway":           {sandbox.Options{ReadBackStatus: 504}, 504, "<h1>Gateway Timeout</h1>"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, test.options)
			c.taken(r1("append", "1 10:00"))
			for _, path := range []string{"event/R1/1/1/json/", "json/"} {
				status, body := c.get(pagePath + path)
				if status != test.status || !strings.Contains(body, test.words) || strings.Contains(body, "10:00") {
					t.Errorf("%s: %d %s", path, status, body)
				}
			}
			if len(s.Rows("R1", 1, 1)) != 1 {
				t.Error("hidden results are gone")
			}
		})
	}
}

func TestPage(t *testing.T) {
	_, c := start(t, sandbox.Options{StartList: map[string][]string{"R1": {"1", "2"}}})
	hostile := `</td><script>alert(1)</script>`
	body, _ := json.Marshal(map[string]any{
		"eventid": "R1", "round": 1, "heat": 1, "mode": "append",
		"name": "<b>5k", "note": "<img src=x>", "data": [][2]string{{hostile, "14:25.10"}, {"2", "DNF"}},
	})
	c.taken(string(body))
	response, page, err := c.do(c.request("GET", "/en-gb"+pagePath, ""))
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response, err)
	}
	for _, want := range []string{
		"2026/GBR/api-test", `<script src="/sandbox/page.js" defer></script>`, "R1/1/1", "R2/1/1", "&lt;script&gt;alert(1)", "&lt;b&gt;5k", "&lt;img src=x&gt;", "unknown athlete",
		"<td>14:25.1</td>", "<td>DNF</td>", "2 results of 3 starters",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	for _, never := range []string{"<script>", "<b>", "<img", "style=", "14:25.10"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	policy := response.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if status, style := c.get("/sandbox/page.css"); status != 200 || !strings.Contains(style, "table") {
		t.Errorf("style: %d", status)
	}
}

func TestTheBareAddressLeadsToThePage(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	response, _, err := c.do(c.request("GET", "/", ""))
	if err != nil || response.StatusCode != 302 || response.Header.Get("Location") != pagePath {
		t.Errorf("%v %v", response, err)
	}
}

func TestARedirectKeepsTheAddress(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	for path, want := range map[string]string{
		"/api/2026/GBR/api-test/roadxc_upload?x=1": uploadPath + "?x=1",
		"/x/2026/GBR/api-test":                     pagePath,
	} {
		response, _, err := c.do(c.request("GET", path, ""))
		if err != nil || response.StatusCode != 301 || response.Header.Get("Location") != want {
			t.Errorf("%s: %v %v", path, response, err)
		}
	}
}

func TestJournalByHTTP(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	c.taken(r1("append", "1 10:00"))
	c.put("{}")
	c.taken(compress(`{"eventid":"R1","round":1,"heat":1,"mode":"update","name":"5k"}`))
	_, body := c.get("/sandbox/journal")
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if len(lines) != 2 {
		t.Fatalf("journal: %s", body)
	}
	if want := `"batches":[{"eventid":"R1","round":1,"heat":1,"mode":"append","data":[["1","10:00"]]}]}`; !strings.HasSuffix(lines[0], want) {
		t.Errorf("first line %s", lines[0])
	}
	if !strings.Contains(lines[1], `"compressed":true,`) || strings.Contains(lines[1], "data") || !strings.Contains(lines[1], `"name":"5k"`) {
		t.Errorf("second line %s", lines[1])
	}
}

func TestSeededRows(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	if status, body := c.must(c.request("POST", "/sandbox/rows?event=R1", `[["1","10:00"],["2","DNF"]]`)); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	if got := page(s); len(got) != 2 || got[0] != "1 1 10:00" || len(s.Journal()) != 0 {
		t.Errorf("page %q, journal %v", got, s.Journal())
	}
	if status, body := c.must(c.request("POST", "/sandbox/rows?event=R1", `[["2","DNF"]]`, "Content-Type", "application/x-www-form-urlencoded")); status != 200 {
		t.Errorf("sent as curl does: %d %s", status, body)
	}
	for _, query := range []string{"", "?event=R9", "?event=R1&round=0", "?event=R1&heat=x"} {
		if status, _ := c.must(c.request("POST", "/sandbox/rows"+query, `[]`)); status != 400 {
			t.Errorf("%q: %d", query, status)
		}
	}
	for _, rows := range []string{"", "{}", `[["1","x"]]`} {
		if status, _ := c.must(c.request("POST", "/sandbox/rows?event=R1", rows)); status != 400 {
			t.Errorf("%q: %d", rows, status)
		}
	}
	if status, body := c.get("/sandbox/units"); status != 200 || !strings.Contains(body, `"rows":2,"results":2`) {
		t.Errorf("%d %s", status, body)
	}
}

func TestAForeignPageCannotOrderFaults(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	status, _ := c.must(c.request("POST", "/sandbox/faults", `{"kind":"drop"}`, "Origin", "https://example.org", "Sec-Fetch-Site", "cross-site"))
	if status != 403 {
		t.Errorf("%d", status)
	}
}
