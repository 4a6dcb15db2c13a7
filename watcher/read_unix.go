//go:build unix

package watcher

import (
	"errors"
	"os"
	"syscall"
)

// openFlags keep a named pipe that took the place of a file since it was listed from blocking the open for ever.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK

// busy reports whether an error says that another program holds the file.
func busy(err error) bool {
	return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.ETXTBSY) || errors.Is(err, syscall.EAGAIN)
}

// shareLost reports whether an error says that the network file system has gone.
func shareLost(err error) bool {
	for _, errno := range []syscall.Errno{
		syscall.ESTALE, syscall.EIO, syscall.ENOTCONN, syscall.EHOSTDOWN, syscall.EHOSTUNREACH, syscall.ETIMEDOUT,
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// noWatches reports whether an error says that the system has no more inotify watches or instances for us.
func noWatches(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// notFolder reports whether an error says that something else is where the folder should be.
func notFolder(err error) bool { return errors.Is(err, syscall.ENOTDIR) }
