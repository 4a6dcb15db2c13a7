package state

import "os"

// syncFolder has nothing to do: Windows keeps names by itself and cannot sync a folder.
func syncFolder(string) error { return nil }

// roomToGrow is left to bbolt: here the file would be as large.
const roomToGrow = 0

// letGo closes a file, which ends its lock.
func letGo(file *os.File) { _ = file.Close() }
