package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"finishwatch/cmd/internal/config"
)

// maker is who would make a ledger.
type maker struct {
	cfg    *config.Config
	root   bool
	booted bool                // on systemd, so that the service can be started
	getenv func(string) string // systemd tells its service where its state is
}

// may refuses root the ledger of a service by hand: the service's own user could not open it, and would not start.
func (m maker) may() error {
	service := serviceOf(m.cfg)
	if !m.root || !m.booted || service == "" || m.getenv("STATE_DIRECTORY") != "" {
		return nil
	}
	if _, err := os.Stat(m.cfg.State.File); !errors.Is(err, fs.ErrNotExist) {
		return nil // what is there keeps its owner
	}
	return fmt.Errorf("the ledger %s is the service's to make: it could not open one of root's; look with --once --dry-run, then systemctl start %s",
		m.cfg.State.File, service)
}

// onSystemd reports whether systemd runs this machine (sd_booted(3)).
func onSystemd() bool {
	info, err := os.Lstat("/run/systemd/system")
	return err == nil && info.IsDir()
}
