package watcher

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"pgregory.net/rapid"
)

// model knows what really happened to the files and checks every snapshot against it.
type model struct {
	b       *bench
	files   map[string]*modelFile
	refuse  int // how many of the next snapshots are refused
	broken  []string
	present bool // the folder
}

type modelFile struct {
	data    string
	changed time.Time // really, not when the watcher noticed
	taken   string
	trust   Trust
	took    time.Time // when other bytes were taken last
}

func newModel(b *bench) *model {
	return &model{b: b, files: map[string]*modelFile{}, present: true}
}

func (m *model) fail(format string, args ...any) {
	m.broken = append(m.broken, time.Since(m.b.sink.began).String()+" "+fmt.Sprintf(format, args...))
}

func (m *model) set(name, data string) {
	f := m.files[name]
	switch {
	case f == nil:
		m.files[name] = &modelFile{trust: untaken, data: data, changed: time.Now()}
	case f.data != data:
		f.data, f.changed = data, time.Now()
	}
}

func (m *model) Take(s Snapshot) error {
	f := m.files[s.Path]
	if f == nil {
		m.fail("%s was taken, and does not exist", s.Path)
		return nil
	}
	quiet := time.Since(f.changed)
	need := pace{testSettle}.quiet(s.Trust)
	grown := f.trust != untaken && len(s.Data) > len(f.taken) && strings.HasPrefix(string(s.Data), f.taken)
	switch {
	case string(s.Data) != f.data:
		m.fail("%s is %q, taken as %q", s.Path, f.data, s.Data)
	case quiet < need:
		m.fail("%s is %v after %v", s.Path, s.Trust, quiet)
	case s.Trust > Settled && !ragged(s.Data):
		m.fail("%s is %v, and ends in a newline", s.Path, s.Trust)
	case f.taken == f.data && f.trust >= s.Trust:
		m.fail("%s was taken again with no more trust: %v", s.Path, s.Trust)
	case s.Trust == Grown && !grown && time.Since(f.took) < (pace{testSettle}).patience():
		m.fail("%s was taken as grown out of %q", s.Path, f.taken)
	}
	front := 0
	if f.trust != untaken && strings.HasPrefix(string(s.Data), f.taken) {
		front = len(f.taken)
	}
	if s.Unchanged != front {
		m.fail("%s is %q and was %q: %d bytes are called unchanged", s.Path, s.Data, f.taken, s.Unchanged)
	}
	if m.refuse > 0 {
		m.refuse--
		return os.ErrInvalid
	}
	if f.taken != f.data || f.trust == untaken {
		f.took = time.Now()
	}
	f.taken, f.trust = string(s.Data), s.Trust
	return nil
}

func (m *model) Listed(l Listing) {
	if m.present != (l.Folder == nil) {
		m.fail("the folder is there: %v; listing says %v", m.present, l.Folder)
	}
}

// step is one thing that a timing program, or a share, does.
type step struct {
	do, name, data string
	wait           time.Duration
	event          bool
}

func (s step) String() string {
	return fmt.Sprintf("%s %s %q event=%v wait=%v", s.do, s.name, s.data, s.event, s.wait)
}

var steps = rapid.Custom(func(t *rapid.T) step {
	return step{
		do:    rapid.SampledFrom([]string{"append", "append", "append", "rewrite", "replace", "truncate", "touch", "remove", "away", "refuse"}).Draw(t, "do"),
		name:  rapid.SampledFrom([]string{"a.csv", "b.csv"}).Draw(t, "name"),
		data:  rapid.SampledFrom([]string{"1\n", "2\n", "349,14:2", "5.10\n", "1\n2\n", ""}).Draw(t, "data"),
		wait:  time.Duration(rapid.SampledFrom([]int{0, 1, 7, 113, 290, 310, 1017, 3003, 31007}).Draw(t, "wait")) * time.Millisecond,
		event: rapid.Bool().Draw(t, "event"),
	}
})

func (m *model) step(s step) {
	switch b, f := m.b, m.files[s.name]; s.do {
	case "append":
		if f != nil {
			m.set(s.name, f.data+s.data)
		} else {
			m.set(s.name, s.data)
		}
		b.append(s.name, s.data)
	case "rewrite":
		m.set(s.name, s.data)
		b.write(s.name, s.data)
	case "replace":
		m.set(s.name, s.data)
		b.replace(s.name, s.data)
	case "truncate":
		m.set(s.name, "")
		b.write(s.name, "")
	case "touch":
		if f != nil {
			b.must(os.Chtimes(b.path(s.name), time.Now(), time.Now()))
		}
	case "remove":
		delete(m.files, s.name)
		_ = os.Remove(b.path(s.name))
		b.event(s.name, fsnotify.Remove) // else a file that is back before the next poll is simply rewritten
		b.after(50 * time.Millisecond)
	case "away":
		m.present = false
		b.must(os.Rename(b.dir, b.dir+".away"))
		b.after(s.wait)
		b.must(os.Rename(b.dir+".away", b.dir))
		m.present = true
	case "refuse":
		m.refuse++
	}
	if s.event {
		m.b.event(s.name, fsnotify.Write)
	}
	m.b.after(s.wait)
}

// TestModel: whatever a timing program does, each snapshot is what the file is at that moment, no trust is earned too
// soon, nothing is said twice, and in the end the sink knows every file as far as it can be known.
func TestModel(t *testing.T) {
	root := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		plan := rapid.SliceOfN(steps, 1, 30).Draw(rt, "steps")
		run++
		dir := filepath.Join(root, fmt.Sprint(run), "timing")
		var broken []string // rapid's failures must not unwind through the bubble
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, dir, Config{})
			m := newModel(b)
			broken = b.follow(m, plan)
		})
		if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
			rt.Fatal(err)
		}
		if len(broken) > 0 {
			rt.Fatal(strings.Join(broken, "\n"))
		}
	})
}

func (b *bench) follow(m *model, plan []step) []string {
	done := b.run(m)
	for _, s := range plan {
		m.step(s)
	}
	m.refuse = 0
	b.after(2 * time.Minute)
	b.stop()
	<-done
	for name := range maps.Keys(m.files) {
		f := m.files[name]
		if f.taken != f.data || f.trust != final(ragged([]byte(f.data))) {
			m.fail("at the end %s is %q, known as %q (%v)", name, f.data, f.taken, f.trust)
		}
	}
	return m.broken
}
