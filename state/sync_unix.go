//go:build !windows

package state

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder makes the name of a new file in the folder survive a power cut.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// roomToGrow is how much of the file is mapped from the beginning, also where there is no file yet, in bytes. It takes no
// memory, and a ledger that grows beyond what is mapped copies all that a transaction has touched.
const roomToGrow = 64 << 20

// letGo closes a file and ends its lock, which lasts as long as the file is mapped into memory.
func letGo(file *os.File) {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN)
	_ = file.Close()
}
