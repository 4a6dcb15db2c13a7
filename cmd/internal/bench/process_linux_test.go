package bench

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// process is a process to look at from outside.
type process int

// cpu is the processor time of all its threads, those that have ended too, to the nanosecond.
func (p process) cpu() time.Duration {
	const scheduled = 2 // CPUCLOCK_SCHED; the number of a process's clock is in clock_getcpuclockid(3)
	var t unix.Timespec
	if unix.ClockGettime(int32(^int(p)<<3|scheduled), &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// wakeups is how often its threads that there are have gone to sleep by themselves.
func (p process) wakeups() int {
	total := 0
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p))
	for _, thread := range threads {
		total += field(thread, "voluntary_ctxt_switches:")
	}
	return total
}

// memory is a size of the process in bytes: VmRSS what it has now, VmHWM the most that it had.
func (p process) memory(key string) int {
	return field(fmt.Sprintf("/proc/%d/status", p), key+":") << 10
}

// field is the number behind a key in a file of /proc.
func field(path, key string) int {
	data, _ := os.ReadFile(path)
	for line := range bytes.Lines(data) {
		if rest, found := bytes.CutPrefix(line, []byte(key)); found {
			if words := strings.Fields(string(rest)); len(words) > 0 {
				n, _ := strconv.Atoi(words[0])
				return n
			}
		}
	}
	return 0
}

// manager is as much of a service manager as it takes to hear that a program is ready.
type manager struct {
	address string
	conn    *net.UnixConn
	readyAt time.Time
}

func newManager(t *testing.T) *manager {
	t.Helper()
	m := &manager{address: filepath.Join(t.TempDir(), "notify")}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.address, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	m.conn = conn
	return m
}

func (m *manager) awaitReady(t *testing.T) {
	t.Helper()
	buf := make([]byte, 4<<10)
	must(t, m.conn.SetReadDeadline(time.Now().Add(patience)))
	for {
		n, err := m.conn.Read(buf)
		must(t, err)
		if bytes.Contains(buf[:n], []byte("READY=1")) {
			m.readyAt = time.Now()
			return
		}
	}
}
