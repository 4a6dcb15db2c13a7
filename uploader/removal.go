package uploader

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"finishwatch/parse"
	"finishwatch/state"
)

// Removals is a person's standing order to take bibs off the server that no export has any more (removals = "replace").
type Removals struct {
	Replace bool
	Limit   int // bibs at once; more are held, and so is more than a tenth of the race
}

// Plan is what replacing a unit would change on the server.
type Plan struct {
	Unit    state.Unit
	Batch   state.Batch // everything that must be public; without rows nothing can be sent
	Gone    []parse.Bib // ours, in no export any more
	Added   []state.Row // not there yet
	Changed []Change
	Same    int
	Others  []Result // there with a mark, and not ours: replacing would delete them
	Unread  error    // why the page cannot be read; then all that is known is Batch and Gone
}

// Change is a row that the server shows with another mark.
type Change struct {
	Row   state.Row
	Shown string
}

// NewPlan compares what the server shows of a unit with what must be public. It sends nothing. Its error is that of ctx.
func NewPlan(ctx context.Context, reader Reader, ledger *state.Ledger, unit state.Unit) (Plan, error) {
	p := Plan{Unit: unit}
	p.Batch, p.Gone = ledger.Removal(unit)
	var results []Result
	if results, p.Unread = reader.ReadBack(ctx, unit); p.Unread == nil {
		p.compare(results)
	}
	return p, ctx.Err()
}

func (p *Plan) compare(results []Result) {
	shown := make(map[parse.Bib]Result, len(results))
	for _, r := range results {
		shown[r.Bib] = r
	}
	for _, row := range p.Batch.Rows {
		r, there := shown[row.Bib]
		delete(shown, row.Bib)
		switch {
		case !there || r.Performance == "":
			p.Added = append(p.Added, row)
		case r.Is(row.Mark):
			p.Same++
		default:
			p.Changed = append(p.Changed, Change{row, r.Performance})
		}
	}
	for _, r := range results {
		if _, other := shown[r.Bib]; other && r.Performance != "" && !slices.Contains(p.Gone, r.Bib) {
			p.Others = append(p.Others, r)
		}
	}
}

// ErrNothingToReplace says that the unit cannot be replaced now: it is held or being read, or has no rows, and replacing it
// would empty the page.
var ErrNothingToReplace = errors.New("nothing of this race may be sent now (held, paused, or its exports are being read), or it has no rows")

// Replace sends a plan that a person has seen. It returns [state.ErrOutdated] when the exports have said something else
// since, [ErrNothingToReplace], the ledger's error, or an [*Error]; after an [*Error] nobody knows whether the server has
// carried it out, and a new plan tells.
func (u *Uploader) Replace(ctx context.Context, p Plan) error {
	if len(p.Batch.Rows) == 0 {
		return ErrNothingToReplace
	}
	u.sending.Lock()
	defer u.sending.Unlock()
	if err := u.ledger.OfferRemoval(p.Batch, p.Gone); err != nil {
		return err
	}
	if err := u.server.Put(ctx, []state.Batch{p.Batch}); err != nil {
		return err
	}
	u.log.Info("race replaced", zap.Stringer("unit", p.Unit), zap.Int("rows", len(p.Batch.Rows)), zap.Strings("bibs", bibsOf(p.Gone)))
	return u.ledger.Confirm([]state.Batch{p.Batch})
}

// removeVanished keeps a person's standing order. It reports whether something was sent, or tried to be.
func (u *Uploader) removeVanished(ctx context.Context) (rest, bool) {
	if !u.config.Removals.Replace {
		return rest{}, false
	}
	for _, unit := range u.config.Units {
		vanished := u.ledger.Vanished(unit)
		if len(vanished) == 0 || u.trials[unit] != nil {
			delete(u.held, unit)
			continue
		}
		plan, err := NewPlan(ctx, u.server, u.ledger, unit)
		if err != nil {
			return rest{err: err}, true
		}
		if why := u.whyNot(plan); why != "" {
			u.holdRemoval(unit, vanished, why)
			continue
		}
		delete(u.held, unit)
		if err := u.ledger.OfferRemoval(plan.Batch, plan.Gone); err != nil {
			return u.fail(ctx, err, nil), true
		}
		u.log.Info("vanished bibs are taken off the server", zap.Stringer("unit", unit), zap.Strings("bibs", bibsOf(plan.Gone)))
		return u.send(ctx, []state.Batch{plan.Batch}), true
	}
	return rest{}, false
}

// whyNot says why a removal must not be sent without a person, or nothing.
func (u *Uploader) whyNot(p Plan) string {
	confirmed := u.ledger.Counts(p.Unit).Confirmed
	switch {
	case len(p.Gone) > u.config.Removals.Limit, len(p.Gone) > max(1, confirmed/10):
		return fmt.Sprintf("%d bibs vanished at once", len(p.Gone))
	case p.Unread != nil:
		return "the page cannot be read back, and may have rows that are not ours"
	case len(p.Others) > 0:
		return fmt.Sprintf("the page has %d rows that are not ours, bib %s among them", len(p.Others), words([]byte(p.Others[0].Bib)))
	case len(p.Batch.Rows) == 0:
		return "nothing of this race may be sent now"
	}
	return ""
}

// holdRemoval says once why bibs stay on the server.
func (u *Uploader) holdRemoval(unit state.Unit, vanished []parse.Bib, why string) {
	if u.held[unit] == why {
		return
	}
	u.held[unit] = why
	u.log.Warn("vanished bibs stay on the server; a person has to look", zap.Stringer("unit", unit), zap.Strings("bibs", bibsOf(vanished)),
		zap.String("reason", why), zap.String("advice", "finishwatch sync shows and does it"))
}

func bibsOf(bibs []parse.Bib) []string {
	var names []string
	for _, bib := range bibs[:min(len(bibs), maxNamed)] {
		names = append(names, string(bib))
	}
	return names
}
