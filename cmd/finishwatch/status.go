package main

import (
	"encoding/json"
	"os"
	"time"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
)

func newStatus() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show how the daemon is doing: read, confirmed, waiting",
		Long: `Show how the daemon is doing: read, confirmed, waiting. The exit code is 0 when all is well, 1 when something wants
attention, 2 when it is bad, 3 when the daemon is not running.`,
		Example: "  finishwatch status --config config.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			now := time.Now()
			s, err := status.Read(now, statusFiles(cfg)...)
			if err != nil {
				return failed(err)
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(s); err != nil {
					return failed(err)
				}
			} else {
				s.Print(cmd.OutOrStdout(), now)
			}
			if code := s.ExitCode(); code != exitOK {
				return &exit{code: code}
			}
			return nil
		},
	}
	addConfig(cmd, &path, defaultConfig())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// statusFiles are the places where the daemon of this configuration may have left its status: where it does so when it
// is started from this shell, beside the ledger, and for the configuration of the service where systemd lets it.
func statusFiles(cfg *config.Config) []string {
	files := []string{cfg.StatusFile(os.Getenv), cfg.StatusFile(func(string) string { return "" })}
	if cfg.Path == serviceConfig {
		files = append(files, "/run/finishwatch/status.json")
	}
	if instance := config.Instance(cfg.Path); instance != "" {
		files = append(files, "/run/finishwatch@"+instance+"/status.json")
	}
	return files
}
