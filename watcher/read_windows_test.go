package watcher

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What the timing program does to its file goes on while it is read: it is shared for all of it. Only to rename another
// file over it fails meanwhile, with os.Rename.
func TestTheTimingProgramGoesOnWhileItsFileIsRead(t *testing.T) {
	for name, does := range map[string]func(path string) error{
		"rewrites":  func(path string) error { return os.WriteFile(path, []byte("2\n"), 0o600) },
		"truncates": func(path string) error { return os.Truncate(path, 0) },
		"renames":   func(path string) error { return os.Rename(path, path+".old") },
		"deletes":   os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.csv")
			write(t, path, "1\n")
			root, err := openFolder(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			f, err := root.OpenFile("a.csv", openFlags, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := does(path); err != nil {
				t.Error(err)
			}
		})
	}
}

// alone opens a file as a program does that wants nobody else to open it.
func alone(t *testing.T, path string) *os.File {
	t.Helper()
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(handle), path)
}

func TestAFileThatAnotherProgramHoldsIsSaidToBe(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	write(t, path, "1\n")
	f := alone(t, path)
	read := 0
	look := func() Listing { return Once(dir, []string{"*"}, 100, func(Snapshot) bool { read++; return true }) }
	listing := look()
	if len(listing.Troubles) != 1 || !strings.Contains(listing.Troubles[0].Reason, "another program holds it") || read != 0 {
		t.Errorf("read %d times, troubles: %+v", read, listing.Troubles)
	}
	if err := errors.Join(f.Close(), os.Rename(path, path+"2")); err != nil {
		t.Fatal(err)
	}
	if listing := look(); len(listing.Troubles) != 0 || read != 1 {
		t.Errorf("read %d times, troubles: %+v", read, listing.Troubles)
	}
}
