package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/uploader/sandbox"
)

// put uploads to the imitation as a client does; data is what stands behind the unit.
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

// heard is a witness who was told what files said in turn, and what is wanted in the end.
func heard(t *testing.T, races []config.Race, files ...found) (*witness, outcomes) {
	t.Helper()
	w, err := newWitness(races)
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]*export{}
	var exports []*export
	for _, f := range files {
		if last[f.name] == nil {
			last[f.name] = &export{name: f.name}
			exports = append(exports, last[f.name])
		}
		last[f.name].events = []event{{text: f.data}}
		w.hear(f.name, f.data, false, parse.TailStill, time.Now())
	}
	return w, w.expected(exports)
}

// A rehearsal that cannot fail proves nothing.
func TestTheVerdictSaysWhatIsWrong(t *testing.T) {
	const all = `[["349","14:25.10"],["347","14:33.00"],["690","DNF"]]`
	tests := map[string]struct {
		puts      [][2]string
		confirmed int
		wrong     []string
	}{
		"all is there":                {puts: [][2]string{{"append", all}}, confirmed: 3},
		"all is there, sent twice":    {puts: [][2]string{{"append", all}, {"append", all}}, confirmed: 3},
		"an earlier mark was sent":    {puts: [][2]string{{"append", `[["349","14:20.00"]]`}, {"update", all}}, confirmed: 3},
		"nothing is there":            {confirmed: 3, wrong: []string{"R1/1/1 bib 347 14:33.00 is missing", "R1/1/1 bib 349 14:25.10 is missing", "R1/1/1 bib 690 DNF is missing"}},
		"one is missing":              {puts: [][2]string{{"append", `[["349","14:25.10"],["690","DNF"]]`}}, confirmed: 3, wrong: []string{"R1/1/1 bib 347 14:33.00 is missing"}},
		"all is there, not confirmed": {puts: [][2]string{{"append", all}}, confirmed: 2},
		"more is confirmed":           {puts: [][2]string{{"append", all}}, confirmed: 4},
		"a correction was lost": {
			puts: [][2]string{{"append", `[["349","14:20.00"]]`}, {"append", all}}, confirmed: 3,
			wrong: []string{"R1/1/1 bib 349 has 14:20.00, the export says 14:25.10"},
		},
		"one is too many": {
			puts: [][2]string{{"append", all}, {"append", `[["1","14:00"]]`}}, confirmed: 3,
			wrong: []string{"R1/1/1 bib 1 was sent with 14:00, which the export never said", "R1/1/1 bib 1 should not be there"},
		},
		"one is wrong": {
			puts: [][2]string{{"append", all}, {"update", `[["349","14:25.01"]]`}}, confirmed: 3,
			wrong: []string{"R1/1/1 bib 349 was sent with 14:25.01, which the export never said", "R1/1/1 bib 349 has 14:25.01, the export says 14:25.10"},
		},
		"one was wrong for a moment": {
			puts: [][2]string{{"append", `[["349","14:02"]]`}, {"update", all}}, confirmed: 3,
			wrong: []string{"R1/1/1 bib 349 was sent with 14:02, which the export never said"},
		},
		"another spelling of the mark": {
			puts: [][2]string{{"append", `[["349","14:25.1"],["347","14:33.00"],["690","DNF"]]`}}, confirmed: 3,
			wrong: []string{"R1/1/1 bib 349 was sent with 14:25.1, which the export never said", "R1/1/1 bib 349 has 14:25.1, the export says 14:25.10"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{})
			w, o := heard(t, []config.Race{raceOf("R1", "5k.csv")},
				found{"5k.csv", []byte("Bib,Time\n349,14:20.00\n")},
				found{"5k.csv", []byte("Bib,Time\n349,14:25.10\n347,14:33.00\n690,DNF\n")})
			for _, p := range test.puts {
				put(t, server, p[0], p[1])
			}
			v := compare(server, w, o)
			v.confirmed = test.confirmed
			if diff := cmp.Diff(test.wrong, v.wrong); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			clean := test.wrong == nil && test.confirmed == 3
			if v.clean() != clean || strings.Contains(v.lines()[0], "NOT CLEAN") == clean {
				t.Errorf("clean %v\n%s", v.clean(), v.lines())
			}
		})
	}
}

