package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"
)

// magic is what a bbolt file has in its first two pages, behind their heads.
const (
	magic    = 0xED0CDAED
	pageHead = 16
)

// SetAside renames a damaged ledger at path to path.damaged-20060102-150405 and returns that name; it overwrites
// nothing. Only a file that is empty or looks like a bbolt file is renamed; the error for anything else is
// [ErrNotALedger].
func SetAside(path string, now time.Time) (string, error) {
	if !looksLikeBbolt(path) {
		return "", notALedger(path)
	}
	name := path + ".damaged-" + now.Format("20060102-150405")
	to := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return "", fmt.Errorf("set ledger aside: %w; move %s away", err, path)
		}
		to = fmt.Sprintf("%s-%d", name, n)
	}
	if err := os.Rename(path, to); err != nil {
		return "", fmt.Errorf("set ledger aside: %w; this user must be able to write in its folder", err)
	}
	return to, syncFolder(filepath.Dir(path))
}

// looksLikeBbolt reports whether the file is a regular one and is empty, or has bbolt's magic in one of its two heads, or
// nothing but noughts where they should be, as after a power cut. Where the second one is depends on the machine that
// made it.
func looksLikeBbolt(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if info.Size() == 0 {
		return true
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, page := range []int64{0, 4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10} {
		word := make([]byte, 4)
		if _, err := f.ReadAt(word, page+pageHead); err == nil && binary.LittleEndian.Uint32(word) == magic {
			return true
		}
	}
	head := make([]byte, 8<<10)
	n, err := f.ReadAt(head, 0)
	return (err == nil || errors.Is(err, io.EOF)) && len(bytes.Trim(head[:n], "\x00")) == 0
}

// Check returns an error when the file at the ledger's path is not the one that is open: it was deleted, replaced or
// moved, and what is written from then on would be forgotten at the next start.
func (l *Ledger) Check() error {
	const advice = "what is sent now would be forgotten: start finishwatch anew"
	info, err := os.Stat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("ledger %s was deleted or moved while it is in use; %s", l.path, advice)
	case err != nil:
		return fmt.Errorf("ledger: %w; this user must be able to read it", err)
	case !os.SameFile(info, l.file):
		return fmt.Errorf("ledger %s was replaced by another file while it is in use; %s", l.path, advice)
	}
	return nil
}

// Broken returns why nothing can be written any more: a write met damage. The ledger has to be opened anew.
func (l *Ledger) Broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// view reads in one transaction; damage that it meets breaks the ledger.
func (l *Ledger) view(read func(*bbolt.Tx) error) (err error) {
	if l.broken != nil {
		return l.broken
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			l.broken = notALedger(l.path)
			err = l.broken
		}
	}()
	err = l.db.View(read)
	if errors.Is(err, errRecord) {
		l.broken = fmt.Errorf("%w (%w)", notALedger(l.path), err)
		return l.broken
	}
	return err
}
