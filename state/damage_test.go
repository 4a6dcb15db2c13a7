package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

const pageSize = 4096

// bigLedger returns the bytes of a ledger with several pages, and what was in it.
func bigLedger(t *testing.T) (file []byte, lines []string) {
	t.Helper()
	path := newPath(t)
	l := open(t, path)
	setOrigin(t, l, state.OriginEmpty, raceUnit)
	o := state.Observation{File: "a.csv", Settled: true}
	for i := range 600 {
		m, err := parse.TimeMark(int64(90000+i), 2)
		must(t, err)
		o.Finishes = append(o.Finishes, parse.Finish{Bib: parse.Bib(fmt.Sprint(1000 + i)), Mark: m})
	}
	_, err := l.Observe(raceUnit, o)
	must(t, err)
	for range 3 {
		confirm(t, l, offer(t, l, 150, raceUnit))
	}
	offer(t, l, 50, raceUnit)
	lines = l.Lines(raceUnit)
	must(t, l.Close())
	file, err = os.ReadFile(path)
	must(t, err)
	return file, lines
}

// A damaged ledger is refused, or opens with all that was in it, or as it was before the last transaction (bbolt keeps
// two heads, and uses the older one when the newer is damaged). It never ends or hangs the program, and it never
// remembers less without a word: every digit of a value is covered by a checksum, every page by the counts.
func TestDamage(t *testing.T) {
	file, lines := bigLedger(t)
	random := rand.New(rand.NewPCG(1, 2))
	damaged := map[string][]byte{}
	for at := 0; at < len(file); at += pageSize {
		damaged[fmt.Sprintf("cut at page %d", at/pageSize)] = file[:at]
		zeroed := bytes.Clone(file)
		clear(zeroed[at : at+pageSize])
		damaged[fmt.Sprintf("page %d zeroed", at/pageSize)] = zeroed
		for range 10 {
			flip(damaged, file, at+random.IntN(100), random.IntN(8)) // where a page says what is in it
		}
	}
	for range 40 {
		at := random.IntN(len(file))
		damaged[fmt.Sprintf("cut at %d", at)] = file[:at]
		flip(damaged, file, random.IntN(len(file)), random.IntN(8))
	}
	for _, digits := range []string{"15:00.00", "15:03.33"} {
		flip(damaged, file, bytes.LastIndex(file, []byte(digits))+len(digits)-1, 0) // the last digit of a time
	}
	dir := filepath.Dir(newPath(t))
	results := map[string]int{}
	for name, bytes := range damaged {
		// Each its own file: where bbolt panics it does not let go of the lock before the process ends.
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, bytes, 0o600))
		result := within(t, name, func() string { return use(path, lines) })
		if word, _, _ := strings.Cut(result, ":"); word != "refused" && word != "sound" && word != "older" {
			t.Errorf("%s: %s", name, result)
		} else {
			results[word]++
		}
	}
	if results["refused"] < 100 || results["sound"] < 10 {
		t.Errorf("the damage was not what it should be: %v", results)
	}
}

func flip(damaged map[string][]byte, file []byte, at, bit int) {
	flipped := bytes.Clone(file)
	flipped[at] ^= 1 << bit
	damaged[fmt.Sprintf("bit %d of byte %d flipped", bit, at)] = flipped
}

// within lets do run for a generous while.
func within(t *testing.T, name string, do func() string) string {
	t.Helper()
	done := make(chan string, 1)
	go func() { done <- do() }()
	select {
	case result := <-done:
		return result
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: it hangs", name)
		return ""
	}
}

// use opens a ledger, writes to it, and says what came of it.
func use(path string, lines []string) string {
	l, err := state.Open(path, state.Options{NoSync: true})
	if err != nil {
		if !errors.Is(err, state.ErrNotALedger) {
			return err.Error()
		}
		return "refused: when opened"
	}
	defer l.Close()
	result := "sound"
	if diff := cmp.Diff(lines, l.Lines(raceUnit)); diff != "" {
		result = "older"
		if n := len(l.Lines(raceUnit)); n != len(lines) {
			return fmt.Sprintf("remembers %d of %d", n, len(lines))
		}
		for i, line := range l.Lines(raceUnit) {
			if !strings.HasPrefix(lines[i], line) {
				return "remembers otherwise: " + diff
			}
		}
	}
	if _, err := l.Observe(raceUnit, said("b.csv grown 1=14:20 1001=14:21 1599=14:22")); err != nil {
		if _, err := l.Observe(raceUnit, said("b.csv grown 1=14:20")); err == nil {
			return "a write failed with damage and the next one did not"
		}
		return "refused: when written"
	}
	return result
}

func TestALedgerThatIsAboutToBeMadeIsNone(t *testing.T) {
	path := newPath(t)
	must(t, os.WriteFile(filepath.Join(filepath.Dir(path), ".finishwatch.db.123"), nil, 0o600)) // left by a power cut
	must(t, open(t, path).Close())
}
