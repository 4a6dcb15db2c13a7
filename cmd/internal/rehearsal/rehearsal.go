package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/logging"
	"finishwatch/uploader/sandbox"
)

// Options say what is played.
type Options struct {
	From     string // an export to play; empty for the synthetic race
	Keep     bool   // leave the folder, the configuration, the log and the ledger
	Athletes int    // of the synthetic race
	Version  string
}

// ErrNotClean says that the verdict was not clean. It has been printed.
var ErrNotClean = errors.New("the rehearsal did not end clean")

// Run plays a race and prints to w what happens as it happens, and the verdict. It returns [ErrNotClean] when a finish is
// missing, wrong or there twice.
func Run(ctx context.Context, w io.Writer, options Options) error {
	s, err := scriptFor(options)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "finishwatch-rehearsal-*")
	if err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	if !options.Keep {
		defer os.RemoveAll(dir)
	}
	stage, err := newStage(dir, s, options.Version)
	if err != nil {
		return err
	}
	defer stage.close()
	fmt.Fprintf(w, "rehearsal: %d finishes from %s, results on http://%s/\n", len(s.want), stage.cfg.Watch.Dir, stage.listener.Addr())
	verdict, err := stage.play(ctx, w)
	if err != nil {
		return err
	}
	verdict.print(w)
	if options.Keep {
		fmt.Fprintf(w, "kept: %s (password of the imitation: apitest)\n", dir)
	}
	if !verdict.clean() {
		return ErrNotClean
	}
	return nil
}

func scriptFor(options Options) (script, error) {
	if options.From == "" {
		return synthetic(options.Athletes)
	}
	data, err := os.ReadFile(options.From)
	if err != nil {
		return script{}, fmt.Errorf("rehearsal: %w", err)
	}
	s, err := played(filepath.Base(options.From), data)
	if err != nil {
		return s, fmt.Errorf("rehearsal: %s cannot be played: %w", options.From, err)
	}
	if len(s.want) == 0 {
		return s, fmt.Errorf("rehearsal: %s has no finishes; finishwatch explain shows why", options.From)
	}
	return s, nil
}

// stage is everything that a rehearsal needs: the imitation, the folder, the daemon.
type stage struct {
	script   script
	cfg      *config.Config
	daemon   *daemon.Daemon
	server   *sandbox.Server
	listener net.Listener
	logFile  *os.File
	ready    chan struct{}
}

func newStage(dir string, s script, version string) (*stage, error) {
	st := &stage{script: s, server: sandbox.New(sandbox.Options{}), ready: make(chan struct{})}
	var err error
	if st.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	if st.cfg, err = writeConfig(dir, s.file, st.listener.Addr().String()); err != nil {
		return nil, err
	}
	if st.logFile, err = os.Create(filepath.Join(dir, "finishwatch.log")); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	log, err := logging.New(st.logFile, "debug", "json", os.Getenv)
	if err != nil {
		return nil, err
	}
	st.daemon, err = daemon.New(st.cfg, daemon.Options{
		Password:   "apitest",
		Version:    version,
		StatusFile: filepath.Join(dir, "status.json"),
		OnReady:    func() { close(st.ready) },
	}, log)
	return st, err
}

func (st *stage) close() {
	_ = st.daemon.Close()
	_ = st.logFile.Close()
}

// writeConfig makes the folder and a configuration that a person could have written, and reads it as the daemon does.
func writeConfig(dir, file, address string) (*config.Config, error) {
	watched := filepath.Join(dir, "timing")
	if err := os.Mkdir(watched, 0o755); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	text := fmt.Sprintf(`[opentrack]
competition  = "http://%s/x/2026/GBR/api-test/"
username     = "api-test@mailinator.com"
min_interval = "250ms"

[watch]
dir    = 'timing'
settle = "100ms"
# the files of a rehearsal may be old ones
max_age = "0s"

[state]
file = 'finishwatch.db'

[[race]]
files   = ["%s"]
eventid = "R1"
name    = "Rehearsal"
`, address, escapeGlob(file))
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	return cfg, nil
}

// escapeGlob makes a pattern that matches only this name. Any one character stands for those that mean something in a
// glob or in TOML.
func escapeGlob(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`*?[]{}\"'`, r) || r < ' ' {
			return '?'
		}
		return r
	}, name)
}

// play runs the imitation and the daemon while the script is written, and judges.
func (st *stage) play(ctx context.Context, w io.Writer) (verdict, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return st.server.Serve(ctx, st.listener) })
	group.Go(func() error { return st.daemon.Run(ctx) })
	var v verdict
	group.Go(func() error {
		defer stop()
		select {
		case <-st.ready:
		case <-ctx.Done():
			return nil
		}
		p := player{stage: st, w: w, start: time.Now()}
		if err := p.perform(ctx); err != nil {
			return err
		}
		v = p.judge()
		return nil
	})
	err := group.Wait()
	if err == nil && v.want == 0 {
		err = errors.New("rehearsal: interrupted")
	}
	return v, err
}
