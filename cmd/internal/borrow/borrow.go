// Package borrow reads files that belong to other programs, so that these can go on meanwhile: write, rename and delete
// them; and it replaces files that others may be reading. Both take care on Windows alone, where [os.Open] keeps everybody
// from renaming and deleting, and [os.Rename] does not rename over a file that is open.
//
// What the watcher reads it reads through an [os.Root], which takes the same care.
package borrow

import "io"

// ReadFile is [os.ReadFile] for a file that another program may replace meanwhile.
func ReadFile(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}
