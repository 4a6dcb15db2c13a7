package daemon

import (
	"bytes"
	"fmt"
	"slices"
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
	wake   func()            // tells the uploader
	listed func()            // tells the daemon, after every look into the folder
	again  func(path string) // asks the watcher for a file once more

	broke    func(error)   // tells a run that shall end that the ledger cannot be written
	patience time.Duration // how long a unit waits for a file that cannot be read

	growing []*source            // those of which it is known how far they were read, the one that was read last in front
	files   []string             // those that count as being in the folder
	news    map[state.Unit]bool  // units with a settled reading since the last conclusion
	hearing map[state.Unit]bool  // units of which nothing is offered until all their files have been read
	chips   map[string]*chipFile // by path

	work pulse // since when the watcher has been waiting for the feed

	mu       sync.Mutex // guards what status reads from another goroutine
	sources  map[string]*source
	listing  watcher.Listing
	done     map[string]bool         // files that have been read as far as they will be
	looked   bool                    // the folder has been looked into
	missing  string                  // what fileless says of the listing
	lacking  map[string]*source      // those with held rows without a bib
	progress time.Time               // when the watcher last gave a sign of life
	broken   error                   // why the ledger cannot be written; nil when it can
	last     map[state.Unit]lastRead // what was read last since the start

	chipTrouble map[string]string // why a chip map is not used, by path; empty when it is
}

func newFeed(cfg *config.Config, ledger *state.Ledger, log *zap.Logger) *feed {
	return &feed{
		races: cfg.Races, maxAge: cfg.Watch.MaxAge, ledger: ledger, log: log,
		wake: func() {}, listed: func() {}, again: func(string) {}, broke: func(error) {}, patience: patienceWithFiles + cfg.Watch.Settle,
		news: map[state.Unit]bool{}, hearing: map[state.Unit]bool{},
		chips: newChipFiles(cfg, time.Now()), chipTrouble: map[string]string{},
		sources: map[string]*source{}, lacking: map[string]*source{}, last: map[state.Unit]lastRead{}, progress: time.Now(),
	}
}

// patienceWithFiles bounds how long results wait for a file beside theirs that cannot be read: one bad file does not
// stop the race.
const patienceWithFiles = 10 * time.Second

// source is one file as the races read it.
type source struct {
	path     string
	tooOld   time.Time             // the modification time with which it was found too old; zero when it was not
	found    time.Time             // when it was first listed or taken
	listed   time.Time             // when it was last listed, or could have been hidden
	taken    bool                  // it has been read since the start
	settled  map[int]bool          // per race: the latest snapshot was settled and the race could read it
	refused  map[int]string        // per race: why the whole file is refused
	nameless map[int]nameless      // per race: held rows without a bib
	told     map[string]bool       // which of those the log has had
	growths  map[int]*parse.Growth // per race: how far it was read
}

// nameless are held rows without a bib.
type nameless struct {
	rows  int
	first string // as "line 91: no bib"
}

// Take implements [watcher.Sink].
func (f *feed) Take(s watcher.Snapshot) error {
	defer f.working()()
	source := f.source(s.Path)
	if f.tooOld(source, s) {
		source.taken = true
		f.note(s)
		return nil
	}
	if !f.chipsDecided(s.Path) {
		return errChipsUndecided
	}
	clear(source.settled)
	f.follow(source)
	for i, race := range f.races {
		if !feeds(race, s.Path) {
			continue
		}
		f.hear(race.Unit)
		settled, err := f.read(source, i, s)
		if f.ledgerSays(err); err != nil {
			return err
		}
		source.settled[i] = settled
		f.news[race.Unit] = f.news[race.Unit] || settled
	}
	source.taken = true
	f.note(s)
	return nil
}

// maxGrowing is of how many files it is kept how far they were read. That is for files that are being written; what it takes
// would add up where there are a thousand that are not.
const maxGrowing = 32

// follow keeps how far this file was read, and forgets it of the one that was read longest ago: that one is read whole when
// it comes again.
func (f *feed) follow(s *source) {
	at := slices.Index(f.growing, s)
	if at < 0 {
		at = len(f.growing)
		f.growing = append(f.growing, s)
	}
	copy(f.growing[1:at+1], f.growing[:at])
	f.growing[0] = s
	if len(f.growing) > maxGrowing {
		clear(f.growing[maxGrowing].growths)
		f.growing = f.growing[:maxGrowing]
	}
}

// hear keeps a unit from being offered until all its files have been read; see heard.
func (f *feed) hear(unit state.Unit) {
	if !f.hearing[unit] {
		f.hearing[unit] = true
		f.ledger.Listen(unit)
	}
}

func (f *feed) source(path string) *source {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress = time.Now()
	s := f.sources[path]
	if s == nil {
		s = &source{
			path: path, found: time.Now(), settled: map[int]bool{},
			refused: map[int]string{}, nameless: map[int]nameless{}, told: map[string]bool{},
			growths: map[int]*parse.Growth{},
		}
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
		zap.Duration("age", time.Since(s.ModTime).Round(time.Minute)), zap.String("advice", tooOldFix))
	return true
}

const tooOldFix = `if it is this race, set [watch] max_age = "0s"`

