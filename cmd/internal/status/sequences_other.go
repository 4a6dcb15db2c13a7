//go:build !windows

package status

import "os"

// enableSequences has nothing to do where terminals understand.
func enableSequences(*os.File) (restore func()) { return func() {} }
