//go:build unix

package watcher

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestSettle(t *testing.T) {
	tests := map[string]struct {
		prepare func(b *bench)
		want    []string
		took    time.Duration
		err     error
	}{
		"returns when every file is settled": {
			func(b *bench) { b.write("a.csv", "1\n"); b.write("b.csv", "2\n") },
			[]string{`300ms settled a.csv "1\n" first`, `300ms settled b.csv "2\n" first`},
			300 * time.Millisecond, nil,
		},
		"waits for still where no newline ends the file": {
			func(b *bench) { b.write("a.csv", "1") },
			[]string{`300ms settled a.csv "1" first`, `3s quiet a.csv "1"`, `30s still a.csv "1"`},
			30 * time.Second, nil,
		},
		"does not wait for files in trouble": {
			func(b *bench) { failing(syscall.EACCES)(b); b.write("b.csv", "2\n") },
			[]string{`300ms settled b.csv "2\n" first`},
			300 * time.Millisecond, nil,
		},
		"does not wait for a folder in trouble": {
			func(b *bench) {
				b.w.config.Patterns = []string{"**/*.csv"}
				b.must(os.Symlink("/", b.path("all")))
			},
			nil, 0, nil,
		},
		"has nothing to wait for in an empty folder": {func(*bench) {}, nil, 0, nil},
		"says why the folder cannot be listed":       {func(b *bench) { b.must(os.Remove(b.dir)) }, nil, 0, fs.ErrNotExist},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "timing")
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, dir, Config{})
				test.prepare(b)
				if err := b.w.Settle(t.Context(), b.sink); !errors.Is(err, test.err) {
					t.Errorf("Settle returned %v, want %v", err, test.err)
				}
				if took := time.Since(b.sink.began); took != test.took {
					t.Errorf("took %v, want %v", took, test.took)
				}
				b.wantTakes(test.want...)
			})
		})
	}
	t.Run("ends with its context, and says so", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "timing")
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, dir, Config{})
			b.write("a.csv", "1")
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := b.w.Settle(ctx, b.sink); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Settle returned %v", err)
			}
		})
	})
}
