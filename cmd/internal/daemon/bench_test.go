package daemon

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/watcher"
)

// desktop is a feed with its ledger, and nothing that watches or sends.
type desktop struct {
	b      testing.TB
	feed   *feed
	ledger *state.Ledger
	path   string // of the ledger
	unit   state.Unit
	data   []byte // what the export was when it was taken last
}

func newDesktop(b testing.TB) *desktop {
	b.Helper()
	dir := b.TempDir()
	text := "[opentrack]\ncompetition = \"http://127.0.0.1:1/x/2026/GBR/api-test/\"\nusername = \"api-test\"\n[watch]\ndir = \"timing\"\n" +
		"[state]\nfile = \"finishwatch.db\"\n" + oneRace
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return openDesktop(b, path, dir)
}

func openDesktop(b testing.TB, path, dir string) *desktop {
	b.Helper()
	cfg, err := config.Load(path)
	if err != nil {
		b.Fatal(err)
	}
	d := &desktop{b: b, path: filepath.Join(dir, "finishwatch.db"), unit: cfg.Races[0].Unit}
	if d.ledger, err = state.Open(d.path, state.Options{NoSync: true}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.ledger.Close() })
	if err := d.ledger.SetOrigin(d.unit, state.OriginEmpty); err != nil {
		b.Fatal(err)
	}
	d.feed = newFeed(cfg, d.ledger, zap.NewNop())
	return d
}

// take gives an export to the feed as the watcher does.
func (d *desktop) take(data []byte, trust watcher.Trust) {
	d.b.Helper()
	s := watcher.Snapshot{Path: "5k.csv", Data: data, Trust: trust, ModTime: time.Now(), First: d.data == nil}
	if d.data != nil && bytes.HasPrefix(data, d.data) {
		s.Unchanged = len(d.data)
	}
	if err := d.feed.Take(s); err != nil {
		d.b.Fatal(err)
	}
	d.data = data
	d.feed.Listed(watcher.Listing{Files: []string{"5k.csv"}})
}

// send offers and confirms until nothing is pending.
func (d *desktop) send(most int) {
	d.b.Helper()
	for {
		batches, err := d.ledger.Offer(state.Terms{Units: []state.Unit{d.unit}, Max: most, NewFinishers: state.Append})
		if err != nil {
			d.b.Fatal(err)
		}
		if len(batches) == 0 {
			return
		}
		if err := d.ledger.Confirm(batches); err != nil {
			d.b.Fatal(err)
		}
	}
}

// export is an export of so many rows, in the order of their times.
func export(rows int) []byte { return exportFrom(0, rows) }

// exportFrom is one whose bibs begin with another number.
func exportFrom(first, rows int) []byte {
	var text bytes.Buffer
	text.WriteString("Bib,Name,Club,Category,Time\n")
	for i := first; i < first+rows; i++ {
		at := 90_000 + i
		fmt.Fprintf(&text, "%d,Runner %d,Harriers,Open,%d:%02d:%02d.%02d\n", 100_000+i, i, at/360_000, at/6000%60, at/100%60, at%100)
	}
	return text.Bytes()
}

// BenchmarkReExport takes an export of 100,000 rows of which one is new, and sends that one: behind the others, or in front
// of them so that the whole file has changed.
func BenchmarkReExport(b *testing.B) {
	const rows = 100_000
	for _, where := range []string{"behind", "infront"} {
		b.Run(where, func(b *testing.B) {
			d := newDesktop(b)
			data := export(rows)
			d.take(data, watcher.Settled)
			d.send(50_000)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				b.StopTimer()
				row := exportFrom(rows+n, 1)
				row = row[bytes.IndexByte(row, '\n')+1:]
				at := len(data)
				if where == "infront" {
					at = bytes.IndexByte(data, '\n') + 1
				}
				data = slices.Concat(data[:at], row, data[at:])
				b.StartTimer()
				d.take(data, watcher.Settled)
				d.send(500)
			}
		})
	}
}

// BenchmarkStatus looks at a daemon's numbers, which it does four times a second: with a thousand files for 50 races.
func BenchmarkStatus(b *testing.B) {
	dir := b.TempDir()
	var text strings.Builder
	text.WriteString("[opentrack]\ncompetition = \"http://127.0.0.1:1/x/2026/GBR/api-test/\"\nusername = \"api-test\"\n[watch]\ndir = \"timing\"\n[state]\nfile = \"finishwatch.db\"\n")
	for i := range 50 {
		fmt.Fprintf(&text, "[[race]]\nfiles = [\"%02d-*.csv\"]\neventid = \"R%d\"\n", i, i)
	}
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Load(path)
	if err != nil {
		b.Fatal(err)
	}
	d, err := New(cfg, Options{}, zap.NewNop())
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	var listing watcher.Listing
	for i := range 1000 {
		path := fmt.Sprintf("%02d-%03d.csv", i%50, i)
		listing.Files = append(listing.Files, path)
		if err := d.feed.Take(watcher.Snapshot{Path: path, Data: exportFrom(100*i, 20), Trust: watcher.Settled, ModTime: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
	slices.Sort(listing.Files)
	d.feed.Listed(listing)
	b.ReportAllocs()
	for b.Loop() {
		_ = d.Status()
	}
}
