package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/term"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/status"
	"finishwatch/cmd/internal/terminal"
	"finishwatch/state"
)

// asked is a command that asks the daemon for something.
type asked struct {
	path    string
	request control.Request
	races   int // of the configuration
}

// command fills in what all of them share.
func (a *asked) command(cmd *cobra.Command, run func(ctx context.Context, cmd *cobra.Command, doer control.Doer) error) *cobra.Command {
	addConfig(cmd, &a.path, defaultConfig())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		a.take(cmd, args)
		for _, name := range []string{"bib", "mark", "race"} {
			// An empty variable of a script must not make a whole race of one bib.
			if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
				return &exit{code: exitUsage, err: fmt.Errorf("--%s is empty; leave it out, or say which", name)}
			}
		}
		doer, done, err := a.doer()
		if err != nil {
			return err
		}
		defer done()
		return run(ctx, cmd, doer)
	}
	return cmd
}

// take reads what stands behind the command.
func (a *asked) take(cmd *cobra.Command, args []string) {
	if len(args) == 0 {
		return
	}
	if cmd.Name() == control.History {
		a.request.Bib = args[0]
		return
	}
	a.request.Race = args[0]
}

// doer is the daemon that runs on this configuration or, where none does, a desk on its ledger.
func (a *asked) doer() (control.Doer, func(), error) {
	cfg, err := loadConfig(a.path)
	if err != nil {
		if a.request.Do == control.Reload {
			explainInJournal(func(log *zap.Logger) {
				log.Error("configuration refused, the one before stays in force", zap.Error(err))
			})
		}
		return nil, nil, err
	}
	a.races = racesOf(cfg)
	if client, running := listening(cfg); running {
		return client, func() {}, nil
	}
	if a.request.Do == control.Reload {
		return nil, nil, &exit{code: 3, err: fmt.Errorf("%w; it reads its configuration when it starts", control.ErrNotRunning)}
	}
	options := daemon.Options{Version: version}
	if needsServer(a.request.Do) {
		if options.Password, err = cfg.Password(os.Getenv); err != nil {
			return nil, nil, &exit{code: exitConfig, err: err}
		}
	}
	return firstThatIsThere(func() (control.Doer, bool) { return listening(cfg) }, func() (control.Doer, func(), error) {
		desk, closeLedger, err := openDesk(cfg, options, a.request.Do)
		if err != nil {
			return nil, nil, err
		}
		return desk, func() { _ = closeLedger() }, nil
	})
}

// starting is how often a ledger is tried that another process has; a try waits a second for it. A daemon has its ledger
// before it listens, and stops listening before it lets go of it.
const starting = 5

// firstThatIsThere is the daemon, as soon as it listens, or a desk, as soon as nobody else has the ledger.
func firstThatIsThere(daemon func() (control.Doer, bool), desk func() (control.Doer, func(), error)) (control.Doer, func(), error) {
	for try := 1; ; try++ {
		doer, done, err := desk()
		if _, locked := errors.AsType[*state.LockedError](err); !locked || try == starting {
			return doer, done, err
		}
		if doer, running := daemon(); running {
			return doer, func() {}, nil
		}
	}
}

// listening is the daemon that runs on this configuration.
func listening(cfg *config.Config) (control.Client, bool) {
	for _, statusFile := range statusFiles(cfg) {
		for _, path := range []string{control.SocketFor(statusFile), control.InheritedFor(statusFile)} {
			if client := (control.Client{Path: path}); path != "" && client.Running() {
				return client, true
			}
		}
	}
	return control.Client{}, false
}

func needsServer(do string) bool {
	return do == control.Verify || do == control.Plan || do == control.Replace
}

// openDesk opens the ledger for a command. It makes one only for orders that are to count from the first upload on: who
// asks about a ledger that is not there has the wrong configuration. That of a service is the service's to make, whose user
// could not open one of root's.
func openDesk(cfg *config.Config, options daemon.Options, do string) (*control.Desk, func() error, error) {
	_, err := os.Stat(cfg.State.File)
	order := do == control.Pause || do == control.Hold
	switch service := serviceOf(cfg); {
	case err == nil, order && errors.Is(err, fs.ErrNotExist) && service == "":
	case order && service != "":
		return nil, nil, stateError(fmt.Errorf("%w, and there is no ledger yet: %w; switch the internet off, systemctl start %s, say this again, and switch it on: "+
			"nothing is sent before", control.ErrNotRunning, err, service))
	default:
		return nil, nil, stateError(fmt.Errorf("%w, and there is no ledger yet: %w; start finishwatch run, or check --config", control.ErrNotRunning, err))
	}
	desk, closeLedger, err := daemon.OpenDesk(cfg, options, zap.NewNop())
	if err != nil {
		return nil, nil, stateError(err)
	}
	if order {
		fmt.Fprintln(os.Stderr, "no finishwatch is running with this configuration: it counts from its next start")
	}
	return desk, closeLedger, nil
}

