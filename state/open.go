package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// ErrNotALedger says that the file is there and is not a ledger, or is a damaged one.
var ErrNotALedger = errors.New("not a ledger of finishwatch, or a damaged one")

// LockedError says that another process has the ledger open.
type LockedError struct {
	Path string
	PID  int // of that process; 0 when it is not known
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("ledger %s is in use by %s; stop that finishwatch first, or give this one its own [state] file", e.Path, who)
}

// Options are right as they are when zero.
type Options struct {
	// Guards are those of every unit until [Ledger.Guard].
	Guards Guards
	// NoSync is for tests. It leaves the disk to the operating system: quick, and a power cut loses what was confirmed.
	NoSync bool
}

// lockWait is how long Open waits for another process to let go of the ledger, as after a restart.
const lockWait = time.Second

// growth is by how much the file grows where it has to, in bytes; bbolt's own step is larger than most ledgers.
const growth = 256 << 10

// schema is the version of the stored form. A ledger of a later version is refused.
const schema = 2

// Open opens the ledger at path and makes it when there is none. It returns a [*LockedError] when another process has
// it, [ErrNotALedger] when the file is something else; every error ends in what to do.
func Open(path string, options Options) (*Ledger, error) {
	if err := create(path); err != nil {
		return nil, fmt.Errorf("create ledger: %w; the folder must be there and this user must be able to write in it", err)
	}
	db, err := openFile(path, &bbolt.Options{
		Timeout: lockWait, NoSync: options.NoSync, FreelistType: bbolt.FreelistMapType, InitialMmapSize: roomToGrow,
	})
	if err != nil {
		return nil, err
	}
	db.AllocSize = growth
	l := &Ledger{db: db, path: path, pidFile: path + ".pid", guards: options.Guards, units: map[Unit]*unitState{}}
	if err := l.load(); err != nil {
		_ = db.Close()
		return nil, err
	}
	if l.file, err = os.Stat(path); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open ledger: %w; this user must be able to read and write it", err)
	}
	drop(db, l.file.Size())
	// The process number is a courtesy to whom the lock turns away; the lock itself is the file's.
	_ = os.WriteFile(l.pidFile, []byte(strconv.Itoa(os.Getpid())), 0o644)
	return l, nil
}

// openFile opens the database. bbolt panics on some damaged files; that is the same news as an error. It leaves the file
// open and locked then, and Windows sets no file aside that is open.
func openFile(path string, options *bbolt.Options) (db *bbolt.DB, err error) {
	var file *os.File
	options.OpenFile = func(name string, flag int, mode fs.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, mode)
		file = f
		return f, err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			if file != nil {
				letGo(file)
			}
			db, err = nil, notALedger(path)
		}
	}()
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w; this user must be able to read and write it", err)
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, notALedger(path)
	}
	db, err = bbolt.Open(path, 0o600, options)
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, berrors.ErrTimeout):
		return nil, &LockedError{Path: path, PID: holder(path)}
	case failed(err):
		return nil, fmt.Errorf("open ledger: %w; this user must be able to read and write it", err)
	}
	return nil, notALedger(path)
}

// failed reports whether the operating system refused something (no permission, no memory, a disk that does not answer):
// that is no damage, and the ledger must not be set aside for it.
func failed(err error) bool {
	_, refused := errors.AsType[syscall.Errno](err)
	return refused || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)
}

func notALedger(path string) error {
	return fmt.Errorf("open ledger %s: %w; move the file away and start again: results that are public stay as they are", path, ErrNotALedger)
}

func holder(path string) int {
	text, err := os.ReadFile(path + ".pid")
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

// create makes an empty ledger beside its place and moves it there whole, because a file that bbolt finds empty opens
// as new: a power cut while it is being made must not look like a ledger that remembers nothing.
func create(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := initialise(temporary.Name()); err != nil {
		return err
	}
	// A link fails where another process was faster; a rename would put an empty ledger over its own.
	if err := os.Link(temporary.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(temporary.Name(), path); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(path))
}

func initialise(path string) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		facts, err := tx.CreateBucketIfNotExists(factsBucket)
		if err != nil {
			return err
		}
		if _, err := tx.CreateBucketIfNotExists(unitsBucket); err != nil {
			return err
		}
		return facts.Put(schemaKey, []byte(strconv.Itoa(schema)))
	})
	return errors.Join(err, db.Close())
}

// Copy writes a copy of the ledger at from to the new file at to, so that a dry run can work on it. Where there is no
// ledger there is nothing to copy. The errors are those of [Open].
func Copy(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := openFile(from, &bbolt.Options{Timeout: lockWait, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(to, 0o600) }); err != nil {
		return fmt.Errorf("copy ledger %s: %w; is there room for it?", from, err)
	}
	return nil
}
