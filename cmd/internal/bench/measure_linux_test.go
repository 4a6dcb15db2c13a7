package bench

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// bibs are numbers of one length, so that rows are alike.
const firstBib = 100_000

// export is an export of bibs from one number on, without a header's line when it goes on.
func export(from, rows int) []byte {
	var text bytes.Buffer
	if from == 0 {
		text.WriteString("Bib,Name,Club,Category,Time\n")
	}
	for i := from; i < from+rows; i++ {
		text.WriteString(row(i))
	}
	return text.Bytes()
}

func row(i int) string {
	at := 90_000 + i // in hundredths of a second
	return fmt.Sprintf("%d,Runner %d,Harriers,Open,%d:%02d:%02d.%02d\n", firstBib+i, i, at/360_000, at/6000%60, at/100%60, at%100)
}

// replace writes a file beside its place and moves it there, as careful programs do.
func (b *bed) replace(name string, data []byte) {
	b.t.Helper()
	temporary := filepath.Join(b.dir, "export.new")
	must(b.t, os.WriteFile(temporary, data, 0o644))
	must(b.t, os.Rename(temporary, b.path(name)))
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	must(t, f.Close())
}

// spread are the times of one path, sorted.
type spread []time.Duration

func (s spread) at(percent int) time.Duration { return s[min(len(s)-1, len(s)*percent/100)] }

// latency measures from the write of a row to its arrival at the server, in turn for the program and for the bare path,
// so that what else the machine does falls on both.
func latency(t *testing.T, binary string, rows int) (ours, floor spread) {
	b := newBed(t, binary, setting{})
	const before = 200
	b.replace("5k.csv", export(0, before))
	p := b.start()
	p.awaitConfirmed("R1", before)
	p.awaitVerified(before)

	folder := filepath.Join(b.dir, "bare")
	must(t, os.Mkdir(folder, 0o755))
	run, err := newBare(t, b.address).follow(folder, "5k.csv", filepath.Join(b.dir, "bare.log"))
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- run() }()

	wroteOurs, wroteBare := make([]time.Time, rows), make([]time.Time, rows)
	for i := range rows {
		wroteOurs[i] = time.Now()
		appendTo(t, b.path("5k.csv"), row(before+i))
		pause()
		wroteBare[i] = time.Now()
		appendTo(t, filepath.Join(folder, "5k.csv"), fmt.Sprintf("%d,14:25.10\n", firstBib+before+i))
		pause()
	}
	p.awaitConfirmed("R1", before+rows)
	must(t, os.RemoveAll(folder))
	must(t, <-done)
	return b.waits("R1", before, wroteOurs), b.waits("R2", before, wroteBare)
}

// pause lets a row arrive before the next one; not evenly, so that nothing beats in time with it.
func pause() { time.Sleep(10*time.Millisecond + rand.N(20*time.Millisecond)) }

// waits is how long each row was on its way.
func (b *bed) waits(event string, from int, wrote []time.Time) (waits spread) {
	b.t.Helper()
	arrived := b.arrivals(event)
	for i, at := range wrote {
		arrival, ok := arrived[fmt.Sprint(firstBib+from+i)]
		if !ok {
			b.t.Fatalf("row %d has not arrived", i)
		}
		waits = append(waits, arrival.Sub(at))
	}
	slices.Sort(waits)
	return waits
}

