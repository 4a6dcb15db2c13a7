package status

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// Birth tells processes that had the same PID one after the other apart: when this one began, in ticks since the machine
// was started (proc_pid_stat(5)); 0 where nobody tells.
func Birth() uint64 { return birthOf(os.Getpid()) }

func birthOf(pid int) uint64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is the program's name in brackets, and may have blanks and brackets in it.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return 0
	}
	ticks, _ := strconv.ParseUint(string(fields[19]), 10, 64)
	return ticks
}

// alive reports whether a process is there, and is the one that was born then.
func alive(pid int, birth uint64) bool {
	if err := syscall.Kill(pid, 0); pid <= 0 || err != nil && !errors.Is(err, syscall.EPERM) {
		return false
	}
	now := birthOf(pid)
	return birth == 0 || now == 0 || now == birth
}
