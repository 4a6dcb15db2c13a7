package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/setup"
)

// toStdout as the name of a configuration prints it.
const toStdout = "-"

func newInit() *cobra.Command {
	o := initOptions{errOut: os.Stderr}
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Look at a folder of exports and write a first configuration",
		Long: `The configuration has the races, formats, columns and clocks that were found. Where something had to be chosen, a remark says so; what only you can know stays switched off below the word CHOOSE. No file is
ever overwritten, and the exports are only read.

On a terminal it asks for the address of the competition's page and for the login. Without one, or where you press Enter, it
writes OpenTrack's public test competition with its public login, and stores that login's password beside it. For a configuration in
/etc/finishwatch it leaves out what the service has a place of its own for. The exit code is 65 when no file of the folder holds results.`,
		Example: "  finishwatch init /srv/timing\n  finishwatch init /srv/timing --config race.toml\n" +
			"  finishwatch init /srv/timing --config -   # only show it",
		Args: wants(1, 1, "folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			o.dir, o.out = args[0], cmd.OutOrStdout()
			return o.run(ctx)
		},
	}
	addConfig(cmd, &o.path, "config.toml")
	cmd.Flags().Lookup("config").Usage = "the `FILE` to write; - prints it"
	cmd.Flags().StringVar(&o.to.Competition, "competition", "", "the `ADDRESS` of the competition's page, instead of asking")
	cmd.Flags().StringVar(&o.to.Username, "username", "", "the `LOGIN`, instead of asking; the password is never an argument")
	return cmd
}

// initOptions are what init was told.
type initOptions struct {
	dir, path string
	to        setup.Destination
	out       io.Writer // the outcome
	errOut    io.Writer // questions, and the outcome where out has the configuration
}

func (o *initOptions) run(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	found, err := setup.Look(o.dir)
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	answers, err := o.ask(ctx)
	if err != nil {
		return &exit{code: exitUsage, err: errors.New("stopped; nothing was written")}
	}
	text, err := found.Config(o.path, answers.Destination, time.Now())
	if err != nil {
		return &exit{code: exitSoftware, err: err}
	}
	if o.path == toStdout {
		if _, err := io.WriteString(o.out, text); err != nil {
			return failed(err)
		}
		o.out = o.errOut
	} else if err := setup.Save(o.path, text, answers.PasswordFile, answers.Password); err != nil {
		return cannotWrite(err)
	}
	found.Report(o.out, o.path)
	if answers.PasswordFile != "" && answers.Username == "" {
		fmt.Fprintf(o.out, "the public test login is used; its password, %s, is in %s\n", setup.TestPassword, setup.Quoted(answers.PasswordFile))
	}
	if races, open := found.Readable(); races+open == 0 && found.Files > 0 {
		return &exit{code: exitData, err: errors.New("no file of this folder holds results; export some from the timing program, then run " +
			"finishwatch init again with another --config")}
	}
	return nil
}

// check refuses what cannot work before anybody is asked anything.
func (o *initOptions) check() error {
	absolute, err := filepath.Abs(o.dir)
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	o.dir = absolute
	if info, err := os.Stat(o.dir); err != nil || !info.IsDir() {
		return &exit{code: exitUsage, err: fmt.Errorf("%s is not a folder; give the folder into which the timing program exports", setup.Quoted(o.dir))}
	}
	if err := setup.Writable(o.dir); err != nil {
		return &exit{code: exitUsage, err: err}
	}
	if o.to.Competition != "" {
		if o.to.Competition, err = setup.Address(o.to.Competition); err != nil {
			return &exit{code: exitUsage, err: fmt.Errorf("--competition: %w", err)}
		}
	}
	if o.path == toStdout {
		return nil
	}
	if err := setup.Free(o.path); err != nil {
		return cannotWrite(err)
	}
	return nil
}

func cannotWrite(err error) error {
	switch {
	case errors.Is(err, setup.ErrThere):
		return &exit{code: exitUsage, err: fmt.Errorf("%w and is left as it is; give another --config", err)}
	case errors.Is(err, fs.ErrNotExist):
		return &exit{code: exitUsage, err: fmt.Errorf("%w; make the folder, or give another --config", err)}
	}
	return &exit{code: exitState, err: fmt.Errorf("%w; give another --config", err)}
}

// ask asks on a terminal. The password of the public test login is no secret, and stored where that login is used.
func (o *initOptions) ask(ctx context.Context) (setup.Answers, error) {
	answers, keep := setup.Answers{Destination: o.to}, ""
	if o.path != toStdout {
		keep = setup.PasswordFile(o.path, o.dir)
	}
	there := keep != "" && setup.Free(keep) != nil
	if there {
		fmt.Fprintf(o.errOut, "%s is there already and is left as it is; if it is the right password, name it as password_file.\n", setup.Quoted(keep))
		keep = ""
	}
	if terminal, ok := setup.NewTerminal(os.Stdin, o.errOut); ok {
		var err error
		if answers, err = setup.Ask(ctx, terminal, o.to, keep); err != nil {
			return answers, err
		}
	}
	if answers.Username == "" && keep != "" && setup.IsTest(answers.Competition) {
		answers.Password = setup.TestPassword
	}
	if answers.Password != "" {
		answers.PasswordFile = keep
	}
	return answers, nil
}
