package status

import (
	"os"

	"golang.org/x/sys/windows"
)

// enableSequences lets a console of Windows understand what a terminal is told; older ones show it otherwise.
func enableSequences(f *os.File) (restore func()) {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return func() {}
	}
	_ = windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING)
	return func() { _ = windows.SetConsoleMode(console, mode) }
}
