package disk

import "golang.org/x/sys/windows"

// Free is what this user may still write where a folder is or will be, in bytes.
func Free(folder string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(existing(folder))
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return free, err
}
