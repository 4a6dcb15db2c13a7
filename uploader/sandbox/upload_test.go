package sandbox_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"finishwatch/uploader/sandbox"
)

// documented is the data of OpenTrack's documentation (doc_client.py).
const documented = `[["349", "14:25.10"], ["347", "14:33.00"], ["393", "14:36.00"], ["355", "14:39.00"], ` +
	`["266", "14:44.00"], ["242", "14:45.00"], ["234", "14:47.00"], ["409", "14:47.00"], ["261", "14:47.00"], ["295", "14:53.00"]]`

func TestDocumentedCalls(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	one := `{"eventid": "R1", "round": 1, "heat": 1, "name": "My 5k", "mode": "update", "ignore_unknowns": "True", "data": ` + documented + `}`
	two := `[{"eventid": "R1", "round": 1, "heat": 1, "mode": "replace", "ignore_unknowns": "True", "data": ` + documented + `},
		{"eventid": "R2", "round": 1, "heat": 1, "mode": "replace", "ignore_unknowns": "True",
		"data": [["600", "17:25.10"], ["647", "17:33.00"], ["690", "DNF"]]}]`
	c.taken(compress(one))
	c.taken(two)

	if got := page(s); len(got) != 10 || got[0] != "1 349 14:25.10" || got[9] != "10 295 14:53.00" {
		t.Errorf("R1/1/1: %q", got)
	}
	if rows := s.Rows("R2", 1, 1); len(rows) != 3 || rows[2].Mark != "DNF" || rows[2].Place != 0 {
		t.Errorf("R2/1/1: %+v", rows)
	}
	journal := s.Journal()
	if len(journal) != 2 {
		t.Fatalf("%d uploads in the journal", len(journal))
	}
	name, unit := "My 5k", sandbox.Unit{Event: "R1", Round: 1, Heat: 1}
	want := sandbox.Entry{Status: 200, Bytes: len(compress(one)), Compressed: true, Batches: []sandbox.Batch{
		{Unit: unit, Mode: "update", IgnoreUnknowns: true, Name: &name},
	}}
	ignore := cmp.Options{cmpopts.IgnoreFields(sandbox.Entry{}, "Time"), cmpopts.IgnoreFields(sandbox.Batch{}, "Rows")}
	if diff := cmp.Diff(want, journal[0], ignore); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if rows := journal[0].Batches[0].Rows; len(rows) != 10 || rows[0] != [2]string{"349", "14:25.10"} {
		t.Errorf("journal rows: %q", rows)
	}
	if batches := journal[1].Batches; len(batches) != 2 || batches[1].Mode != "replace" || batches[1].String() != "R2/1/1" {
		t.Errorf("journal of the list: %+v", batches)
	}
}

