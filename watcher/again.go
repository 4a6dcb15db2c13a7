package watcher

import "time"

// Again has the file offered to the sink once more, as if the sink had nothing of it: for when something else than the
// file has changed what it means. That is at the next look, which comes at once where Again is called from within
// [Sink]. It may be called at any time and by anybody; a path that is not in the folder is nothing to it.
func (w *Watcher) Again(path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.again == nil {
		w.again = map[string]bool{}
	}
	w.again[path] = true
}

// offerAgain voids what was taken of the files that were asked for.
func (l *loop) offerAgain() {
	l.w.mu.Lock()
	paths := l.w.again
	l.w.again = nil
	l.w.mu.Unlock()
	for path := range paths {
		if f := l.files[path]; f != nil {
			f.void()
			l.wake = time.Time{}
		}
	}
}

// void makes the next look read the file and give it to the sink. Its quiet goes on: the file has not changed.
func (f *file) void() {
	f.trust, f.due = untaken, time.Time{}
}
