package watcher

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const (
	// maxDepth and maxEntries bound one look. Somebody will point ** at a whole disk; the results that are in reach must
	// not wait for it.
	maxDepth   = 12
	maxEntries = 20_000
	// entriesAtOnce is how many names are read from a folder in one piece.
	entriesAtOnce = 1_000
)

// entry is a regular file that matches a pattern.
type entry struct {
	path string
	stat stat
}

// walk lists the folder once.
type walk struct {
	root     folder
	globs    globs
	arm      func(folder string, id fs.FileInfo) // called for each folder before it is listed
	share    string                              // as in Listing
	files    []entry
	troubles []trouble
	room     int      // how many entries of any kind may still be looked at; below zero when that was said
	partial  []string // folders that were not listed to their end: what is absent below them may be there
}

// run lists everything that the patterns reach. Its error is that of the folder itself; whatever happens below it is a
// trouble of its own.
func (w *walk) run() error {
	return w.folder(".", 0)
}

func (w *walk) folder(dir string, depth int) error {
	f, err := w.root.OpenFile(dir, openFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if dir == "." {
		w.share = share(f)
	}
	w.arm(dir, info)
	for {
		entries, err := f.ReadDir(entriesAtOnce)
		for _, e := range entries {
			if w.room--; w.room < 0 {
				w.refuse(dir, fmt.Sprintf("more than %d files and folders are in reach of the patterns, the rest is not looked "+
					"at: move old files away, or write narrower patterns in files", maxEntries))
				return nil
			}
			w.entry(dir, e, depth)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func (w *walk) entry(dir string, e fs.DirEntry, depth int) {
	name := path.Join(dir, e.Name())
	switch {
	case e.IsDir():
		if !hidden(e.Name()) && w.globs.reach(name) {
			w.below(name, depth+1)
		}
	case w.globs.match(name):
		w.file(name, e)
	case e.Type()&fs.ModeSymlink != 0 && !hidden(e.Name()) && w.globs.reach(name):
		w.linkedFolder(name)
	}
}

func (w *walk) below(dir string, depth int) {
	if w.room < 0 {
		return // said already
	}
	if depth > maxDepth {
		w.refuse(dir, fmt.Sprintf("it lies more than %d folders deep and is not looked at: move the export up, or write narrower "+
			"patterns in files", maxDepth))
		return
	}
	err := w.folder(dir, depth)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.refuse(dir, fileReason(err))
	}
}

func (w *walk) file(name string, e fs.DirEntry) {
	info, err := w.root.Stat(name)
	link := e.Type()&fs.ModeSymlink != 0
	switch {
	case err != nil && link:
		w.trouble(name, linkReason(err), passing(err))
	case errors.Is(err, fs.ErrNotExist):
		// Gone since its name was read.
	case err != nil:
		w.trouble(name, fileReason(err), passing(err))
	case info.IsDir():
		// A link to a folder inside; its files are listed where they lie.
	case !info.Mode().IsRegular():
		w.trouble(name, fileReason(&irregularError{info.Mode()}), false)
	default:
		w.files = append(w.files, entry{name, newStat(info)})
	}
}

// linkedFolder says when a pattern asks for files behind a link that leads out. Links to folders inside are not
// followed: the files are listed where they lie, and a link to a folder above would never end.
func (w *walk) linkedFolder(name string) {
	if _, err := w.root.Stat(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.trouble(name, linkReason(err), passing(err))
	}
}

// refuse is for a folder that was not listed to its end.
func (w *walk) refuse(dir, reason string) {
	w.partial = append(w.partial, dir)
	w.trouble(dir, reason, false)
}

// hides reports whether a file that was not found may be there all the same.
func (w *walk) hides(file string) bool {
	return slices.ContainsFunc(w.partial, func(dir string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") })
}

func (w *walk) trouble(name, reason string, passing bool) {
	w.troubles = append(w.troubles, trouble{Trouble: Trouble{name, reason}, passing: passing})
}