func TestModes(t *testing.T) {
	before := r1("append", "1 10:00", "2 11:00")
	for name, test := range map[string]struct {
		body string
		want []string
	}{
		"append adds new and leaves existing":           {r1("append", "1 9:00", "3 10:30"), []string{"1 1 10:00", "2 3 10:30", "3 2 11:00"}},
		"update changes existing and adds new":          {r1("update", "1 12:00", "3 10:30"), []string{"1 3 10:30", "2 2 11:00", "3 1 12:00"}},
		"replace deletes all and loads":                 {r1("replace", "3 10:30", "1 DNF"), []string{"1 3 10:30", "0 1 DNF"}},
		"replace by nothing deletes all":                {r1("replace"), []string{}},
		"an empty append changes nothing":               {r1("append"), []string{"1 1 10:00", "2 2 11:00"}},
		"another heat is another unit":                  {strings.Replace(r1("append", "1 9:00"), `"heat":1`, `"heat":2`, 1), []string{"1 1 10:00", "2 2 11:00"}},
		"007 is not 7":                                  {r1("append", "01 10:30"), []string{"1 1 10:00", "2 01 10:30", "3 2 11:00"}},
		"equal times keep the order in which they came": {r1("append", "0 10:00"), []string{"1 1 10:00", "2 0 10:00", "3 2 11:00"}},
		"codes come last":                               {r1("update", "1 DQ", "3 DNF"), []string{"1 2 11:00", "0 1 DQ", "0 3 DNF"}},
		"a time may take the place of a code and back":  {"[" + r1("update", "1 DQ") + "," + r1("update", "1 12:00") + "]", []string{"1 2 11:00", "2 1 12:00"}},
		"attributes alone change no row":                {`{"eventid":"R1","round":1,"heat":1,"mode":"update","note":"windy"}`, []string{"1 1 10:00", "2 2 11:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, sandbox.Options{})
			c.taken(before)
			c.taken(test.body)
			if diff := cmp.Diff(test.want, page(s)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestIgnoreUnknowns(t *testing.T) {
	withKey := func(body string) string { return strings.Replace(body, "{", `{"ignore_unknowns":"True",`, 1) }
	entered := map[string][]string{"R1": {"1", "2"}}
	for name, test := range map[string]struct {
		startList map[string][]string
		body      string
		want      []string
	}{
		"strips bibs that are not entered":    {entered, withKey(r1("append", "1 10:00", "9 9:00")), []string{"1 1 10:00", "0 2 "}},
		"without the key they stay":           {entered, r1("append", "1 10:00", "9 9:00"), []string{"1 9 9:00", "2 1 10:00", "0 2 "}},
		"without a start list nothing goes":   {nil, withKey(r1("append", "9 9:00")), []string{"1 9 9:00"}},
		"replace keeps starters, not results": {entered, withKey(r1("replace", "2 9:00", "9 8:00")), []string{"1 2 9:00", "0 1 "}},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, sandbox.Options{StartList: test.startList})
			c.taken(test.body)
			if diff := cmp.Diff(test.want, page(s)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
			for _, row := range s.Rows("R1", 1, 1) {
				if want := test.startList != nil && row.Bib == "9"; row.Unknown != want {
					t.Errorf("bib %s: unknown %v", row.Bib, row.Unknown)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	object := func(members string) string { return `{"eventid":"R1","round":1,"heat":1,` + members + `}` }
	data := func(rows string) string { return object(`"mode":"append","data":` + rows) }
	good := data(`[["1","10:00"]]`)
	zlibbed := compress(good)
	for name, test := range map[string]struct{ body, words string }{
		"unknown event":               {strings.Replace(good, "R1", "R9", 1), `event "R9"`},
		"letters are capitals":        {strings.Replace(good, "R1", "r1", 1), `event "r1"`},
		"event as number":             {strings.Replace(good, `"R1"`, "1", 1), "eventid"},
		"no event":                    {`{"round":1,"heat":1,"mode":"append","data":[]}`, "eventid"},
		"round zero":                  {strings.Replace(good, `"round":1`, `"round":0`, 1), "round"},
		"round as text":               {strings.Replace(good, `"round":1`, `"round":"1"`, 1), "round"},
		"heat is missing":             {strings.Replace(good, `"heat":1,`, "", 1), "heat"},
		"heat is not whole":           {strings.Replace(good, `"heat":1`, `"heat":1.5`, 1), "heat"},
		"mode is missing":             {object(`"data":[]`), "mode"},
		"mode is misspelled":          {object(`"mode":"Append","data":[]`), "mode"},
		"ignore_unknowns true":        {object(`"mode":"append","ignore_unknowns":true,"data":[]`), "ignore_unknowns"},
		"ignore_unknowns lower case":  {object(`"mode":"append","ignore_unknowns":"true","data":[]`), "ignore_unknowns"},
		"ignore_unknowns false":       {object(`"mode":"append","ignore_unknowns":"False","data":[]`), "ignore_unknowns"},
		"ignore_unknowns null":        {object(`"mode":"append","ignore_unknowns":null,"data":[]`), "ignore_unknowns"},
		"unknown key":                 {object(`"mode":"append","data":[],"dry_run":1`), "dry_run"},
		"key in capitals":             {strings.Replace(good, "eventid", "EventId", 1), "EventId"},
		"key twice":                   {object(`"mode":"append","mode":"update","data":[]`), `"mode" twice`},
		"data is missing":             {object(`"mode":"append"`), "data"},
		"replace without data":        {object(`"mode":"replace","name":"x"`), "data"},
		"data is null":                {data("null"), "data"},
		"data is an object":           {data("{}"), "data"},
		"name is a number":            {object(`"mode":"append","name":5,"data":[]`), "name"},
		"note is null":                {object(`"mode":"append","note":null,"data":[]`), "note"},
		"bib twice":                   {data(`[["1","10:00"],["1","10:00"]]`), "bib 1 is there twice"},
		"bib as number":               {data(`[[1,"10:00"]]`), "not text"},
		"mark as number":              {data(`[["1",600]]`), "not text"},
		"mark is null":                {data(`[["1",null]]`), "not text"},
		"one cell":                    {data(`[["1"]]`), "1 cells"},
		"three cells":                 {data(`[["1","10:00","x"]]`), "3 cells"},
		"empty bib":                   {data(`[["","10:00"]]`), "bib"},
		"space around the bib":        {data(`[["1 ","10:00"]]`), "bib"},
		"bad mark names bib and mark": {data(`[["1","10:00"],["2","865.1"]]`), `row 2: bib 2: \"865.1\"`},
		"letters beyond ASCII":        {data(`[["é","10:00"]]`), "ASCII"},
		"a byte order mark":           {"\ufeff" + good, "ASCII"},
		"not JSON":                    {"bib,mark", "JSON"},
		"empty body":                  {"", "JSON"},
		"empty list":                  {"[]", "empty list"},
		"list of text":                {`["x"]`, "JSON"},
		"JSON cut off":                {good[:len(good)-1], "JSON"},
		"something behind":            {good + good, "behind"},
		"gzip":                        {"\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip"},
		"zlib cut off":                {zlibbed[:len(zlibbed)-3], "damaged"},
		"zlib with a wrong sum":       {zlibbed[:len(zlibbed)-1] + "\x00", "damaged"},
		"zlib by first byte alone":    {"xyz", "zlib"},
		"something behind zlib":       {zlibbed + "x", "behind the end"},
		"second object of a list":     {"[" + good + "," + data(`[["2","x"]]`) + "]", "object 2 of the list"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, sandbox.Options{})
			status, body := c.put(test.body)
			if status != 400 || !strings.Contains(body, strings.ReplaceAll(test.words, `"`, `\"`)) &&
				!strings.Contains(body, test.words) {
				t.Errorf("%d %s, want 400 with %q", status, body, test.words)
			}
			if len(s.Journal()) != 0 || len(s.Rows("R1", 1, 1)) != 0 {
				t.Error("a refused upload was carried out")
			}
		})
	}
}

func TestRefusedRequests(t *testing.T) {
	good := r1("append", "1 10:00")
	bomb := compress(`{"x":"` + strings.Repeat(" ", 1<<20) + `"}`)
	for name, test := range map[string]struct {
		method, path, body string
		header             []string
		options            sandbox.Options
		status             int
		words              string
	}{
		"no slash at the end":       {"PUT", strings.TrimSuffix(uploadPath, "/"), good, nil, sandbox.Options{}, 301, ""},
		"another competition":       {"PUT", "/api/2026/GBR/other/roadxc_upload/", good, nil, sandbox.Options{}, 404, "Not found"},
		"another call":              {"PUT", "/api/2026/GBR/api-test/upload/", good, nil, sandbox.Options{}, 404, "Not found"},
		"another method":            {"POST", uploadPath, good, nil, sandbox.Options{}, 405, "POST"},
		"a Content-Encoding":        {"PUT", uploadPath, compress(good), []string{"Content-Encoding", "deflate"}, sandbox.Options{}, 400, "Content-Encoding"},
		"no token":                  {"PUT", uploadPath, good, []string{"Authorization", ""}, sandbox.Options{}, 401, "not provided"},
		"a bad token":               {"PUT", uploadPath, good, []string{"Authorization", "Token 0"}, sandbox.Options{}, 401, "Invalid token"},
		"a bearer":                  {"PUT", uploadPath, good, []string{"Authorization", "Bearer 0"}, sandbox.Options{}, 401, "not provided"},
		"no rights":                 {"PUT", uploadPath, good, nil, sandbox.Options{NoRights: true}, 500, "Permission Denied"},
		"closed":                    {"PUT", uploadPath, good, nil, sandbox.Options{Closed: true}, 400, "closed"},
		"a body that is too long":   {"PUT", uploadPath, good, nil, sandbox.Options{MaxBody: 60}, 413, "bound"},
		"inflates beyond the bound": {"PUT", uploadPath, bomb, nil, sandbox.Options{MaxBody: 1 << 16}, 413, "inflates"},
		"too many rows":             {"PUT", uploadPath, r1("append", "1 10:00", "2 10:00"), nil, sandbox.Options{MaxRows: 1}, 413, "rows"},
		"another refusal status":    {"PUT", uploadPath, "{}", nil, sandbox.Options{RefusalStatus: 422}, 422, "eventid"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, test.options)
			status, body := c.must(c.request(test.method, test.path, test.body, test.header...))
			if status != test.status || !strings.Contains(body, test.words) {
				t.Errorf("%d %s, want %d with %q", status, body, test.status, test.words)
			}
			if len(s.Journal()) != 0 || len(s.Rows("R1", 1, 1)) != 0 {
				t.Error("a refused upload was carried out")
			}
		})
	}
}

func TestAListIsAtomicOrNot(t *testing.T) {
	list := "[" + r1("append", "1 10:00") + "," + r1("append", "2 x") + "," + r1("append", "3 10:00") + "]"
	for name, test := range map[string]struct {
		partial  bool
		want     []string
		journals int
	}{
		"nothing is kept":                      {false, []string{}, 0},
		"what came before the refused is kept": {true, []string{"1 1 10:00"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, sandbox.Options{PartialList: test.partial})
			if status, body := c.put(list); status != 400 || !strings.Contains(body, "object 2") {
				t.Errorf("%d %s", status, body)
			}
			if diff := cmp.Diff(test.want, page(s)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
			journal := s.Journal()
			if len(journal) != test.journals || test.partial && journal[0].Status != 400 {
				t.Errorf("journal %+v", journal)
			}
		})
	}
}

func TestRevisionAndTimes(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	revision := func() int { return s.Units()[0].Revision }
	began := time.Now()
	c.taken(r1("append", "1 10:00", "2 11:00"))
	first := s.Rows("R1", 1, 1)[0]
	if revision() != 1 || first.First.Before(began) || first.First != first.Changed {
		t.Fatalf("revision %d, row %+v", revision(), first)
	}
	for name, body := range map[string]string{
		"the same append":  r1("append", "1 10:00", "2 11:00"),
		"the same update":  r1("update", "1 10:00"),
		"the same replace": r1("replace", "1 10:00", "2 11:00"),
	} {
		if c.taken(body); revision() != 1 {
			t.Errorf("%s changed the revision to %d", name, revision())
		}
	}
	c.taken(r1("update", "1 10:30"))
	if row := s.Rows("R1", 1, 1)[0]; revision() != 2 || row.First != first.First || !row.Changed.After(first.Changed) {
		t.Errorf("after a change: revision %d, row %+v, first %+v", revision(), row, first)
	}
	c.taken(r1("replace", "1 10:30"))
	if row := s.Rows("R1", 1, 1)[0]; revision() != 3 || row.First != first.First {
		t.Errorf("after replace: revision %d, row %+v", revision(), row)
	}
}

func TestConcurrentUploads(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 10 {
				if status, body := c.put(r1("append", fmt.Sprintf("%d-%d 10:%02d", worker, i, i))); status != 200 {
					t.Errorf("%d %s", status, body)
				}
				s.Rows("R1", 1, 1)
				s.Units()
				c.get(pagePath)
			}
		})
	}
	all.Wait()
	rows := s.Rows("R1", 1, 1)
	if len(rows) != 40 || len(s.Journal()) != 40 || s.Units()[0].Revision != 40 {
		t.Errorf("%d rows, %d uploads, revision %d", len(rows), len(s.Journal()), s.Units()[0].Revision)
	}
}

func BenchmarkAppendToFiftyThousand(b *testing.B) {
	s, c := start(b, sandbox.Options{})
	rows := make([][2]string, 50_000)
	for i := range rows {
		rows[i] = [2]string{fmt.Sprint(i), fmt.Sprintf("1:%02d:%02d", i/60%60, i%60)}
	}
	if err := s.Seed("R1", 1, 1, rows...); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		c.taken(r1("append", fmt.Sprintf("new%d 59:59", i)))
	}
}
