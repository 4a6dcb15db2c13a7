package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"finishwatch/cmd/internal/alert"
	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/terminal"
	"finishwatch/state"
)

func newRun() *cobra.Command {
	var path string
	var once, dryRun bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Watch the folder and send finishes until stopped",
		Long: `Ctrl-C or SIGTERM stop it. What was read and not yet sent is kept in the
ledger and sent at the next start.`,
		Example: "  finishwatch run --config config.toml --once --dry-run   # look at the requests first\n  finishwatch run --config config.toml",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			err := failed(runDaemon(ctx, path, once, dryRun))
			notStarted(err)
			return err
		},
	}
	addConfig(cmd, &path, defaultConfig())
	cmd.Flags().BoolVar(&once, "once", false, "read every file, send until nothing is pending, verify, and exit")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "print the exact requests; send nothing and store nothing")
	return cmd
}

func runDaemon(ctx context.Context, path string, once, dryRun bool) error {
	noCore()
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	if err := (maker{cfg: cfg, root: os.Geteuid() == 0, getenv: os.Getenv, booted: onSystemd()}).may(); err != nil && !dryRun {
		return stateError(err)
	}
	line := &terminal.Line{}
	if once {
		line = terminal.On(os.Stderr)
	}
	log, err := logging.Through(line.Above(os.Stderr), os.Stderr, cfg.Log.Level, cfg.Log.Format, os.Getenv)
	if err != nil {
		return err
	}
	defer func() { _ = log.Sync() }()
	if !once && !dryRun {
		s := &service{cfg: cfg, log: log, inherited: control.Inherit(), alerts: alert.NewMemory()}
		return inTime(ctx, grace, s.run)
	}
	options := daemon.Options{Version: version}
	if dryRun {
		clean, err := forDryRun(cfg, &options, line.Above(os.Stdout))
		defer clean()
		if err != nil {
			return stateError(err)
		}
		log = log.WithOptions(zap.IncreaseLevel(zap.WarnLevel)) // nothing is confirmed, so nothing shall say so
	} else if options, err = (&service{cfg: cfg}).options(); err != nil {
		return err
	}
	d, err := daemon.New(cfg, options, log)
	if err != nil {
		return stateError(err)
	}
	defer d.Close()
	if once {
		return line.While(d.Progress, func() error { return d.Once(ctx, command{line.Above(os.Stderr)}) })
	}
	if err := d.Run(ctx); err != nil {
		return stateError(err)
	}
	return nil
}

// notStarted says in the journal why a service does not start.
func notStarted(err error) {
	known, ok := errors.AsType[*exit](err)
	switch {
	case !ok:
	case known.code == exitConfig:
		explainInJournal(func(log *zap.Logger) { log.Error("configuration has mistakes; finishwatch does not start with it") })
	case known.code == exitState:
		explainInJournal(func(log *zap.Logger) {
			log.Error("ledger cannot be used; finishwatch ends, and is started again", zap.Error(err))
		})
	}
}

// explainInJournal says something in the journal, where this process speaks to it, with the ID under which the catalog tells
// what to do. Mistakes of a configuration go to standard error, line by line, and so into the journal as well.
func explainInJournal(say func(log *zap.Logger)) {
	if !logging.ToJournal(os.Stderr, os.Getenv) {
		return
	}
	log, err := logging.New(os.Stderr, "error", "journal", os.Getenv)
	if err != nil {
		return
	}
	say(log)
	<-time.After(seen)
}

// seen is how long journald may take to find out which unit a message is from, which it cannot when the sender is gone.
const seen = 200 * time.Millisecond

// grace is how long a daemon that shall stop may take.
const grace = 900 * time.Millisecond

// inTime ends when run does, or the grace after ctx has ended. What is left behind then waits for a folder that does not
// answer, or reads a large file; the process ends in the middle of it, and the ledger takes that like a power cut.
func inTime(ctx context.Context, grace time.Duration, run func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return nil
	}
}

// stateError gives what went wrong with the ledger its exit code.
func stateError(err error) error { return &exit{code: exitState, err: err} }

// forDryRun lets the daemon work on a copy of the ledger that is thrown away, and print in place of sending.
func forDryRun(cfg *config.Config, options *daemon.Options, out io.Writer) (clean func(), err error) {
	dir, err := os.MkdirTemp("", "finishwatch-dry-run-*")
	if err != nil {
		return func() {}, fmt.Errorf("dry run: %w; make room in the folder for temporary files, or set TMPDIR to another one", err)
	}
	clean = func() { _ = os.RemoveAll(dir) }
	ledger := filepath.Join(dir, "finishwatch.db")
	if err := state.Copy(cfg.State.File, ledger); err != nil {
		return clean, err
	}
	cfg.State.File = ledger
	options.DryRun = out
	return clean, nil
}
