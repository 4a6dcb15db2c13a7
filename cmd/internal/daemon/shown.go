package daemon

import (
	"time"

	"finishwatch/parse"
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
	return ""
}

// nameless returns the held rows without a bib that feed a unit, and one of them in words.
func (f *feed) nameless(unit state.Unit) (count int, example string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, path := range f.listing.Files {
		source := f.sources[path]
		if source == nil {
			continue
		}
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

func (f *feed) ledgerBroken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken != nil
}

// silent returns how long the watcher has given no sign of life.
func (f *feed) silent() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Since(f.progress)
}
