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
}

// New returns what watches by looking, and starts nothing. What begins and what is over is said in the log and given to
// tell, which must not wait. Nothing new for the time of quiet is an alert; 0 for never.
func New(quiet time.Duration, look func() Snapshot, tell func([]Event), log *zap.Logger) *Alerts {
	return &Alerts{look: look, tell: tell, log: log, tracker: NewTracker(quiet)}
}

// tick is how often the daemon is looked at.
const tick = time.Second

// Run looks until ctx ends, and returns nil.
func (a *Alerts) Run(ctx context.Context) error {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		events := a.tracker.Step(a.look())
		a.mu.Lock()
		a.active = a.tracker.Active()
		a.mu.Unlock()
		for _, event := range events {
			say(a.log, event)
		}
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

// Healthy reports whether results arrive as far as anybody knows.
func (a *Alerts) Healthy() bool {
	return !slices.ContainsFunc(a.Active(), func(alert status.Alert) bool { return alert.Bad })
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
