package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHowPeopleAreTold(t *testing.T) {
	tests := map[string]struct {
		line    string
		command []string
		beat    string
		quiet   time.Duration
	}{
		"nothing is said":                    {"", nil, "", 10 * time.Minute},
		"a program alone":                    {`command = "/usr/local/bin/horn"`, []string{here("/usr/local/bin/horn")}, "", 10 * time.Minute},
		"a program that is looked for":       {`command = "horn"`, []string{"horn"}, "", 10 * time.Minute},
		"a program beside the configuration": {`command = "tools/horn"`, []string{here("/etc/finishwatch/tools/horn")}, "", 10 * time.Minute},
		"a program with blanks in its path":  {`command = '/opt/my tools/horn'`, []string{here("/opt/my tools/horn")}, "", 10 * time.Minute},
		"a program and its arguments":        {`command = ["horn", "-v", ""]`, []string{"horn", "-v", ""}, "", 10 * time.Minute},
		"no program":                         {`command = ""`, nil, "", 10 * time.Minute},
		"an empty list":                      {`command = []`, nil, "", 10 * time.Minute},
		"no alert for quiet":                 {`quiet_alert = "0s"`, nil, "", 0},
		"a heartbeat":                        {`heartbeat_url = " https://example.org/ping/1234?x=y "`, nil, "https://example.org/ping/1234?x=y", 10 * time.Minute},
		"a heartbeat on this machine":        {`heartbeat_url = "http://127.0.0.1:8080/ping"`, nil, "http://127.0.0.1:8080/ping", 10 * time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := mustParse(t, small+"[alert]\n"+test.line).Alert
			beat := ""
			if got.HeartbeatURL != nil {
				beat = got.HeartbeatURL.String()
			}
			if diff := cmp.Diff(test.command, got.Command); diff != "" || beat != test.beat || got.Quiet != test.quiet {
				t.Errorf("%s%q, %s", diff, beat, got.Quiet)
			}
		})
	}
}
