package daemon

import (
	"errors"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
	"finishwatch/uploader"
)

// One connection logs in, another one is answered later: both are true of the server.
func TestTheNewestContactKeepsTheNewestLogin(t *testing.T) {
	early, late := time.Unix(100, 0), time.Unix(200, 0)
	for name, all := range map[string][]uploader.Contact{
		"the one that logged in comes first": {{At: early, LoggedIn: early}, {At: late, Status: 200}},
		"the one that logged in comes last":  {{At: late, Status: 200}, {At: early, LoggedIn: early}},
		"both have logged in":                {{At: late, Status: 200, LoggedIn: time.Unix(50, 0)}, {At: early, LoggedIn: early}},
	} {
		if got := newestOf(all); got != (uploader.Contact{At: late, Status: 200, LoggedIn: early}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What the uploader has just met counts for more than what was found before.
func TestTheConnectionIsWhatTheUploaderMeets(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	since := time.Unix(100, 0)
	for name, test := range map[string]struct {
		report uploader.Report
		down   time.Time
		login  string
	}{
		"nothing yet":              {uploader.Report{}, time.Time{}, status.LoginNotTried},
		"the login is refused":     {uploader.Report{Outage: since, Class: uploader.LoginRefused, Trouble: &uploader.Error{}}, time.Time{}, status.LoginNo},
		"nobody answers":           {uploader.Report{Outage: since, Class: uploader.Unreachable, Trouble: &uploader.Error{}}, since, status.LoginNotTried},
		"the ledger is in trouble": {uploader.Report{Outage: since, Class: uploader.Unreachable, Trouble: errors.New("disk full")}, time.Time{}, status.LoginNotTried},
	} {
		var s status.Status
		f.daemon.connection(&s, test.report)
		if c := s.Connection; !c.Down.Equal(test.down) || c.Login != test.login {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
