package state_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"finishwatch/state"
)

func TestOpenMakesALedgerThatOnlyItsOwnerReads(t *testing.T) {
	path := newPath(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Errorf("beside the ledger there is more: %v", left)
	}
	l := open(t, path)
	defer l.Close()
	if got := l.Counts(raceUnit); got != (state.Counts{}) {
		t.Errorf("a new ledger counts %+v", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T, path string)
		want string
		not  bool // is ErrNotALedger
	}{
		"a folder that is not there": {
			func(t *testing.T, path string) { must(t, os.Remove(filepath.Dir(path))) },
			"the folder must be there", false,
		},
		"a file of no bytes, which bbolt would take for a new one": {
			func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o600)) },
			"move the file away", true,
		},
		"a text": {
			func(t *testing.T, path string) { must(t, os.WriteFile(path, []byte("Dear diary"), 0o600)) },
			"move the file away", true,
		},
		"a long text": {
			func(t *testing.T, path string) {
				must(t, os.WriteFile(path, []byte(strings.Repeat("Dear diary\n", 10000)), 0o600))
			},
			"move the file away", true,
		},
		"a folder": {
			func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) },
			"move the file away", true,
		},
		"a link to nothing": {
			func(t *testing.T, path string) { must(t, os.Symlink("nothing", path)) },
			"must be able to read and write it", false,
		},
		"a data base of something else": {
			func(t *testing.T, path string) { edit(t, path, func(*bbolt.Tx) error { return nil }) },
			"move the file away", true,
		},
		"a ledger without a schema": {
			func(t *testing.T, path string) {
				must(t, open(t, path).Close())
				edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("facts")).Delete([]byte("schema")) })
			},
			"move the file away", true,
		},
		"a ledger of a later version": {
			func(t *testing.T, path string) {
				must(t, open(t, path).Close())
				edit(t, path, func(tx *bbolt.Tx) error {
					return tx.Bucket([]byte("facts")).Put([]byte("schema"), []byte("3"))
				})
			},
			"written by a newer finishwatch (schema 3, this one knows 2); use that one", false,
		},
		"a ledger with a bib less than it counts": {
			func(t *testing.T, path string) {
				l := open(t, path)
				observe(t, l, "a.csv grown 1=14:20 2=14:21")
				must(t, l.Close())
				edit(t, path, func(tx *bbolt.Tx) error {
					return tx.Bucket([]byte("units")).Bucket([]byte("R1/1/1")).Bucket([]byte("bibs")).Delete([]byte("2"))
				})
			},
			"pages are missing", true,
		},
		"a ledger in which two records changed places": {
			func(t *testing.T, path string) {
				l := open(t, path)
				observe(t, l, "a.csv grown 1=14:20 2=14:21")
				must(t, l.Close())
				edit(t, path, func(tx *bbolt.Tx) error {
					bibs := tx.Bucket([]byte("units")).Bucket([]byte("R1/1/1")).Bucket([]byte("bibs"))
					return bibs.Put([]byte("2"), append([]byte(nil), bibs.Get([]byte("1"))...))
				})
			},
			`R1/1/1 bib "2": a damaged record`, true,
		},
		"a ledger that lost a unit": {
			func(t *testing.T, path string) {
				l := open(t, path)
				setOrigin(t, l, state.OriginEmpty, raceUnit, state.Unit{Event: "R2", Round: 1, Heat: 1})
				must(t, l.Close())
				edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("units")).DeleteBucket([]byte("R2/1/1")) })
			},
			"pages are missing", true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			test.make(t, path)
			l, err := state.Open(path, state.Options{})
			if err == nil {
				_ = l.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), test.want) || errors.Is(err, state.ErrNotALedger) != test.not {
				t.Error(err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edit changes the file of a ledger behind its back.
func edit(t *testing.T, path string, change func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	must(t, err)
	must(t, db.Update(change))
	must(t, db.Close())
}

func TestASecondOpenSaysWhoHasTheLedger(t *testing.T) {
	t.Parallel() // it waits for locks most of the time
	path := newPath(t)
	l := open(t, path)
	defer l.Close()
	check := func(err error) {
		t.Helper()
		locked, ok := errors.AsType[*state.LockedError](err)
		if !ok || locked.PID != os.Getpid() || locked.Path != path {
			t.Errorf("%#v", err)
		}
	}
	_, err := state.Open(path, state.Options{})
	check(err)
	check(state.Copy(path, path+".copy"))

	other := exec.Command(os.Args[0], "-test.run=^TestOtherProcess$")
	other.Env = append(os.Environ(), "LEDGER="+path)
	out, err := other.CombinedOutput()
	if want := fmt.Sprintf("in use by process %d; stop that", os.Getpid()); err != nil || !strings.Contains(string(out), want) {
		t.Errorf("another process: %v\n%s", err, out)
	}
	must(t, l.Close())
	must(t, open(t, path).Close())
}

// TestOtherProcess is the other process.
func TestOtherProcess(t *testing.T) {
	path := os.Getenv("LEDGER")
	if path == "" {
		t.Skip("is started by another test")
	}
	_, err := state.Open(path, state.Options{})
	fmt.Println(err)
}

// After a restart the old process may need a moment to end.
func TestOpenWaitsForTheOneBefore(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	closed := make(chan error)
	time.AfterFunc(100*time.Millisecond, func() { closed <- l.Close() })
	next, err := state.Open(path, state.Options{})
	must(t, err)
	must(t, <-closed)
	must(t, next.Close())
}

func TestCopy(t *testing.T) {
	path := newPath(t)
	to := path + ".copy"
	must(t, state.Copy(path, to))
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("where there is no ledger there is a copy: %v", err)
	}
	l := open(t, path)
	observe(t, l, "a.csv grown 1=14:20 2!why")
	want := l.Lines(raceUnit)
	must(t, l.Close())
	must(t, state.Copy(path, to))
	copied := open(t, to)
	defer copied.Close()
	if diff := cmp.Diff(want, copied.Lines(raceUnit)); diff != "" {
		t.Error(diff)
	}
	must(t, os.WriteFile(path, []byte("Dear diary"), 0o600))
	if err := state.Copy(path, to+"2"); !errors.Is(err, state.ErrNotALedger) {
		t.Error(err)
	}
}
