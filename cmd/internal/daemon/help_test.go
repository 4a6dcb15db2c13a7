package daemon

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
	"finishwatch/uploader/sandbox"
)

// TestMain refuses dials that are not loopback, and whatever a test leaves running.
func TestMain(m *testing.M) {
	dialer := &net.Dialer{}
	http.DefaultTransport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err != nil || !net.ParseIP(host).IsLoopback() {
			return nil, fmt.Errorf("a test dials %s", address)
		}
		return dialer.DialContext(ctx, network, address)
	}
	goleak.VerifyTestMain(m)
}

// field is a finish line: a watched folder, an imitation of OpenTrack, and a daemon between them.
type field struct {
	t        *testing.T
	dir      string
	password string
	server   *sandbox.Server
	address  string
	down     func() // takes the imitation off the network for good
	logs     *observer.ObservedLogs
	daemon   *Daemon
	stop     func() // ends Run and waits for it

	ledgerFile string // [state] file
	more       string // more lines of [opentrack]
}

const oneRace = `
[[race]]
files = ["*.csv"]
eventid = "R1"
`

// newField makes a field. Nothing runs yet.
func newField(t *testing.T) *field {
	t.Helper()
	f := &field{t: t, dir: t.TempDir(), password: "apitest", ledgerFile: "finishwatch.db"}
	f.stage(sandbox.Options{})
	f.must(os.Mkdir(filepath.Join(f.dir, "timing"), 0o755))
	return f
}

// restage puts another imitation in the place of the one that there is.
func (f *field) restage(options sandbox.Options) {
	f.t.Helper()
	f.down()
	f.stage(options)
}

func (f *field) stage(options sandbox.Options) {
	f.t.Helper()
	f.server = sandbox.New(options)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	f.must(err)
	f.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	server := f.server
	go func() { served <- server.Serve(ctx, listener) }()
	f.down = sync.OnceFunc(func() {
		cancel()
		f.must(<-served)
	})
	f.t.Cleanup(f.down)
}

func (f *field) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// open makes the daemon. watch are more lines of [watch], races the [[race]] tables.
func (f *field) open(watch, races string) {
	f.t.Helper()
	text := fmt.Sprintf(`[opentrack]
competition = "http://%s/x/2026/GBR/api-test/"
username = "api-test@mailinator.com"
min_interval = "0s"
%s
[watch]
dir = "timing"
poll = "100ms"
settle = "20ms"
%s
[state]
file = %q
%s`, f.address, f.more, watch, f.ledgerFile, races)
	path := filepath.Join(f.dir, "config.toml")
	f.must(os.WriteFile(path, []byte(text), 0o600))
	cfg, err := config.Load(path)
	f.must(err)
	core, logs := observer.New(zap.DebugLevel)
	f.logs = logs
	f.daemon, err = New(cfg, Options{Password: f.password, Version: "test", StatusFile: filepath.Join(f.dir, "status.json")}, zap.New(core))
	f.must(err)
}

// run starts the daemon.
func (f *field) run() {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan error, 1)
	go func() { done <- f.daemon.Run(ctx) }()
	stopped := false
	f.stop = func() {
		f.t.Helper()
		if stopped {
			return
		}
		stopped = true
		cancel()
		select {
		case err := <-done:
			f.must(err)
		case <-time.After(20 * time.Second):
			f.t.Fatal("the daemon does not stop")
		}
		f.must(f.daemon.Close())
	}
	f.t.Cleanup(f.stop)
}

// start opens and runs.
func (f *field) start(watch, races string) {
	f.t.Helper()
	f.open(watch, races)
	f.run()
}

func (f *field) path(name string) string { return filepath.Join(f.dir, "timing", name) }

// write writes a file anew, at once: a program that writes beside it and renames.
func (f *field) write(name, text string) {
	f.t.Helper()
	temporary := filepath.Join(f.dir, name+".new")
	f.must(os.WriteFile(temporary, []byte(text), 0o644))
	f.must(os.Rename(temporary, f.path(name)))
}

func (f *field) append(name, text string) {
	f.t.Helper()
	file, err := os.OpenFile(f.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	f.must(err)
	_, err = file.WriteString(text)
	f.must(err)
	f.must(file.Close())
}

// await waits until the condition is true.
func (f *field) await(what string, true func() bool) {
	f.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for !true() {
		select {
		case <-tick.C:
		case <-late:
			f.t.Fatalf("%s has not come true\nstatus %+v\npage %q\nlog:\n%s", what, f.daemon.Status(), f.page("R1"), f.log())
		}
	}
}

func (f *field) log() string {
	var lines strings.Builder
	for _, entry := range f.logs.All() {
		fmt.Fprintln(&lines, entry.Level, entry.Message, entry.ContextMap())
	}
	return lines.String()
}

// page is what an event's first heat shows, as "349=14:25.10", sorted.
func (f *field) page(event string) []string {
	var rows []string
	for _, row := range f.server.Rows(event, 1, 1) {
		rows = append(rows, row.Bib+"="+row.Mark)
	}
	slices.Sort(rows)
	return rows
}

func (f *field) awaitPage(event string, want ...string) {
	f.t.Helper()
	f.await(fmt.Sprintf("%s shows %q", event, want), func() bool { return slices.Equal(f.page(event), want) })
}

func (f *field) awaitStatus(what string, true func(status.Status) bool) {
	f.t.Helper()
	f.await(what, func() bool { return true(f.daemon.Status()) })
}

// sent reports whether a bib was ever in an upload that was carried out.
func (f *field) sent(bib string) bool {
	for _, entry := range f.server.Journal() {
		for _, b := range entry.Batches {
			if slices.ContainsFunc(b.Rows, func(row [2]string) bool { return row[0] == bib }) {
				return true
			}
		}
	}
	return false
}

// said counts the log lines with a message.
func (f *field) said(message string) int { return f.logs.FilterMessage(message).Len() }
