package alert

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/status"
)

// Alerts watches the daemon.
type Alerts struct {
	look    func() Snapshot
	tell    func([]Event)
	log     *zap.Logger
	tracker *Tracker

	mu     sync.Mutex
	active []status.Alert
	looked time.Time // zero before the first look
}

// New returns what watches by looking, and starts nothing. What begins and what is over is said in the log and given to
// tell, which must not wait. Nothing new for the time of quiet is an alert; 0 for never. Alerts that the memory has go on.
func New(quiet time.Duration, memory *Memory, look func() Snapshot, tell func([]Event), log *zap.Logger) *Alerts {
	tracker := memory.watching(quiet)
	return &Alerts{look: look, tell: tell, log: log, tracker: tracker, active: tracker.Active()}
}

const (
	// tick is how often the daemon is looked at.
	tick = time.Second
	// stale is how long ago the last look may be before nobody knows any more how the daemon is.
	stale = 30 * time.Second
)

// Run looks until ctx ends, and returns nil.
func (a *Alerts) Run(ctx context.Context) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		events := a.tracker.Step(a.look())
		for _, event := range events {
			say(a.log, event)
		}
		a.mu.Lock()
		a.active, a.looked = a.tracker.Active(), time.Now()
		a.mu.Unlock()
		if len(events) > 0 {
			a.tell(events)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Active returns the alerts that there are, the worst first; never nil. It does not wait for a look.
func (a *Alerts) Active() []status.Alert {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]status.Alert{}, a.active...)
}

// Healthy reports whether results arrive as far as anybody knows. A look that hangs, such as at a dead disk, leaves nobody
// who knows.
func (a *Alerts) Healthy() bool {
	a.mu.Lock()
	age := time.Since(a.looked)
	a.mu.Unlock()
	return age < stale && !slices.ContainsFunc(a.Active(), func(alert status.Alert) bool { return alert.Bad })
}

// say writes one line when an alert begins and one when it is over.
func say(log *zap.Logger, e Event) {
	if e.Over {
		log.Info("alert is over", zap.String("reason", e.Alert.Title), zap.Duration("lasted", e.Lasted))
		return
	}
	facts := []zap.Field{zap.String("reason", e.Alert.Detail), zap.String("advice", e.Alert.Now)}
	// Each has words of its own in the catalog of the journal, so each is a constant here.
	switch e.Alert.Title {
	case titleStalled:
		log.Error(titleStalled, facts...)
	case titleLogin:
		log.Error(titleLogin, facts...)
	case titleFolder:
		log.Error(titleFolder, facts...)
	case titleDisk:
		log.Warn(titleDisk, facts...)
	case titleRefusals:
		log.Warn(titleRefusals, facts...)
	case titleMissing:
		log.Warn(titleMissing, facts...)
	case titleUnverified:
		log.Warn(titleUnverified, facts...)
	case titleShrank:
		log.Warn(titleShrank, facts...)
	case titleQuiet:
		log.Warn(titleQuiet, facts...)
	case titleClock:
		log.Warn(titleClock, facts...)
	}
}
