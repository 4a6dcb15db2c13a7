package setup

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"finishwatch/parse"
	"finishwatch/watcher"
)

const (
	// maxSize is the default of [watch] max_size, in bytes.
	maxSize = 64 << 20
	// maxFiles and maxBytes bound what is read of one folder: an archive of ten years is not today's race.
	maxFiles = 300
	maxBytes = 256 << 20
	// maxRaces bounds what is written.
	maxRaces = 60
)

// Folder is what was found in a folder of exports.
type Folder struct {
	Dir    string
	Files  int       // that were read
	Newest time.Time // when the newest export was written, by the clock of its writer; zero for none

	races  []*race
	others []other
	maps   []chipMap
	cut    string // why not everything was looked at
}

// other is a file that is no export of results.
type other struct{ path, why string }

// Writable says why a folder cannot be named in a configuration.
func Writable(dir string) error {
	if strings.ContainsFunc(dir, invisible) || !utf8.ValidString(dir) {
		return fmt.Errorf("the name of the folder %s has invisible characters; rename it", Quoted(dir))
	}
	return nil
}

// Look reads every file in a folder and says what it is. The error is that of the folder itself.
func Look(dir string) (*Folder, error) {
	f := &Folder{Dir: dir}
	f.visit(func(s watcher.Snapshot) {
		if chips, err := parse.ReadChips(s.Data); err == nil && writable(s.Path) {
			f.maps = append(f.maps, chipMap{s.Path, chips})
		}
	})
	f.Files, f.cut = 0, ""
	listing := f.visit(f.file)
	if listing.Folder != nil {
		return nil, listing.Folder
	}
	for _, t := range listing.Troubles {
		f.others = append(f.others, other{t.Path, t.Reason})
	}
	f.join()
	f.number()
	f.twins()
	return f, nil
}

// visit hands over the files of the folder, within bounds.
func (f *Folder) visit(take func(watcher.Snapshot)) watcher.Listing {
	room := maxBytes
	return watcher.Once(f.Dir, []string{"**"}, maxSize, func(s watcher.Snapshot) bool {
		f.Files++
		room -= len(s.Data)
		take(s)
		if f.Files >= maxFiles || room < 0 || len(f.races) >= maxRaces {
			f.cut = "there are more files than these; finishwatch init looks at the first " + counted(f.Files, "file", "files")
		}
		return f.cut == ""
	})
}

// file says what one file is.
func (f *Folder) file(s watcher.Snapshot) {
	taken := func(r *race) bool { return r.files[0] == exact(s.Path) }
	if !matches(exact(s.Path), s.Path) || slices.ContainsFunc(f.races, taken) {
		f.others = append(f.others, other{s.Path, "no pattern can name this file; give it a plain name"})
		return
	}
	r := newRace(s.Path)
	if h, ok := parse.HeatOf(s.Data); ok {
		r.lynx = &h
	}
	races, err := r.settle(s.Data, f.maps)
	switch {
	case err == nil:
		f.races = append(f.races, races...)
		if s.ModTime.After(f.Newest) {
			f.Newest = s.ModTime
		}
	case slices.ContainsFunc(f.maps, func(m chipMap) bool { return m.path == s.Path }):
		f.others = append(f.others, other{s.Path, "a chip map"})
	default:
		f.others = append(f.others, other{s.Path, err.Error()})
	}
}

// join makes one race of the exports of a series: a program that numbers or dates its exports goes on to do so. Exports
// belong together only where they have the same columns and mostly the same bibs, and where nothing else in the folder
// would be taken in with them.
func (f *Folder) join() {
	done := map[string]bool{}
	for _, r := range slices.Clone(f.races) {
		pattern, ok := series(r.from)
		if !ok || done[pattern] {
			continue
		}
		done[pattern] = true
		f.joinSeries(pattern)
	}
}

func (f *Folder) joinSeries(pattern string) {
	var members []*race
	for _, r := range f.races {
		if watcher.Match(pattern, r.from) {
			members = append(members, r)
		}
	}
	newest := members[len(members)-1] // the greatest number or date, because files come by path
	for _, r := range members {
		if r.reading == nil || len(r.rules.Where) > 0 || r.lynx != nil || r != newest && !together(r, newest) {
			return
		}
	}
	for _, o := range f.others {
		if watcher.Match(pattern, o.path) {
			return
		}
	}
	newest.files = []string{pattern}
	newest.about = append(newest.about, "the pattern takes in the next exports, which the timing program numbers or dates")
	f.races = slices.DeleteFunc(f.races, func(r *race) bool { return r != newest && slices.Contains(members, r) })
}

// together reports whether two exports are one race at two times.
func together(a, b *race) bool {
	if a.reading.Format != b.reading.Format || a.reading.Columns != b.reading.Columns || a.rules.Clock != b.rules.Clock ||
		a.rules.TimeUnit != b.rules.TimeUnit || a.rules.Columns != b.rules.Columns {
		return false
	}
	bibs := map[parse.Bib]bool{}
	for _, f := range b.reading.Finishes {
		bibs[f.Bib] = true
	}
	both := 0
	for _, f := range a.reading.Finishes {
		if bibs[f.Bib] {
			both++
		}
	}
	return both*2 >= min(len(a.reading.Finishes), len(bibs)) && both > 0
}

// twins says where an export has mostly the finishes of an earlier one: a copy, or two kinds of export of one race.
func (f *Folder) twins() {
	marks := map[string]map[parse.Bib]parse.Mark{}
	for _, r := range f.races {
		if r.reading == nil {
			continue
		}
		own := map[parse.Bib]parse.Mark{}
		for _, row := range r.reading.Finishes {
			own[row.Bib] = row.Mark
		}
		for _, from := range slices.Sorted(maps.Keys(marks)) {
			if from == r.from {
				continue // rows of another race in the same file
			}
			same := 0
			for bib, mark := range own {
				if marks[from][bib] == mark && !mark.IsZero() {
					same++
				}
			}
			if same*2 > len(own) {
				r.about = append(r.about, "CHECK: "+counted(same, "finish stands", "finishes stand")+" in "+from+" too; if it is the same race, remove one of the two")
				break
			}
		}
		if marks[r.from] == nil {
			marks[r.from] = own
		}
	}
}

// Readable is how many races can be read as they are written.
func (f *Folder) Readable() (races, open int) {
	for _, r := range f.races {
		if r.reading != nil {
			races++
		} else {
			open++
		}
	}
	return races, open
}
