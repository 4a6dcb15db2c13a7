package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/setup"
	"finishwatch/cmd/internal/terminal"
	"finishwatch/uploader"
)

func newLogin() *cobra.Command {
	l := login{in: os.Stdin, errOut: os.Stderr}
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Ask for the password, try it, and store it for root alone",
		Long: `It is OpenTrack's password, and is not shown. It is tried with the configuration's username, and stored where the service
looks for it, readable for its owner alone: password_file of the configuration, or else /etc/finishwatch/opentrack.password,
from which systemd hands it over (for /etc/finishwatch/NAME.toml it is NAME.password). A password that is refused is not
stored. Where standard input is no terminal, the password is its first line.`,
		Example: "  sudo finishwatch login\n  sudo finishwatch login --config /etc/finishwatch/10k.toml",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			l.out = cmd.OutOrStdout()
			return l.run(ctx)
		},
	}
	addConfig(cmd, &l.path, defaultConfig())
	cmd.Flags().StringVar(&l.file, "file", "", "store it in this `FILE` instead")
	cmd.Flags().BoolVar(&l.untried, "untried", false, "store it even if the server is out of reach")
	_ = cmd.MarkFlagFilename("file")
	return cmd
}

// login is what the command was told.
type login struct {
	path, file string
	untried    bool
	in         *os.File
	out        io.Writer
	errOut     io.Writer // where it asks
}

func (l *login) run(ctx context.Context) error {
	cfg, err := loadConfig(l.path)
	if err != nil {
		return err
	}
	file, err := l.place(cfg)
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	password, err := l.ask(ctx, cfg)
	if err != nil {
		return &exit{code: exitUsage, err: err}
	}
	tried := "OpenTrack takes the login"
	tries := func() string { return "tries the login at " + cfg.OpenTrack.Server.Host }
	server := daemon.NewServer(cfg, password, version)
	if err := terminal.On(os.Stderr).While(tries, func() error { return server.Login(ctx) }); err != nil {
		refused, ok := errors.AsType[*uploader.Error](err)
		if !ok || refused.Class == uploader.LoginRefused || !l.untried {
			return &exit{code: codeOf(err), err: fmt.Errorf("%s; the password is not stored%s", withoutReload(ended(err)), ifOutOfReach(refused))}
		}
		tried = "not tried: the server is out of reach"
	}
	if err := setup.Store(file, password); err != nil {
		return stateError(fmt.Errorf("%w; run it as root (sudo finishwatch login), or give --file", err))
	}
	fmt.Fprintf(l.out, "%s; the password is in %s, readable for its owner alone\n", tried, setup.Quoted(file))
	l.next(cfg, file)
	return nil
}

// next says what is left to do until the password is used.
func (l *login) next(cfg *config.Config, file string) {
	if own := serviceOf(cfg) != "" && file == cfg.ServicePassword(); file != cfg.OpenTrack.PasswordFile && !own {
		name := file
		if beside, err := filepath.Rel(filepath.Dir(cfg.Path), file); err == nil && filepath.IsLocal(beside) {
			name = filepath.ToSlash(beside)
		}
		where := "does not name it yet. Below [opentrack], write this line, or take the # away in front of it:"
		if cfg.OpenTrack.PasswordFile != "" {
			where = "names another file. In the place of that line, write:"
		}
		fmt.Fprintf(l.out, "%s %s\n  password_file = %q\n", l.path, where, name)
	}
	if service := serviceOf(cfg); service != "" && cfg.OpenTrack.PasswordFile == "" {
		fmt.Fprintf(l.out, "the service takes it with: systemctl restart %s\n", service)
	}
}

// withoutReload leaves out what is right for the daemon that was refused: here nothing is stored that it could read.
func withoutReload(err error) string {
	return strings.Replace(err.Error(), "; then finishwatch reload, or start it again", "", 1)
}

func ifOutOfReach(err *uploader.Error) string {
	if err != nil && err.Class == uploader.Unreachable {
		return "; with --untried it is"
	}
	return ""
}

// place is where the password goes.
func (l *login) place(cfg *config.Config) (string, error) {
	switch {
	case l.file != "":
		return filepath.Abs(l.file)
	case cfg.OpenTrack.PasswordFile != "":
		return cfg.OpenTrack.PasswordFile, nil
	case serviceOf(cfg) != "":
		return cfg.ServicePassword(), nil
	}
	return "", fmt.Errorf("%s does not say where the password shall be; give --file, as in: finishwatch login --config %s --file opentrack.password",
		cfg.Path, setup.Quoted(l.path))
}

// serviceOf is the unit that runs this configuration, or nothing.
func serviceOf(cfg *config.Config) string {
	if instance := config.Instance(cfg.Path); instance != "" {
		return "finishwatch@" + instance
	}
	if cfg.Path == serviceConfig {
		return "finishwatch"
	}
	return ""
}

// ask reads the password from a terminal without echo, or from a pipe.
func (l *login) ask(ctx context.Context, cfg *config.Config) (string, error) {
	password := ""
	if terminal, ok := setup.NewTerminal(l.in, l.errOut); ok {
		var err error
		prompt := fmt.Sprintf("Password of %s on %s (nothing is shown): ", cfg.OpenTrack.Username, cfg.OpenTrack.Server.Host)
		if password, err = terminal.Secret(ctx, prompt); err != nil {
			return "", errors.New("stopped; nothing was stored")
		}
	} else {
		line, err := bufio.NewReader(io.LimitReader(l.in, setup.MaxPassword+2)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w; type it on a terminal, or pipe a file with it into finishwatch login", err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	if password == "" || strings.ContainsAny(password, "\x00\r\n") || len(password) > setup.MaxPassword {
		return "", errors.New("that is no password: it is empty, has invisible characters, or is too long; nothing was stored; run it again")
	}
	return password, nil
}