// ask carries the request out and writes what is said. What takes long shows how far it is.
func (a *asked) ask(ctx context.Context, cmd *cobra.Command, doer control.Doer) (control.Outcome, error) {
	line := terminal.On(os.Stderr)
	out := line.Above(cmd.OutOrStdout())
	said := said{races: a.races}
	var outcome control.Outcome
	_ = line.While(func() string { return said.progress(a.request) }, func() error {
		outcome = doer.Do(ctx, a.request, func(text string) {
			said.count(text)
			fmt.Fprintln(out, reword(text))
		})
		return nil
	})
	return outcome, errorOf(outcome)
}

// errorOf is an outcome as the error of a command.
func errorOf(o control.Outcome) error {
	switch {
	case o.Exit == 0:
		return nil
	case o.Error == "":
		return &exit{code: o.Exit}
	}
	return &exit{code: o.Exit, err: errors.New(reword(o.Error))}
}

// plain is a command that asks once.
func (a *asked) plain(cmd *cobra.Command) *cobra.Command {
	return a.command(cmd, func(ctx context.Context, cmd *cobra.Command, doer control.Doer) error {
		_, err := a.ask(ctx, cmd, doer)
		return err
	})
}

func newPause() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Pause}}
	return a.plain(&cobra.Command{
		Use: "pause", Short: "Send nothing until resume; everything is read and kept",
		Long:    "It holds through a restart. What is under way when it is said can still appear.",
		Example: "  finishwatch pause --config config.toml", Args: none,
	})
}

func newResume() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Resume}}
	return a.plain(&cobra.Command{
		Use: "resume", Short: "End a pause; what waited goes out in finish order",
		Example: "  finishwatch resume --config config.toml", Args: none,
	})
}

func newHold() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Hold}}
	cmd := a.plain(&cobra.Command{
		Use: "hold RACE", Short: "Hold a race, or one bib of it, until release",
		Long: `It is read and kept, and nothing of it is sent until finishwatch release. What is public stays. RACE is its eventid, event/round/heat
as in R1/1/1, or its name.`,
		Example: "  finishwatch hold R1 --bib 349\n  finishwatch hold \"My 5k\"", Args: wants(1, 1, "RACE"),
	})
	cmd.Flags().StringVar(&a.request.Bib, "bib", "", "hold only this `BIB`")
	return cmd
}

func newRelease() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Release}}
	cmd := a.plain(&cobra.Command{
		Use: "release RACE", Short: "Let go out what is held",
		Long: `That is a race that was put on hold, an export that is too old, marks that changed all at once, a mark outside
fastest to slowest, a row that OpenTrack refused. Where a bib has two times, say which one is right.`,
		Example: "  finishwatch release R1\n  finishwatch release R1 --bib 77 --mark 14:25.10", Args: wants(1, 1, "RACE"),
	})
	cmd.Flags().StringVar(&a.request.Bib, "bib", "", "release only this `BIB`")
	cmd.Flags().StringVar(&a.request.Mark, "mark", "", "which `MARK` is right, where there are several")
	return cmd
}

func newHistory() *cobra.Command {
	a := &asked{request: control.Request{Do: control.History}}
	cmd := a.plain(&cobra.Command{
		Use: "history [BIB]", Short: "Show what happened to a bib: read, sent, accepted, verified",
		Long: `Each line says when, what, with which mark, and where that was read. With --csv it is everybody's history, for a spreadsheet. Bibs are
spelled as in the export: 007 is not 7.`,
		Example: "  finishwatch history 349\n  finishwatch history --csv > history.csv", Args: wants(0, 1, "BIB"),
	})
	cmd.Flags().StringVar(&a.request.Race, "race", "", "only in this `RACE`")
	cmd.Flags().BoolVar(&a.request.CSV, "csv", false, "as CSV, of all bibs unless one is named")
	return cmd
}

