package borrow

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWhoseFileItIsGoesOn(t *testing.T) {
	tests := map[string]func(path string) error{
		"appends":   func(path string) error { return appendTo(path, "2\n") },
		"renames":   func(path string) error { return os.Rename(path, path+".old") },
		"deletes":   os.Remove,
		"rewrites":  func(path string) error { return os.WriteFile(path, []byte("2\n"), 0o600) },
		"truncates": func(path string) error { return os.Truncate(path, 0) },
	}
	for name, does := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := does(path); err != nil {
				t.Error(err)
			}
			if _, err := io.ReadAll(f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAFileThatIsReadIsReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if text, err := ReadFile(path); err != nil || len(text) != 3 {
					t.Errorf("%q %v", text, err)
				}
			}
		}
	})
	for range 300 {
		err := errors.Join(os.WriteFile(path+".new", []byte("new"), 0o600), Replace(path+".new", path))
		if err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	readers.Wait()
	if err := Replace(path+".none", path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing to replace it by: %v", err)
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if _, err := ReadFile(path); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("no file: %v", err)
	}
	if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(path); err != nil || string(text) != "1\n" {
		t.Errorf("%q %v", text, err)
	}
}
