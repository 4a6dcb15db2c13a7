//go:build unix

package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func TestTroubles(t *testing.T) {
	const large = 100
	tests := map[string]struct {
		patterns []string
		prepare  func(b *bench)
		want     string // in the reason
		listed   bool   // as a regular file
	}{
		"a named pipe does not block": {
			prepare: func(b *bench) { b.must(syscall.Mkfifo(b.path("a.csv"), 0o644)) }, want: "it is a named pipe, not a regular file",
		},
		"a link that leads out of the folder is not followed": {
			prepare: func(b *bench) {
				b.must(os.WriteFile(b.dir+".secret", []byte("1\n"), 0o644))
				b.must(os.Symlink("../"+filepath.Base(b.dir)+".secret", b.path("a.csv")))
			},
			want: "a link that leads out of the folder",
		},
		"an absolute link is not followed": {
			prepare: func(b *bench) { b.must(os.Symlink("/etc/passwd", b.path("a.csv"))) }, want: "leads out of the folder",
		},
		"a link to itself": {
			prepare: func(b *bench) { b.must(os.Symlink("a.csv", b.path("a.csv"))) }, want: "or to itself",
		},
		"a link to nothing": {
			prepare: func(b *bench) { b.must(os.Symlink("b.csv", b.path("a.csv"))) }, want: "a link to nothing",
		},
		"a linked folder that leads out": {
			patterns: []string{"**/*.csv"},
			prepare:  func(b *bench) { b.must(os.Symlink("..", b.path("a.csv"))) }, want: "leads out of the folder",
		},
		"a file that is too large is not read": {
			prepare: func(b *bench) { b.write("a.csv", strings.Repeat("x", large+1)) },
			want:    "101 bytes, more than the 100 of [watch] max_size", listed: true,
		},
		"permission denied": {
			prepare: failing(syscall.EACCES), want: "let the user that finishwatch runs as read it", listed: true,
		},
		"held by another program": {prepare: failing(syscall.EBUSY), want: "another program holds it", listed: true},
		"a share that went away":  {prepare: failing(syscall.ESTALE), want: "check the network", listed: true},
		"a broken disk":           {prepare: failing(syscall.ENXIO), want: "check the disk or the share", listed: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, Config{MaxSize: large, Patterns: test.patterns}, test.prepare, func(b *bench) {
				b.after(2500 * time.Millisecond)
				l := b.sink.last()
				if len(l.Troubles) != 1 || l.Troubles[0].Path != "a.csv" || !strings.Contains(l.Troubles[0].Reason, test.want) {
					t.Errorf("troubles: %q", l.Troubles)
				}
				if listed := len(l.Files) == 1; listed != test.listed || l.Folder != nil {
					t.Errorf("listing: %+v", l)
				}
				b.wantTakes()
				b.must(os.Remove(b.path("a.csv")))
				b.w.open = openFolder
				b.write("a.csv", "1\n")
				b.after(10 * time.Second)
				b.wantTakes(`3.3s settled a.csv "1\n" first`)
				if l := b.sink.last(); len(l.Troubles) != 0 {
					t.Errorf("troubles that are over: %q", l.Troubles)
				}
				if got := b.messages(); len(got) != 2 || !strings.HasPrefix(got[1], "info trouble with file is over ") {
					t.Errorf("log: %q", got)
				}
			})
		})
	}
}

// failing makes a file that cannot be opened, which root could.
func failing(err error) func(b *bench) {
	return func(b *bench) {
		b.write("a.csv", "1\n")
		b.hook(func(name string) error {
			if name == "a.csv" {
				return err
			}
			return nil
		}, nil)
	}
}

// A timing program that locks its export while it writes is no news.
func TestShortLockIsNotLogged(t *testing.T) {
	play(t, Config{}, nil, func(b *bench) {
		b.after(500 * time.Millisecond)
		failing(syscall.EBUSY)(b)
		b.event("a.csv", fsnotify.Write)
		if l := b.sink.last(); len(l.Troubles) != 1 {
			t.Errorf("troubles: %q", l.Troubles)
		}
		b.w.open = openFolder
		b.after(time.Minute)
		b.wantTakes(`1.8s settled a.csv "1\n" first`)
		b.wantMessages()
	})
}
