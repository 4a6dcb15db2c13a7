// Command finishwatch watches a folder of timing exports and streams new finishes to OpenTrack.
//
// The program's rules for its output: what was asked for goes to standard output, everything else (log, progress,
// mistakes) to standard error. An error is one line that ends in what to do. The exit codes are those of sysexits and a
// contract; see exit.go.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "devel"

func main() {
	// Whoever reads the log may go away; the race goes on.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:]))
}
