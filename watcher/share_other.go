//go:build !linux

package watcher

import (
	"os"
	"strings"
)

// share names the network file system that a folder lies on, or returns nothing. Elsewhere than on Linux only the
// spelling of a Windows path tells.
func share(f *os.File) string {
	if strings.HasPrefix(f.Name(), `\\`) {
		return "smb"
	}
	return ""
}
