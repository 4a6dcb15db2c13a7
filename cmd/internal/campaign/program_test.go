package campaign

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// points are the names of package crash.
func points() []string {
	return []string{"in-observe", "before-intent", "after-intent", "after-put", "before-confirm", "in-commit", "after-confirm"}
}

const (
	username = "api-test@mailinator.com"
	// password has what servers, forms and logs escape.
	password = "Zielläufer&<3>+\"100%\""

	settle  = 50 * time.Millisecond
	timeout = 2 * time.Second
)

// build makes the program, with crash points or without.
func build(t *testing.T, tags string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "finishwatch")
	command := exec.Command("go", "build", "-tags", tags, "-o", path, "finishwatch/cmd/finishwatch")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command.Args, err, out)
	}
	return path
}

// configure writes the configuration.
func configure(dir, address string) error {
	return os.WriteFile(filepath.Join(dir, "config.toml"), fmt.Appendf(nil, `[opentrack]
competition = "http://%s/x/2026/GBR/api-test/"
username = "%s"
min_interval = "0s"
max_batch = 15
timeout = "%s"

[watch]
dir = "timing"
poll = "100ms"
settle = "%s"

[state]
file = "state/finishwatch.db"

[log]
level = "debug"
format = "json"

[[race]]
files = ["a*.csv"]
eventid = "R1"

[[race]]
files = ["shared.csv"]
eventid = "R2"
name = "Short"
[race.where]
Race = "5K"

[[race]]
files = ["shared.csv"]
eventid = "R2"
heat = 2
[race.where]
Race = "10K"

[[race]]
files = ["coded.csv"]
eventid = "R1"
round = 2
`, address, username, timeout, settle), 0o644)
}

// program is one life of the real program.
type program struct {
	command *exec.Cmd
	log     *os.File
	done    chan struct{}
	err     error // how it ended, once done

	once   sync.Once
	killed bool // by kill, not by itself
}

// start starts the program in dir; crash is the value of $FINISHWATCH_CRASH.
func start(binary, dir, log, crash string) (*program, error) {
	f, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	p := &program{command: exec.Command(binary, "run", "--config", "config.toml"), log: f, done: make(chan struct{})}
	p.command.Dir = dir
	p.command.Stdout, p.command.Stderr = f, f
	p.command.Env = []string{"PATH=" + os.Getenv("PATH"), "FINISHWATCH_PASSWORD=" + password, "FINISHWATCH_CRASH=" + crash}
	if err := p.command.Start(); err != nil {
		_ = f.Close()
		return nil, err
	}
	go func() {
		p.err = p.command.Wait()
		_ = f.Close()
		close(p.done)
	}()
	return p, nil
}

// kill ends the program as a power cut would.
func (p *program) kill() {
	p.once.Do(func() { p.killed = p.command.Process.Kill() == nil })
	<-p.done
}

// stop asks the program to end, and waits for it.
func (p *program) stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(20 * time.Second):
		p.kill()
		return errors.New("the program has not stopped within 20 s")
	}
}

// byKill reports whether a program that is done was killed, by whom ever.
func (p *program) byKill() bool {
	exit, ok := errors.AsType[*exec.ExitError](p.err)
	if !ok {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// leaks lists the files below dir that have a secret in them.
func leaks(dir string, secrets []string) ([]string, error) {
	var list []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, ".seen") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), strings.ReplaceAll(secret, `"`, `\"`)} {
				if bytes.Contains(data, []byte(form)) {
					list = append(list, path)
				}
			}
		}
		return err
	})
	return list, err
}
