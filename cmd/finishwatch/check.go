package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/watcher"
)

func newCheck() *cobra.Command {
	var path string
	var online bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration and print every mistake with its place",
		Long: `Check the configuration and print every mistake with its place and what to write instead. Then look around on this laptop: what
is not there yet, or not in order, is said under "attention".

With --online it also asks the server, and looks at everything else of this laptop that a race needs: whether the service's
user can read the folder, network, certificate, login, rights on the competition, each race's event, the clock, free space, the
lid, the journal. What is RED comes with what to do; the exit code is then 1, or 77 where it is the login or the rights.
Nothing is sent.`,
		Example: "  finishwatch check --config config.toml\n  sudo finishwatch check --online",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			printCheck(cmd.OutOrStdout(), cfg)
			if online {
				ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
				defer stop()
				return checkOnline(ctx, cmd.OutOrStdout(), cfg)
			}
			return nil
		},
	}
	addConfig(cmd, &path, defaultConfig())
	cmd.Flags().BoolVar(&online, "online", false, "also ask the server, and look at the rest of this laptop")
	return cmd
}

// printCheck says what a configuration without mistakes will do, and what it will meet.
func printCheck(w io.Writer, cfg *config.Config) {
	fmt.Fprintf(w, "%s: no mistakes\n", cfg.Path)
	fmt.Fprintf(w, "  %s → %s/x/%s\n", cfg.Watch.Dir, cfg.OpenTrack.Server, cfg.OpenTrack.Competition)
	for _, race := range cfg.Races {
		fmt.Fprintf(w, "  %s → %s\n", strings.Join(race.Files, ", "), strings.TrimSpace(race.Unit.String()+" "+race.Name))
	}
	for _, text := range attention(cfg) {
		fmt.Fprintf(w, "  attention: %s\n", text)
	}
}

// attention says what of this laptop the daemon would stumble over. None of it is a mistake of the file: a folder may
// still be mounted, an export still be written.
func attention(cfg *config.Config) []string {
	var list []string
	if _, err := passwordFor(cfg); err != nil {
		list = append(list, err.Error())
	}
	folder := filepath.Dir(cfg.State.File)
	made := serviceOf(cfg) != "" || cfg.OwnFolder(runtime.GOOS, os.Getenv) != "" // by systemd, or when it is run
	if info, err := os.Stat(folder); !made && (err != nil || !info.IsDir()) {
		list = append(list, fmt.Sprintf("the folder of the ledger, %s, is not there; make it, or set [state] file", folder))
	}
	if info, err := os.Stat(cfg.Watch.Dir); err != nil || !info.IsDir() {
		return append(list, fmt.Sprintf("%s is not a folder; make or mount it, or correct [watch] dir", cfg.Watch.Dir))
	}
	for _, race := range cfg.Races {
		if !anyFile(cfg.Watch.Dir, race) {
			list = append(list, fmt.Sprintf("no file for %s yet: nothing in %s is called %s", race.Unit, cfg.Watch.Dir, strings.Join(race.Files, " or ")))
		}
	}
	return list
}

// anyFile reports whether a race has a file now.
func anyFile(dir string, race config.Race) bool {
	for _, pattern := range race.Files {
		found, err := doublestar.Glob(os.DirFS(dir), pattern, doublestar.WithFilesOnly())
		if err != nil {
			continue
		}
		for _, path := range found {
			if watcher.Match(pattern, path) {
				return true
			}
		}
	}
	return false
}
