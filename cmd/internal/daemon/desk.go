package daemon

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/uploader"
)

// desk is where a person's commands are carried out while the daemon runs.
func (d *Daemon) desk() *control.Desk {
	return &control.Desk{
		Races: racesOf(d.cfg), Ledger: d.ledger, Reader: d.reader, Uploader: d.uploader, Verifier: d.verifier,
		Stale: d.feed.takeStale, Wake: d.uploader.Wake, Reload: d.options.Reload,
	}
}

// listen serves the desk. Without it results go on, so that trouble with it is said and no more.
func (d *Daemon) listen(ctx context.Context) error {
	listener, err := d.options.Listen()
	if err == nil {
		err = control.Serve(ctx, listener, d.desk())
	}
	if err != nil {
		d.log.Warn("commands such as pause and release do not reach this finishwatch; results go on", zap.Error(err))
	}
	return nil
}

// OpenDesk opens a desk on the ledger of a configuration while no daemon runs. The caller closes it. The errors are those
// of [state.Open] and a [*state.ForeignError].
func OpenDesk(cfg *config.Config, options Options, log *zap.Logger) (desk *control.Desk, closeLedger func() error, err error) {
	ledger, err := state.Open(cfg.State.File, state.Options{Guards: state.Guards{Corrections: state.CorrectionPolicy(cfg.OpenTrack.Corrections)}})
	if err != nil {
		return nil, nil, err
	}
	if err := ledger.BelongTo(addressOf(cfg)); err != nil {
		return nil, nil, errors.Join(err, ledger.Close())
	}
	server := newServer(cfg, options)
	loop := uploader.New(uploader.Config{Units: unitsOf(cfg)}, ledger, server, log)
	return &control.Desk{
		Races: racesOf(cfg), Ledger: ledger, Reader: server, Uploader: loop,
		Verifier: uploader.NewVerifier(unitsOf(cfg), ledger, server, loop.Wake, log), Wake: func() {},
	}, ledger.Close, nil
}

// racesOf are the units of the configuration, each once, with a name where one is given.
func racesOf(cfg *config.Config) []control.Race {
	var races []control.Race
	for _, unit := range unitsOf(cfg) {
		race := control.Race{Unit: unit}
		for _, r := range cfg.Races {
			if r.Unit == unit && race.Name == "" {
				race.Name = r.Name
			}
		}
		races = append(races, race)
	}
	return races
}

// unverified says what is wrong on the page, or why it cannot be read; nothing when all is well.
func unverified(found uploader.Verified) string {
	if found.Err != nil {
		return fmt.Sprintf("not verified: %v", found.Err)
	}
	var texts []string
	for _, wrong := range []struct {
		what string
		bibs []parse.Bib
	}{{"without a time there", found.Was.Missing}, {"not there", found.Was.Stripped}, {"different there", found.Was.Different}} {
		if n := len(wrong.bibs); n > 0 {
			texts = append(texts, fmt.Sprintf("%d %s (bib %s)", n, wrong.what, wrong.bibs[0]))
		}
	}
	return strings.Join(texts, ", ")
}

// takeStale takes the exports of a unit that are held for their age, as a person asks, and returns their names.
func (f *feed) takeStale(unit state.Unit) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var taken []string
	for _, path := range f.listing.Files {
		if source := f.sources[path]; source != nil && !source.tooOld.IsZero() && f.feedsUnit(unit, path) {
			source.tooOld = time.Time{}
			taken = append(taken, path)
			f.again(path)
		}
	}
	return taken
}
