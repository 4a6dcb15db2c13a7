package campaign

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	kills    = flag.Int("campaign.kills", 0, "kill the program so often; 0: briefly, for every build")
	seed     = flag.Uint64("campaign.seed", uint64(time.Now().UnixNano()), "what is drawn")
	parallel = flag.Int("campaign.parallel", 4, "races at the same time; most of their time is spent waiting")
	late     = flag.Bool("campaign.late", false, "the server may carry out an upload after the one that followed it")
)

// killsInARace is how often the program is killed on one ledger: at length, and briefly.
const (
	killsInARace     = 25
	killsInABriefOne = 12
)

func TestCampaign(t *testing.T) {
	total, each := *kills, killsInARace
	switch {
	case total == 0 && testing.Short():
		total, each = killsInABriefOne, killsInABriefOne
	case total == 0:
		total, each = 4*killsInABriefOne, killsInABriefOne
	}
	t.Logf("seed %d; -campaign.seed=%d draws the same again", *seed, *seed)
	binary := build(t, "crashpoints")
	count := newFigures()
	places := make(chan struct{}, *parallel)
	t.Run("races", func(t *testing.T) {
		for number := range uint64((total + each - 1) / each) {
			t.Run(fmt.Sprint(number+1), func(t *testing.T) {
				t.Parallel()
				places <- struct{}{}
				defer func() { <-places }()
				newRace(t, binary, *seed, number, count).run(min(each, total-int(number)*each))
			})
		}
	})
	t.Logf("in %d races on %s:\n%s", count.of("", "races"), time.Now().Format(time.DateOnly), count)
}

// The normal program has nothing of the crash points: neither the code nor the variable's name.
func TestTheNormalProgramHasNoCrashPoints(t *testing.T) {
	armed := build(t, "crashpoints")
	normal := build(t, "")
	for _, test := range []struct {
		binary string
		has    bool
	}{{armed, true}, {normal, false}} {
		symbols, err := exec.Command("go", "tool", "nm", test.binary).Output()
		if err != nil {
			t.Fatal(err)
		}
		if has := bytes.Contains(symbols, []byte("state/crash.")); has != test.has {
			t.Errorf("%s: a symbol of package crash: %v", test.binary, has)
		}
		text, err := os.ReadFile(test.binary)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range append(points(), "FINISHWATCH_CRASH") {
			if has := bytes.Contains(text, []byte(word)); has != test.has {
				t.Errorf("%s: the word %s: %v", test.binary, word, has)
			}
		}
	}
}

// figures are what a campaign did, for the note.
type figures struct {
	mu     sync.Mutex
	start  time.Time
	counts map[string]map[string]int
}

func newFigures() *figures { return &figures{start: time.Now(), counts: map[string]map[string]int{}} }

func (f *figures) add(kind, name string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.counts[kind] == nil {
		f.counts[kind] = map[string]int{}
	}
	f.counts[kind][name] += n
}

func (f *figures) of(kind, name string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.counts[kind][name]
}

func (f *figures) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(f.counts)) {
		sum := 0
		for _, n := range f.counts[kind] {
			sum += n
		}
		if kind != "" {
			fmt.Fprintf(&b, "%s: %d\n", kind, sum)
		}
		for _, name := range slices.Sorted(maps.Keys(f.counts[kind])) {
			fmt.Fprintf(&b, "%8d %s\n", f.counts[kind][name], name)
		}
	}
	fmt.Fprintf(&b, "in %s\n", time.Since(f.start).Round(time.Second))
	return b.String()
}
