package main

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
)

func newStatus() *cobra.Command {
	var path string
	var asJSON, watch bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how the daemon is doing: read, confirmed, waiting",
		Long: `Show how the daemon is doing: read, confirmed, waiting. The exit code is 0 when all is well, 1 when something wants
attention, 2 when it is bad, 3 when the daemon is not running.

With --watch it goes on until Ctrl-C: on a terminal the picture is redrawn in place, and the bell rings once when it turns
bad; elsewhere a line is written each time that something changes, with --json an object.`,
		Example: "  finishwatch status --config config.toml\n  finishwatch status --watch",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			view := status.View{Commands: commandsFor(path), JSON: asJSON}
			if watch {
				ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
				defer stop()
				return failed(view.Watch(ctx, cmd.OutOrStdout(), func() (status.Status, error) { return readStatus(path) }))
			}
			s, err := readStatus(path)
			if err != nil {
				return failed(err)
			}
			if err := view.Show(cmd.OutOrStdout(), s, time.Now()); err != nil {
				return failed(err)
			}
			if code := s.ExitCode(); code != exitOK {
				return &exit{code: code}
			}
			return nil
		},
	}
	addConfig(cmd, &path, defaultConfig())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&watch, "watch", false, "go on showing it until Ctrl-C")
	return cmd
}

// readStatus reads what the daemon of a configuration says. A service says it also while the configuration has a mistake
// that it has not been asked to read yet; where there is no configuration at all, there is no daemon.
func readStatus(path string) (status.Status, error) {
	cfg, err := config.Load(path)
	if err == nil {
		return status.Read(time.Now(), statusFiles(cfg)...)
	}
	s, cannot := status.Read(time.Now(), serviceFiles(path)...)
	switch {
	case cannot == nil && s.Process != status.NeverStarted:
		s.Refused = "it has mistakes; finishwatch check shows them"
		return s, nil
	case errors.Is(err, fs.ErrNotExist):
		s.Process, s.Trouble = status.NotConfigured, err.Error()
		return s, nil
	}
	return s, &exit{code: exitConfig, err: err}
}

// statusFiles are the places where the daemon of this configuration may have left its status: where it does so when it
// is started from this shell, beside the ledger, and for the configuration of the service where systemd lets it.
func statusFiles(cfg *config.Config) []string {
	files := []string{cfg.StatusFile(os.Getenv), cfg.StatusFile(func(string) string { return "" })}
	return append(files, serviceFiles(cfg.Path)...)
}

// serviceFiles are the places where the service of a configuration leaves its status; none for any other.
func serviceFiles(path string) []string {
	if service := serviceAt(path); service != "" {
		return []string{"/run/" + service + "/status.json"}
	}
	return nil
}

// serviceAt is [serviceOf] for a configuration that may not be readable.
func serviceAt(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	return serviceOf(&config.Config{Path: absolute})
}

// commandsFor are the commands that status names, for the service or for a daemon in a terminal.
func commandsFor(path string) status.Commands {
	if service := serviceAt(path); service != "" {
		return status.Commands{
			Start: "systemctl start " + service, Restart: "systemctl restart " + service, Log: "journalctl -u " + service,
		}
	}
	run := "finishwatch run --config " + path
	return status.Commands{Start: run, Restart: "end that process, then " + run, Log: "in the window where it ran"}
}
