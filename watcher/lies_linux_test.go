package watcher

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// mapping changes bytes of a file behind its stat: a page that is dirty already can be written again without any change
// of size or time, which is what a share with a coarse clock, or a program that copies times, looks like.
func (b *bench) mapping(name string) []byte {
	b.t.Helper()
	f, err := os.OpenFile(b.path(name), os.O_RDWR, 0)
	b.must(err)
	defer f.Close()
	info, err := f.Stat()
	b.must(err)
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	b.must(err)
	b.t.Cleanup(func() { _ = syscall.Munmap(data) })
	copy(data, "3") // the first write to the page is the one that shows
	return data
}

func (b *bench) stat(name string) stat {
	info, err := os.Stat(b.path(name))
	b.must(err)
	return newStat(info)
}

func TestCorrectionThatShowsInNoStat(t *testing.T) {
	var data []byte
	play(t, Config{}, func(b *bench) {
		b.write("a.csv", "349,14:25\n")
		data = b.mapping("a.csv")
	}, func(b *bench) {
		b.after(time.Second)
		before := b.stat("a.csv")
		data[8] = '6'
		b.after(5 * time.Second)
		data[8] = '7'
		b.after(2 * time.Minute)
		data[8] = '8'
		b.event("a.csv", fsnotify.Write)
		b.after(time.Second)
		data[8] = '9'
		b.feed.errors <- fsnotify.ErrEventOverflow
		b.after(time.Second)
		if b.stat("a.csv") != before {
			t.Skip("this file system shows writes to mapped pages")
		}
		b.wantTakes(
			`300ms settled a.csv "349,14:25\n" first`,
			`2.8s settled a.csv "349,14:26\n"`,   // read again 2.5 s after the last change, and quiet 0.3 s later
			`1m5.3s settled a.csv "349,14:27\n"`, // and a minute after that
			`2m6.3s settled a.csv "349,14:28\n"`, // and at once where an event names the file
			`2m7.3s settled a.csv "349,14:29\n"`, // or where events were lost
		)
	})
}

// A mount over the folder is silent; the folder's identity tells. Needs the right to mount.
func TestMountOverTheFolder(t *testing.T) {
	play(t, Config{}, func(b *bench) { b.write("a.csv", "1\n") }, func(b *bench) {
		b.after(500 * time.Millisecond)
		if err := syscall.Mount("none", b.dir, "tmpfs", 0, "size=64k"); err != nil {
			t.Skip("mount:", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(b.dir, syscall.MNT_DETACH) })
		b.write("b.csv", "2\n")
		b.after(10 * time.Second)
		b.must(syscall.Unmount(b.dir, 0)) // fails while anybody holds a handle
		b.after(10 * time.Second)
		b.wantTakes(`300ms settled a.csv "1\n" first`, `1.6s settled b.csv "2\n"`+" first", `11.1s settled a.csv "1\n"`)
		if got := len(b.feed.added); got != 3 {
			t.Errorf("watched %d times, want 3", got)
		}
	})
}

// TestNoHandleBetweenLooks looks for the folder and its files among the open files of the process.
func TestNoHandleBetweenLooks(t *testing.T) {
	play(t, Config{Patterns: []string{"**/*.csv"}}, func(b *bench) { b.write("sub/a.csv", "1\n") }, func(b *bench) {
		for range 5 {
			b.after(700 * time.Millisecond)
			fds, err := filepath.Glob("/proc/self/fd/*")
			b.must(err)
			for _, fd := range fds {
				if target, _ := os.Readlink(fd); len(target) >= len(b.dir) && target[:len(b.dir)] == b.dir {
					t.Errorf("%s is open between two looks", target)
				}
			}
		}
	})
}