// burst measures from one large write to the last confirmation, and the same uploads sent one after the other by
// somebody who does nothing else. The server takes that much longer for each than the imitation does by itself.
func burst(t *testing.T, binary string, rows int, network time.Duration) (ours, floor, cpu time.Duration, uploads int) {
	b := newBed(t, binary, setting{})
	b.replace("5k.csv", export(0, 1))
	p := b.start()
	p.awaitConfirmed("R1", 1)
	p.awaitVerified(1)
	slow(t, b.address, network)
	text := string(export(1, rows))
	cpu = p.cpu()
	began := time.Now()
	appendTo(t, b.path("5k.csv"), text)
	ours = p.awaitConfirmed("R1", 1+rows).Sub(began)
	cpu = p.cpu() - cpu
	p.stop()

	bodies := bodiesOf(t, b.journal())
	server := b.sandbox(2)
	alone := newBare(t, server)
	must(t, alone.put(bodies[0]))
	slow(t, server, network)
	began = time.Now()
	for _, body := range bodies[1:] {
		must(t, alone.put(body))
	}
	return ours, time.Since(began), cpu, len(bodies) - 1
}

// slow makes an imitation take so much longer for each upload.
func slow(t *testing.T, server string, network time.Duration) {
	t.Helper()
	if network == 0 {
		return
	}
	order := fmt.Sprintf(`{"kind":"delay","delay":%q,"for":"1h"}`, network)
	answer, err := http.Post("http://"+server+"/sandbox/faults", "application/json", strings.NewReader(order))
	must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("the imitation does not become slower: HTTP %d", answer.StatusCode)
	}
}

// crowd is a bed whose race has so many confirmed and verified finishers; the program has been stopped.
func crowd(t *testing.T, binary string, rows int) *bed {
	b := newBed(t, binary, setting{maxBatch: 5000})
	b.replace("5k.csv", export(0, rows))
	p := b.start()
	p.awaitConfirmed("R1", rows)
	p.awaitVerified(rows)
	p.stop()
	return b
}

// toReady measures from the start of the process to READY, in real and in processor time.
func (b *bed) toReady(times int) (real, cpu spread) {
	for range times {
		p := b.start()
		cpu = append(cpu, p.cpu())
		real = append(real, p.manager.readyAt.Sub(p.began))
		p.stop()
	}
	slices.Sort(real)
	slices.Sort(cpu)
	return real, cpu
}

// reExports measures the processor time of the whole program from a re-export to the confirmation of the row that is new
// in it, and until the program has come to rest. The new row is the last one, or the first.
func (b *bed) reExports(s sizes, rows int, first bool) (sent, rest spread) {
	p := b.start()
	time.Sleep(s.rest)
	for i := range s.reExports {
		data := export(0, rows+i+1)
		if first {
			head := bytes.IndexByte(data, '\n') + 1
			last := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
			data = slices.Concat(data[:head], data[last:], data[head:last])
		}
		before := p.cpu()
		b.replace("5k.csv", data)
		p.awaitConfirmed("R1", rows+i+1)
		sent = append(sent, p.cpu()-before)
		time.Sleep(s.rest)
		rest = append(rest, p.cpu()-before)
	}
	p.stop()
	slices.Sort(sent)
	slices.Sort(rest)
	return sent, rest
}

// figures are what a process costs while nothing happens.
type figures struct {
	share    float64 // of a core
	wakeups  float64 // a second
	resident int     // bytes
	most     int     // bytes
}

// idle measures a program that comes to rest.
func (p *program) idle(rest, over time.Duration) figures {
	time.Sleep(rest)
	began, cpu, wakeups := time.Now(), p.cpu(), p.wakeups()
	time.Sleep(over)
	seconds := time.Since(began).Seconds()
	return figures{
		share:    (p.cpu() - cpu).Seconds() / seconds,
		wakeups:  float64(p.wakeups()-wakeups) / seconds,
		resident: p.memory("VmRSS"),
		most:     p.memory("VmHWM"),
	}
}

// manyFiles is a bed with so many files for so many races, a few finishers in each.
func manyFiles(t *testing.T, binary string, races, files, rows int) *bed {
	b := newBed(t, binary, setting{races: races})
	for i := range files {
		race := i%max(races, 1) + 1
		data := append([]byte("Bib,Name,Club,Category,Time\n"), export(1+i*rows, rows)...)
		b.replace(fmt.Sprintf("%02d-%d.csv", race, i), data)
	}
	return b
}
