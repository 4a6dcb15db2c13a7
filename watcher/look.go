package watcher

import (
	"context"
	"errors"
	"hash/maphash"
	"io/fs"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
)

// loop is what one Run remembers between two looks.
type loop struct {
	w        *Watcher
	pace     pace
	sink     Sink
	hints    *hints
	reader   reader
	troubles troubleLog
	outage   outage
	files    map[string]*file // by path; those that the last complete look found
	known    map[string]bool  // paths of which the sink has had a snapshot since Run began
	changed  time.Time        // Listing.Changed
	latest   string           // Listing.Latest
	share    string           // Listing.Share of the last look
	listed   bool             // some look succeeded: what appears from now on is a change
	poll     time.Time        // when the next poll is
	wake     time.Time        // when the next look is due without a hint: poll, or earlier when a file has something due
	ended    time.Time        // when the last look ended
	took     time.Duration    // how long it took
}

func (w *Watcher) newLoop(sink Sink) *loop {
	return &loop{
		w: w, pace: pace{w.config.Settle}, sink: sink,
		hints:    newHints(w.config.Dir, w.config.Patterns, w.notify, w.log),
		reader:   reader{limit: w.config.MaxSize, seed: maphash.MakeSeed()},
		troubles: troubleLog{log: w.log},
		outage:   outage{log: w.log},
		files:    map[string]*file{},
		known:    map[string]bool{},
	}
}

// look lists the folder, takes what is worth it and tells the sink what it found. The folder is opened anew each time and
// closed at the end: a handle would keep looking into a folder that was replaced or mounted over.
func (l *loop) look(ctx context.Context) Listing {
	began := time.Now()
	l.poll = began.Add(l.w.config.Poll)
	l.wake = l.poll
	listing := l.list(ctx, began)
	listing.Changed, listing.Latest = l.changed, l.latest
	if ctx.Err() == nil {
		l.sink.Listed(listing)
	}
	l.offerAgain()
	l.ended = time.Now()
	l.took = l.ended.Sub(began)
	l.reader.rest(l.ended)
	return listing
}

func (l *loop) list(ctx context.Context, began time.Time) Listing {
	named := l.hints.begin(began)
	root, err := l.w.open(l.w.config.Dir)
	if err != nil {
		return l.lost(began, err)
	}
	defer root.Close()
	walk := &walk{root: root, globs: l.w.config.Patterns, room: maxEntries}
	var blind error
	walk.arm = func(folder string, id fs.FileInfo) {
		if err := l.hints.arm(folder, id); err != nil && !errors.Is(err, fs.ErrNotExist) {
			blind = err
		}
	}
	if err := walk.run(); err != nil {
		return l.lost(began, err)
	}
	l.outage.end(began, l.w.config.Dir)
	l.sayShare(walk.share)
	if l.hints.feed != nil && ctx.Err() == nil {
		l.hints.say(blind)
	}
	return l.visitAll(ctx, root, walk, named)
}

func (l *loop) sayShare(share string) {
	if share != "" && share != l.share {
		l.w.log.Info("folder is on a network share, changes are found by the poll", zap.String("folder", l.w.config.Dir),
			zap.String("reason", "file system: "+share))
	}
	l.share = share
}

// lost is the outcome of a look that found no folder. The files are not forgotten: a share that was away for a minute
// must not make every result arrive anew. But their quiet begins again.
func (l *loop) lost(now time.Time, err error) Listing {
	err = folderError(l.w.config.Dir, err)
	l.outage.begin(now, l.w.config.Dir, err)
	for _, f := range l.files {
		f.doubt(now)
		f.restless = time.Time{} // it was out of sight, which is not the same as changing all the time
	}
	return Listing{Folder: err}
}

