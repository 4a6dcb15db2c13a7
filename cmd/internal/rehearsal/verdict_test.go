package rehearsal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"finishwatch/uploader/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// put uploads to the imitation as a client does; body is what stands behind the unit.
func put(t *testing.T, s *sandbox.Server, mode, data string) {
	t.Helper()
	call := func(method, path, token, body string) string {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Token "+token)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatal(w.Code, w.Body)
		}
		return w.Body.String()
	}
	login := call(http.MethodPost, "/api/get-auth-token/", "", `{"username":"api-test@mailinator.com","password":"apitest"}`)
	_, token, _ := strings.Cut(login, `"token":`)
	token = strings.Split(token, `"`)[1]
	call(http.MethodPut, "/api/2026/GBR/api-test/roadxc_upload/", token,
		fmt.Sprintf(`{"eventid":"R1","round":1,"heat":1,"mode":%q,"data":%s}`, mode, data))
}

// A rehearsal that cannot fail proves nothing.
func TestTheVerdictSaysWhatIsWrong(t *testing.T) {
	s, err := played("5k.csv", []byte("Bib,Time\n349,14:25.10\n347,14:33.00\n690,DNF\n"))
	if err != nil {
		t.Fatal(err)
	}
	const all = `[["349","14:25.10"],["347","14:33.00"],["690","DNF"]]`
	tests := map[string]struct {
		puts      [][2]string
		confirmed int
		wrong     []string
	}{
		"all is there":                {puts: [][2]string{{"append", all}}, confirmed: 3},
		"all is there, sent twice":    {puts: [][2]string{{"append", all}, {"append", all}}, confirmed: 3},
		"nothing is there":            {confirmed: 3, wrong: []string{"bib 349 14:25.10 is missing", "bib 347 14:33.00 is missing", "bib 690 DNF is missing"}},
		"one is missing":              {puts: [][2]string{{"append", `[["349","14:25.10"],["690","DNF"]]`}}, confirmed: 3, wrong: []string{"bib 347 14:33.00 is missing"}},
		"all is there, not confirmed": {puts: [][2]string{{"append", all}}, confirmed: 2},
		"one is too many": {
			puts: [][2]string{{"append", all}, {"append", `[["1","14:00"]]`}}, confirmed: 3,
			wrong: []string{"bib 1 should not be there", "bib 1 was sent with 14:00, which the export never said"},
		},
		"one is wrong": {
			puts: [][2]string{{"append", all}, {"update", `[["349","14:25.01"]]`}}, confirmed: 3,
			wrong: []string{"bib 349 has 14:25.01, the export says 14:25.10", "bib 349 was sent with 14:25.01, which the export never said"},
		},
		"one was wrong for a moment": {
			puts: [][2]string{{"append", `[["349","14:02"]]`}, {"update", all}}, confirmed: 3,
			wrong: []string{"bib 349 was sent with 14:02, which the export never said"},
		},
		"another spelling of the mark": {
			puts: [][2]string{{"append", `[["349","14:25.1"],["347","14:33.00"],["690","DNF"]]`}}, confirmed: 3,
			wrong: []string{"bib 349 has 14:25.1, the export says 14:25.10", "bib 349 was sent with 14:25.1, which the export never said"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{})
			for _, p := range test.puts {
				put(t, server, p[0], p[1])
			}
			p := player{stage: &stage{script: s, server: server}, complete: []moment{{lines: 4, at: time.Now()}}}
			v := p.compare()
			v.confirmed = test.confirmed
			if diff := cmp.Diff(test.wrong, v.wrong); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			v.print(&text)
			clean := test.wrong == nil && test.confirmed == 3
			if v.clean() != clean || strings.Contains(text.String(), "NOT CLEAN") == clean {
				t.Errorf("clean %v\n%s", v.clean(), &text)
			}
		})
	}
}

func TestABibThatIsThereTwice(t *testing.T) {
	v := verdict{want: 1, right: 1, confirmed: 1, wrong: []string{"bib 7 is there 2 times"}}
	if v.clean() {
		t.Error("clean")
	}
}

func TestTheVerdictNamesOnlySome(t *testing.T) {
	v := verdict{want: 30}
	for i := range 30 {
		v.wrong = append(v.wrong, fmt.Sprintf("bib %d\x1b is missing", i))
	}
	var text bytes.Buffer
	v.print(&text)
	if got := text.String(); strings.Count(got, "WRONG  bib") != maxWrong || !strings.Contains(got, "WRONG  and 10 more") || strings.Contains(got, "\x1b") {
		t.Error(got)
	}
}

// A delay begins with the write that completed the row, for a correction with the write that corrected it.
func TestDelays(t *testing.T) {
	start := time.Date(2026, 5, 3, 11, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	p := player{
		complete:  []moment{{1, at(0)}, {2, at(10)}, {4, at(20)}},
		corrected: map[string]time.Time{"349": at(30)},
	}
	tests := map[string]struct {
		bib            string
		line           int
		first, changed time.Time
		want           time.Duration
	}{
		"a row":                           {"1", 2, at(11), at(11), time.Second},
		"a row in a write of several":     {"2", 3, at(22), at(22), 2 * time.Second},
		"a correction":                    {"349", 2, at(11), at(33), 3 * time.Second},
		"a row that was never completed":  {"3", 9, at(25), at(25), 5 * time.Second},
		"a row that somebody touched too": {"4", 4, at(21), at(40), time.Second},
	}
	for name, test := range tests {
		if got := p.delay(test.bib, test.line, test.first, test.changed); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// The whole play, with an export that ends without a newline and one that nobody can read.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	ragged := filepath.Join(dir, "my race [1].csv")
	if err := os.WriteFile(ragged, []byte("Bib,Time\r\n349,14:25.10\r\n347,14:33.00"), 0o644); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := Run(t.Context(), &text, Options{From: ragged}); err != nil || !strings.Contains(text.String(), "CLEAN: read 2, confirmed 2, 2 of 2") {
		t.Errorf("%v\n%s", err, &text)
	}
	for name, content := range map[string]string{"refused.csv": "Bib,Gun Time,Chip Time\n1,14:25,14:20\n", "empty.csv": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := Run(t.Context(), io.Discard, Options{From: path}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := Run(t.Context(), io.Discard, Options{From: filepath.Join(dir, "none.csv")}); err == nil {
		t.Error("none.csv: no error")
	}
}

func TestAnInterruptedRehearsalIsNotClean(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	if err := Run(ctx, io.Discard, Options{Athletes: 300}); err == nil {
		t.Error("clean")
	}
}
