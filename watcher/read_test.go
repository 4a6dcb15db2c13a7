package watcher

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

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
	notOnWindows(t)
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

// Some network file systems make up a new inode number at every look.
func TestFileWithoutIdentityIsTakenAllTheSame(t *testing.T) {
	notOnWindows(t)
	play(t, Config{}, func(b *bench) {
		b.write("a.csv", "1\n")
		b.hook(nil, func(name string) {
			info, err := os.Stat(b.path(name))
			b.must(err)
			b.replace(name, "1\n")
			b.must(os.Chtimes(b.path(name), info.ModTime(), info.ModTime()))
		})
	}, func(b *bench) {
		b.after(10 * time.Second)
		b.wantTakes(`400ms settled a.csv "1\n" first`)
	})
}

// notOnWindows skips what cannot happen there: os.Rename does not rename over a file while it is read.
func notOnWindows(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not rename over a file that is open")
	}
}

func TestReadsNoFurtherThanTheSize(t *testing.T) {
	for size, want := range map[int64]error{4: nil, 3: errMoved, 5: errMoved} {
		r := &reader{limit: 10}
		data, err := r.fill(strings.NewReader("1234"), size)
		if !errors.Is(err, want) || err == nil && string(data) != "1234" {
			t.Errorf("fill with size %d: %q, %v", size, data, err)
		}
		if int64(cap(r.buf)) > r.limit+1 {
			t.Errorf("allocated %d bytes with a limit of %d", cap(r.buf), r.limit)
		}
	}
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
