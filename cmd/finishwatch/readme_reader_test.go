package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"finishwatch/uploader/sandbox"
)

// reader is somebody at a shell who does what the README says.
type reader struct {
	t         *testing.T
	home, dir string // what stands for /, and where the reader is
	config    string // what stands for /etc/finishwatch/config.toml
	sandbox   string // what stands for http://127.0.0.1:8080 and for OpenTrack
	env       []string
	running   map[string]*exec.Cmd // what runs in other windows
	last      int                  // bib of the finisher who came in last
}

func newReader(t *testing.T) *reader {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the README's commands are for a shell")
	}
	home := t.TempDir()
	r := &reader{t: t, home: home, dir: home, config: filepath.Join(home, "etc/finishwatch/config.toml"), running: map[string]*exec.Cmd{}}
	r.env = append(os.Environ(), "FINISHWATCH_PASSWORD=", "STATE_DIRECTORY=", "RUNTIME_DIRECTORY=", "CREDENTIALS_DIRECTORY=", "DISPLAY=")
	for _, folder := range []string{"etc/finishwatch", "srv/timing"} {
		r.check(os.MkdirAll(filepath.Join(home, folder), 0o755))
	}
	t.Cleanup(func() {
		for name := range r.running {
			r.stop(name)
		}
	})
	return r
}

func (r *reader) check(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *reader) write(path, text string) {
	r.t.Helper()
	r.check(os.MkdirAll(filepath.Dir(path), 0o755))
	r.check(os.WriteFile(path, []byte(text), 0o600))
}

