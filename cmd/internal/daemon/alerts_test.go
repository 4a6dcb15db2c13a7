package daemon

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
)

func TestAnAlertIsInTheStatusAndInTheLogOnce(t *testing.T) {
	f := newField(t)
	f.must(os.Remove(f.path("")))
	f.start("", oneRace)
	f.awaitStatus("the alert", func(s status.Status) bool {
		return len(s.Alerts) == 1 && s.Alerts[0].ID == "folder" && s.Alerts[0].Bad && strings.HasSuffix(s.Line(), "ALERT: watched folder is gone")
	})
	f.await("the log has it", func() bool { return f.said("watched folder is gone") > 0 }) // just after the status
	f.stop()
	if n := f.said("watched folder is gone"); n != 1 {
		t.Errorf("the log has it %d times", n)
	}
}

// Nobody is told where nobody asked for it; whoever listens hears the heart beat.
func TestTheHeartbeatIsHeard(t *testing.T) {
	var heard atomic.Int64
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ping" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		heard.Add(1)
	}))
	t.Cleanup(listener.Close)
	f := newField(t)
	f.start("", "[alert]\nheartbeat_url = \""+listener.URL+"/ping\"\n"+oneRace)
	f.await("the heart beats", func() bool { return heard.Load() == 1 })
	if s := f.daemon.Status(); s.AlertTrouble == nil || len(s.AlertTrouble) != 0 {
		t.Errorf("%q", s.AlertTrouble)
	}
	f.stop()
	f.start("", "[alert]\nheartbeat_url = \""+listener.URL+"/wrong\"\n"+oneRace)
	f.awaitStatus("nobody hears it", func(s status.Status) bool {
		return len(s.AlertTrouble) == 1 && strings.Contains(s.AlertTrouble[0], "the heartbeat is not answered: HTTP 404") && s.ExitCode() == 1
	})
}

// The snapshot has what the alerts need.
func TestTheSnapshot(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	defer f.daemon.Close()
	s := f.daemon.snapshot()
	if !s.Known || s.Free == 0 || time.Since(s.Now) > time.Minute || s.Status.Folder == "" {
		t.Errorf("%+v", s)
	}
}
