package sandbox_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"strings"
	"testing"

	"finishwatch/uploader/sandbox"
)

func multipartLogin(t *testing.T) (body, kind string) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for name, value := range map[string]string{"username": "api-test@mailinator.com", "password": "apitest"} {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return out.String(), w.FormDataContentType()
}

func TestLogin(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	multi, multiKind := multipartLogin(t)
	for name, test := range map[string]struct {
		body, kind string
		status     int
		words      string
	}{
		"form":           {"username=api-test@mailinator.com&password=apitest", form, 200, `"token"`},
		"multipart":      {multi, multiKind, 200, `"token"`},
		"JSON":           {`{"username":"api-test@mailinator.com","password":"apitest"}`, "application/json; charset=utf-8", 200, `"token"`},
		"wrong password": {"username=api-test@mailinator.com&password=x", form, 400, "non_field_errors"},
		"wrong user":     {"username=x&password=apitest", form, 400, "non_field_errors"},
		"no password":    {"username=x", form, 400, `"password":["This field is required."]`},
		"no user":        {"password=x", form, 400, `"username":["This field is required."]`},
		"no media type":  {"username=api-test@mailinator.com&password=apitest", "", 415, "media type"},
		"in the address": {"", form, 400, "required"},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := start(t, sandbox.Options{})
			first := c.token
			path := "/api/get-auth-token/"
			if name == "in the address" {
				path += "?username=api-test@mailinator.com&password=apitest"
			}
			c.token = ""
			status, body := c.must(c.request("POST", path, test.body, "Content-Type", test.kind))
			if status != test.status || !strings.Contains(body, test.words) {
				t.Errorf("%d %s", status, body)
			}
			if status == 200 && !strings.Contains(body, first) {
				t.Errorf("another token each time: %s, %s", first, body)
			}
			if status != 200 && strings.Contains(body, "token") {
				t.Errorf("a refusal with a token: %s", body)
			}
		})
	}
}

func TestCalls(t *testing.T) {
	entered := map[string][]string{"R1": {"1", "2"}, "R2": {"2", "003"}}
	_, c := start(t, sandbox.Options{StartList: entered})
	for name, test := range map[string]struct{ path, words string }{
		"hello":                       {"/api/hello/", `"Hello, `},
		"my competitions":             {"/api/my-competitions/?to_date=9999-12-31", `/x/2026/GBR/api-test/"`},
		"none up to a date long past": {"/api/my-competitions/?to_date=2000-01-01", `{"competitions":[]}`},
		"no such competition":         {"/api/competitors/?competition=x", `"count":0`},
	} {
		if status, body := c.get(test.path); status != 200 || !strings.Contains(body, test.words) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := c.get("/api/my-competitions/?to_date=soon"); status != 400 {
		t.Errorf("a date that is none: %d", status)
	}
	c.token = ""
	for _, path := range []string{"hello/", "my-competitions/", "competitors/", "events/"} {
		if status, _ := c.get("/api/" + path); status != 401 {
			t.Errorf("%s without a token: %d", path, status)
		}
	}
}

func TestNoRightsListsNothing(t *testing.T) {
	_, c := start(t, sandbox.Options{NoRights: true})
	if _, body := c.get("/api/my-competitions/"); body != `{"competitions":[]}` {
		t.Error(body)
	}
}

func TestListsComeInPages(t *testing.T) {
	_, c := start(t, sandbox.Options{StartList: map[string][]string{"R1": {"1", "2"}, "R2": {"2", "003"}}})
	_, body := c.get("/api/my-competitions/")
	var mine struct{ Competitions []struct{ ID string } }
	if err := json.Unmarshal([]byte(body), &mine); err != nil || len(mine.Competitions) != 1 {
		t.Fatal(body, err)
	}
	for call, want := range map[string]string{"competitors": "1 2 003", "events": "R1 R2"} {
		var got []string
		next := c.base + "/api/" + call + "/?limit=1&competition=" + mine.Competitions[0].ID
		for pages := 0; next != "" && pages < 9; pages++ {
			_, body := c.get(strings.TrimPrefix(next, c.base))
			var list struct {
				Next    string
				Results []struct {
					Bib   string `json:"competitor_id"`
					Event string `json:"event_id"`
				}
			}
			if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Results) != 1 {
				t.Fatal(body, err)
			}
			got = append(got, list.Results[0].Bib+list.Results[0].Event)
			next = list.Next
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", call, got)
		}
	}
}
