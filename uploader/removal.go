package uploader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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
	Public  []parse.Bib // those of Gone that the page shows with a mark
	Others  []Result    // there with a mark, and not ours: replacing would delete them
	Unread  error       // why the page cannot be read; then all that is known is Batch and Gone
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
		_, other := shown[r.Bib]
		switch {
		case !other || r.Performance == "":
		case slices.Contains(p.Gone, r.Bib):
			p.Public = append(p.Public, r.Bib)
		default:
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
	if err := u.settle(); err != nil {
		return err
	}
	if err := u.ledger.OfferRemoval(p.Batch, p.Gone); err != nil {
		return err
	}
	if err := u.server.Put(ctx, []state.Batch{p.Batch}); err != nil {
		return err
	}
	u.log.Info("race replaced", zap.Stringer("unit", p.Unit), zap.Int("rows", len(p.Batch.Rows)), zap.Strings("bibs", bibsOf(p.Gone)))
	return u.ledger.Confirm([]state.Batch{p.Batch})
}

// kept is a removal that a person ordered and that is not sent.
type kept struct {
	why      string    // has been said
	until    time.Time // neither the page nor the server is asked again before
	failures int       // how often in a row the server refused it
}

const (
	// removalLook bounds how long finishes may wait for a page on which a removal depends.
	removalLook = 3 * time.Second
	// removalAgain is when it is looked at again.
	removalAgain = time.Minute
)

// removeVanished keeps a person's standing order. It reports whether something was sent, or tried to be; where nothing was,
// it tells when to come again.
func (u *Uploader) removeVanished(ctx context.Context) (r rest, sent bool) {
	r.wait = forever
	if !u.config.Removals.Replace {
		return r, false
	}
	for _, unit := range u.config.Units {
		vanished := u.ledger.Vanished(unit)
		if len(vanished) == 0 {
			delete(u.kept, unit)
			continue
		}
		if u.trials[unit] != nil || !u.ledger.Open(unit) {
			continue // who ends that wakes the loop
		}
		if k := u.kept[unit]; k != nil && time.Now().Before(k.until) {
			r.wait = min(r.wait, time.Until(k.until))
			continue
		}
		if r, sent := u.remove(ctx, unit, vanished); sent {
			return r, true
		}
		r.wait = min(r.wait, time.Until(u.kept[unit].until))
	}
	return r, false
}

// remove takes the vanished bibs of a unit off the server, or takes down why not.
func (u *Uploader) remove(ctx context.Context, unit state.Unit, vanished []parse.Bib) (r rest, sent bool) {
	if why := u.tooMany(unit, len(vanished)); why != "" {
		u.keep(unit, vanished, why)
		return rest{}, false
	}
	u.progress.step()
	looking, enough := context.WithTimeout(ctx, removalLook)
	defer enough()
	plan, err := NewPlan(looking, u.server, u.ledger, unit)
	switch {
	case ctx.Err() != nil:
		return rest{err: ctx.Err()}, true
	case err != nil:
		plan.Unread = err
	}
	// What it takes away may be more than what vanished: it counts as well.
	if why := cmp.Or(whyNot(plan, vanished), u.tooMany(unit, len(plan.Gone))); why != "" {
		u.keep(unit, vanished, why)
		return rest{}, false
	}
	switch err := u.ledger.OfferRemoval(plan.Batch, plan.Gone); {
	case errors.Is(err, state.ErrOutdated):
		return rest{}, true // something was read meanwhile, and goes first
	case err != nil:
		return u.fail(ctx, err, nil), true
	}
	u.log.Info("vanished bibs are taken off the server", zap.Stringer("unit", unit), zap.Strings("bibs", bibsOf(plan.Gone)))
	return u.send(ctx, []state.Batch{plan.Batch}), true
}

// tooMany says why so many bibs must not be removed without a person, or nothing.
func (u *Uploader) tooMany(unit state.Unit, bibs int) string {
	if bibs > u.config.Removals.Limit || bibs > max(1, u.ledger.Counts(unit).Confirmed/10) {
		return fmt.Sprintf("%d bibs vanished at once", bibs)
	}
	return ""
}

// whyNot says why a removal must not be sent without a person, or nothing.
func whyNot(p Plan, vanished []parse.Bib) string {
	switch {
	case p.Unread != nil:
		return "the page cannot be read back, and may have rows that are not ours"
	case len(p.Batch.Rows) == 0:
		return "nothing of this race may be sent now"
	case len(p.Others) > 0:
		return fmt.Sprintf("the page has %d rows that are not ours, bib %s among them", len(p.Others), words([]byte(p.Others[0].Bib)))
	}
	// An offer whose answer was lost made it public, and it has been held since: nobody said that it is gone.
	for _, bib := range p.Public {
		if !slices.Contains(vanished, bib) {
			return fmt.Sprintf("bib %s is held, and would be taken off, too", bib)
		}
	}
	return ""
}

// keep says once why bibs stay on the server.
func (u *Uploader) keep(unit state.Unit, vanished []parse.Bib, why string) {
	k := u.keeping(unit)
	k.until = time.Now().Add(removalAgain)
	if k.why == why {
		return
	}
	k.why = why
	u.log.Warn("vanished bibs stay on the server; a person has to look", zap.Stringer("unit", unit), zap.Strings("bibs", bibsOf(vanished)),
		zap.String("reason", why), zap.String("advice", "finishwatch sync shows and does it"))
}

// keepRefused takes down that the server refused a removal. No row is to blame that could be found by halving: half of it
// would delete the other half.
func (u *Uploader) keepRefused(unit state.Unit, err *Error) {
	k := u.keeping(unit)
	k.failures++
	k.until = time.Now().Add(max(doubled(k.failures), removalAgain, err.RetryAfter))
	if k.why == err.Error() {
		return
	}
	k.why = err.Error()
	u.log.Warn("removal refused by the server; vanished bibs stay there", zap.Stringer("unit", unit),
		zap.Int("http_status", err.StatusCode), zap.Error(err))
}

func (u *Uploader) keeping(unit state.Unit) *kept {
	if u.kept[unit] == nil {
		u.kept[unit] = &kept{}
	}
	return u.kept[unit]
}

func bibsOf(bibs []parse.Bib) []string {
	var names []string
	for _, bib := range bibs[:min(len(bibs), maxNamed)] {
		names = append(names, string(bib))
	}
	return names
}
