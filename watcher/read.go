package watcher

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"time"
)

var (
	// errMoved: the file changed while it was read.
	errMoved = errors.New("changed while it was read")
	// errReplaced: size and time agree, but the path leads to another file than the one that was read.
	errReplaced = errors.New("replaced while it was read")
)

// maxReplaced is how often in a row errReplaced is believed. Some network file systems make up a file's number at every
// look; their files would otherwise never be taken.
const maxReplaced = 5

// largeError is a file that is larger than the limit.
type largeError struct{ size, limit int64 }

func (e *largeError) Error() string {
	return fmt.Sprintf("%d bytes, more than %d", e.size, e.limit)
}

// irregularError is something else than a regular file, such as a named pipe.
type irregularError struct{ mode fs.FileMode }

func (e *irregularError) Error() string { return "not a regular file: " + e.mode.Type().String() }

// folder is the watched folder while a look lasts. It is an [os.Root], which keeps links inside the folder.
type folder interface {
	Stat(name string) (fs.FileInfo, error)
	OpenFile(name string, flag int, perm fs.FileMode) (*os.File, error)
	Close() error
}

func openFolder(dir string) (folder, error) { return os.OpenRoot(dir) }

// stat is what is compared between two looks. Times are compared with one another, never with a clock.
type stat struct {
	size    int64
	modTime int64  // nanoseconds since 1970 by the clock of whoever wrote the file
	change  int64  // the change time in the same way; 0 where the system has none
	inode   uint64 // 0 where the system has none
	device  uint64
}

func newStat(info fs.FileInfo) stat {
	s := stat{size: info.Size(), modTime: info.ModTime().UnixNano()}
	s.change, s.inode, s.device = systemStat(info)
	return s
}

// same reports whether nothing at all seems to have happened between two looks.
func (s stat) same(t stat) bool { return s == t }

// moved reports whether somebody wrote. Another inode or change time alone is a reason to read, but not to doubt that
// the file is quiet: a rename of an equal file, a chmod, a virus scanner.
func (s stat) moved(t stat) bool { return s.size != t.size || s.modTime != t.modTime }

// reader reads files into one buffer: an export of five megabytes that is written every second must not cost five
// megabytes of garbage every second.
type reader struct {
	limit int64 // bytes
	seed  maphash.Seed
	buf   []byte
	used  time.Time
}

// read returns the content of a file and its stat, or errMoved, errReplaced, a [*largeError], an [*irregularError] or
// what the system said. The content is valid until the next read. The file is open only during the call: a held handle
// makes the Windows program's rename fail.
func (r *reader) read(root folder, path string) ([]byte, stat, error) {
	f, err := root.OpenFile(path, openFlags, 0)
	if err != nil {
		return nil, stat{}, err
	}
	defer f.Close()
	before, err := r.check(f)
	if err != nil {
		return nil, stat{}, err
	}
	data, err := r.fill(f, before.size)
	if err != nil {
		return nil, stat{}, err
	}
	return data, before, unmoved(f, root, path, before)
}

// check looks at the open file: what its name led to a moment ago says nothing about it.
func (r *reader) check(f *os.File) (stat, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return stat{}, err
	case !info.Mode().IsRegular():
		return stat{}, &irregularError{info.Mode()}
	case info.Size() > r.limit:
		return stat{}, &largeError{info.Size(), r.limit}
	}
	return newStat(info), nil
}

// fill reads one byte more than there should be, so that a file that grows meanwhile is noticed and never followed.
func (r *reader) fill(f io.Reader, size int64) ([]byte, error) {
	buf := r.room(size + 1)
	n, err := io.ReadFull(f, buf)
	switch {
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return nil, err
	case int64(n) != size:
		return nil, errMoved
	}
	return buf[:n:n], nil
}

func unmoved(f *os.File, root folder, path string, before stat) error {
	after, err := f.Stat()
	if err != nil {
		return err
	}
	if !newStat(after).same(before) {
		return errMoved
	}
	named, err := root.Stat(path)
	switch {
	case err != nil:
		return err
	case newStat(named).moved(before):
		return errMoved
	case !os.SameFile(after, named):
		return errReplaced
	}
	return nil
}

// room returns a buffer of n bytes; n is at most limit + 1. It grows with slack: an export gains a row at a time.
func (r *reader) room(n int64) []byte {
	if int64(cap(r.buf)) < n {
		r.buf = make([]byte, min(n+n/4, r.limit+1))
	}
	r.used = time.Now()
	return r.buf[:n]
}

// rest frees the buffer after a quiet spell: between two races the daemon is small.
func (r *reader) rest(now time.Time) {
	if now.Sub(r.used) > recheckSoon {
		r.buf = nil
	}
}

// sight compares what was read with what was taken, by hash: no content is kept between two looks.
func (r *reader) sight(data []byte, st stat, taken content) sight {
	var h maphash.Hash
	h.SetSeed(r.seed)
	s := sight{stat: st, ragged: ragged(data)}
	if n := taken.size; n <= int64(len(data)) {
		h.Write(data[:n])
		s.front = content{n, h.Sum64()}
		h.Write(data[n:])
	} else {
		h.Write(data)
	}
	s.whole = content{int64(len(data)), h.Sum64()}
	return s
}

// ragged reports whether the last line has no newline, in any encoding that exports come in.
func ragged(data []byte) bool {
	if len(data) == 0 {
		return false
	}
	for _, end := range []string{"\n", "\r", "\n\x00", "\r\x00"} { // the last two: UTF-16, low byte first
		if bytes.HasSuffix(data, []byte(end)) {
			return false
		}
	}
	return true
}
