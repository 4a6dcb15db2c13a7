package sandbox_test

import (
	"maps"
	"strings"
	"testing"

	"finishwatch/uploader/sandbox"
)

// every puts n uploads and says which of them were refused.
func (c *client) every(n int) string {
	var out strings.Builder
	for range n {
		status, _ := c.put(r1("append", "1 14:20"))
		out.WriteByte("x."[min(1, max(0, 201-status))])
	}
	return out.String()
}

func TestOrdersThatHitNowAndThen(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	err := s.Order(
		sandbox.Order{Kind: sandbox.FaultAnswer, Every: 3, Count: 2, Name: "flaky"},
		sandbox.Order{Kind: sandbox.FaultAnswer, Every: 4, For: "1m", Name: "flaky"},
	)
	if err != nil {
		t.Fatal(err)
	}
	// The first hits the 3rd and the 6th and is used up; the second meets those that the first lets pass: 1 2 4 5 7 …
	if got := c.every(12); got != "..x.xx...x.." {
		t.Error(got)
	}
	if err := s.Order(sandbox.Order{Kind: sandbox.FaultDenied, First: true}); err != nil {
		t.Fatal(err)
	}
	if got := c.every(2); got != "x." {
		t.Error(got)
	}
	want := map[string]int{"flaky": 4, "denied": 1}
	if got := s.Suffered(); !maps.Equal(got, want) {
		t.Error(got)
	}
	if s.Order(sandbox.Order{Kind: sandbox.FaultDrop, Every: -1}) == nil {
		t.Error("every -1 is taken")
	}
}

// A page is told what is on, what it has missed, and how it ended.
func TestAPageIsToldWhatIsOn(t *testing.T) {
	s, c := start(t, sandbox.Options{})
	w := c.watch(t, "")
	w.until(func() bool { return w.stages == 1 })
	if w.stage.Now != "" || len(w.stage.Faults) > 0 || w.stage.Verdict != nil {
		t.Errorf("%+v", w.stage)
	}
	err := s.Order(
		sandbox.Order{Kind: sandbox.FaultDrop, For: "30s", Name: "outage"}, sandbox.Order{Kind: sandbox.FaultAnswer, For: "40s", Name: "outage"},
		sandbox.Order{Kind: sandbox.FaultDenied, On: "login", Count: 3},
	)
	if err != nil {
		t.Fatal(err)
	}
	w.until(func() bool { return len(w.stage.Faults) == 2 })
	if out, denied := w.stage.Faults[0], w.stage.Faults[1]; out.Name != "outage" || out.Left < 35_000 || out.Left > 40_000 || denied.Name != "denied" || denied.Count != 3 {
		t.Errorf("%+v", w.stage)
	}
	s.Announce("killed")
	w.until(func() bool { return w.stage.Now == "killed" })
	w.stop()
	s.Conclude(true, "CLEAN", "3 uploads")
	again := c.watch(t, w.id)
	again.until(func() bool { return again.stages == 1 })
	if v := again.stage.Verdict; v == nil || !v.Clean || len(v.Lines) != 2 {
		t.Errorf("%+v", again.stage)
	}
}
