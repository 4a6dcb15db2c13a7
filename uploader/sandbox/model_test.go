package sandbox_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"finishwatch/uploader/sandbox"
)

// model is the three modes in their documented words: bib to mark.
type model map[string]string

func (m model) apply(mode string, rows [][2]string) {
	if mode == "replace" {
		clear(m)
	}
	for _, row := range rows {
		if _, exists := m[row[0]]; !exists || mode != "append" {
			m[row[0]] = row[1]
		}
	}
}

func TestModesFollowTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, want := sandbox.New(sandbox.Options{}), model{}
		token := rapidLogin(t, s)
		marks := rapid.SampledFrom([]string{"10:00", "10:01.5", "1:00:00", "59:59.99", "DNF", "DQ"})
		row := rapid.Custom(func(t *rapid.T) [2]string {
			return [2]string{rapid.StringMatching(`[0-3]{1,2}`).Draw(t, "bib"), marks.Draw(t, "mark")}
		})
		batch := rapid.SliceOfNDistinct(row, 0, 6, func(r [2]string) string { return r[0] })
		for range rapid.IntRange(1, 8).Draw(t, "uploads") {
			mode := rapid.SampledFrom([]string{"append", "update", "replace"}).Draw(t, "mode")
			rows := batch.Draw(t, "rows")
			body, _ := json.Marshal(map[string]any{"eventid": "R1", "round": 1, "heat": 1, "mode": mode, "data": rows})
			upload(t, s, token, string(body))
			want.apply(mode, rows)
			compare(t, s, want)
		}
	})
}

// compare checks what is on the page against the model, and the order of the page.
func compare(t *rapid.T, s *sandbox.Server, want model) {
	got := model{}
	rows := s.Rows("R1", 1, 1)
	for i, row := range rows {
		got[row.Bib] = row.Mark
		if row.Place != 0 && row.Place != i+1 {
			t.Fatalf("place %d on line %d", row.Place, i+1)
		}
	}
	if len(rows) != len(want) || !maps.Equal(got, want) {
		t.Fatalf("page (-want +got):\n%s", cmp.Diff(want, got))
	}
	order := []string{"10:00", "10:01.5", "59:59.99", "1:00:00", "DNF", "DQ"}
	if !slices.IsSortedFunc(rows, func(a, b sandbox.Row) int {
		return min(slices.Index(order, a.Mark), 4) - min(slices.Index(order, b.Mark), 4)
	}) {
		t.Fatalf("order %+v", rows)
	}
}

func rapidLogin(t *rapid.T, s *sandbox.Server) string {
	r := httptest.NewRequest("POST", "/api/get-auth-token/", strings.NewReader("username=api-test@mailinator.com&password=apitest"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var answer struct{ Token string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Token
}

func upload(t *rapid.T, s *sandbox.Server, token, body string) {
	r := httptest.NewRequest("PUT", uploadPath, strings.NewReader(body))
	r.Header.Set("Authorization", "Token "+token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("PUT %s: %d %s", body, w.Code, w.Body)
	}
}
