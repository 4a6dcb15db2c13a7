//go:build !windows

package state

import (
	"errors"
	"os"
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
