package watcher

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// asking is a sink that asks for a file again, so many looks after the first one.
type asking struct {
	*recorder
	w      *Watcher
	path   string
	looks  int
	fronts []int
}

func (a *asking) Take(s Snapshot) error {
	a.fronts = append(a.fronts, s.Unchanged)
	return a.recorder.Take(s)
}

func (a *asking) Listed(l Listing) {
	a.recorder.Listed(l)
	if len(a.listings) == a.looks {
		a.w.Again(a.path)
	}
}

func TestAFileThatIsAskedForComesAgain(t *testing.T) {
	const ms = time.Millisecond
	tests := map[string]struct {
		path, data string
		scenario   func(b *bench)
		want       []string
	}{
		"a settled file, at once and as far trusted as it is": {
			"a.csv", "1\n", func(b *bench) { b.after(5 * time.Second) },
			[]string{`300ms settled a.csv "1\n" first`, `1.301s settled a.csv "1\n"`},
		},
		"a last line without a newline": {
			"a.csv", "1\n2", func(b *bench) { b.after(time.Minute) },
			[]string{
				`300ms settled a.csv "1\n2" first`, `1.301s settled a.csv "1\n2"`,
				`3s quiet a.csv "1\n2"`, `30s still a.csv "1\n2"`,
			},
		},
		"a file that grows meanwhile waits until it is quiet": {
			"a.csv", "1\n", func(b *bench) {
				b.after(999 * ms)
				b.append("a.csv", "2\n")
				b.after(5 * time.Second)
			},
			[]string{`300ms settled a.csv "1\n" first`, `1.3s grown a.csv "1\n2\n"`, `1.6s settled a.csv "1\n2\n"`},
		},
		"a file that is not there": {
			"b.csv", "1\n", func(b *bench) { b.after(5 * time.Second) },
			[]string{`300ms settled a.csv "1\n" first`},
		},
	}
	for sentence, tt := range tests {
		t.Run(sentence, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, dir, Config{})
				b.write("a.csv", tt.data)
				sink := &asking{recorder: b.sink, w: b.w, path: tt.path, looks: 3}
				done := b.run(sink)
				tt.scenario(b)
				b.stop()
				b.must(<-done)
				b.wantTakes(tt.want...)
				for _, front := range sink.fronts {
					if front > len(tt.data) {
						t.Errorf("%d bytes are called unchanged", front)
					}
				}
			})
		})
	}
}

// Settle goes on until what was asked for has come again.
func TestSettleWaitsForWhatIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, dir, Config{})
		b.write("a.csv", "1\n")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		b.must(b.w.Settle(ctx, &asking{recorder: b.sink, w: b.w, path: "a.csv", looks: 2}))
		b.wantTakes(`300ms settled a.csv "1\n" first`, `301ms settled a.csv "1\n"`)
	})
}
