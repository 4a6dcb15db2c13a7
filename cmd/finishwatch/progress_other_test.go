//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// cmdWatched needs a terminal of Linux; its stories are skipped elsewhere.
func cmdWatched(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("no terminal here") }
