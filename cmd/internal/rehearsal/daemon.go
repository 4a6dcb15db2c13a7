package rehearsal

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/status"
)

// process is the real daemon, as a process of its own: it can be killed at any moment, as on race day.
type process struct {
	program    []string // and its first arguments
	config     string
	statusFile string
	log        *os.File

	mu    sync.Mutex
	cmd   *exec.Cmd
	died  error         // why it ended without being asked to
	ended chan struct{} // closed when the one that runs has ended
	asked bool          // it was asked to end
}

const (
	// patience is how long the daemon may take to be ready or to stop.
	patience = 30 * time.Second
	// glance is how often it is looked for.
	glance = 20 * time.Millisecond
)

// start starts it.
func (p *process) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	program := p.program
	if len(program) == 0 {
		own, err := os.Executable()
		if err != nil {
			return fmt.Errorf("rehearsal: find the program: %w", err)
		}
		program = []string{own}
	}
	cmd := exec.Command(program[0], slices.Concat(program[1:], []string{"run", "--config", p.config})...)
	cmd.Env = bareEnvironment(os.Environ())
	cmd.Stdout, cmd.Stderr = p.log, p.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("rehearsal: start the daemon: %w", err)
	}
	p.cmd, p.ended, p.asked = cmd, make(chan struct{}), false
	go p.attend(cmd, p.ended)
	return nil
}

// attend waits for its end.
func (p *process) attend(cmd *exec.Cmd, ended chan struct{}) {
	err := cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.asked && p.died == nil {
		p.died = fmt.Errorf("finishwatch ended by itself (%s)", exitWord(err))
	}
	close(ended)
}

func exitWord(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// bareEnvironment leaves out what a service manager says to this process and not to the daemon, and the password.
func bareEnvironment(all []string) []string {
	ours := []string{
		"STATE_DIRECTORY", "RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "CONFIGURATION_DIRECTORY", "NOTIFY_SOCKET",
		"WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "FINISHWATCH_PASSWORD",
	}
	return slices.DeleteFunc(slices.Clone(all), func(text string) bool {
		name, _, _ := strings.Cut(text, "=")
		return slices.Contains(ours, name)
	})
}

// kill ends it as a power cut does, and waits until it is gone.
func (p *process) kill() {
	p.end(func(process *os.Process) { _ = process.Kill() })
}

// end asks the process to end; false when there was none.
func (p *process) end(ask func(*os.Process)) bool {
	p.mu.Lock()
	cmd, ended := p.cmd, p.ended
	running := cmd != nil && p.died == nil
	if running {
		p.asked = true
		ask(cmd.Process)
	}
	p.mu.Unlock()
	if !running {
		return false
	}
	select {
	case <-ended:
	case <-time.After(patience):
		_ = cmd.Process.Kill()
		<-ended
	}
	return true
}

// stop ends it as systemctl stop does. An error says that it did not end well.
func (p *process) stop() error {
	signalled := false
	running := p.end(func(process *os.Process) {
		signalled = process.Signal(syscall.SIGTERM) == nil
		if !signalled {
			_ = process.Kill() // Windows has no such signal
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !running:
		return p.died
	case signalled && p.cmd.ProcessState.ExitCode() != 0:
		return fmt.Errorf("finishwatch was asked to stop and ended with %s", p.cmd.ProcessState)
	}
	return nil
}

// failure says that the daemon is gone although nobody asked it to; nil while all is well.
func (p *process) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.died
}

func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.Process.Pid
}

// status is what the daemon says about itself.
func (p *process) status() status.Status {
	s, _ := status.Read(time.Now(), p.statusFile)
	return s
}

// ready waits until the daemon has looked into the folder.
func (p *process) ready(ctx context.Context) error {
	for began := time.Now(); ; {
		if p.status().PID == p.pid() {
			return nil
		}
		if err := p.failure(); err != nil {
			return fmt.Errorf("rehearsal: %w; its last words: %s", err, p.lastWords())
		}
		if time.Since(began) > patience {
			return errors.New("rehearsal: the daemon does not become ready; its last words: " + p.lastWords())
		}
		if !wait(ctx, glance) {
			return ctx.Err()
		}
	}
}

// lastWords is the end of the log.
func (p *process) lastWords() string {
	data, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	last := "nothing"
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			last = text
		}
	}
	return logging.Clean(last)
}
