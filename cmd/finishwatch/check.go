package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:     "check",
		Short:   "Check the configuration and print every mistake with its place",
		Example: "  finishwatch check --config config.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: no mistakes\n", path)
			fmt.Fprintf(cmd.OutOrStdout(), "  %s → %s/x/%s\n", cfg.Watch.Dir, cfg.OpenTrack.Server, cfg.OpenTrack.Competition)
			for _, race := range cfg.Races {
				fmt.Fprintf(cmd.OutOrStdout(), "  %q → %s %s\n", race.Files, race.Unit, race.Name)
			}
			return nil
		},
	}
	addConfig(cmd, &path, defaultConfig)
	return cmd
}
