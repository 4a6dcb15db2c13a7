package daemon

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"finishwatch/uploader/sandbox"
)

// The first finisher finds the daemon logged in; a login that fails then is one more try later, and nothing else.
func TestTheDaemonLogsInBeforeTheFirstFinisher(t *testing.T) {
	for name, refused := range map[string]bool{"at once": false, "the server is away at first": true} {
		t.Run(name, func(t *testing.T) {
			f := newField(t)
			var logins atomic.Int32
			f.server.SetFaults(func(r *http.Request) sandbox.Fault {
				if !strings.Contains(r.URL.Path, "get-auth-token") || logins.Add(1) > 1 || !refused {
					return sandbox.Fault{}
				}
				return sandbox.Fault{Kind: sandbox.FaultAnswer}
			})
			f.start("", oneRace)
			f.await("it has logged in", func() bool { return logins.Load() == 1 })
			f.write("5k.csv", "Bib,Time\n349,14:25.10\n")
			f.awaitPage("R1", "349=14:25.10")
			want := int32(1)
			if refused {
				want = 2
			}
			if n := logins.Load(); n != want {
				t.Errorf("%d logins", n)
			}
			if n := f.said("server out of reach; rows are kept on this laptop"); n != 0 {
				t.Errorf("the log speaks of an outage %d times", n)
			}
		})
	}
}
