package daemon

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"finishwatch/cmd/internal/alert"
	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
	"finishwatch/state"
	"finishwatch/uploader"
	"finishwatch/watcher"
)

// Options are what a daemon is told besides its configuration.
type Options struct {
	Password string
	Version  string
	// StatusFile is where the status goes; empty for nowhere.
	StatusFile string
	// DryRun, when set, gets the requests in place of the server.
	DryRun io.Writer
	// OnReady, when set, is called once, after the first look into the folder.
	OnReady func()
	// Listen opens where a person's commands are listened for; nil for nowhere.
	Listen func() (net.Listener, error)

	// Reload reads the configuration again and stops this daemon when it is good; its error is for people. Reloading
	// tells whether it is being stopped for that. Refused is why the last one that was asked for is not in force.
	Reload    func() error
	Reloading func() bool
	Refused   error
	// Alerts is what the daemon before this one knew of alerts; nil for nothing.
	Alerts *alert.Memory
}

// Daemon is the whole program at work.
type Daemon struct {
	cfg      *config.Config
	options  Options
	log      *zap.Logger
	ledger   *state.Ledger
	server   uploader.Server
	uploader *uploader.Uploader
	verifier *uploader.Verifier
	reader   uploader.Reader
	clients  []*uploader.Client // those that talk to OpenTrack; none in a dry run
	probe    *probe             // nil in a dry run
	watcher  *watcher.Watcher
	feed     *feed
	alarms   alarms
	units    []state.Unit
	started  time.Time
	doing    doing
	birth    uint64 // of the process; see [status.Birth]
}

// New opens the ledger and joins the parts. It starts nothing. The errors are those of [state.Open], and a
// [*state.ForeignError] when the ledger is another competition's.
func New(cfg *config.Config, options Options, log *zap.Logger) (*Daemon, error) {
	ledger, err := openLedger(cfg, log)
	if err != nil {
		return nil, err
	}
	d := &Daemon{cfg: cfg, options: options, log: log, ledger: ledger, feed: newFeed(cfg, ledger, log), started: time.Now(), birth: status.Birth()}
	d.units = unitsOf(cfg)
	for _, race := range cfg.Races {
		if race.Name != "" || race.Note != "" {
			ledger.Want(race.Unit, state.Attributes{Name: race.Name, Note: race.Note})
		}
	}
	d.connect()
	d.uploader = uploader.New(uploader.Config{
		Contact:      d.contact,
		Units:        d.units,
		MinInterval:  cfg.OpenTrack.MinInterval,
		MaxBatch:     cfg.OpenTrack.MaxBatch,
		NewFinishers: cfg.OpenTrack.NewFinishers,
		Removals:     uploader.Removals{Replace: cfg.OpenTrack.Removals == "replace", Limit: cfg.OpenTrack.RemovalsLimit},
	}, ledger, d.server, log)
	d.verifier = uploader.NewVerifier(d.units, ledger, d.reader, d.uploader.Wake, log)
	d.watcher = watcher.New(watcher.Config{
		Dir:      cfg.Watch.Dir,
		Patterns: patternsOf(cfg),
		Poll:     cfg.Watch.Poll,
		Settle:   cfg.Watch.Settle,
		MaxSize:  cfg.Watch.MaxSize,
	}, log)
	d.feed.wake, d.feed.again = d.uploader.Wake, d.watcher.Again
	d.feed.work.enter = hangingWork(cfg)
	d.alarms = d.newAlarms()
	return d, nil
}

// Try opens the ledger of a configuration, to see whether it can be put in force. The error is that of [New]; what is
// returned closes it again.
func Try(cfg *config.Config) (closeLedger func() error, err error) {
	ledger, err := openLedger(cfg, zap.NewNop())
	if err != nil {
		return nil, err
	}
	return ledger.Close, nil
}

