package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"

	sd "github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"

	"finishwatch/cmd/internal/alert"
	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/cmd/internal/daemon"
	"finishwatch/cmd/internal/logging"
)

// service runs the daemon, and once more with another configuration each time that somebody asks for it. Between the two
// nothing is lost: what was read is in the ledger, and the files are read anew.
type service struct {
	cfg *config.Config // changed by the goroutine of run alone, with mu held
	log *zap.Logger    // the same

	inherited *control.Inherited // nil where systemd hands over no socket
	alerts    *alert.Memory      // of one daemon after the other

	mu     sync.Mutex
	next   *config.Config // what to go on with when the daemon that runs has stopped; nil to end
	stop   func()         // stops the daemon that runs; nil before the first one
	refuse error          // why the configuration before last could not be put in force
}

// run blocks until ctx ends or the ledger is gone.
func (s *service) run(ctx context.Context) error {
	stop := s.onHangUp()
	defer stop()
	for {
		before := s.cfg
		if err := s.once(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		next := s.next
		s.next = nil
		s.mu.Unlock()
		if next == nil {
			return nil
		}
		// Also where ctx has ended meanwhile: the daemon that stopped for this one has left its status as it was.
		s.change(before, next)
	}
}

// once runs one daemon until it is stopped.
func (s *service) once(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	options, err := s.options()
	if err != nil {
		return err
	}
	d, err := daemon.New(s.cfg, options, s.log)
	if err != nil {
		return stateError(err)
	}
	defer d.Close()
	s.mu.Lock()
	s.stop = cancel
	if s.next != nil {
		cancel() // somebody asked while it was being made
	}
	s.mu.Unlock()
	if err := d.Run(ctx); err != nil {
		return stateError(err) // only the ledger ends it
	}
	return nil
}

func (s *service) options() (daemon.Options, error) {
	options := daemon.Options{Version: version, Reload: s.reload, Reloading: s.reloading, Refused: s.refuse, Alerts: s.alerts}
	var err error
	if options.Password, err = s.cfg.Password(os.Getenv); err != nil {
		return options, &exit{code: exitConfig, err: err}
	}
	if folder := s.cfg.OwnFolder(runtime.GOOS, os.Getenv); folder != "" {
		_ = os.MkdirAll(folder, 0o700) // where that cannot be, the ledger says so
	}
	options.StatusFile = s.cfg.StatusFile(os.Getenv)
	options.Listen = func() (net.Listener, error) {
		if s.inherited != nil {
			return s.inherited.Listen()
		}
		return control.Listen(control.SocketFor(options.StatusFile))
	}
	return options, nil
}

// reload reads the configuration again. A bad one is refused with its mistakes, and the old one stays.
func (s *service) reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cfg, err := config.Load(s.cfg.Path)
	if err == nil {
		_, err = cfg.Password(os.Getenv)
	}
	if err != nil {
		s.log.Error("configuration refused, the one before stays in force", zap.Error(err))
		return printed(err)
	}
	s.next = cfg
	_, _ = sd.SdNotify(false, sd.SdNotifyReloading+"\n"+sd.SdNotifyMonotonicUsec())
	if s.stop != nil {
		s.stop()
	}
	return nil
}

// printed is an error with all mistakes of a configuration, as check prints them.
func printed(err error) error {
	mistakes, ok := errors.AsType[*config.Mistakes](err)
	if !ok {
		return err
	}
	var text bytes.Buffer
	mistakes.Print(&text)
	return errors.New(text.String())
}

func (s *service) reloading() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next != nil
}

// change puts a configuration in force. What only shows when it is tried, such as a ledger that another process has,
// leaves the one before in force.
func (s *service) change(before, next *config.Config) {
	ledger, err := daemon.Try(next)
	if err == nil {
		err = ledger()
	}
	log, logErr := logging.New(os.Stderr, next.Log.Level, next.Log.Format, os.Getenv)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse = errors.Join(err, logErr); s.refuse != nil {
		s.log.Error("configuration refused, the one before stays in force", zap.Error(s.refuse))
		s.cfg = before
		return
	}
	_ = s.log.Sync()
	s.cfg, s.log = next, log
	s.log.Info("configuration read again", zap.String("config", next.Path))
}

// onHangUp reloads at SIGHUP.
func (s *service) onHangUp() (stop func()) {
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-hangUp:
				_ = s.reload() // it has said in the log what is wrong
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hangUp)
		close(done)
	}
}
