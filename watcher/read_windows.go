package watcher

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

const openFlags = os.O_RDONLY

// busy reports whether an error says that another program holds the file.
func busy(err error) bool {
	const sharingViolation, lockViolation = syscall.Errno(32), syscall.Errno(33)
	return errors.Is(err, sharingViolation) || errors.Is(err, lockViolation)
}

// shareLost reports whether an error says that the network file system has gone.
func shareLost(err error) bool {
	for _, errno := range []syscall.Errno{
		51, // ERROR_REM_NOT_LIST: the remote computer is not available
		53, // ERROR_BAD_NETPATH
		59, // ERROR_UNEXP_NET_ERR
		64, // ERROR_NETNAME_DELETED
		67, // ERROR_BAD_NET_NAME
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

func noWatches(error) bool { return false }

// notFolder reports whether an error says that something else is where the folder should be.
func notFolder(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// systemStat has nothing: size and modification time must do, and the bytes that are read again.
func systemStat(fs.FileInfo) (change int64, inode, device uint64) { return 0, 0, 0 }