// openLedger opens the ledger of the configuration's competition. One that is damaged is set aside and a fresh one begins:
// it looks at what is public before it sends anything, so that nothing there gets worse.
func openLedger(cfg *config.Config, log *zap.Logger) (*state.Ledger, error) {
	options := state.Options{Guards: state.Guards{Corrections: state.CorrectionPolicy(cfg.OpenTrack.Corrections)}}
	ledger, err := state.Open(cfg.State.File, options)
	if errors.Is(err, state.ErrNotALedger) {
		aside, cannot := state.SetAside(cfg.State.File, time.Now())
		if cannot != nil {
			return nil, err
		}
		log.Error("ledger is damaged and was set aside; a fresh one begins with what the exports say, and what is public stays",
			zap.String("file", aside), zap.Error(err))
		orders := state.Salvage(aside, addressOf(cfg))
		if ledger, err = state.Open(cfg.State.File, options); err == nil {
			err = obey(ledger, orders, log)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := ledger.BelongTo(addressOf(cfg)); err != nil {
		_ = ledger.Close()
		return nil, err
	}
	return ledger, nil
}

// obey gives the orders of persons that could be read in a damaged ledger to the fresh one.
func obey(ledger *state.Ledger, orders state.Orders, log *zap.Logger) error {
	if err := ledger.Obey(orders); err != nil {
		return errors.Join(err, ledger.Close())
	}
	bibs := 0
	for _, held := range orders.Bibs {
		bibs += len(held)
	}
	kept := "not paused"
	if orders.Paused {
		kept = "paused"
	}
	log.Warn("what persons held was looked for in the damaged ledger; hold again what is missing", zap.String("reason", kept),
		zap.Int("units", len(orders.Units)), zap.Int("rows", bibs))
	return nil
}

// connect makes what talks to the server: one connection for uploads, and one for reading back, which must keep no upload
// waiting.
func (d *Daemon) connect() {
	server, reader := newServer(d.cfg, d.options), newServer(d.cfg, d.options)
	d.server, d.reader = hanging(server, d.cfg), reader
	for _, s := range []uploader.Server{server, reader} {
		if client, ok := s.(*uploader.Client); ok {
			d.clients = append(d.clients, client)
		}
	}
	if len(d.clients) > 0 {
		d.probe = &probe{server: d.clients[0], contact: d.contact, log: d.log}
	}
}

// NewServer returns the server of a configuration, for a command that only asks it something.
func NewServer(cfg *config.Config, password, version string) *uploader.Client {
	return uploader.NewClient(accountOf(cfg, Options{Password: password, Version: version}), uploader.Form{})
}

func newServer(cfg *config.Config, options Options) uploader.Server {
	account := accountOf(cfg, options)
	form := uploader.Form{IgnoreUnknowns: cfg.OpenTrack.IgnoreUnknowns, Compress: cfg.OpenTrack.Compress}
	if options.DryRun != nil {
		return uploader.NewPrinter(options.DryRun, account, form)
	}
	return uploader.NewClient(account, form)
}

func accountOf(cfg *config.Config, options Options) uploader.Account {
	return uploader.Account{
		Server:      cfg.OpenTrack.Server,
		Competition: cfg.OpenTrack.Competition,
		Username:    cfg.OpenTrack.Username,
		Password:    options.Password,
		Timeout:     cfg.OpenTrack.Timeout,
		Agent:       "finishwatch/" + options.Version,
	}
}

// unitsOf returns the units of the configuration in its order, each once.
func unitsOf(cfg *config.Config) []state.Unit {
	var units []state.Unit
	known := map[state.Unit]bool{}
	for _, race := range cfg.Races {
		if !known[race.Unit] {
			known[race.Unit] = true
			units = append(units, race.Unit)
		}
	}
	return units
}

func patternsOf(cfg *config.Config) []string {
	var patterns []string
	for _, race := range cfg.Races {
		patterns = append(patterns, race.Files...)
	}
	return patterns
}

// Close closes the ledger.
func (d *Daemon) Close() error { return d.ledger.Close() }

// Run watches and sends until ctx ends, and then returns nil. A missing folder, a dead network or a refused login never
// ends it.
func (d *Daemon) Run(ctx context.Context) error {
	var first sync.Once
	listed := make(chan struct{})
	d.feed.listed = func() { first.Do(func() { close(listed) }) }
	d.log.Info("started", zap.String("version", d.options.Version), zap.String("folder", d.cfg.Watch.Dir),
		zap.String("server", d.address()), zap.Int("units", len(d.units)))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return d.watcher.Run(ctx, d.feed) })
	group.Go(func() error {
		if !d.firstLook(ctx, listed) {
			return nil
		}
		d.ready()
		return d.uploader.Run(ctx)
	})
	group.Go(func() error { return d.watch(ctx) })
	group.Go(func() error { return d.publish(ctx, listed) })
	group.Go(func() error { return d.guardLedger(ctx) })
	group.Go(func() error { return d.tidy(ctx) })
	if d.options.DryRun == nil {
		group.Go(func() error { return d.verifier.Run(ctx) })
		group.Go(func() error { return d.probe.Run(ctx) })
		d.alarms.run(ctx, group)
	}
	if d.options.Listen != nil {
		group.Go(func() error { return d.listen(ctx) })
	}
	err := group.Wait()
	d.stopped()
	return err
}

