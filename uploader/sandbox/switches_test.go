package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/uploader/sandbox"
)

func TestAnswersOfSuccess(t *testing.T) {
	for name, test := range map[string]struct {
		options sandbox.Options
		status  int
		empty   bool
	}{
		"200 with JSON":   {sandbox.Options{}, 200, false},
		"200 empty":       {sandbox.Options{SuccessEmpty: true}, 200, true},
		"201 with JSON":   {sandbox.Options{SuccessStatus: 201}, 201, false},
		"204 has no body": {sandbox.Options{SuccessStatus: 204}, 204, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, test.options)
			status, body := c.put(r1("append", "1 10:00"))
			if status != test.status || (body == "") != test.empty || len(s.Rows("R1", 1, 1)) != 1 {
				t.Errorf("%d %q", status, body)
			}
			if got := s.Journal()[0].Status; got != test.status {
				t.Errorf("journal says %d", got)
			}
		})
	}
}

func TestSwitchesOfResults(t *testing.T) {
	entered := map[string][]string{"R1": {"1", "2"}}
	inTurn := []string{r1("append", "1 10:00"), r1("append", "2 9:00"), r1("update", "3 9:30", "1 10:01")}
	for name, test := range map[string]struct {
		options sandbox.Options
		bodies  []string
		want    []string
	}{
		"append fills a starter":           {sandbox.Options{StartList: entered}, inTurn[:1], []string{"1 1 10:00", "0 2 "}},
		"append leaves a starter out":      {sandbox.Options{StartList: entered, SeededAppend: true}, inTurn[:1], []string{"0 1 ", "0 2 "}},
		"then update still fills":          {sandbox.Options{StartList: entered, SeededAppend: true}, inTurn, []string{"1 3 9:30", "2 1 10:01", "0 2 "}},
		"without a start list append adds": {sandbox.Options{SeededAppend: true}, inTurn[:1], []string{"1 1 10:00"}},
		"places by time":                   {sandbox.Options{}, inTurn, []string{"1 2 9:00", "2 3 9:30", "3 1 10:01"}},
		"places by arrival":                {sandbox.Options{ArrivalOrder: true}, inTurn, []string{"1 1 10:01", "2 2 9:00", "3 3 9:30"}},
		"arrival is that of the result":    {sandbox.Options{ArrivalOrder: true, StartList: entered}, []string{inTurn[1], inTurn[0]}, []string{"1 2 9:00", "2 1 10:00"}},
		"a folded bib":                     {sandbox.Options{FoldZeros: true}, []string{inTurn[0], r1("update", "001 9:00")}, []string{"1 1 9:00"}},
		"a folded start list":              {sandbox.Options{FoldZeros: true, StartList: map[string][]string{"R1": {"01"}}}, inTurn[:1], []string{"1 1 10:00"}},
		"zeros alone are a zero":           {sandbox.Options{FoldZeros: true}, []string{r1("append", "00 9:00")}, []string{"1 0 9:00"}},
		"any event exists":                 {sandbox.Options{Events: []string{}, AnyEvent: true}, inTurn[:1], []string{"1 1 10:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := start(t, test.options)
			for _, body := range test.bodies {
				c.taken(body)
			}
			if diff := cmp.Diff(test.want, page(s)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFoldedBibsAreTwiceTheSame(t *testing.T) {
	_, c := start(t, sandbox.Options{FoldZeros: true})
	if status, body := c.put(r1("append", "7 10:00", "007 10:00")); status != 400 || !strings.Contains(body, "twice") {
		t.Errorf("%d %s", status, body)
	}
}

func TestRefusedCodes(t *testing.T) {
	_, c := start(t, sandbox.Options{RefuseCodes: []string{"DNS"}})
	if status, body := c.put(r1("append", "7 DNS")); status != 400 || !strings.Contains(body, "bib 7: DNS") {
		t.Errorf("%d %s", status, body)
	}
	c.taken(r1("append", "7 DNF"))
}

func TestTokenUses(t *testing.T) {
	_, c := start(t, sandbox.Options{TokenUses: 2})
	old := c.token
	c.taken(r1("append", "1 10:00"))
	if status, _ := c.get("/api/hello/"); status != 200 {
		t.Errorf("second use: %d", status)
	}
	if status, _ := c.put(r1("append", "2 10:00")); status != 401 {
		t.Errorf("third use: %d", status)
	}
	if c.login(); c.token == old {
		t.Error("the login gave the old token")
	}
	c.taken(r1("append", "2 10:00"))
}

func TestTokenLifetime(t *testing.T) {
	_, c := start(t, sandbox.Options{TokenLifetime: time.Nanosecond})
	if status, _ := c.get("/api/hello/"); status != 401 {
		t.Errorf("an old token: %d", status)
	}
	_, c = start(t, sandbox.Options{TokenLifetime: time.Hour})
	if status, _ := c.get("/api/hello/"); status != 200 {
		t.Errorf("a young token: %d", status)
	}
}

func TestMinInterval(t *testing.T) {
	s, c := start(t, sandbox.Options{MinInterval: time.Hour})
	c.put("{}") // a refused upload does not count
	c.taken(r1("append", "1 10:00"))
	response, body, err := c.do(c.request("PUT", uploadPath, r1("append", "2 10:00")))
	if err != nil || response.StatusCode != 429 || response.Header.Get("Retry-After") != "3600" {
		t.Errorf("%v %v %s", err, response, body)
	}
	if len(s.Rows("R1", 1, 1)) != 1 {
		t.Error("a throttled upload was carried out")
	}
}