func newVerify() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Verify}}
	cmd := a.plain(&cobra.Command{
		Use: "verify [RACE]", Short: "Read results back from OpenTrack and report what is there",
		Long:    `Race by race it says what is there as it was accepted, what is missing or different, and what is there and not ours. The exit code is 0 when everything is there, 65 when not, 69 when a page cannot be read.`,
		Example: "  finishwatch verify\n  finishwatch verify R1 --csv > report.csv", Args: wants(0, 1, "RACE"),
	})
	cmd.Flags().BoolVar(&a.request.CSV, "csv", false, "as CSV, a line a bib")
	return cmd
}

func newReload() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Reload}}
	return a.command(&cobra.Command{
		Use: "reload", Short: "Let the running daemon read its configuration again",
		Long:    `It waits until the configuration is in force. A bad one is refused with its mistakes, and the one before stays. No row is lost.`,
		Example: "  finishwatch reload --config config.toml", Args: none,
	}, func(ctx context.Context, cmd *cobra.Command, doer control.Doer) error {
		before, files, err := a.status()
		if err != nil {
			return err
		}
		if _, err := a.ask(ctx, cmd, doer); err != nil {
			return err
		}
		waits := func() string { return "waits until the configuration is in force" }
		err = terminal.On(os.Stderr).While(waits, func() error { return awaitReload(ctx, before, files) })
		if err == nil {
			fmt.Fprintln(cmd.OutOrStdout(), "the configuration is in force")
		}
		return err
	})
}

// status is what the daemon says of itself, and where.
func (a *asked) status() (status.Status, []string, error) {
	cfg, err := loadConfig(a.path)
	if err != nil {
		// The mistakes are the daemon's to say: it is asked all the same.
		return status.Status{}, nil, err
	}
	files := statusFiles(cfg)
	now, err := status.Read(time.Now(), files...)
	return now, files, failed(err)
}

// reloadTime is how long a reload may take: a request that is under way may have to end first.
const reloadTime = time.Minute

// awaitReload waits until another configuration is in force, or is said to have been refused.
func awaitReload(ctx context.Context, before status.Status, files []string) error {
	ctx, cancel := context.WithTimeout(ctx, reloadTime)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return &exit{code: exitSoftware, err: errors.New("the configuration is not in force yet; look at finishwatch status and the log")}
		case <-ticker.C:
		}
		now, err := status.Read(time.Now(), files...)
		switch {
		case err != nil || !now.Started.After(before.Started) || now.State == status.NotRunning:
		case now.Refused != "":
			return &exit{code: exitConfig, err: fmt.Errorf("%s; the configuration before stays in force", now.Refused)}
		default:
			return nil
		}
	}
}

func newSync() *cobra.Command {
	a := &asked{request: control.Request{Do: control.Plan}}
	yes := false
	cmd := a.command(&cobra.Command{
		Use: "sync RACE", Short: "Make OpenTrack's race equal to the exports, removing what is in none",
		Long: `It shows what would change and asks; then it deletes the race's rows there and loads them anew. That is the way to take off a bib that
is in no export any more.`,
		Example: "  finishwatch sync R1", Args: wants(1, 1, "RACE"),
	}, func(ctx context.Context, cmd *cobra.Command, doer control.Doer) error {
		outcome, err := a.ask(ctx, cmd, doer)
		if err != nil || outcome.Seen == "" {
			return err
		}
		if !yes && !agreed(cmd.InOrStdin(), cmd.ErrOrStderr()) {
			return &exit{code: exitUsage, err: errors.New("nothing was changed")}
		}
		a.request.Do, a.request.Seen = control.Replace, outcome.Seen
		_, err = a.ask(ctx, cmd, doer)
		return err
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&a.request.Force, "force", false, "also when the page cannot be read, so that nobody knows what would be deleted")
	return cmd
}

// agreed asks a person. Where nobody can answer, the answer is no.
func agreed(in io.Reader, out io.Writer) bool {
	if f, ok := in.(*os.File); ok && !term.IsTerminal(int(f.Fd())) {
		fmt.Fprintln(out, "nobody is there to agree; --yes does it")
		return false
	}
	fmt.Fprint(out, "Do it? [y/N] ")
	line, _ := bufio.NewReader(in).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}
