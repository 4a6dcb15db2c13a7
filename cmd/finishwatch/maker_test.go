package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finishwatch/cmd/internal/config"
)

func TestWhoMayMakeTheLedger(t *testing.T) {
	there := filepath.Join(t.TempDir(), "finishwatch.db")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	missing := there + ".none"
	const service = "/etc/finishwatch/10k.toml"
	tests := map[string]struct {
		path, ledger string
		root, booted bool
		state        string
		refused      bool
	}{
		"root by hand, for the service":           {service, missing, true, true, "", true},
		"the ledger is there and keeps its owner": {service, there, true, true, "", false},
		"the service itself":                      {service, missing, true, true, "/var/lib/finishwatch", false},
		"another user, who is refused anyway":     {service, missing, false, true, "", false},
		"a machine without systemd":               {service, missing, true, false, "", false},
		"a configuration of nobody's service":     {"/srv/config.toml", missing, true, true, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := &config.Config{Path: test.path}
			cfg.State.File = test.ledger
			err := maker{cfg: cfg, root: test.root, booted: test.booted, getenv: func(string) string { return test.state }}.may()
			if (err != nil) != test.refused || err != nil && !strings.HasSuffix(err.Error(), "systemctl start finishwatch@10k") {
				t.Error(err)
			}
		})
	}
}
