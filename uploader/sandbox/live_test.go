package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"finishwatch/uploader/sandbox"
)

// watcher is a page: it follows the events and keeps what they say.
type watcher struct {
	t      *testing.T
	lines  *bufio.Scanner
	stop   func()
	id     string
	fresh  int
	pieces int               // events with rows
	rows   map[string]string // "R1/1/1 349" → mark
	order  map[string][3]float64
	puts   []sandbox.Exchange
	stages int // events that say what is on
	stage  stage
}

// stage is what is on beside the results.
type stage struct {
	Faults []struct {
		Name  string
		Left  int
		Count int
	}
	Now     string
	Verdict *struct {
		Clean bool
		Lines []string
	}
}

func (c *client) watch(t *testing.T, lastID string) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	request := c.request("GET", "/sandbox/live", "").WithContext(ctx)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := c.http.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if kind := response.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatal(kind)
	}
	w := &watcher{t: t, lines: bufio.NewScanner(response.Body), rows: map[string]string{}, order: map[string][3]float64{}}
	w.lines.Buffer(nil, 16<<20)
	w.stop = func() { cancel(); response.Body.Close() }
	t.Cleanup(w.stop)
	return w
}

// until reads events until what they say so far is right.
func (w *watcher) until(right func() bool) {
	w.t.Helper()
	for !right() {
		if !w.lines.Scan() {
			w.t.Fatalf("the events end: %v; rows %v", w.lines.Err(), w.rows)
		}
		line := w.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			w.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			w.take(data)
		}
	}
}

func (w *watcher) take(data string) {
	var event struct {
		Fresh bool
		Units []struct {
			Unit  string
			Reset bool
			Rows  []struct {
				Bib, Shown       string
				Rank, Came, Time float64
			}
		}
		Puts  []sandbox.Exchange
		Stage *stage
	}
	if err := json.Unmarshal([]byte(data), &event); err != nil {
		w.t.Fatal(err)
	}
	if event.Fresh {
		w.fresh++
	}
	for _, u := range event.Units {
		if u.Reset {
			for key := range w.rows {
				if strings.HasPrefix(key, u.Unit+" ") {
					delete(w.rows, key)
				}
			}
		}
		if len(u.Rows) > 0 {
			w.pieces++
		}
		for _, row := range u.Rows {
			w.rows[u.Unit+" "+row.Bib] = row.Shown
			w.order[u.Unit+" "+row.Bib] = [3]float64{row.Rank, row.Time, row.Came}
		}
	}
	w.puts = append(w.puts, event.Puts...)
	if event.Stage != nil {
		w.stages, w.stage = w.stages+1, *event.Stage
	}
}

func (w *watcher) shows(want ...string) func() bool {
	return func() bool {
		var got []string
		for key, mark := range w.rows {
			got = append(got, key+" "+mark)
		}
		slices.Sort(got)
		slices.Sort(want)
		return slices.Equal(got, want)
	}
}

func TestAPageIsToldEveryChange(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	c.taken(r1("append", "1 14:20"))
	w := c.watch(t, "")
	w.until(w.shows("R1/1/1 1 14:20"))
	c.taken(r1("append", "2 14:10", "3 DNF"))
	w.until(w.shows("R1/1/1 1 14:20", "R1/1/1 2 14:10", "R1/1/1 3 DNF"))
	if one, two, three := w.order["R1/1/1 1"], w.order["R1/1/1 2"], w.order["R1/1/1 3"]; slices.Compare(two[:], one[:]) >= 0 || slices.Compare(one[:], three[:]) >= 0 {
		t.Error("not in the order of the page", w.order)
	}
	c.taken(r1("update", "1 14:05"))
	w.until(w.shows("R1/1/1 1 14:05", "R1/1/1 2 14:10", "R1/1/1 3 DNF"))
	c.taken(r1("replace", "2 14:10"))
	w.until(w.shows("R1/1/1 2 14:10"))
	c.put("{}")
	w.until(func() bool { return len(w.puts) == 5 })
	last := w.puts[4]
	if last.Status != 400 || last.Sent != "{}" || last.Number != 5 || !strings.Contains(last.Answer, "eventid") {
		t.Errorf("%+v", last)
	}
	for _, put := range w.puts {
		if strings.Contains(fmt.Sprintf("%+v", put), c.token) {
			t.Error("the token is shown")
		}
	}
}

// A page that comes back is told what it missed, and after a restart of the server everything.
func TestAPageThatComesBack(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	c.taken(r1("append", "1 14:20"))
	w := c.watch(t, "")
	w.until(w.shows("R1/1/1 1 14:20"))
	w.until(func() bool { return w.id != "" })
	w.stop()
	c.taken(r1("append", "2 14:30"))
	again := c.watch(t, w.id)
	again.until(again.shows("R1/1/1 2 14:30"))
	if again.fresh != 0 {
		t.Error("it is told everything again")
	}
	_, other := start(t, sandbox.Options{})
	other.taken(r1("append", "7 15:00"))
	back := other.watch(t, again.id)
	back.until(back.shows("R1/1/1 7 15:00"))
	if back.fresh != 1 {
		t.Error("it does not forget what the server before showed")
	}
}

// What is cut is shown as no answer.
func TestUploadsThatGetNoAnswerAreShown(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	if err := s.Order(sandbox.Order{Kind: sandbox.FaultLostReply}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.do(c.request("PUT", uploadPath, compress(r1("append", "1 14:20")))); err == nil {
		t.Fatal("the reply was not lost")
	}
	w := c.watch(t, "")
	w.until(func() bool { return len(w.puts) == 1 })
	if put := w.puts[0]; put.Status != 0 || !put.Compressed || !strings.Contains(put.Sent, `"14:20"`) {
		t.Errorf("%+v", put)
	}
}

// A large field comes in pieces, and a page is not told of each row by itself.
func TestALargeFieldComesInPieces(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	w := c.watch(t, "")
	w.until(func() bool { return w.fresh == 1 })
	rows := make([][2]string, 5000)
	for i := range rows {
		rows[i] = [2]string{fmt.Sprint(i + 1), "14:20"}
	}
	if err := s.Seed("R1", 1, 1, rows...); err != nil {
		t.Fatal(err)
	}
	w.until(func() bool { return len(w.rows) == 5000 })
	if w.pieces != 3 {
		t.Errorf("%d events", w.pieces)
	}
}

func TestThePartsOfThePage(t *testing.T) {
	_, c := start(t, sandbox.Options{})
	for path, kind := range map[string]string{"/sandbox/page.css": "text/css", "/sandbox/page.js": "text/javascript"} {
		response, body, err := c.do(c.request("GET", path, ""))
		if err != nil || response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), kind) || body == "" {
			t.Errorf("%s: %v %v", path, response, err)
		}
		for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://"} {
			if strings.Contains(body, never) {
				t.Errorf("%s has %s", path, never)
			}
		}
	}
}
