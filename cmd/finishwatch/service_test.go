package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
)

// A reload that comes before the first daemon is made, and an end that comes with it: both are heeded, and the status says
// that nothing runs any more.
func TestAReloadBeforeTheFirstDaemon(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FINISHWATCH_PASSWORD", "secret")
	t.Setenv("RUNTIME_DIRECTORY", "")
	path := filepath.Join(dir, "config.toml")
	text := `[opentrack]
competition = "http://127.0.0.1:9/x/2026/GBR/api-test/"
username = "x"
[watch]
dir = "."
[state]
file = "finishwatch.db"
[[race]]
files = ["*.csv"]
eventid = "R1"
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{cfg: cfg, log: zap.NewNop()}
	if err := s.reload(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.run(ctx); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(cfg.StatusFile(os.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	if s.reloading() || !strings.Contains(string(said), `"state":"`+status.NotRunning+`"`) {
		t.Errorf("still reloading: %v; %s", s.reloading(), said)
	}
}

// Before its first start the service has no folder for the ledger: systemd makes it, and nobody else shall.
func TestTheLedgerOfAServiceThatNeverRan(t *testing.T) {
	t.Setenv("FINISHWATCH_PASSWORD", "secret")
	for path, says := range map[string]int{serviceConfig: 0, "/etc/finishwatch/10k.toml": 0, "/srv/config.toml": 1} {
		cfg := &config.Config{Path: path, Watch: config.Watch{Dir: t.TempDir()}}
		cfg.State.File = filepath.Join(t.TempDir(), "none", "finishwatch.db")
		if said := attention(cfg, foresee(t.Context(), cfg)); len(said) != says {
			t.Errorf("%s: %q", path, said)
		}
	}
}