// export adds rows to an export of the timing program.
func (r *reader) export(name, rows string) {
	r.t.Helper()
	f, err := os.OpenFile(filepath.Join(r.home, "srv/timing", name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	r.check(err)
	_, err = f.WriteString(rows)
	r.check(errors.Join(err, f.Close()))
}

// translate puts other addresses and paths in, and the configuration that is found by itself where the service is installed.
func (r *reader) translate(line string) string {
	line = strings.NewReplacer(
		"/etc/finishwatch/", filepath.Dir(r.config)+"/", "/srv/timing", filepath.Join(r.home, "srv/timing"),
		"http://127.0.0.1:8080", r.sandbox, "explain FILE", "explain 5k.csv", "history BIB", "history 77",
	).Replace(line)
	words := strings.Fields(line)
	without := []string{"init", "sandbox", "formats", "rehearse", "version"}
	if words[0] == "finishwatch" && !strings.Contains(line, "--config") && !slices.Contains(without, words[1]) {
		line = "finishwatch " + words[1] + " --config " + r.config + strings.TrimPrefix(line, "finishwatch "+words[1])
	}
	if strings.HasPrefix(line, "finishwatch sandbox") {
		line += " --listen 127.0.0.1:0"
	}
	return line
}

// ending is how a command may end otherwise than with 0.
func ending(line string, code int) bool {
	switch words := strings.Fields(line); {
	case code == 0:
		return true
	case words[1] == "status":
		return code == 1 // a row is held
	case words[1] == "check" && strings.Contains(line, "--online"):
		return code == exitRed // about this machine, such as its lid
	case words[1] == "sync":
		return code == exitUsage // nobody is there to agree
	}
	return false
}

// do runs one line. What runs until it is stopped gets a window of its own.
func (r *reader) do(c commandLine) {
	r.t.Helper()
	unquoted := regexp.MustCompile(`"[^"]*"|'[^']*'`).ReplaceAllString(c.text, "")
	for _, part := range regexp.MustCompile(`&&|;|\|`).Split(unquoted, -1) {
		first, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		if !slices.Contains([]string{"finishwatch", "mkdir", "cd", "export", "sed"}, first) {
			r.t.Errorf("README.md:%d: this test does not run %q; add the line to elsewhere, with the reason and the file that tries it: %s", c.line, first, c.text)
			return
		}
	}
	line := r.translate(c.text)
	if outside := regexp.MustCompile(`(^|[ >="])/(etc|srv|usr|var|run)/`).FindString(line); outside != "" {
		r.t.Fatalf("README.md:%d: this would leave the test's folder: %s", c.line, line)
	}
	name, value, isExport := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	switch {
	case isExport && strings.HasPrefix(line, "export "):
		r.env = append(r.env, name+"="+value)
	case strings.HasPrefix(line, "finishwatch sandbox"):
		r.openSandbox(line)
	case strings.HasPrefix(line, "finishwatch run") && !strings.Contains(line, "--once"):
		r.openRun(line)
	default:
		r.finish(c, line)
	}
}

// shell is a line as a shell takes it; the folder in which it ends is where the reader goes on.
func (r *reader) shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-euc", line+"\npwd >"+filepath.Join(r.home, "pwd"))
	cmd.Dir, cmd.Env = r.dir, r.env
	return cmd
}

func (r *reader) finish(c commandLine, line string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	cmd := r.shell(ctx, line)
	cmd.Stdin = strings.NewReader("apitest\n")
	said, err := cmd.CombinedOutput()
	if exited, ok := errors.AsType[*exec.ExitError](err); ok && ending(line, exited.ExitCode()) {
		err = nil
	}
	if err != nil {
		r.t.Errorf("README.md:%d: %s\n%v\n%s", c.line, line, err, said)
		return
	}
	if where, err := os.ReadFile(filepath.Join(r.home, "pwd")); err == nil {
		r.dir = strings.TrimSpace(string(where))
	}
}

// openSandbox starts the imitation; the first thing that it prints is its address.
func (r *reader) openSandbox(line string) {
	r.t.Helper()
	words := strings.Fields(line)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.StdoutPipe()
	r.check(err)
	r.check(cmd.Start())
	r.running["sandbox"] = cmd
	address, err := bufio.NewReader(out).ReadString('\n')
	r.check(err)
	r.sandbox = strings.TrimSuffix(strings.TrimSpace(address), "/")
}

// openRun starts the daemon in the place of the one that runs, and waits until it has sent what it may.
func (r *reader) openRun(line string) {
	r.t.Helper()
	r.stop("run")
	words := strings.Fields(line)
	cmd := exec.Command(words[0], words[1:]...)
	var said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stderr = r.dir, r.env, &said
	r.check(cmd.Start())
	r.running["run"] = cmd
	path := words[slices.Index(words, "--config")+1]
	r.await("the daemon has sent everything", func() (bool, string) {
		status := exec.Command("finishwatch", "status", "--config", path)
		status.Dir, status.Env = r.dir, r.env
		out, _ := status.CombinedOutput()
		return regexp.MustCompile(`^(LIVE|PAUSED)(?s:.*)waiting +0\b`).Match(out), string(out)
	})
}

// stop ends a window as Ctrl-C does.
func (r *reader) stop(name string) {
	r.t.Helper()
	cmd := r.running[name]
	if cmd == nil {
		return
	}
	delete(r.running, name)
	r.check(cmd.Process.Signal(syscall.SIGINT))
	if err := cmd.Wait(); err != nil {
		r.t.Errorf("%s did not end well: %v\n%v", name, err, cmd.Stderr)
	}
}

func (r *reader) await(what string, done func() (bool, string)) {
	r.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		ok, seen := done()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: has not come true; in the end:\n%s", what, seen)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// before prepares what the README takes for granted.
func (r *reader) before(line string) {
	r.t.Helper()
	switch {
	case strings.Contains(line, "NAME.toml"):
		text, err := os.ReadFile(r.config)
		r.check(err)
		r.write(filepath.Join(filepath.Dir(r.config), "NAME.toml"), string(text))
	case strings.Contains(line, "--from exports/"):
		text, err := os.ReadFile(filepath.Join(r.home, "srv/timing/5k.csv"))
		r.check(err)
		r.write(filepath.Join(r.dir, "exports/5k.csv"), string(text))
	case strings.HasPrefix(line, "finishwatch init") && r.dir == filepath.Dir(r.config):
		r.dir = r.t.TempDir() // "a folder of its own"
	case strings.HasPrefix(line, "finishwatch release R1"):
		held, _, _ := strings.Cut(strings.Replace(line, "release", "hold", 1), " --mark")
		r.do(commandLine{text: held})
	}
}

// after does what the README says in words, and puts the imitation in the place of OpenTrack.
func (r *reader) after(line string) {
	r.t.Helper()
	path := filepath.Join(r.dir, "config.toml")
	switch {
	case strings.HasPrefix(line, "finishwatch init"):
		if strings.Contains(line, "--config /etc/finishwatch/config.toml") {
			path = r.config
		}
		r.edit(path, "https://test-data.opentrack.run", r.sandbox)
	case strings.Contains(line, "--file opentrack.password"): // "take the # away"
		r.edit(path, `#password_file = "opentrack.password"`, `password_file = "opentrack.password"`)
		r.env = append(r.env, "FINISHWATCH_PASSWORD=")
	case strings.HasPrefix(line, "finishwatch run") && !strings.Contains(line, "--once"): // "see it come"
		r.last++
		bib := fmt.Sprint(1000 + r.last)
		r.export("5k.csv", bib+",Cedar,15:02\n")
		r.await("the new row is confirmed", func() (bool, string) {
			history := exec.Command("finishwatch", "history", bib, "--config", path)
			history.Dir, history.Env = r.dir, r.env
			out, _ := history.CombinedOutput()
			return strings.Contains(string(out), "confirmed"), string(out)
		})
		r.stop("run")
	}
}

func (r *reader) edit(path, old, with string) {
	r.t.Helper()
	text, err := os.ReadFile(path)
	r.check(err)
	r.write(path, strings.ReplaceAll(string(text), old, with))
}

// raceWithTwoTimes is a race in which bib 77 has two times.
func raceWithTwoTimes(t *testing.T) *reader {
	t.Helper()
	r := newReader(t)
	server := httptest.NewServer(sandbox.New(sandbox.Options{}))
	t.Cleanup(server.Close)
	r.sandbox, r.dir = server.URL, filepath.Dir(r.config)
	r.write(r.config, fmt.Sprintf("[opentrack]\ncompetition = \"%s/x/2026/GBR/api-test/\"\nusername = \"api-test@mailinator.com\"\n"+
		"password_file = \"opentrack.password\"\nmin_interval = \"0s\"\n[watch]\ndir = %q\npoll = \"100ms\"\nsettle = \"30ms\"\n"+
		"[state]\nfile = \"finishwatch.db\"\n[[race]]\nfiles = [\"5k*.csv\"]\neventid = \"R1\"\nname = \"My 5k\"\n", r.sandbox, filepath.Join(r.home, "srv/timing")))
	r.write(filepath.Join(r.dir, "opentrack.password"), "apitest\n")
	r.export("5k.csv", "Bib,Time\n349,14:20\n77,14:25.10\n347,14:33\n77,14:50\n")
	return r
}
