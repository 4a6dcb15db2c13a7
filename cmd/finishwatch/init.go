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
writes OpenTrack's public test competition. The exit code is 65 when no file of the folder holds results.`,
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

// ask asks on a terminal.
func (o *initOptions) ask(ctx context.Context) (setup.Answers, error) {
	known := setup.Answers{Destination: o.to}
	terminal, ok := setup.NewTerminal(os.Stdin, o.errOut)
	if !ok {
		return known, nil
	}
	keep := ""
	if o.path != toStdout {
		if keep = setup.PasswordFile(o.path, o.dir); keep != "" && setup.Free(keep) != nil {
			terminal.Say(setup.Quoted(keep) + " is there already and is left as it is; if it is the right password, name it as password_file.")
			keep = ""
		}
	}
	answers, err := setup.Ask(ctx, terminal, o.to, keep)
	if answers.Password != "" {
		answers.PasswordFile = keep
	}
	return answers, err
}
