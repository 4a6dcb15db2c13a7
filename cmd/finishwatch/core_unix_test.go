//go:build unix

package main

import (
	"syscall"
	"testing"
)

func TestACrashLeavesNoCore(t *testing.T) {
	noCore()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 {
		t.Errorf("%+v, %v", limit, err)
	}
}
