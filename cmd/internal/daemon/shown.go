package daemon

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"finishwatch/state"
)

// trouble returns the first thing that is wrong with the folder or a file, for status.
func (f *feed) trouble() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.broken != nil:
		return f.broken.Error()
	case f.listing.Folder != nil:
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
	for _, path := range slices.Sorted(maps.Keys(f.chipTrouble)) {
		if trouble := f.chipTrouble[path]; trouble != "" {
			return trouble
		}
	}
	return f.missing
}

// fileless names the races for which there is no file: a wrong pattern looks the same as a race that has not begun.
func (f *feed) fileless() string {
	for _, race := range f.races {
		if !slices.ContainsFunc(f.listing.Files, func(path string) bool { return feeds(race, path) }) {
			return fmt.Sprintf("no file for %s: nothing is called %s", race.Unit, strings.Join(race.Files, " or "))
		}
	}
	return ""
}

// reasons puts held bibs into a few words: each kind of reason with its number and the first bibs, the most frequent
// last, because one row that is wrong is easier to mend than a hundred that have vanished.
func reasons(held []state.HeldBib, nameless string) string {
	kinds := map[string][]string{}
	whole := map[string]string{} // what stands for a kind: the reason itself where all have the same
	for _, h := range held {
		kind, _, _ := strings.Cut(h.Reason, ":")
		if kinds[kind] = append(kinds[kind], string(h.Bib)); len(kinds[kind]) == 1 {
			whole[kind] = h.Reason
		} else if whole[kind] != h.Reason {
			whole[kind] = kind
		}
	}
	order := slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Or(len(kinds[a])-len(kinds[b]), strings.Compare(a, b))
	})
	var words []string
	if nameless != "" {
		words = append(words, nameless)
	}
	for _, kind := range order {
		bibs := slices.Sorted(slices.Values(kinds[kind]))
		text := fmt.Sprintf("bib %s", bibs[0])
		if len(bibs) > 1 {
			text = "bibs " + strings.Join(bibs[:min(len(bibs), maxShown)], ", ")
		}
		if more := len(bibs) - maxShown; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		words = append(words, text+": "+whole[kind])
	}
	return strings.Join(words, " · ")
}

// maxShown bounds the bibs that status shows of one kind of reason.
const maxShown = 5

// nameless returns the held rows without a bib that feed a unit, and one of them in words.
func (f *feed) nameless(unit state.Unit) (count int, example string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, path := range slices.Sorted(maps.Keys(f.lacking)) {
		source := f.lacking[path]
		if _, listed := slices.BinarySearch(f.listing.Files, path); !listed {
			continue
		}
		for i, found := range source.nameless {
			if f.races[i].Unit != unit || found.rows == 0 {
				continue
			}
			count += found.rows
			example = path + " " + found.first
		}
	}
	return count, example
}

func (f *feed) lastRead(unit state.Unit) lastRead {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last[unit]
}

// lastChange returns the network file system of the folder, and which file changed last and when.
func (f *feed) lastChange() (share, file string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listing.Share, f.listing.Latest, f.listing.Changed
}

func (f *feed) folderGone() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.listing.Folder != nil
}

func (f *feed) ledgerBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken != nil
}

// silent returns how long the watcher has given no sign of life.
func (f *feed) silent() time.Duration { return f.quiet(time.Now()) }

func (f *feed) quiet(now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Sub(f.progress)
}