// read parses the file for one race and takes its finishes down. It reports whether the race could read the file and
// what it does not say is not in it; the error is the ledger's, and then the same snapshot comes again.
func (f *feed) read(source *source, i int, s watcher.Snapshot) (settled bool, err error) {
	race := f.races[i]
	rules, err := f.rulesOf(race)
	if err != nil {
		f.refuse(source, i, err)
		return false, nil
	}
	reading, more, settled, err := source.parsed(i, rules, s)
	if err != nil {
		f.refuse(source, i, err)
		return false, nil
	}
	f.accept(source, i, reading, more)
	changes, err := f.ledger.Observe(race.Unit, state.Observation{
		File:     f.nameFor(race, source.path, i),
		Settled:  settled,
		More:     more,
		Finishes: reading.Finishes,
		Held:     reading.Held,
	})
	if err != nil {
		delete(source.growths, i) // what it has told is not taken down
		return false, err
	}
	f.say(source.path, race, changes)
	return settled, nil
}

// parsed reads the file from where it was read before.
func (s *source) parsed(i int, rules parse.Rules, snap watcher.Snapshot) (reading *parse.Reading, more, settled bool, err error) {
	err = upright(func() (err error) {
		if reading, more, err = s.growth(i, rules).Read(snap.Data, snap.Unchanged, tail(snap.Trust)); err == nil {
			settled = snap.Trust >= watcher.Settled && !undecided(snap, rules)
		}
		return err
	})
	if err != nil {
		delete(s.growths, i)
	}
	return reading, more, settled, err
}

// upright makes a refusal of a reader's fall. One export that it falls over stops itself, not the program: the others are
// read on.
func upright(read func() error) (err error) {
	defer func() {
		if fall := recover(); fall != nil {
			err = &parse.FileError{
				Reason: fmt.Sprintf("finishwatch falls over something in it (%v)", fall),
				Fix:    "export it in another form, such as CSV, and send this file to those who make finishwatch",
			}
		}
	}()
	return read()
}

// growth is how far a race has read the file.
func (s *source) growth(i int, rules parse.Rules) *parse.Growth {
	if s.growths[i] == nil {
		s.growths[i] = parse.NewGrowth(rules)
	}
	return s.growths[i]
}

// undecided reports whether a last line without a newline may yet become a row. While it may, its bib is not absent.
func undecided(s watcher.Snapshot, rules parse.Rules) bool {
	if text := bytes.TrimRight(s.Data, "\x00"); s.Trust == watcher.Still || len(text) == 0 || text[len(text)-1] == '\n' || text[len(text)-1] == '\r' {
		return false
	}
	still, err := parse.Read(s.Data, rules, parse.TailStill)
	if err != nil {
		return true
	}
	now, err := parse.Read(s.Data, rules, tail(s.Trust))
	return err != nil || len(still.Finishes) != len(now.Finishes) || len(still.Held) != len(now.Held)
}

// ledgerSays takes down whether the ledger could be written, and says it when that changes.
func (f *feed) ledgerSays(err error) {
	f.mu.Lock()
	was := f.broken
	f.broken = err
	f.mu.Unlock()
	switch {
	case err != nil && was == nil:
		f.broke(err)
		f.log.Error("ledger cannot be written; the files are read again until it can", zap.Error(err))
	case err == nil && was != nil:
		f.log.Info("ledger can be written again")
	}
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
func (f *feed) accept(source *source, i int, reading *parse.Reading, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if source.refused[i] != "" {
		delete(source.refused, i)
		f.log.Info("export can be read now", zap.String("file", source.path), zap.Stringer("unit", f.races[i].Unit))
	}
	found := source.nameless[i]
	if !more {
		found = nameless{}
	}
	for _, h := range reading.Held {
		if h.Bib != "" {
			continue
		}
		text := fmt.Sprintf("line %d: %s", h.Line, h.Reason)
		if found.rows++; found.rows == 1 {
			found.first = text
		}
		if source.told[text] || len(source.told) >= maxTold {
			continue
		}
		source.told[text] = true
		f.log.Warn("row held", zap.String("file", source.path), zap.Int("line", h.Line), zap.String("reason", h.Reason))
	}
	if source.nameless[i] = found; found.rows > 0 {
		f.lacking[source.path] = source
	}
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
		f.remember(race.Unit, file, changes.New[len(changes.New)-1])
	}
	for _, c := range changes.Corrected[:min(len(changes.Corrected), maxNamed)] {
		f.log.Info("correction read", zap.String("file", file), unit, zap.Int("line", c.Finish.Line),
			zap.String("bib", string(c.Finish.Bib)), zap.Stringer("old", c.Old), zap.Stringer("mark", c.Finish.Mark))
		f.remember(race.Unit, file, c.Finish)
	}
	for _, h := range changes.Held[:min(len(changes.Held), maxNamed)] {
		f.log.Warn("row held", zap.String("file", file), unit, zap.String("bib", string(h.Bib)), zap.String("reason", h.Reason))
	}
	if more := max(0, len(changes.Corrected)-maxNamed) + max(0, len(changes.Held)-maxNamed); more > 0 {
		f.log.Info("more corrections and held rows in the same reading", zap.String("file", file), unit, zap.Int("rows", more))
	}
}

// lastRead is the finish or correction that was read last, and when and where.
type lastRead struct {
	finish parse.Finish
	file   string
	at     time.Time
}

func (f *feed) remember(unit state.Unit, file string, finish parse.Finish) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last[unit] = lastRead{finish, file, time.Now()}
}
