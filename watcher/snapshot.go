package watcher

import "time"

// Trust is how far a [Snapshot] may be believed. A higher trust includes the lower ones.
type Trust int

const (
	// Grown: the bytes taken last time are unchanged in front and there are more behind, or the file has been
	// changing for so long that waiting any longer would keep results back. Complete lines count; nothing may be
	// concluded from what is absent, and a last line without a newline is not a line yet.
	Grown Trust = iota
	// Settled: quiet for the settle time. What is absent is gone. A last line without a newline is not a line yet.
	Settled
	// Quiet: quiet for ten times the settle time.
	Quiet
	// Still: quiet for a hundred times the settle time.
	Still
)

// String returns the word for a log.
func (t Trust) String() string {
	switch t {
	case Grown:
		return "grown"
	case Settled:
		return "settled"
	case Quiet:
		return "quiet"
	case Still:
		return "still"
	}
	return "untaken"
}

// Snapshot is one stable read of a file: its size and modification time were the same before and after.
type Snapshot struct {
	Path    string // relative to the watched folder, with slashes
	Data    []byte // the whole content; valid until Take returns
	Trust   Trust
	ModTime time.Time // by the clock of the machine that wrote it
	First   bool      // the first snapshot of this path since Run began

	// Unchanged is how many bytes at the front are those of the snapshot of this path that was taken last, all of
	// that one: everything behind them is new. 0 where something else has changed.
	Unchanged int
}

// Trouble is a file that matches a pattern and cannot be taken, or a folder below the watched one, or "." for that
// itself, that cannot be listed to its end; [Reach] tells whose files may be in it.
type Trouble struct {
	Path   string // relative to the watched folder, with slashes
	Reason string // ends in what to do
}

// Listing is what one look into the folder found.
type Listing struct {
	Folder   error     // why the folder cannot be listed, ending in what to do; nil when it was
	Files    []string  // regular files that match a pattern, sorted; nil when Folder is not nil
	Troubles []Trouble // sorted by path; each stays in every listing until it is over
	Share    string    // the network file system that the folder lies on, such as "smb", where only the poll finds changes
	Changed  time.Time // when a change of any file was last noticed, by our clock; zero for never
	Latest   string    // the file of that change
}

// Sink takes what a [Watcher] finds. Both methods are called from the goroutine of Run, one at a time.
type Sink interface {
	// Take is given each snapshot that says more than the one before it (other bytes, or more trust). An error means
	// that it could not be kept, such as a full disk: the same snapshot comes again at the next poll. Take says so
	// itself; the watcher does not log it.
	Take(Snapshot) error
	// Listed is given the outcome of every look into the folder, after the snapshots that came of it.
	Listed(Listing)
}

// Config is what a watcher is told.
type Config struct {
	Dir      string        // the folder; it may be missing, come and go, or be replaced at any time
	Patterns []string      // globs relative to Dir with slashes, ** allowed; a file that matches any of them is watched
	Poll     time.Duration // between two looks
	Settle   time.Duration // how long a rewritten file must be quiet
	MaxSize  int64         // bytes; a larger file is in trouble and not read
}
