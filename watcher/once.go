package watcher

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Once looks into a folder a single time, under the rules by which a [Watcher] does: what is hidden, temporary, no regular
// file, too large or behind a link that leads out is not read, and a look has its bounds. Each file that matches one of the
// patterns and was the same before and after it was read goes to visit, by path; what it returns ends the look where it is
// false. The snapshots are [Settled] as far as one look can tell: nobody waited.
func Once(dir string, patterns []string, maxSize int64, visit func(Snapshot) bool) Listing {
	root, err := openFolder(dir)
	if err != nil {
		return Listing{Folder: folderError(dir, err)}
	}
	defer root.Close()
	walk := &walk{root: root, globs: patterns, room: maxEntries, arm: func(string, fs.FileInfo) {}}
	if err := walk.run(); err != nil {
		return Listing{Folder: folderError(dir, err)}
	}
	slices.SortFunc(walk.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	r := reader{limit: maxSize, seed: maphash.MakeSeed()}
	listing := Listing{Files: []string{}, Share: walk.share}
	for more := true; more && len(walk.files) > 0; walk.files = walk.files[1:] {
		path := walk.files[0].path
		listing.Files = append(listing.Files, path)
		data, st, err := r.read(root, path)
		switch {
		case err == nil, errors.Is(err, errReplaced):
			more = visit(Snapshot{Path: path, Data: data, Trust: Settled, ModTime: time.Unix(0, st.modTime), First: true})
		case errors.Is(err, errMoved):
			walk.trouble(path, "it changed while it was read: look again when the timing program has written it", true)
		default:
			walk.trouble(path, fileReason(err), passing(err))
		}
	}
	slices.SortFunc(walk.troubles, func(a, b trouble) int { return strings.Compare(a.Path, b.Path) })
	for _, t := range walk.troubles {
		listing.Troubles = append(listing.Troubles, t.Trouble)
	}
	return listing
}
