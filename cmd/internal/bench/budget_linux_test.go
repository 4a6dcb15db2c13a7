package bench

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

var full = flag.Bool("budget", false, "measure at full size, which takes minutes")

// sizes are how much is measured.
type sizes struct {
	rows, repeats    int // of latency; of what is repeated
	burst, crowd     int
	files, races     int
	reExports, ready int
	idle             time.Duration
	rest             time.Duration // until a program has looked at everything for the last time
}

func TestBudget(t *testing.T) {
	if !*full {
		t.Skip("it takes minutes: go test ./cmd/internal/bench -run Budget -v -timeout 0 -args -budget")
	}
	measure(t, sizes{
		rows: 500, repeats: 3, burst: 50_000, crowd: 100_000, files: 1000, races: 50, reExports: 8, ready: 7, idle: time.Minute, rest: 3500 * time.Millisecond,
	})
}

// TestTheHarnessWorks measures next to nothing, so that the harness cannot rot.
func TestTheHarnessWorks(t *testing.T) {
	measure(t, sizes{rows: 3, repeats: 1, burst: 600, crowd: 600, files: 6, races: 2, reExports: 1, ready: 1, idle: 100 * time.Millisecond})
}

// table is the README's.
type table struct {
	t     *testing.T
	lines []string
}

func (r *table) add(what, budget, measured, floor string) {
	line := fmt.Sprintf("| %s | %s | %s | %s |", what, budget, measured, floor)
	r.lines = append(r.lines, line)
	r.t.Log(line) // at once: the rest takes minutes
}

func (r *table) String() string {
	head := fmt.Sprintf("%s, %d cores, %s/%s, %s\n\n| what | budget | measured | floor |\n|---|---|---|---|\n",
		runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, time.Now().Format(time.DateOnly))
	return head + strings.Join(r.lines, "\n") + "\n"
}

// measure runs each part that -run asks for, and prints what came of it.
func measure(t *testing.T, s sizes) {
	binary := build(t)
	r := &table{t: t}
	t.Run("latency", func(t *testing.T) { measureLatency(t, binary, s, r) })
	t.Run("burst", func(t *testing.T) { measureBurst(t, binary, s, r) })
	t.Run("crowd", func(t *testing.T) { measureCrowd(t, binary, s, r) })
	t.Run("idle", func(t *testing.T) { measureIdle(t, binary, s, r) })
	t.Run("many", func(t *testing.T) { measureMany(t, binary, s, r) })
	t.Logf("\n%s", r)
}

func measureLatency(t *testing.T, binary string, s sizes, r *table) {
	for range s.repeats {
		ours, floor := latency(t, binary, s.rows)
		for _, at := range []struct{ percent, budget int }{{50, 2}, {99, 4}} {
			r.add(fmt.Sprintf("row written → PUT received, p%d of %d", at.percent, s.rows), fmt.Sprintf("≤ %d× the bare path", at.budget),
				fmt.Sprintf("%s, %.2f×", round(ours.at(at.percent)), ratio(ours.at(at.percent), floor.at(at.percent))), round(floor.at(at.percent)).String())
		}
	}
}

// measureBurst measures with the imitation as it is, which takes a millisecond for 500 rows and is on this machine, and with
// one that takes as long as a server near by.
func measureBurst(t *testing.T, binary string, s sizes, r *table) {
	for _, network := range []time.Duration{0, 30 * time.Millisecond} {
		for range s.repeats {
			ours, floor, cpu, uploads := burst(t, binary, s.burst, network)
			r.add(fmt.Sprintf("%d finishers at once → all confirmed, PUTs that take %s more", s.burst, network), "≤ 1.2× the same PUTs alone",
				fmt.Sprintf("%s, %.2f× (%s CPU)", round(ours), ratio(ours, floor), round(cpu)), fmt.Sprintf("%s for %d PUTs", round(floor), uploads))
		}
	}
}

func measureCrowd(t *testing.T, binary string, s sizes, r *table) {
	b := crowd(t, binary, s.crowd)
	real, cpu := b.toReady(s.ready)
	r.add(fmt.Sprintf("start with %d confirmed finishers → READY, median of %d", s.crowd, s.ready), "≤ 300 ms",
		fmt.Sprintf("%s (%s CPU)", round(real.at(50)), round(cpu.at(50))), "")
	p := b.start()
	at := p.idle(s.rest, s.idle/6)
	p.stop()
	r.add(fmt.Sprintf("resident memory, %d finishers", s.crowd), "≤ 64 MiB", fmt.Sprintf("%s, at most %s", mebibytes(at.resident), mebibytes(at.most)), "")
	r.add(fmt.Sprintf("at rest, %d finishers", s.crowd), "", fmt.Sprintf("%.2f %% of a core, %.0f wake-ups a second", 100*at.share, at.wakeups), "")
	where := map[bool]string{false: "last", true: "first"}
	done := 0
	for _, first := range []bool{false, true} {
		sent, rest := b.reExports(s, s.crowd+done, first)
		done += s.reExports
		r.add(fmt.Sprintf("re-export of %d rows, the %s one new, median of %d", s.crowd, where[first], s.reExports), "≤ 60 ms CPU",
			fmt.Sprintf("%s until it is confirmed, %s until all is quiet", round(sent.at(50)), round(rest.at(50))), "")
	}
}

func measureIdle(t *testing.T, binary string, s sizes, r *table) {
	const files, rows = 10, 40
	b := manyFiles(t, binary, 0, files, rows)
	p := b.start()
	p.awaitConfirmed("R1", files*rows)
	p.awaitVerified(files * rows)
	at := p.idle(s.rest, s.idle)
	r.add(fmt.Sprintf("idle, %d files, poll 1 s, for %s", files, s.idle), "≤ 0.2 % of a core",
		fmt.Sprintf("%.3f %%, %.1f wake-ups a second", 100*at.share, at.wakeups), "")
	r.add("resident memory, idle", "≤ 20 MiB", fmt.Sprintf("%s, at most %s", mebibytes(at.resident), mebibytes(at.most)), "")
}

func measureMany(t *testing.T, binary string, s sizes, r *table) {
	const rows = 20
	b := manyFiles(t, binary, s.races, s.files, rows)
	p := b.start()
	ready, cpu := p.manager.readyAt.Sub(p.began), p.cpu()
	p.awaitVerified(s.files * rows)
	at := p.idle(s.rest, s.idle/2)
	r.add(fmt.Sprintf("%d files for %d races: start → READY", s.files, s.races), "", fmt.Sprintf("%s (%s CPU)", round(ready), round(cpu)), "")
	r.add(fmt.Sprintf("%d files for %d races: at rest", s.files, s.races), "",
		fmt.Sprintf("%.2f %% of a core, %.0f wake-ups a second, %s, at most %s", 100*at.share, at.wakeups, mebibytes(at.resident), mebibytes(at.most)), "")
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func round(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

func mebibytes(n int) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
