package state_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"finishwatch/state"
)

var noon = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)

func TestSetAside(t *testing.T) {
	path := newPath(t)
	for _, want := range []string{".damaged-20260502-120000", ".damaged-20260502-120000-2", ".damaged-20260502-120000-3"} {
		l := open(t, path)
		observe(t, l, "a.csv settled 7=14:25")
		must(t, l.Close())
		file, err := os.ReadFile(path)
		must(t, err)
		clear(file[:4096]) // the first head is gone, the second one is there
		must(t, os.WriteFile(path, file, 0o600))
		got, err := state.SetAside(path, noon)
		must(t, err)
		if got != path+want {
			t.Errorf("set aside as %s", got)
		}
		kept, err := os.ReadFile(got)
		must(t, err)
		if string(kept) != string(file) {
			t.Error("not the same file")
		}
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("it is still there: %v", err)
		}
	}
}

// What is refused as damaged is let go of: Windows sets no file aside that is open, and elsewhere the next look would find
// it in use.
func TestADamagedLedgerIsLetGoOf(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	observe(t, l, "a.csv settled 7=14:25")
	must(t, l.Close())
	file, err := os.ReadFile(path)
	must(t, err)
	clear(file[2*pageSize:]) // all but the heads
	must(t, os.WriteFile(path, file, 0o600))
	for range 2 {
		if _, err := state.Open(path, state.Options{}); !errors.Is(err, state.ErrNotALedger) {
			t.Errorf("opened: %v", err)
		}
	}
	_, err = state.SetAside(path, noon)
	must(t, err)
}

func TestSetAsideTakesOnlyLedgers(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T, path string)
		ok   bool
	}{
		"no bytes": {func(t *testing.T, path string) { must(t, os.WriteFile(path, nil, 0o600)) }, true},
		"a text": {func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte(strings.Repeat("diary", 9000)), 0o600))
		}, false},
		"noughts":  {func(t *testing.T, path string) { must(t, os.WriteFile(path, make([]byte, 1<<16), 0o600)) }, true},
		"a folder": {func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) }, false},
		"nothing":  {func(*testing.T, string) {}, false},
		"a link to one": {func(t *testing.T, path string) {
			must(t, open(t, path+"2").Close())
			must(t, os.Symlink(path+"2", path))
		}, false},
		"only the 1st page": {func(t *testing.T, path string) { must(t, open(t, path).Close()); must(t, os.Truncate(path, 4096)) }, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			test.make(t, path)
			_, err := state.SetAside(path, noon)
			if (err == nil) != test.ok || err != nil && !errors.Is(err, state.ErrNotALedger) {
				t.Error(err)
			}
			left, err := filepath.Glob(path + ".damaged*")
			must(t, err)
			if (len(left) == 1) != test.ok {
				t.Errorf("there are %v", left)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		do   func(t *testing.T, path string)
		want string
	}{
		"all is well": {func(*testing.T, string) {}, ""},
		"deleted":     {func(t *testing.T, path string) { must(t, os.Remove(path)) }, "deleted or moved"},
		"moved":       {func(t *testing.T, path string) { must(t, os.Rename(path, path+"2")) }, "deleted or moved"},
		"replaced": {func(t *testing.T, path string) {
			must(t, os.Rename(path, path+"2"))
			must(t, state.Copy(path+"3", path))
			must(t, os.WriteFile(path, []byte("new"), 0o600))
		}, "replaced by another file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && test.want != "" {
				t.Skip("Windows neither deletes nor moves a file that is open")
			}
			path := newPath(t)
			l := open(t, path)
			defer l.Close()
			observe(t, l, "a.csv settled 7=14:25")
			test.do(t, path)
			err := l.Check()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
}

// A record that was damaged since the start is found by the next step that needs it, and nothing is written from then on.
func TestAWriteThatMeetsDamage(t *testing.T) {
	l := newLedger(t)
	observe(t, l, "a.csv settled 7=14:25")
	if err := l.Broken(); err != nil {
		t.Fatal(err)
	}
	must(t, l.Edit(func(tx *bbolt.Tx) error {
		bibs := tx.Bucket([]byte("units")).Bucket([]byte("R1/1/1")).Bucket([]byte("bibs"))
		value := append([]byte(nil), bibs.Get([]byte("7"))...)
		value[len(value)-1] ^= 1
		return bibs.Put([]byte("7"), value)
	}))
	if _, err := l.Observe(raceUnit, said("a.csv settled 7=14:24")); !errors.Is(err, state.ErrNotALedger) {
		t.Error(err)
	}
	if err := l.Broken(); !errors.Is(err, state.ErrNotALedger) {
		t.Errorf("it goes on: %v", err)
	}
	if _, err := l.Observe(raceUnit, said("a.csv settled 8=14:24")); err == nil {
		t.Error("it is written all the same")
	}
}

func TestAFullDiskIsNoDamage(t *testing.T) {
	l := newLedger(t)
	must(t, l.Reopen(true))
	if _, err := l.Observe(raceUnit, said("a.csv settled 7=14:25")); err == nil {
		t.Fatal("written")
	}
	if err := l.Broken(); err != nil {
		t.Error(err)
	}
	must(t, l.Reopen(false))
}
