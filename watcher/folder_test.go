//go:build unix

package watcher

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap/zapcore"
)

// messages returns the log lines above DEBUG, with the file where there is one.
func (b *bench) messages() []string {
	var lines []string
	for _, e := range b.logs.FilterLevelExact(zapcore.WarnLevel).All() {
		lines = append(lines, "warn "+e.Message)
	}
	for _, e := range b.logs.FilterLevelExact(zapcore.InfoLevel).All() {
		line := "info " + e.Message
		if d, ok := e.ContextMap()["lasted"].(time.Duration); ok {
			line += " " + d.String()
		}
		lines = append(lines, line)
	}
	return lines
}

func (b *bench) wantMessages(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.messages()); diff != "" {
		b.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func (b *bench) wantTakes(want ...string) {
	b.t.Helper()
	if diff := cmp.Diff(want, b.sink.takes); diff != "" {
		b.t.Errorf("taken (-want +got):\n%s", diff)
	}
}

func TestFolderMissingAtFirst(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.must(os.Remove(b.dir)) }, func(b *bench) {
		b.after(5500 * time.Millisecond)
		l := b.sink.last()
		if !errors.Is(l.Folder, fs.ErrNotExist) || !strings.HasSuffix(l.Folder.Error(), "correct [watch] dir") || l.Files != nil {
			t.Errorf("listing of a missing folder: %+v", l)
		}
		if !l.Changed.IsZero() {
			t.Errorf("changed at %v, want never", l.Changed)
		}
		b.write("a.csv", "1\n")
		b.after(time.Minute)
		b.wantTakes(`6.3s settled a.csv "1\n" first`)
		b.wantMessages("warn folder cannot be listed", "info folder can be listed again 6s")
	})
}

func TestFolderVanishesAndComesBackUnchanged(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.must(os.Rename(b.dir, b.dir+".away"))
		b.after(2 * time.Second)
		if l := b.sink.last(); l.Folder == nil {
			t.Errorf("listing: %+v", l)
		}
		b.must(os.Rename(b.dir+".away", b.dir))
		b.append("a.csv", "2\n")
		b.after(time.Minute)
		b.wantTakes(`300ms settled a.csv "1\n" first`, `3.3s grown a.csv "1\n2\n"`, `3.6s settled a.csv "1\n2\n"`)
		b.wantMessages("warn folder cannot be listed", "info folder can be listed again 2s")
	})
}

// What was half written when the share went away is not complete because the share was away for a minute.
func TestOutageBeginsQuietAnew(t *testing.T) {
	play(t, Config{}, nil, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.write("a.csv", "1\n2")
		b.event("a.csv", fsnotify.Create)
		b.after(100 * time.Millisecond)
		b.must(os.Rename(b.dir, b.dir+".away"))
		b.after(10 * time.Second)
		b.must(os.Rename(b.dir+".away", b.dir))
		b.after(time.Second)
		if got := b.sink.takes; len(got) != 1 || !strings.Contains(got[0], " settled ") {
			t.Fatalf("taken: %q", got)
		}
		if got := b.sink.takes[0]; !strings.HasPrefix(got, "11.1") {
			t.Errorf("settled before it was quiet for 300 ms after the outage: %s", got)
		}
	})
}

func TestFolderReplacedIsWatchedAnew(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(1500 * time.Millisecond)
		if diff := cmp.Diff([]string{b.dir}, b.feed.added); diff != "" {
			t.Errorf("watched before (-want +got):\n%s", diff)
		}
		b.must(os.Rename(b.dir, b.dir+".old"))
		b.write("a.csv", "7\n")
		b.after(time.Minute)
		if diff := cmp.Diff([]string{b.dir, b.dir}, b.feed.added); diff != "" {
			t.Errorf("watched after (-want +got):\n%s", diff)
		}
		b.wantTakes(`300ms settled a.csv "1\n" first`, `2.6s settled a.csv "7\n"`)
	})
}

