package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"

	"finishwatch/cmd/internal/checkup"
	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/disk"
	"finishwatch/cmd/internal/terminal"
	"finishwatch/watcher"
)

// checkOnline looks at everything around finishwatch, and prints a light for each.
func checkOnline(ctx context.Context, w io.Writer, cfg *config.Config) error {
	fmt.Fprintln(w, "around it:")
	line := terminal.On(os.Stderr)
	w = line.Above(w)
	var worst checkup.Finding
	_ = line.While(func() string { return "asks " + cfg.OpenTrack.Server.Host + " and looks at this laptop" }, func() error {
		worst = checkup.Run(ctx, facts(cfg), func(found checkup.Finding) { found.Print(w) })
		return nil
	})
	switch {
	case worst.Light != checkup.Red:
		return nil
	case worst.Login:
		return &exit{code: exitLogin}
	}
	return &exit{code: exitRed}
}

// facts are those of this machine.
func facts(cfg *config.Config) checkup.Facts {
	password, noLogin := passwordFor(cfg)
	server := daemon.NewServer(cfg, password, version)
	return checkup.Facts{
		Config:  cfg,
		Linux:   runtime.GOOS == "linux",
		Service: serviceOf(cfg),
		Files:   os.DirFS("/"),
		Look:    func() watcher.Listing { return look(cfg) },
		Resolve: filepath.EvalSymlinks,
		Free:    disk.Free,
		Lookup: func(ctx context.Context, host string) error {
			_, err := net.DefaultResolver.LookupHost(ctx, host)
			return err
		},
		Dial: func(ctx context.Context, address string) error {
			return dial(ctx, cfg.OpenTrack.Server.Scheme == "https", address)
		},
		Date:    server.Date,
		Server:  server,
		NoLogin: noLogin,
	}
}

// passwordFor finds the password as the service would: root may look into the file that systemd hands over.
func passwordFor(cfg *config.Config) (string, error) {
	password, err := cfg.Password(os.Getenv)
	if err == nil || serviceOf(cfg) == "" {
		return password, err
	}
	stored := *cfg
	stored.OpenTrack.PasswordFile = cfg.ServicePassword()
	password, cannot := stored.Password(os.Getenv)
	if errors.Is(cannot, fs.ErrNotExist) {
		return "", err
	}
	return password, cannot
}

// look lists the exports without keeping them.
func look(cfg *config.Config) watcher.Listing {
	var patterns []string
	for _, race := range cfg.Races {
		patterns = append(patterns, race.Files...)
	}
	return watcher.Once(cfg.Watch.Dir, patterns, cfg.Watch.MaxSize, func(watcher.Snapshot) bool { return true })
}

func dial(ctx context.Context, secure bool, address string) error {
	if !secure {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = conn.Close()
		}
		return err
	}
	conn, err := (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}
