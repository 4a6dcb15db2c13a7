//go:build unix

package disk

import "syscall"

// Free is what this user may still write where a folder is or will be, in bytes.
func Free(folder string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(existing(folder), &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