// Two files of one race, a bib that they dispute, and a bib that is held: neither demanded nor wrong.
func TestWhatACorrectReaderHolds(t *testing.T) {
	races := []config.Race{raceOf("R1", "a.csv"), raceOf("R1", "b.csv"), raceOf("R2", "b.csv")}
	w, o := heard(t, races,
		found{"a.csv", []byte("Bib,Time\n1,14:00\n2,14:10\n3,14:20\n3,14:21\n4,14:30.1\n")},
		found{"b.csv", []byte("Bib,Time\n2,14:11\n4,14:30.10\n5,15:00\n")})
	r1, r2 := sandbox.Unit{Event: "R1", Round: 1, Heat: 1}, sandbox.Unit{Event: "R2", Round: 1, Heat: 1}
	var want []string
	for _, s := range o.spots() {
		want = append(want, fmt.Sprint(s.unit, " ", s.bib, " ", o.want[s]))
	}
	if diff := cmp.Diff([]string{
		"R1/1/1 1 [14:00]", "R1/1/1 4 [14:30.1 14:30.10]", "R1/1/1 5 [15:00]",
		"R2/1/1 2 [14:11]", "R2/1/1 4 [14:30.10]", "R2/1/1 5 [15:00]",
	}, want); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[spot]bool{{r1, "2"}: true, {r1, "3"}: true}, o.disputed, cmp.AllowUnexported(spot{})); diff != "" {
		t.Error(diff)
	}
	if w.since(spot{r2, "5"}, "15:00").IsZero() || !w.since(spot{r2, "1"}, "14:00").IsZero() {
		t.Error("a unit has heard what it does not read")
	}
	server := sandbox.New(sandbox.Options{})
	put(t, server, "append", `[["1","14:00"],["2","14:10"],["4","14:30.10"],["5","15:00"]]`)
	for _, text := range compare(server, w, o).wrong {
		if strings.HasPrefix(text, "R1/") {
			t.Error(text)
		}
	}
}

func TestAVerdictThatIsNotClean(t *testing.T) {
	tests := map[string]verdict{
		"a bib that is there twice":   {want: 1, right: 1, confirmed: 1, wrong: []string{"bib 7 is there 2 times"}},
		"held, and one not confirmed": {want: 3, right: 3, confirmed: 2, disputed: 1},
	}
	for name, v := range tests {
		if v.clean() {
			t.Error(name)
		}
	}
	if v := (verdict{want: 3, right: 3, confirmed: 4, disputed: 1}); !v.clean() {
		t.Error("a bib that was confirmed before it was disputed")
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

// A delay begins with the write that made the export say so, for a correction with the one that corrected it.
func TestDelays(t *testing.T) {
	w, o := heard(t, []config.Race{raceOf("R1", "5k.csv")}, found{"5k.csv", []byte("Bib,Time\n349,14:20.00\n347,14:33.00\n")})
	server := sandbox.New(sandbox.Options{})
	put(t, server, "append", `[["349","14:20.00"],["347","14:33.00"]]`)
	changed := server.Rows("R1", 1, 1)[0].Changed
	unit := sandbox.Unit{Event: "R1", Round: 1, Heat: 1}
	w.said[spot{unit, "349"}][0].at = changed.Add(-3 * time.Second)
	w.said[spot{unit, "347"}][0].at = changed.Add(time.Second) // it was read before the write was over
	if diff := cmp.Diff([]time.Duration{0, 3 * time.Second}, compare(server, w, o).delays); diff != "" {
		t.Error(diff)
	}
}

func TestPercentiles(t *testing.T) {
	var v verdict
	if v.percentile(99) != 0 {
		t.Error("of none")
	}
	for i := range 200 {
		v.delays = append(v.delays, time.Duration(i+1))
	}
	for p, want := range map[int]time.Duration{50: 100, 95: 190, 99: 198, 100: 200} {
		if got := v.percentile(p); got != want {
			t.Errorf("%d: %d", p, got)
		}
	}
	v.delays = v.delays[:1]
	if v.percentile(50) != 1 {
		t.Error("of one")
	}
}

func TestWhatWasSurvivedIsSaid(t *testing.T) {
	words := func(name string) [2]string {
		for _, k := range faultKinds() {
			if k.name == name {
				return k.counted
			}
		}
		t.Fatal(name)
		return [2]string{}
	}
	v := verdict{survived: []survival{
		{Fault: "outage", Times: 2, Hits: 14, words: words("outage")},
		{Fault: "lost-replies", Times: 3, Hits: 3, words: words("lost-replies")},
		{Fault: "kill", Times: 1, words: words("kill")},
		{Fault: "slow", words: words("slow")},
	}}
	want := "survived 2 outages (14 requests), 3 lost replies, 1 kill; nothing was sent while this was on: slow"
	if got := v.lines()[len(v.lines())-1]; got != want {
		t.Errorf("%s", got)
	}
	var text bytes.Buffer
	if err := v.printJSON(&text); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Clean    bool
		Wrong    []string
		Survived []struct {
			Fault           string
			Times, Requests int
		}
	}
	if err := json.Unmarshal(text.Bytes(), &got); err != nil || !got.Clean || got.Wrong == nil || len(got.Survived) != 4 || got.Survived[0].Requests != 14 {
		t.Errorf("%v %s", err, &text)
	}
}
