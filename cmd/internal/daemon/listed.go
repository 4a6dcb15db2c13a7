package daemon

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"finishwatch/state"
	"finishwatch/watcher"
)

// Listed implements [watcher.Sink]. Units are offered, and the uploader is woken, only when all their files have been
// read: where two of them differ about a bib, neither may go out first.
func (f *feed) Listed(l watcher.Listing) {
	for _, path := range l.Files {
		f.source(path)
	}
	f.mu.Lock()
	f.listing, f.progress = l, time.Now()
	f.mu.Unlock()
	for unit, news := range f.news {
		if news && f.complete(unit, l) {
			f.conclude(unit)
		}
	}
	for unit := range f.hearing {
		if f.heard(unit, l) {
			delete(f.hearing, unit)
			f.ledger.Heard(unit)
			f.wake()
		}
	}
	f.listed()
}

// heard reports whether every file of the unit that can be read has been read, or been waited for long enough. A folder
// that is gone has nothing to say.
func (f *feed) heard(unit state.Unit, l watcher.Listing) bool {
	for _, path := range l.Files {
		source := f.sources[path]
		if f.feedsUnit(unit, path) && !source.taken && time.Since(source.found) < f.patience && !troubled(path, l) {
			return false
		}
	}
	return true
}

func (f *feed) feedsUnit(unit state.Unit, path string) bool {
	for _, race := range f.races {
		if race.Unit == unit && feeds(race, path) {
			return true
		}
	}
	return false
}

func troubled(path string, l watcher.Listing) bool {
	return slices.ContainsFunc(l.Troubles, func(t watcher.Trouble) bool { return t.Path == path })
}

// complete reports whether every file of the unit has been read settled, so that absence means something.
func (f *feed) complete(unit state.Unit, l watcher.Listing) bool {
	if l.Folder != nil {
		return false
	}
	for i, race := range f.races {
		if race.Unit != unit {
			continue
		}
		for _, trouble := range l.Troubles {
			if feeds(race, trouble.Path) {
				return false
			}
		}
		for _, path := range l.Files {
			if feeds(race, path) && !f.sources[path].settled[i] {
				return false
			}
		}
	}
	return true
}

func (f *feed) conclude(unit state.Unit) {
	vanished, err := f.ledger.Conclude(unit)
	if f.ledgerSays(err); err != nil {
		return // it is tried again at the next look
	}
	delete(f.news, unit)
	f.hear(unit) // a hold from before the start may have been lifted
	for _, h := range vanished[:min(len(vanished), maxNamed)] {
		f.log.Warn("row held", zap.Stringer("unit", unit), zap.String("bib", string(h.Bib)), zap.String("reason", h.Reason))
	}
	if more := len(vanished) - maxNamed; more > 0 {
		f.log.Warn("more bibs vanished", zap.Stringer("unit", unit), zap.Int("rows", more))
	}
}
