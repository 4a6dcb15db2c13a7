package sandbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/uploader/sandbox"
)

func TestSwitches(t *testing.T) {
	var o sandbox.Options
	for _, text := range []string{
		"success-status=204", "success-empty", "refusal-status=422", "seeded-append", "partial-list", "arrival-order", "fold-zeros",
		"refuse-codes=DNS,DQ", "minutes-only=XC", "any-event", "closed", "no-rights", "readback-hidden", "readback-status=403", "token-uses=5",
		"token-lifetime=10m", "max-rows=100", "min-interval=2s",
	} {
		if err := o.Switch(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	want := sandbox.Options{
		SuccessStatus: 204, SuccessEmpty: true, RefusalStatus: 422, SeededAppend: true, PartialList: true, ArrivalOrder: true, FoldZeros: true,
		RefuseCodes: []string{"DNS", "DQ"}, MinutesOnly: []string{"XC"}, AnyEvent: true, Closed: true, NoRights: true, ReadBackHidden: true,
		ReadBackStatus: 403, TokenUses: 5, TokenLifetime: 10 * time.Minute, MaxRows: 100, MinInterval: 2 * time.Second,
	}
	if diff := cmp.Diff(want, o); diff != "" {
		t.Error(diff)
	}
	if len(sandbox.Switches()) != 18 {
		t.Error("a switch is not tested")
	}
	for text, words := range map[string]string{
		"nothing": "there is no switch", "": "there is no switch", "success-status": "write success-status=CODE", "success-status=700": "not a number from 200 to 299",
		"closed=1": "takes no value", "token-lifetime=10": "not a length of time", "max-rows=": "write max-rows=N",
	} {
		if err := o.Switch(text); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestReadStartList(t *testing.T) {
	events := []string{"R1", "R2"}
	for sentence, tt := range map[string]struct {
		text string
		want map[string][]string
		err  string
	}{
		"bibs for all events":        {"bib\n1\n007\n\n# late\n3\n", map[string][]string{"R1": {"1", "007", "3"}, "R2": {"1", "007", "3"}}, ""},
		"bibs of an event":           {"event,bib\r\nR1,1\r\nR2, 2\r\n", map[string][]string{"R1": {"1"}, "R2": {"2"}}, ""},
		"an event that is not there": {"R1,1\nR9,1\n", nil, "line 2: event"},
		"three cells":                {"R1,1,2\n", nil, "line 1: write a bib"},
		"nothing":                    {"", map[string][]string{}, ""},
	} {
		got, err := sandbox.ReadStartList(strings.NewReader(tt.text), events)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v", sentence, err)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", sentence, err, diff)
		}
	}
}