func TestWatchThatIsGoneIsMadeAnew(t *testing.T) {
	play(t, Config{}, nil, func(b *bench) {
		b.feed.live = nil // as after an unmount, of which nobody hears
		b.after(3 * time.Second)
		if got := len(b.feed.added); got != 2 {
			t.Errorf("watched %d times, want 2", got)
		}
	})
}

func TestOutOfWatches(t *testing.T) {
	play(t, Config{}, func(b *bench) {
		b.feed.err = syscall.ENOSPC
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		b.after(5500 * time.Millisecond)
		b.feed.err = nil
		b.after(5 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`)
		b.wantMessages("warn no notifications for folder", "info notifications work again")
		advice, _ := b.logs.FilterMessage("no notifications for folder").All()[0].ContextMap()["advice"].(string)
		if !strings.Contains(advice, "max_user_watches") {
			t.Errorf("advice: %q", advice)
		}
	})
}

func TestNoNotifierAtAll(t *testing.T) {
	var opened int
	play(t, Config{}, func(b *bench) {
		b.feed.closed = true
		b.w.notify = func() (*feed, error) { opened++; return nil, syscall.EMFILE }
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		b.after(61 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`)
		b.wantMessages("warn no notifications for folder")
	})
	if opened != 3 {
		t.Errorf("asked for a notifier %d times in a minute, want every 30 s", opened)
	}
}

func TestEvents(t *testing.T) {
	t.Run("an overflow means look now, and read everything", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			b.write("a.csv", "1\n")
			b.feed.errors <- fsnotify.ErrEventOverflow
			b.after(time.Minute)
			b.wantTakes(`800ms settled a.csv "1\n" first`)
		})
	})
	t.Run("a thousand events are a few looks", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			before := len(b.sink.listings)
			for range 1000 {
				b.feed.events <- fsnotify.Event{Name: b.path("a.csv"), Op: fsnotify.Write}
			}
			b.after(20 * time.Millisecond)
			if looks := len(b.sink.listings) - before; looks < 1 || looks > 3 {
				t.Errorf("%d looks", looks)
			}
		})
	})
	t.Run("writes to other files are not looked at", func(t *testing.T) {
		play(t, Config{}, nil, func(b *bench) {
			b.after(500 * time.Millisecond)
			before := len(b.sink.listings)
			b.event("timing.db", fsnotify.Write)
			b.event("a.csv.tmp", fsnotify.Create)
			b.after(20 * time.Millisecond)
			if looks := len(b.sink.listings) - before; looks != 0 {
				t.Errorf("%d looks", looks)
			}
		})
	})
}

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

