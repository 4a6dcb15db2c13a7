package watcher

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/zap"
)

// BenchmarkLook looks into a folder in which nothing has changed: what every poll costs.
func BenchmarkLook(b *testing.B) {
	for _, size := range []struct{ files, patterns int }{{10, 1}, {1000, 50}} {
		b.Run(fmt.Sprintf("%dfiles%dpatterns", size.files, size.patterns), func(b *testing.B) {
			dir := b.TempDir()
			config := Config{Dir: dir}
			for i := range size.patterns {
				config.Patterns = append(config.Patterns, fmt.Sprintf("%02d-*.csv", i))
			}
			for i := range size.files {
				path := filepath.Join(dir, fmt.Sprintf("%02d-%d.csv", i%size.patterns, i))
				if err := os.WriteFile(path, []byte("Bib,Time\n1,14:20\n"), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			l := New(config, zap.NewNop()).newLoop(&heard{make(chan string, 2*size.files), make(chan Listing, 1)})
			defer l.hints.close()
			l.look(context.Background())
			b.ReportAllocs()
			for b.Loop() {
				l.look(context.Background())
			}
		})
	}
}
