//go:build !hang

package daemon

import (
	"finishwatch/cmd/internal/config"
	"finishwatch/uploader"
)

// hanging and hangingWork are where the test of the watchdog on a booted systemd makes a loop hang; see hang_on.go. The
// program that people get has nothing there.
func hanging(server uploader.Server, _ *config.Config) uploader.Server { return server }

func hangingWork(*config.Config) func() { return nil }
