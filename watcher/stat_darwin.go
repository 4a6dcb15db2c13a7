package watcher

import (
	"io/fs"
	"syscall"
)

// systemStat returns what portable Go does not tell. The change time cannot be set by a program: it betrays a copied
// modification time on a local disk.
func systemStat(info fs.FileInfo) (change int64, inode, device uint64) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, 0
	}
	return s.Ctimespec.Nano(), s.Ino, uint64(s.Dev)
}