func (l *loop) visitAll(ctx context.Context, root folder, walk *walk, named func(string) bool) Listing {
	slices.SortFunc(walk.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	listing := Listing{Files: make([]string, 0, len(walk.files)), Share: walk.share}
	found := make(map[string]bool, len(walk.files))
	for _, e := range walk.files {
		if ctx.Err() != nil {
			return listing
		}
		listing.Files = append(listing.Files, e.path)
		found[e.path] = true
		if t, ok := l.visit(root, e, named(e.path)); !ok {
			walk.troubles = append(walk.troubles, t)
		}
	}
	l.forget(found, walk)
	l.listed = true
	slices.SortFunc(walk.troubles, func(a, b trouble) int { return strings.Compare(a.Path, b.Path) })
	l.troubles.update(time.Now(), walk.troubles, l.w.config.Poll)
	for _, t := range walk.troubles {
		listing.Troubles = append(listing.Troubles, t.Trouble)
	}
	return listing
}

// forget drops what is gone. What is only out of sight is doubted, and in trouble: whoever concludes something from the
// absence of a file must not take it for gone.
func (l *loop) forget(found map[string]bool, walk *walk) {
	for path, f := range l.files {
		switch {
		case found[path]:
		case slices.ContainsFunc(walk.troubles, func(t trouble) bool { return t.Path == path }):
			f.doubt(l.poll)
		case walk.hides(path):
			f.doubt(l.poll)
			walk.troubles = append(walk.troubles, trouble{Trouble: Trouble{path, outOfSight}, implied: true})
		default:
			delete(l.files, path)
			l.change(path, time.Now())
		}
	}
}

// visit reads a file when there is a reason to, and gives it to the sink when that says something new. It returns false
// and the trouble when the file cannot be read.
func (l *loop) visit(root folder, e entry, hinted bool) (trouble, bool) {
	f := l.files[e.path]
	fresh := f == nil
	if fresh {
		f = newFile()
		l.files[e.path] = f
	}
	defer func() { l.wake = earlier(l.wake, f.due) }()
	if !f.wants(time.Now(), e.stat, hinted) {
		return trouble{}, true
	}
	data, st, err := l.reader.read(root, e.path)
	switch {
	case err == nil:
		f.replaced = 0
	case errors.Is(err, errReplaced) && f.replaced >= maxReplaced:
	case errors.Is(err, errMoved) || errors.Is(err, errReplaced):
		l.unstable(f, e.path, errors.Is(err, errReplaced))
		return trouble{}, true
	case errors.Is(err, fs.ErrNotExist):
		f.doubt(l.poll) // the next look will not find it, or find another
		return trouble{}, true
	default:
		return l.fail(f, e.path, err)
	}
	l.see(f, e.path, data, st, fresh)
	return trouble{}, true
}

// unstable comes back soon, but not at once: a program that writes for a second must not be read a thousand times.
func (l *loop) unstable(f *file, path string, replaced bool) {
	now := time.Now()
	l.change(path, now)
	f.doubt(now.Add(retryUnstable))
	if replaced {
		f.replaced++
	}
}

// fail comes back at every look; nothing is known of the file until it can be read again.
func (l *loop) fail(f *file, path string, err error) (trouble, bool) {
	f.doubt(l.poll)
	return trouble{Trouble: Trouble{path, fileReason(err)}, passing: passing(err)}, false
}

func (l *loop) see(f *file, path string, data []byte, st stat, fresh bool) {
	now := time.Now()
	s := l.reader.sight(data, st, f.taken)
	trust, take := f.see(now, s, l.pace)
	if f.changed.Equal(now) && (!fresh || l.listed) {
		l.change(path, now)
	}
	if !take {
		return
	}
	snapshot := Snapshot{Path: path, Data: data, Trust: trust, ModTime: time.Unix(0, st.modTime), First: !l.known[path]}
	if f.trust != untaken && s.front == f.taken {
		snapshot.Unchanged = int(f.taken.size)
	}
	l.w.log.Debug("file read", zap.String("file", path), zap.Int("bytes", len(data)), zap.Stringer("trust", trust),
		zap.Bool("first", snapshot.First))
	if err := l.sink.Take(snapshot); err != nil {
		f.due = l.poll // the sink has said why
		return
	}
	f.took(trust, l.pace)
	l.known[path] = true
}

func (l *loop) change(path string, now time.Time) { l.changed, l.latest = now, path }

// done reports whether every listed file is taken as far as it ever will be, or in trouble.
func (l *loop) done(listing Listing) bool {
	for _, path := range listing.Files {
		inTrouble := slices.ContainsFunc(listing.Troubles, func(t Trouble) bool { return t.Path == path })
		if f := l.files[path]; f != nil && !f.done() && !inTrouble {
			return false
		}
	}
	return true
}
