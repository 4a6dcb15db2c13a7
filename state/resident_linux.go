package state

import (
	"syscall"

	"go.etcd.io/bbolt"
)

// drop tells the system that the first size bytes of the file, which were read once to be in memory as what they mean, are
// not needed there as bytes as well. What is looked at again is read again: nothing is ever written through that memory.
// Without it a start would keep the ledger twice.
func drop(db *bbolt.DB, size int64) {
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, db.Info().Data, uintptr(size), syscall.MADV_DONTNEED)
}
