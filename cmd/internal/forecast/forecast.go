// Package forecast says what the daemon would do with what lies in the watched folder now: for each race how many files and
// finishes, what is held, what is refused and what to do about it. Use [Look], then [Forecast.Print].
//
// Its one idea: it reads with the watcher's and the parser's own rules, so that nobody has to believe a second opinion. It
// writes nothing, asks no server, and reads no more than a person wants to wait for.
package forecast

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
	"finishwatch/watcher"
)

// Limits bound what is looked at: an archive of ten years is not today's race.
type Limits struct {
	Files int           // of a race
	Bytes int           // that are parsed: a file counts once for each race that reads it
	Time  time.Duration // after which no further file is begun
	Wait  time.Duration // for a folder that does not answer
}

// Usual are the limits of a person who waits for the answer.
func Usual() Limits {
	return Limits{Files: 100, Bytes: 256 << 20, Time: 5 * time.Second, Wait: 15 * time.Second}
}

// Forecast is what would happen.
type Forecast struct {
	Races  []Race
	Folder error  // why the folder cannot be listed, ending in what to do
	Cut    string // why not everything was looked at, ending in what to do; empty where it was
	Others []string
}

// Race is what one race would do.
type Race struct {
	config.Race
	Files    int  // that were read
	Cut      bool // there are more of them
	Finishes int
	Old      []string   // files that are older than max_age
	Refused  []refusal  // files that cannot be read
	Held     []string   // the reason of each held bib, and of each held row without one
	Columns  []string   // where the times come from
	marks    marks      // of all files; zero for a held bib
	rules    *rulesOnce // nil until a file is read
}

// refusal is a file that is refused, and why, ending in what to do.
type refusal struct{ file, why string }

// rulesOnce are the rules with the chip map, which is read once.
type rulesOnce struct {
	parse.Rules
	err error
}

// marks are what the files of a race say about each bib.
type marks map[parse.Bib]parse.Mark

// Look reads the folder. Now is compared with the age of the files; reading is told how many files have been read. A
// folder that does not answer, such as a dead share, is left behind after a while: nothing ends a read from it.
func Look(ctx context.Context, cfg *config.Config, now time.Time, limits Limits, reading func(files int)) *Forecast {
	done := make(chan *Forecast, 1)
	go func() { done <- look(ctx, cfg, now, limits, reading) }()
	timer := time.NewTimer(limits.Wait)
	defer timer.Stop()
	select {
	case f := <-done:
		return f
	case <-ctx.Done():
	case <-timer.C:
	}
	f := unread(cfg)
	f.Folder = fmt.Errorf("%s does not answer; look at the network and at the machine that shares it", cfg.Watch.Dir)
	return f
}

func unread(cfg *config.Config) *Forecast {
	f := &Forecast{}
	for _, race := range cfg.Races {
		f.Races = append(f.Races, Race{Race: race, marks: marks{}})
	}
	return f
}

func look(ctx context.Context, cfg *config.Config, now time.Time, limits Limits, reading func(int)) *Forecast {
	f := unread(cfg)
	l := &looking{Forecast: f, cfg: cfg, now: now, limits: limits, reading: reading, began: time.Now(), room: limits.Bytes}
	for i := range f.Races {
		if !slices.ContainsFunc(f.Races[:i], f.Races[i].sameFiles) {
			l.files(ctx, i)
		}
	}
	if f.Folder == nil {
		f.Others = f.unclaimed(cfg.Watch.Dir)
	}
	return f
}

// looking is what a look needs on its way.
type looking struct {
	*Forecast
	cfg     *config.Config
	now     time.Time
	limits  Limits
	reading func(files int)
	began   time.Time
	room    int // bytes that may still be parsed
	read    int // files so far
}

// files reads the files of a race, and of the others that read the same. Each race has its own share of the files: the
// archive of one must not hide the export of another.
func (l *looking) files(ctx context.Context, first int) {
	var races []*Race
	for i := range l.Races {
		if i == first || l.Races[i].sameFiles(l.Races[first]) {
			races = append(races, &l.Races[i])
		}
	}
	files := 0
	listing := watcher.Once(l.cfg.Watch.Dir, l.Races[first].Race.Files, l.cfg.Watch.MaxSize, func(s watcher.Snapshot) bool {
		if files >= l.limits.Files || l.room < 0 || time.Since(l.began) > l.limits.Time || ctx.Err() != nil {
			l.cut(races)
			return false
		}
		files++
		l.read++
		l.reading(l.read)
		for _, race := range races {
			l.room -= len(s.Data)
			race.take(s, l.cfg.Watch.MaxAge, l.now)
		}
		return true
	})
	if listing.Folder != nil {
		l.Folder = listing.Folder
	}
	for _, t := range listing.Troubles {
		for _, race := range races {
			if race.reads(t.Path) {
				race.refuse(t.Path, t.Reason)
			}
		}
	}
}

