package daemon

import (
	"slices"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/watcher"
)

// Listed implements [watcher.Sink]. Units are offered, and the uploader is woken, only when all their files have been
// read: where two of them differ about a bib, neither may go out first.
func (f *feed) Listed(l watcher.Listing) {
	defer f.working()()
	for _, path := range l.Files {
		f.source(path).listed = time.Now()
	}
	f.mu.Lock()
	changed := !f.looked || !slices.Equal(l.Files, f.listing.Files)
	f.listing, f.looked, f.progress = l, true, time.Now()
	if changed {
		f.missing = f.fileless()
	}
	f.mu.Unlock()
	f.present(l)
	f.lookAtAllChips()
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
			if reaches(race, trouble.Path) {
				return false
			}
		}
		for _, path := range l.Files {
			// Last week's export beside today's has nothing to say, and keeps nobody waiting.
			if source := f.sources[path]; feeds(race, path) && source.tooOld.IsZero() && !source.settled[i] {
				return false
			}
		}
	}
	return true
}

// reaches reports whether a trouble with a file or a folder may hide an export of the race.
func reaches(race config.Race, path string) bool {
	return feeds(race, path) || slices.ContainsFunc(race.Files, func(pattern string) bool { return watcher.Reach(pattern, path) })
}

// absence is how long a file must be missing before it counts as gone. Programs delete their export and write it anew,
// and what two files dispute must not go out in between.
const absence = time.Minute

// present tells the ledger which files of each unit are there. A look that met trouble proves nothing about what it did
// not find.
func (f *feed) present(l watcher.Listing) {
	if l.Folder != nil || len(l.Troubles) > 0 {
		for _, path := range f.files {
			f.sources[path].listed = time.Now()
		}
		return
	}
	var there []string
	for path, source := range f.sources {
		if time.Since(source.listed) < absence {
			there = append(there, path)
		}
	}
	if slices.Sort(there); slices.Equal(there, f.files) {
		return
	}
	f.files = there
	names := map[state.Unit][]string{}
	for i, race := range f.races {
		if names[race.Unit] == nil {
			names[race.Unit] = []string{}
		}
		for _, path := range there {
			if feeds(race, path) {
				names[race.Unit] = append(names[race.Unit], f.nameFor(race, path, i))
			}
		}
	}
	for unit, files := range names {
		f.ledgerSays(f.ledger.Present(unit, files))
	}
	f.wake() // a dispute may be over
}

// leftOut reports whether an export of the unit is too old to be read: what is in it is not absent.
func (f *feed) leftOut(unit state.Unit) bool {
	for path, source := range f.sources {
		if !source.tooOld.IsZero() && f.feedsUnit(unit, path) {
			return true
		}
	}
	return false
}

func (f *feed) conclude(unit state.Unit) {
	vanished, err := f.ledger.Conclude(unit, !f.leftOut(unit))
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
