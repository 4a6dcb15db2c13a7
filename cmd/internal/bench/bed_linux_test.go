package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"finishwatch/uploader/sandbox"
)

const (
	username = "api-test@mailinator.com"
	password = "apitest"

	// patience is how long anything may take before the harness gives up; nothing is judged by it.
	patience = 5 * time.Minute
	glance   = 2 * time.Millisecond
)

// build makes the program as the package ships it.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "finishwatch")
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "finishwatch/cmd/finishwatch")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
	return path
}

// bed is a finish line to measure at: a watched folder, an imitation of OpenTrack in a process of its own, and room for
// the program between them.
type bed struct {
	t       *testing.T
	binary  string
	dir     string
	address string // of the imitation
}

// setting is what the beds differ in. The zero one is a race whose files are *.csv.
type setting struct {
	races    int // each with files of its own: 01-*.csv, 02-*.csv, …; 0 is one race of all files
	maxBatch int // 0 is the default
}

func newBed(t *testing.T, binary string, s setting) *bed {
	t.Helper()
	b := &bed{t: t, binary: binary, dir: t.TempDir()}
	b.address = b.sandbox(max(s.races, 2))
	must(t, os.Mkdir(b.path(""), 0o755))
	must(t, os.WriteFile(filepath.Join(b.dir, "config.toml"), []byte(b.configuration(s)), 0o600))
	return b
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// path is a file in the watched folder.
func (b *bed) path(name string) string { return filepath.Join(b.dir, "timing", name) }

// sandbox starts an imitation with so many events, ends it with the test and returns its address.
func (b *bed) sandbox(events int) string {
	b.t.Helper()
	names := make([]string, events)
	for i := range names {
		names[i] = fmt.Sprintf("R%d", i+1)
	}
	command := exec.Command(b.binary, "sandbox", "--listen", "127.0.0.1:0", "--events", strings.Join(names, ","))
	out, err := command.StdoutPipe()
	must(b.t, err)
	must(b.t, command.Start())
	b.t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	must(b.t, err)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "http://"), "/")
}

func (b *bed) configuration(s setting) string {
	var text strings.Builder
	fmt.Fprintf(&text, "[opentrack]\ncompetition = \"http://%s/x/2026/GBR/api-test/\"\nusername = %q\nmin_interval = \"0s\"\n", b.address, username)
	if s.maxBatch > 0 {
		fmt.Fprintf(&text, "max_batch = %d\n", s.maxBatch)
	}
	text.WriteString("[watch]\ndir = \"timing\"\n[state]\nfile = \"finishwatch.db\"\n[log]\nformat = \"json\"\n")
	if s.races == 0 {
		text.WriteString("[[race]]\nfiles = [\"*.csv\"]\neventid = \"R1\"\n")
	}
	for i := range s.races {
		fmt.Fprintf(&text, "[[race]]\nfiles = [\"%02d-*.csv\"]\neventid = \"R%d\"\n", i+1, i+1)
	}
	return text.String()
}

// journal is what the imitation has carried out.
func (b *bed) journal() []sandbox.Entry {
	b.t.Helper()
	answer, err := http.Get("http://" + b.address + "/sandbox/journal")
	must(b.t, err)
	defer answer.Body.Close()
	var entries []sandbox.Entry
	for decoder := json.NewDecoder(answer.Body); decoder.More(); {
		var entry sandbox.Entry
		must(b.t, decoder.Decode(&entry))
		entries = append(entries, entry)
	}
	return entries
}

// arrivals is when each bib of an event first arrived.
func (b *bed) arrivals(event string) map[string]time.Time {
	b.t.Helper()
	at := map[string]time.Time{}
	for _, entry := range b.journal() {
		for _, batch := range entry.Batches {
			for _, row := range batch.Rows {
				if _, known := at[row[0]]; !known && batch.Event == event {
					at[row[0]] = entry.Time
				}
			}
		}
	}
	return at
}

// program is the real program at work.
type program struct {
	process
	t       *testing.T
	command *exec.Cmd
	began   time.Time
	log     string
	status  string
	manager *manager
}

// start starts the program and waits until it is ready.
func (b *bed) start() *program {
	b.t.Helper()
	p := &program{t: b.t, log: filepath.Join(b.dir, "log"), status: filepath.Join(b.dir, "finishwatch.db.status.json")}
	p.manager = newManager(b.t)
	log, err := os.Create(p.log)
	must(b.t, err)
	defer log.Close()
	p.command = exec.Command(b.binary, "run", "--config", "config.toml")
	p.command.Dir, p.command.Stdout, p.command.Stderr = b.dir, log, log
	p.command.Env = []string{"PATH=" + os.Getenv("PATH"), "FINISHWATCH_PASSWORD=" + password, "NOTIFY_SOCKET=" + p.manager.address}
	p.began = time.Now()
	must(b.t, p.command.Start())
	p.process = process(p.command.Process.Pid)
	b.t.Cleanup(p.stop)
	p.manager.awaitReady(b.t)
	return p
}

// stop asks the program to end, and waits for it. It may be called again.
func (p *program) stop() {
	if p.command.ProcessState != nil {
		return
	}
	_ = p.command.Process.Signal(syscall.SIGTERM)
	_ = p.command.Wait()
}

// await waits until something is so.
func (p *program) await(what string, so func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(glance) {
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(p.log)
			p.t.Fatalf("%s has not come true; the end of the log:\n%s", what, log[max(0, len(log)-2000):])
		}
	}
}

// awaitConfirmed waits until the program has said that so many rows of an event are confirmed, and returns when it said so.
func (p *program) awaitConfirmed(event string, total int) time.Time {
	p.t.Helper()
	at := time.Time{}
	tail := &tail{path: p.log}
	p.await(fmt.Sprintf("%d rows of %s are confirmed", total, event), func() bool {
		for _, line := range tail.lines() {
			if line.Message == "confirmed" && line.Unit == event+"/1/1" && line.Total >= total {
				at = line.At
			}
		}
		return !at.IsZero()
	})
	return at
}

// awaitVerified waits until the status says that so many rows are verified, and the folder has come to rest.
func (p *program) awaitVerified(total int) {
	p.t.Helper()
	p.await(fmt.Sprintf("%d rows are verified", total), func() bool {
		var s struct{ Units []struct{ Verified int } }
		data, err := os.ReadFile(p.status)
		verified := 0
		if err == nil && json.Unmarshal(data, &s) == nil {
			for _, u := range s.Units {
				verified += u.Verified
			}
		}
		return verified >= total
	})
}

// tail reads a log while it is written.
type tail struct {
	path string
	read int64
}

// logLine is what is read of a line.
type logLine struct {
	At      time.Time `json:"ts"`
	Message string    `json:"msg"`
	Unit    string    `json:"unit"`
	Total   int       `json:"total"`
}

// lines returns the complete lines that are new.
func (l *tail) lines() []logLine {
	f, err := os.Open(l.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	if _, err := f.Seek(l.read, 0); err != nil {
		return nil
	}
	var lines []logLine
	for r := bufio.NewReader(f); ; {
		text, err := r.ReadBytes('\n')
		if err != nil {
			return lines
		}
		l.read += int64(len(text))
		var line logLine
		if json.Unmarshal(text, &line) == nil {
			lines = append(lines, line)
		}
	}
}
