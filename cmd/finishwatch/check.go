package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/forecast"
	"finishwatch/cmd/internal/terminal"
)

func newCheck() *cobra.Command {
	var path string
	var online bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration and print every mistake with its place",
		Long: `What is not there yet, or not in order on this laptop, is said under "attention". At the end stands what will happen, a line a race:
how many files and finishes lie in the folder now, and what is held, refused or still to choose. None of that is a mistake of
the configuration, and the exit code is 0; with a mistake it is 78. Nothing is sent or stored.

With --online it also asks the server, and looks at everything else of this laptop that a race needs: whether the service's
user can read the folder, network, certificate, login, rights on the competition, each race's event, the clock, free space, the
lid, the journal. What is RED comes with what to do; the exit code is then 1, or 77 where it is the login or the rights.`,
		Example: "  finishwatch check --config config.toml\n  sudo finishwatch check --online",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			printCheck(cmd.OutOrStdout(), cfg, foresee(ctx, cfg))
			if online {
				return checkOnline(ctx, cmd.OutOrStdout(), cfg)
			}
			return nil
		},
	}
	addConfig(cmd, &path, defaultConfig())
	cmd.Flags().BoolVar(&online, "online", false, "also ask the server, and look at the rest of this laptop")
	return cmd
}

// foresee looks into the folder, and tells a person who waits how far it is.
func foresee(ctx context.Context, cfg *config.Config) (will *forecast.Forecast) {
	var files atomic.Int64
	_ = terminal.On(os.Stderr).While(func() string { return fmt.Sprintf("reads the exports: %d so far", files.Load()) }, func() error {
		will = forecast.Look(ctx, cfg, time.Now(), forecast.Usual(), func(n int) { files.Store(int64(n)) })
		return nil
	})
	return will
}

// printCheck says what a configuration without mistakes will meet, and ends with what it will do.
func printCheck(w io.Writer, cfg *config.Config, will *forecast.Forecast) {
	fmt.Fprintf(w, "%s: no mistakes\n", cfg.Path)
	fmt.Fprintf(w, "  %s → %s/x/%s\n", cfg.Watch.Dir, cfg.OpenTrack.Server, cfg.OpenTrack.Competition)
	for _, text := range attention(cfg, will) {
		fmt.Fprintf(w, "  attention: %s\n", text)
	}
	will.Print(w)
}

// attention says what of this laptop the daemon would stumble over. None of it is a mistake of the file: a folder may
// still be mounted, an export still be written.
func attention(cfg *config.Config, will *forecast.Forecast) []string {
	var list []string
	if _, err := passwordFor(cfg); err != nil {
		list = append(list, err.Error())
	}
	folder := filepath.Dir(cfg.State.File)
	made := serviceOf(cfg) != "" || cfg.OwnFolder(runtime.GOOS, os.Getenv) != "" // by systemd, or when it is run
	if info, err := os.Stat(folder); !made && (err != nil || !info.IsDir()) {
		list = append(list, fmt.Sprintf("the folder of the ledger, %s, is not there; make it, or set [state] file", folder))
	}
	if will.Folder != nil {
		list = append(list, will.Folder.Error())
	}
	if will.Cut != "" {
		list = append(list, will.Cut)
	}
	return list
}
