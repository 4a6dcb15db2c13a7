package uploader

import (
	"context"
	"maps"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
)

// Verifier reads back what was confirmed while the uploader goes on sending. It has a connection of its own, so that a page
// that hangs keeps no result waiting, and what it finds only informs.
type Verifier struct {
	units  []state.Unit
	ledger *state.Ledger
	reader Reader
	wake   func() // tells the uploader that something is to be sent again
	log    *zap.Logger

	mu     sync.Mutex
	report map[state.Unit]Verified
}

// Verified is what came of reading a unit back.
type Verified struct {
	At   time.Time // when it was looked at last
	Read time.Time // when it could be read back last; zero for never
	Was  state.Verification
	Err  error // why it could not be verified; nil when it could

	Shown map[parse.Bib]string // how the page shows those that differ or are not ours
}

// Clean reports whether all that was looked at is on the server as it was accepted.
func (v Verified) Clean() bool { return v.Err == nil && v.Was.Clean() }

// NewVerifier returns a verifier and starts nothing.
func NewVerifier(units []state.Unit, ledger *state.Ledger, reader Reader, wake func(), log *zap.Logger) *Verifier {
	return &Verifier{units: units, ledger: ledger, reader: reader, wake: wake, log: log, report: map[state.Unit]Verified{}}
}

const (
	// verifyTick is how soon after its first batch a unit is looked at.
	verifyTick = 2 * time.Second
	// verifyEvery is the least time between two looks at a unit with rows that were confirmed since.
	verifyEvery = time.Minute
	// verifyAgain is when a unit is looked at again that was not as it should be, or could not be read.
	verifyAgain = 5 * time.Minute
)

// Run looks at each unit after its first batch, then at most once a minute while there is something new, until ctx ends,
// and returns nil.
func (v *Verifier) Run(ctx context.Context) error {
	ticker := time.NewTicker(verifyTick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		for _, unit := range v.units {
			if ctx.Err() == nil && v.due(unit, time.Now()) {
				v.look(ctx, unit)
			}
		}
	}
}

// due reports whether a unit is to be looked at now.
func (v *Verifier) due(unit state.Unit, now time.Time) bool {
	last, looked := v.Report()[unit]
	fresh := v.ledger.Unverified(unit) > 0
	switch {
	case !looked:
		return fresh
	case last.Err != nil || !fresh:
		return !last.Clean() && now.Sub(last.At) >= verifyAgain
	}
	return now.Sub(last.At) >= verifyEvery
}

// look reads a unit back and says when its state changed.
func (v *Verifier) look(ctx context.Context, unit state.Unit) {
	now, err := Verify(ctx, v.reader, v.ledger, unit)
	now.Err = err
	if ctx.Err() != nil {
		return
	}
	now.At = time.Now()
	v.mu.Lock()
	before := v.report[unit]
	now.Read = now.At
	if err != nil {
		now.Read = before.Read
	}
	v.report[unit] = now
	v.mu.Unlock()
	v.say(unit, before, now)
	if now.Was.Resend > 0 {
		v.wake()
	}
}

// Look reads a unit back now, as a person asks.
func (v *Verifier) Look(ctx context.Context, unit state.Unit) Verified {
	v.look(ctx, unit)
	return v.Report()[unit]
}

// Report returns what is known of each unit that was looked at.
func (v *Verifier) Report() map[state.Unit]Verified {
	v.mu.Lock()
	defer v.mu.Unlock()
	report := make(map[state.Unit]Verified, len(v.report))
	maps.Copy(report, v.report)
	return report
}

// say logs states, not attempts.
func (v *Verifier) say(unit state.Unit, before, now Verified) {
	at := zap.Stringer("unit", unit)
	switch {
	case now.Err != nil:
		if before.Err == nil {
			v.log.Info("results cannot be read back; they are not verified", at, zap.Error(now.Err))
		}
		return
	case now.Clean() && (before.At.IsZero() || !before.Clean()):
		v.log.Info("verified", at, zap.Int("rows", now.Was.Same))
	}
	if more(before.Was.Missing, now.Was.Missing) {
		v.log.Warn("rows are accepted and have no time on the page", with(at, now.Was.Missing,
			"if the start list was entered in OpenTrack, set new_finishers = \"update\"")...)
	}
	if more(before.Was.Stripped, now.Was.Stripped) {
		v.log.Warn("rows are accepted and not on the page", with(at, now.Was.Stripped,
			"are these bibs in the race's start list? ignore_unknowns drops others")...)
	}
	if more(before.Was.Different, now.Was.Different) {
		v.log.Warn("rows differ on the page from what was accepted", with(at, now.Was.Different,
			"somebody may have changed them there; finishwatch verify shows both")...)
	}
	if now.Was.Resend > 0 {
		v.log.Warn("an earlier upload was carried out after a later one; rows are sent again", at, zap.Int("rows", now.Was.Resend))
	}
}

// more reports whether more bibs are wrong in one way than before.
func more(before, now []parse.Bib) bool { return len(now) > len(before) }

// with are the facts about bibs that are wrong in one way.
func with(unit zap.Field, bibs []parse.Bib, advice string) []zap.Field {
	return []zap.Field{unit, zap.Int("rows", len(bibs)), zap.Strings("bibs", bibsOf(bibs)), zap.String("advice", advice)}
}
