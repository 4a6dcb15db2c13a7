//go:build unix

package main

import "syscall"

// noCore makes sure that a crash leaves no core file: the password and the token are in this process's memory. Where that
// is not allowed to be set there is nothing to be done about it.
func noCore() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
