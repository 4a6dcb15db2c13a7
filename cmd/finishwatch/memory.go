package main

import (
	"os"
	"runtime/debug"
)

// frugal has garbage collected when there is half as much of it as of what is in use, and not just as much: the program works
// for milliseconds at a time, and what it takes of the laptop's memory counts for more than what it takes of the processor.
// Who sets GOGC has decided otherwise.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
