package uploader

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
)

// tries is how often in a row reading back may fail before the pages count as unreadable.
const tries = 3

// lookTime bounds how long a round goes on reading back before it sends what it can.
const lookTime = time.Second

// readOrigins keeps the rule for a fresh ledger: before the first PUT of a unit it looks what the server has. Many units
// or a slow page do not keep the others waiting. Its error says that a unit cannot be sent yet; what else is pending goes
// out all the same.
func (u *Uploader) readOrigins(ctx context.Context) error {
	start := time.Now()
	for {
		units := u.ledger.Unread(u.config.Units)
		if len(units) == 0 || time.Since(start) > lookTime {
			return nil
		}
		u.turn++
		if err := u.readOrigin(ctx, units[u.turn%len(units)]); err != nil {
			return err
		}
	}
}

func (u *Uploader) readOrigin(ctx context.Context, unit state.Unit) error {
	u.progress.step()
	results, err := u.server.ReadBack(ctx, unit)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		u.looks = 0
	} else if u.tryAgain(ctx, err) {
		return err
	}
	origin, shown := originOf(results, err), map[parse.Bib]parse.Mark{}
	for bib, s := range shownOf(results) {
		if !s.Mark.IsZero() {
			shown[bib] = s.Mark
		}
	}
	held, err := u.ledger.Meet(unit, origin, shown)
	if err != nil {
		return err
	}
	u.log.Info("looked at the server before the first upload", zap.Stringer("unit", unit), zap.String("origin", string(origin)))
	if len(held) > 0 {
		u.log.Warn("too many marks would change what is public; they are held", zap.Stringer("unit", unit), zap.Int("rows", len(held)),
			zap.Strings("bibs", bibsOf(held)), zap.String("advice", "are the exports of the other clock? finishwatch release sends them"))
	}
	return nil
}

// tryAgain reports whether a failed read-back is worth another try: never when the server said no, a few times when it
// is in trouble, and for ever when a login does not reach it either, because then nothing else would. Reading back
// informs; it does not block the upload.
func (u *Uploader) tryAgain(ctx context.Context, err error) bool {
	refused, ok := errors.AsType[*Error](err)
	if !ok || refused.Class != Unreachable {
		return false
	}
	u.looks++
	return u.looks < tries || u.server.Login(ctx) != nil
}

func originOf(results []Result, err error) state.Origin {
	if err != nil {
		return state.OriginUnread
	}
	for _, r := range results {
		if r.Performance != "" {
			return state.OriginMarks
		}
	}
	return state.OriginEmpty
}
