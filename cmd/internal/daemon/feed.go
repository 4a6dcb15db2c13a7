package daemon

import (
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/watcher"
)

// feed carries what the watcher finds into the ledger. It is the watcher's sink.
type feed struct {
	races  []config.Race
	maxAge time.Duration
	ledger *state.Ledger
	log    *zap.Logger
	wake   func() // tells the uploader
	listed func() // tells the daemon, after every look into the folder

	news map[state.Unit]bool // units with a settled reading since the last conclusion
	woke bool                // an observation of this look changed something

	mu      sync.Mutex // guards what status reads from another goroutine
	sources map[string]*source
	listing watcher.Listing
	last    map[state.Unit]parse.Finish // the finish that was read last
}

func newFeed(cfg *config.Config, ledger *state.Ledger, log *zap.Logger) *feed {
	return &feed{
		races: cfg.Races, maxAge: cfg.Watch.MaxAge, ledger: ledger, log: log,
		wake: func() {}, listed: func() {},
		news: map[state.Unit]bool{}, sources: map[string]*source{}, last: map[state.Unit]parse.Finish{},
	}
}

// source is one file as the races read it.
type source struct {
	path     string
	tooOld   time.Time        // the modification time with which it was found too old; zero when it was not
	settled  bool             // the latest snapshot was settled and every race could read it
	refused  map[int]string   // per race: why the whole file is refused
	nameless map[int][]string // per race: held rows without a bib, as "line 91: no bib"
	told     map[string]bool  // which of those the log has had
}

// Take implements [watcher.Sink].
func (f *feed) Take(s watcher.Snapshot) error {
	source := f.source(s.Path)
	if f.tooOld(source, s) {
		return nil
	}
	settled := s.Trust >= watcher.Settled
	for i, race := range f.races {
		if !feeds(race, s.Path) {
			continue
		}
		ok, err := f.read(source, i, s)
		if err != nil {
			return err
		}
		settled = settled && ok
		f.news[race.Unit] = f.news[race.Unit] || settled
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	source.settled = settled
	return nil
}

func (f *feed) source(path string) *source {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sources[path]
	if s == nil {
		s = &source{path: path, refused: map[int]string{}, nameless: map[int][]string{}, told: map[string]bool{}}
		f.sources[path] = s
	}
	return s
}

// feeds reports whether a race reads the file.
func feeds(race config.Race, path string) bool {
	for _, pattern := range race.Files {
		if watcher.Match(pattern, path) {
			return true
		}
	}
	return false
}

// tooOld is the guard against last week's race: a file that was already old when it was first found is held until it
// is written again. The comparison with our clock is coarse on purpose; clocks at a finish line differ.
func (f *feed) tooOld(source *source, s watcher.Snapshot) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !source.tooOld.IsZero() && source.tooOld.Equal(s.ModTime) {
		return true
	}
	source.tooOld = time.Time{}
	if !s.First || f.maxAge == 0 || time.Since(s.ModTime) <= f.maxAge {
		return false
	}
	source.tooOld = s.ModTime
	f.log.Warn("export is too old, held until it is written again", zap.String("file", s.Path),
		zap.Duration("age", time.Since(s.ModTime).Round(time.Minute)), zap.String("fix", tooOldFix))
	return true
}

const tooOldFix = `if it is this race, set [watch] max_age = "0s"`

// read parses the file for one race and takes its finishes down. It reports whether the race could read the file; the
// error is the ledger's, and then the same snapshot comes again.
func (f *feed) read(source *source, i int, s watcher.Snapshot) (ok bool, err error) {
	race := f.races[i]
	reading, err := parse.Read(s.Data, race.Rules, tail(s.Trust))
	if err != nil {
		f.refuse(source, i, err)
		return false, nil
	}
	f.accept(source, i, reading)
	changes, err := f.ledger.Observe(race.Unit, state.Observation{
		File:     f.nameFor(race, source.path, i),
		Settled:  s.Trust >= watcher.Settled,
		Finishes: reading.Finishes,
		Held:     reading.Held,
	})
	if err != nil {
		f.log.Error("ledger cannot be written; the file is read again until it can", zap.String("file", s.Path), zap.Error(err))
		return false, err
	}
	f.say(source.path, race, changes)
	return true, nil
}

// tail translates how far the file can be trusted into what may be done with a last line that no newline ends.
func tail(trust watcher.Trust) parse.Tail {
	switch trust {
	case watcher.Quiet:
		return parse.TailQuiet
	case watcher.Still:
		return parse.TailStill
	case watcher.Grown, watcher.Settled:
	}
	return parse.TailGrowing
}

// nameFor is the file's name in the ledger. Where two races read one file into the same unit (by where), each of them
// is a voice of its own.
func (f *feed) nameFor(race config.Race, path string, i int) string {
	for j, other := range f.races {
		if j != i && other.Unit == race.Unit && feeds(other, path) {
			return fmt.Sprintf("%s ([[race]] in line %d)", path, race.Line)
		}
	}
	return path
}

// refuse takes down that a race cannot read the file, and says it once.
func (f *feed) refuse(source *source, i int, err error) {
	f.mu.Lock()
	known := source.refused[i] == err.Error()
	source.refused[i] = err.Error()
	f.mu.Unlock()
	if !known {
		f.log.Warn("export refused", zap.String("file", source.path), zap.Stringer("unit", f.races[i].Unit), zap.Error(err))
	}
}

