//go:build !windows

package borrow

import "os"

// Open opens a file for reading and is in nobody's way.
func Open(path string) (*os.File, error) { return os.Open(path) }

// Replace renames a file over another one.
func Replace(from, to string) error { return os.Rename(from, to) }