// cut takes down that there are more files than were read.
func (l *looking) cut(races []*Race) {
	l.Cut = "not all files were read here, because there are many; finishwatch explain FILE reads another one"
	for _, race := range races {
		race.Cut = true
	}
}

// sameFiles reports whether two races read the same files.
func (r Race) sameFiles(other Race) bool { return slices.Equal(r.Race.Files, other.Race.Files) }

// reads reports whether the race reads a file.
func (r *Race) reads(path string) bool {
	return slices.ContainsFunc(r.Race.Files, func(pattern string) bool { return watcher.Match(pattern, path) })
}

func (r *Race) refuse(file, why string) {
	r.Files++
	r.Refused = append(r.Refused, refusal{file, why})
}

// take reads one file as the daemon will when it is quiet.
func (r *Race) take(s watcher.Snapshot, maxAge time.Duration, now time.Time) {
	if maxAge > 0 && now.Sub(s.ModTime) > maxAge {
		r.Files++
		r.Old = append(r.Old, s.Path)
		return
	}
	if r.rules == nil {
		rules, err := r.RulesWithChips()
		r.rules = &rulesOnce{rules, err}
	}
	if r.rules.err != nil {
		r.refuse(s.Path, r.rules.err.Error())
		return
	}
	reading, err := upright(func() (*parse.Reading, error) { return parse.Read(s.Data, r.rules.Rules, parse.TailStill) })
	if err != nil {
		r.refuse(s.Path, err.Error())
		return
	}
	r.Files++
	r.add(reading)
}

// add counts what a file says. A bib of which two files say different things is held, and so is one that any file holds.
func (r *Race) add(reading *parse.Reading) {
	for _, f := range reading.Finishes {
		switch before, known := r.marks[f.Bib]; {
		case !known:
			r.marks[f.Bib] = f.Mark
			r.Finishes++
		case before != f.Mark:
			r.hold(f.Bib, "two files differ")
		}
	}
	for _, h := range reading.Held {
		if h.Bib == "" {
			r.Held = append(r.Held, h.Reason)
		} else {
			r.hold(h.Bib, h.Reason)
		}
	}
	if column := reading.Columns.Time; column != "" && strings.Trim(column, "0123456789") != "" && !slices.Contains(r.Columns, column) {
		r.Columns = append(r.Columns, column)
	}
}

// hold counts a bib as held, once for all of its rows, as status does.
func (r *Race) hold(bib parse.Bib, reason string) {
	before, known := r.marks[bib]
	switch {
	case known && before.IsZero():
		return
	case known:
		r.Finishes--
	}
	r.marks[bib] = parse.Mark{}
	r.Held = append(r.Held, reason)
}

// upright makes a refusal of a reader's fall: one bad export must not end the forecast for the others.
func upright(read func() (*parse.Reading, error)) (reading *parse.Reading, err error) {
	defer func() {
		if fall := recover(); fall != nil {
			err = errors.New("finishwatch falls over something in it; export it in another form, such as CSV, and send this file to those who make finishwatch")
		}
	}()
	return read()
}

// maxOthers and maxListed bound which files are named that no race reads.
const (
	maxOthers = 3
	maxListed = 1000
)

// unclaimed names files of the folder that no race reads, where a race is still without one: the pattern may be wrong.
func (f *Forecast) unclaimed(dir string) (names []string) {
	if f.Folder != nil || f.Cut != "" {
		return nil
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer folder.Close()
	entries, _ := folder.ReadDir(maxListed)
	for _, e := range entries {
		claimed := slices.ContainsFunc(f.Races, func(r Race) bool { return r.reads(e.Name()) || r.ChipFile == filepath.Join(dir, e.Name()) })
		if e.Type().IsRegular() && !claimed && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}