func TestLinkInsideIsFollowed(t *testing.T) {
	play(t, Config{}, func(b *bench) {
		b.write("day 1/results.txt", "1\n")
		b.must(os.Symlink("day 1/results.txt", b.path("a.csv")))
	}, func(b *bench) {
		b.after(500 * time.Millisecond)
		b.append("day 1/results.txt", "2\n")
		b.after(10 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`, `1.3s grown a.csv "1\n2\n"`, `1.6s settled a.csv "1\n2\n"`)
	})
}

func TestFoldersOutOfReachAreLeftAlone(t *testing.T) {
	play(t, Config{Patterns: []string{"*.csv", "today/*/*.csv"}}, func(b *bench) {
		for _, name := range []string{"today/5k/a.csv", "today/5k/deep/a.csv", "archive/5k/a.csv", "b.csv"} {
			b.write(name, "1\n")
		}
	}, func(b *bench) {
		if diff := cmp.Diff([]string{"b.csv", "today/5k/a.csv"}, b.sink.last().Files); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{b.dir, b.path("today"), b.path("today/5k")}, b.feed.added); diff != "" {
			t.Errorf("watched folders (-want +got):\n%s", diff)
		}
	})
}

func TestBounds(t *testing.T) {
	deep := "d" + strings.Repeat("/d", maxDepth)
	play(t, Config{Patterns: []string{"**/*.csv"}}, func(b *bench) {
		b.write(deep+"/a.csv", "1\n")
		b.write("a.csv", "1\n")
	}, func(b *bench) {
		l := b.sink.last()
		if len(l.Files) != 1 || len(l.Troubles) != 1 || l.Troubles[0].Path != deep {
			t.Errorf("too deep: %+v", l)
		}
	})
}

// Somebody points a pattern at the folder with the photographs.
func TestTooManyEntries(t *testing.T) {
	dir := t.TempDir()
	for i := range 30 {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".csv"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	w := &walk{root: root, globs: globs{"*.csv"}, arm: func(string, fs.FileInfo) {}, room: 20}
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	if len(w.files) != 20 || len(w.troubles) != 1 || !strings.Contains(w.troubles[0].Reason, "write narrower patterns") || !w.partial {
		t.Errorf("%d files, partial %v, troubles %v", len(w.files), w.partial, w.troubles)
	}
}

func TestUnstableReadIsReadAgainSoon(t *testing.T) {
	moves := 3
	play(t, Config{}, func(b *bench) {
		b.write("a.csv", "1\n")
		b.hook(nil, func(name string) {
			if moves > 0 {
				moves--
				b.append(name, "2\n")
			}
		})
	}, func(b *bench) {
		b.after(10 * time.Second)
		b.wantTakes(`360ms settled a.csv "1\n2\n2\n2\n" first`)
	})
}

func TestReplacedWhileReadIsReadAgain(t *testing.T) {
	once := true
	play(t, Config{}, func(b *bench) {
		b.write("a.csv", "1\n")
		b.hook(nil, func(name string) {
			if !once {
				return
			}
			once = false
			info, err := os.Stat(b.path(name))
			b.must(err)
			b.replace(name, "2\n")
			b.must(os.Chtimes(b.path(name), info.ModTime(), info.ModTime()))
		})
	}, func(b *bench) {
		b.after(10 * time.Second)
		b.wantTakes(`320ms settled a.csv "2\n" first`)
	})
}

func TestGrowsBeyondTheLimitWhileItIsRead(t *testing.T) {
	play(t, Config{MaxSize: 10}, func(b *bench) {
		b.write("a.csv", "123456789\n")
		b.hook(nil, func(name string) { b.append(name, strings.Repeat("x", 1000)) })
	}, func(b *bench) {
		b.after(time.Second)
		b.wantTakes()
		if l := b.sink.last(); len(l.Troubles) != 1 || !strings.Contains(l.Troubles[0].Reason, "max_size") {
			t.Errorf("troubles: %q", l.Troubles)
		}
	})
}

func TestListing(t *testing.T) {
	sink := play(t, Config{}, func(b *bench) { b.write("b.csv", "1\n"); b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		l := b.sink.last()
		if diff := cmp.Diff(Listing{Files: []string{"a.csv", "b.csv"}}, l); diff != "" {
			t.Errorf("listing (-want +got):\n%s", diff)
		}
		b.append("a.csv", "2\n")
		b.event("a.csv", fsnotify.Write)
		if got := b.sink.last().Changed.Sub(b.sink.began); got != 500*time.Millisecond {
			t.Errorf("changed at %v, want 500ms", got)
		}
	})
	if sink.listings[0].Files == nil {
		t.Error("files of a listed folder are nil")
	}
}

func TestSettle(t *testing.T) {
	tests := map[string]struct {
		prepare func(b *bench)
		want    []string
		took    time.Duration
		err     error
	}{
		"returns when every file is settled": {
			func(b *bench) { b.write("a.csv", "1\n"); b.write("b.csv", "2\n") },
			[]string{`300ms settled a.csv "1\n" first`, `300ms settled b.csv "2\n" first`}, 300 * time.Millisecond, nil,
		},
		"waits for still where no newline ends the file": {
			func(b *bench) { b.write("a.csv", "1") },
			[]string{`300ms settled a.csv "1" first`, `3s quiet a.csv "1"`, `30s still a.csv "1"`}, 30 * time.Second, nil,
		},
		"does not wait for files in trouble": {
			func(b *bench) { failing(syscall.EACCES)(b); b.write("b.csv", "2\n") },
			[]string{`300ms settled b.csv "2\n" first`}, 300 * time.Millisecond, nil,
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