// accept takes down that a race can read the file, and says rows that are held and have no bib, once each.
func (f *feed) accept(source *source, i int, reading *parse.Reading) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if source.refused[i] != "" {
		delete(source.refused, i)
		f.log.Info("export can be read now", zap.String("file", source.path), zap.Stringer("unit", f.races[i].Unit))
	}
	var nameless []string
	for _, h := range reading.Held {
		if h.Bib != "" {
			continue
		}
		text := fmt.Sprintf("line %d: %s", h.Line, h.Reason)
		nameless = append(nameless, text)
		if source.told[text] || len(source.told) >= maxTold {
			continue
		}
		source.told[text] = true
		f.log.Warn("row held", zap.String("file", source.path), zap.Int("line", h.Line), zap.String("reason", h.Reason))
	}
	source.nameless[i] = nameless
}

const (
	maxTold  = 1000 // held rows without a bib that the log names, a file
	maxNamed = 10   // bibs or lines that one reading names in the log
)

// say logs what an observation changed: one line for the finishes, one for each correction and each held row, bounded.
func (f *feed) say(file string, race config.Race, changes state.Changes) {
	unit := zap.Stringer("unit", race.Unit)
	if len(changes.New) > 0 {
		names := make([]string, 0, maxNamed)
		for _, finish := range changes.New[:min(len(changes.New), maxNamed)] {
			names = append(names, string(finish.Bib))
		}
		f.log.Info("finishes read", zap.String("file", file), unit, zap.Int("rows", len(changes.New)), zap.Strings("bibs", names))
		f.remember(race.Unit, changes.New[len(changes.New)-1])
	}
	for _, c := range changes.Corrected[:min(len(changes.Corrected), maxNamed)] {
		f.log.Info("correction read", zap.String("file", file), unit, zap.Int("line", c.Finish.Line),
			zap.String("bib", string(c.Finish.Bib)), zap.Stringer("old", c.Old), zap.Stringer("mark", c.Finish.Mark))
		f.remember(race.Unit, c.Finish)
	}
	for _, h := range changes.Held[:min(len(changes.Held), maxNamed)] {
		f.log.Warn("row held", zap.String("file", file), unit, zap.String("bib", string(h.Bib)), zap.String("reason", h.Reason))
	}
	if more := len(changes.Corrected) + len(changes.Held) - 2*maxNamed; more > 0 {
		f.log.Info("more corrections and held rows in the same reading", zap.String("file", file), unit, zap.Int("rows", more))
	}
	f.woke = f.woke || len(changes.New)+len(changes.Corrected)+len(changes.Held) > 0
}

func (f *feed) remember(unit state.Unit, finish parse.Finish) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last[unit] = finish
}

// Listed implements [watcher.Sink]. The uploader is woken only now, when all files of this look have spoken: where two
// of them differ about a bib, neither may go out first.
func (f *feed) Listed(l watcher.Listing) {
	f.mu.Lock()
	f.listing = l
	f.mu.Unlock()
	for unit := range f.news {
		if f.complete(unit, l) {
			f.conclude(unit)
		}
	}
	if f.woke {
		f.woke = false
		f.wake()
	}
	f.listed()
}

// complete reports whether every file of the unit has been read settled, so that absence means something.
func (f *feed) complete(unit state.Unit, l watcher.Listing) bool {
	if l.Folder != nil {
		return false
	}
	for _, race := range f.races {
		if race.Unit != unit {
			continue
		}
		for _, trouble := range l.Troubles {
			if feeds(race, trouble.Path) {
				return false
			}
		}
		for _, path := range l.Files {
			if feeds(race, path) && (f.sources[path] == nil || !f.sources[path].settled) {
				return false
			}
		}
	}
	return true
}

func (f *feed) conclude(unit state.Unit) {
	vanished, err := f.ledger.Conclude(unit)
	if err != nil {
		f.log.Error("ledger cannot be written; the file is read again until it can", zap.Stringer("unit", unit), zap.Error(err))
		return
	}
	delete(f.news, unit)
	f.woke = true // a hold from before the start may have been lifted
	for _, h := range vanished[:min(len(vanished), maxNamed)] {
		f.log.Warn("row held", zap.Stringer("unit", unit), zap.String("bib", string(h.Bib)), zap.String("reason", h.Reason))
	}
	if more := len(vanished) - maxNamed; more > 0 {
		f.log.Warn("more bibs vanished", zap.Stringer("unit", unit), zap.Int("rows", more))
	}
}

// trouble returns the first thing that is wrong with the folder or a file, for status.
func (f *feed) trouble() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listing.Folder != nil {
		return f.listing.Folder.Error()
	}
	for _, t := range f.listing.Troubles {
		return t.Path + ": " + t.Reason
	}
	for _, path := range f.listing.Files {
		source := f.sources[path]
		switch {
		case source == nil:
		case !source.tooOld.IsZero():
			return path + ": too old, held until it is written again; " + tooOldFix
		default:
			for _, reason := range source.refused {
				return path + ": " + reason
			}
		}
	}
	return ""
}

// nameless returns the held rows without a bib that feed a unit, and one of them in words.
func (f *feed) nameless(unit state.Unit) (count int, example string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, source := range f.sources {
		for i, rows := range source.nameless {
			if f.races[i].Unit != unit || len(rows) == 0 {
				continue
			}
			count += len(rows)
			example = path + " " + rows[0]
		}
	}
	return count, example
}

func (f *feed) lastRead(unit state.Unit) parse.Finish {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last[unit]
}

func (f *feed) folderGone() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listing.Folder != nil
}
