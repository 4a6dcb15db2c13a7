// Package disk knows how much room there is. Use [Free].
package disk

import (
	"os"
	"path/filepath"
)

// existing is the folder itself or, before the service has made it, the one above that is there.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil || folder == filepath.Dir(folder) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}
