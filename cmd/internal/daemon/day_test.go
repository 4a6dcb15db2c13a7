package daemon

import (
	"bytes"
	"flag"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"finishwatch/parse"
	"finishwatch/state"
	"finishwatch/watcher"
)

var day = flag.Bool("day", false, "re-export for a whole day, which takes a minute")

// An export that is written anew every two seconds, with another row corrected in each, all day long: each finisher is
// corrected 43 times. The ledger grows by what happened, up to the bounds of a history, and by nothing else.
func TestTheLedgerStaysSmallOverADayOfReExports(t *testing.T) {
	const rows, bound = 1000, 3
	exports := 2000
	if *day {
		exports = 24 * 60 * 60 / 2
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDesktop(t)
		data := export(rows)
		d.take(data, watcher.Settled)
		d.send(500)
		d.verify(t)
		first := d.size(t)
		for n := range exports {
			time.Sleep(2 * time.Second)
			data = corrected(data, n%rows)
			d.take(data, watcher.Settled)
			d.send(500)
			if n%30 == 0 {
				d.verify(t)
			}
		}
		if c := d.ledger.Counts(d.unit); c.Confirmed != rows || c.Held != 0 {
			t.Errorf("%+v", c)
		}
		last := d.size(t)
		t.Logf("%d KiB after the first export, %d KiB after %d more: %.2f times as large", first>>10, last>>10, exports, float64(last)/float64(first))
		if last > bound*first {
			t.Errorf("%d bytes have become %d", first, last)
		}
	})
}

// corrected is an export in which the last figure of a row's time is another one.
func corrected(data []byte, row int) []byte {
	lines := bytes.SplitAfter(bytes.Clone(data), []byte("\n"))
	line := lines[row+1]
	at := len(line) - 2
	line[at] = '0' + (line[at]-'0'+1)%10
	return bytes.Join(lines, nil)
}

// verify lets the page show what was confirmed.
func (d *desktop) verify(t *testing.T) {
	t.Helper()
	shown := map[parse.Bib]state.Shown{}
	for bib, mark := range d.ledger.Confirmed(d.unit) {
		shown[bib] = state.Shown{Mark: mark}
	}
	if _, err := d.ledger.Verified(d.unit, shown); err != nil {
		t.Fatal(err)
	}
}

func (d *desktop) size(t *testing.T) int64 {
	t.Helper()
	info, err := os.Stat(d.path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