// guardLedger ends the daemon when the ledger is not what it was: damaged, deleted or replaced. What would be written from
// then on would be forgotten; started again, it sets the damaged one aside and begins a fresh one.
func (d *Daemon) guardLedger(ctx context.Context) error {
	ticker := time.NewTicker(status.Beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := errors.Join(d.ledger.Broken(), d.ledger.Check()); err != nil {
			d.log.Error("ledger is gone or damaged; finishwatch ends, and begins a fresh one when it is started again", zap.Error(err))
			return err
		}
	}
}

// firstLook waits for the first look into the folder, but not for a folder that does not answer: a dead network mount keeps
// what an earlier run has read from nobody. It reports whether the daemon goes on.
func (d *Daemon) firstLook(ctx context.Context, listed <-chan struct{}) bool {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for d.feed.work.at(time.Now()) > 0 || d.feed.silent() <= firstPatience {
		select {
		case <-listed:
			return true
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
	return true
}

// firstPatience is how long the folder may keep the first look waiting.
const firstPatience = 30 * time.Second

func (d *Daemon) ready() {
	notify(daemon.SdNotifyReady)
	if d.options.OnReady != nil {
		d.options.OnReady()
	}
}

// notify tells the service manager, if there is one. Not being able to is no trouble of a race.
func notify(state string) { _, _ = daemon.SdNotify(false, state) }

// publish keeps the status file and the service manager's line up to date.
func (d *Daemon) publish(ctx context.Context, listed <-chan struct{}) error {
	d.firstLook(ctx, listed)
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	broken, line, written := false, "", time.Time{}
	for {
		s := d.Status()
		if now := s.Line(); now != line || time.Since(written) >= status.Beat {
			if now != line {
				notify("STATUS=" + now)
			}
			line, written = now, time.Now()
			broken = d.write(s, broken)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// glance is how often the numbers are looked at; they are written when they change, and as a sign of life.
const glance = 250 * time.Millisecond

// write writes the status file, and says once that it cannot be written and once that it can again.
func (d *Daemon) write(s status.Status, broken bool) bool {
	if d.options.StatusFile == "" {
		return false
	}
	err := s.Write(d.options.StatusFile)
	if (err != nil) != broken {
		if err != nil {
			d.log.Warn("status file cannot be written; results go on", zap.Error(err))
		} else {
			d.log.Info("status file is written again")
		}
	}
	return err != nil
}

func (d *Daemon) stopped() {
	s := d.Status()
	t := s.Totals()
	if d.options.Reloading != nil && d.options.Reloading() {
		d.log.Info("stopped for another configuration", zap.Int("total", t.Confirmed), zap.Int("pending", t.Pending))
		return
	}
	notify(daemon.SdNotifyStopping)
	s.State, s.Process = status.NotRunning, status.Stopped
	d.write(s, false)
	d.log.Info("stopped", zap.Int("total", t.Confirmed), zap.Int("pending", t.Pending))
}

// address is the competition as people know it.
func (d *Daemon) address() string { return addressOf(d.cfg) }

func addressOf(cfg *config.Config) string {
	return cfg.OpenTrack.Server.Host + "/x/" + cfg.OpenTrack.Competition
}
