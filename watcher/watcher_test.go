package watcher

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"
)

// TestTrust plays scenarios and compares what the sink was given: when, how far trusted, which bytes.
func TestTrust(t *testing.T) {
	const ms = time.Millisecond
	row := func(b *bench) { b.write("a.csv", "1\n") }
	tests := map[string]struct {
		prepare, scenario func(b *bench)
		want              []string
	}{
		"a row that is appended is taken at once, and again when quiet": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.append("a.csv", "2\n")
				b.event("a.csv", fsnotify.Write)
				b.after(2 * time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `500ms grown a.csv "1\n2\n"`, `800ms settled a.csv "1\n2\n"`},
		},
		"without notifications the poll finds it": {
			row, func(b *bench) {
				b.after(1500 * ms)
				b.append("a.csv", "2\n")
				b.after(2 * time.Second)
			},
			[]string{`300ms settled a.csv "1\n" first`, `2.3s grown a.csv "1\n2\n"`, `2.6s settled a.csv "1\n2\n"`},
		},
		"half a row is taken as it is, and again when it is completed": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.append("a.csv", "349,14:2")
				b.event("a.csv", fsnotify.Write)
				b.after(100 * ms)
				b.append("a.csv", "5.10\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{
				`300ms settled a.csv "1\n" first`, `500ms grown a.csv "1\n349,14:2"`,
				`600ms grown a.csv "1\n349,14:25.10\n"`, `900ms settled a.csv "1\n349,14:25.10\n"`,
			},
		},
		"a rewritten file waits until it is quiet": {
			row, func(b *bench) {
				b.after(500 * ms)
				for _, data := range []string{"", "2\n", "2\n1\n"} {
					b.write("a.csv", data)
					b.event("a.csv", fsnotify.Write)
					b.after(200 * ms)
				}
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `1.2s settled a.csv "2\n1\n"`},
		},
		"a file that never stops changing is taken after ten settle times": {
			row, func(b *bench) {
				b.after(500 * ms)
				for i := range 40 {
					b.write("a.csv", strings.Repeat("x", 40-i)+"\n")
					b.event("a.csv", fsnotify.Write)
					b.after(110 * ms)
				}
				b.after(time.Minute)
			},
			[]string{
				`300ms settled a.csv "1\n" first`, `3.5s grown a.csv "xxxxxxxxxxxxx\n"`, `5.09s settled a.csv "x\n"`,
			},
		},
		"a trickle into a new file does not starve it": {
			nil, func(b *bench) {
				b.after(100 * ms)
				for range 30 {
					b.append("a.csv", "1\n")
					b.event("a.csv", fsnotify.Write)
					b.after(110 * ms)
				}
				b.after(time.Minute)
			},
			[]string{
				`3.1s grown a.csv "` + strings.Repeat(`1\n`, 28) + `" first`,
				`3.18s grown a.csv "` + strings.Repeat(`1\n`, 29) + `"`,
				`3.29s grown a.csv "` + strings.Repeat(`1\n`, 30) + `"`,
				`3.59s settled a.csv "` + strings.Repeat(`1\n`, 30) + `"`,
			},
		},
		"a last line without a newline earns quiet and still": {
			func(b *bench) { b.write("a.csv", "1\n2") }, func(b *bench) { b.after(5 * time.Minute) },
			[]string{
				`300ms settled a.csv "1\n2" first`, `3s quiet a.csv "1\n2"`, `30s still a.csv "1\n2"`,
			},
		},
		"a change begins quiet anew": {
			func(b *bench) { b.write("a.csv", "1\n2") }, func(b *bench) {
				b.after(2400 * ms)
				b.append("a.csv", "3")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{
				`300ms settled a.csv "1\n2" first`, `2.4s grown a.csv "1\n23"`, `2.7s settled a.csv "1\n23"`,
				`5.4s quiet a.csv "1\n23"`, `32.4s still a.csv "1\n23"`,
			},
		},
		"utf-16 newlines in both byte orders, and a carriage return, are newlines": {
			func(b *bench) {
				b.write("be.csv", "\x00a\x00\n")
				b.write("cr.csv", "a\r")
				b.write("le.csv", "a\x00\n\x00")
			}, func(b *bench) { b.after(time.Minute) },
			[]string{
				`300ms settled be.csv "\x00a\x00\n" first`, `300ms settled cr.csv "a\r" first`,
				`300ms settled le.csv "a\x00\n\x00" first`,
			},
		},
		"an empty file is a file, and what grows out of it has grown": {
			func(b *bench) { b.write("a.csv", "") }, func(b *bench) {
				b.after(500 * ms)
				b.append("a.csv", "1\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "" first`, `500ms grown a.csv "1\n"`, `800ms settled a.csv "1\n"`},
		},
		"binary content is delivered as it is": {
			func(b *bench) { b.write("a.csv", "PK\x03\x04\x00\xff\n") }, func(b *bench) { b.after(time.Minute) },
			[]string{`300ms settled a.csv "PK\x03\x04\x00\xff\n" first`},
		},
		"a file that stays truncated is delivered empty": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.write("a.csv", "")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `800ms settled a.csv ""`},
		},
		"truncated to zero and filled again within the settle time is one rewrite": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.write("a.csv", "")
				b.event("a.csv", fsnotify.Write)
				b.after(100 * ms)
				b.append("a.csv", "1\n2\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `600ms grown a.csv "1\n2\n"`, `900ms settled a.csv "1\n2\n"`},
		},
		"a file renamed over the old one is judged by its bytes": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.replace("a.csv", "1\n2\n")
				b.event("a.csv", fsnotify.Create)
				b.after(500 * ms)
				b.replace("a.csv", "3\n2\n")
				b.event("a.csv", fsnotify.Create)
				b.after(time.Minute)
			},
			[]string{
				`300ms settled a.csv "1\n" first`, `500ms grown a.csv "1\n2\n"`, `800ms settled a.csv "1\n2\n"`,
				`1.3s settled a.csv "3\n2\n"`,
			},
		},
		"touched, or written again with the same bytes, says nothing": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.must(os.Chtimes(b.path("a.csv"), time.Now(), time.Now()))
				b.event("a.csv", fsnotify.Chmod)
				b.after(time.Second)
				b.write("a.csv", "1\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Second)
				b.replace("a.csv", "1\n")
				b.event("a.csv", fsnotify.Create)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`},
		},
		"changed and changed back before it was quiet says nothing": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.write("a.csv", "9\n")
				b.event("a.csv", fsnotify.Write)
				b.after(100 * ms)
				b.write("a.csv", "1\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`},
		},
		"a rewrite long after another that was taken back waits all the same": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.write("a.csv", "9\n")
				b.event("a.csv", fsnotify.Write)
				b.after(100 * ms)
				b.write("a.csv", "1\n")
				b.event("a.csv", fsnotify.Write)
				b.after(9950 * ms)
				b.write("a.csv", "")
				b.event("a.csv", fsnotify.Write)
				b.after(100 * ms)
				b.write("a.csv", "2\n")
				b.event("a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `10.95s settled a.csv "2\n"`},
		},
		"what comes back after it was gone is not the first": {
			row, func(b *bench) {
				b.after(500 * ms)
				b.must(os.Remove(b.path("a.csv")))
				b.event("a.csv", fsnotify.Remove)
				b.after(500 * ms)
				b.write("a.csv", "1\n2\n")
				b.event("a.csv", fsnotify.Create)
				b.after(time.Minute)
			},
			[]string{`300ms settled a.csv "1\n" first`, `1.3s settled a.csv "1\n2\n"`},
		},
		"hidden and temporary files are left alone": {
			func(b *bench) {
				for _, name := range []string{"~$a.csv", ".~lock.a.csv", ".a.csv", "a.csv~", "a.csv.tmp", "a.CSV.part", ".git/a.csv"} {
					b.write(name, "1\n")
				}
				b.w.config.Patterns = []string{"**/*", "*"}
			},
			func(b *bench) { b.after(time.Minute) }, nil,
		},
		"a pattern with ** finds files in folders that are made later": {
			func(b *bench) { b.w.config.Patterns = []string{"**/*.csv"} }, func(b *bench) {
				b.after(100 * ms)
				b.write("heat 1/men/a.csv", "1\n")
				b.event("heat 1", fsnotify.Create)
				b.after(400 * ms)
				b.append("heat 1/men/a.csv", "2\n")
				b.event("heat 1/men/a.csv", fsnotify.Write)
				b.after(time.Minute)
			},
			[]string{
				`400ms settled heat 1/men/a.csv "1\n" first`, `500ms grown heat 1/men/a.csv "1\n2\n"`,
				`800ms settled heat 1/men/a.csv "1\n2\n"`,
			},
		},
		"a refused snapshot comes again at the next poll": {
			row, func(b *bench) {
				b.sink.refuse = errors.New("disk full")
				b.after(2400 * ms)
				b.sink.refuse = nil
				b.after(time.Minute)
			},
			[]string{
				`300ms settled a.csv "1\n" first refused`, `1.3s settled a.csv "1\n" first refused`,
				`2.3s settled a.csv "1\n" first refused`, `3.3s settled a.csv "1\n" first`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			sink := play(t, Config{}, test.prepare, test.scenario)
			if diff := cmp.Diff(test.want, sink.takes); diff != "" {
				t.Errorf("taken (-want +got):\n%s", diff)
			}
		})
	}
}
