package watcher

import (
	"fmt"
	"os"
	"syscall"
)

// share names the network file system that a folder lies on, or returns nothing for a disk of this machine. One that is
// not known counts as a share: what another machine writes is not notified, and only the poll finds it.
func share(f *os.File) string {
	conn, err := f.SyscallConn()
	if err != nil {
		return ""
	}
	var s syscall.Statfs_t
	failed := conn.Control(func(fd uintptr) { err = syscall.Fstatfs(int(fd), &s) })
	if failed != nil || err != nil {
		return ""
	}
	return shareName(uint32(s.Type))
}

// shareName knows the numbers of linux/magic.h.
func shareName(magic uint32) string {
	switch magic {
	case 0xef53, 0x58465342, 0x9123683e, 0xf2f52010, // ext, xfs, btrfs, f2fs
		0xca451a4e, 0x2fc12fc1, 0x52654973, 0x3153464a, // bcachefs, zfs, reiserfs, jfs
		0x01021994, 0x858458f6, 0x794c7630, 0x73717368, // tmpfs, ramfs, overlayfs, squashfs
		0x9660, 0x15013346, 0x4d44, 0x2011bab0, // iso9660, udf, fat, exfat
		0x5346544e, 0x7366746e, 0x482b, 0x4244: // ntfs, ntfs3, hfs+, hfs
		return ""
	case 0xff534d42, 0xfe534d42, 0x517b:
		return "smb"
	case 0x6969:
		return "nfs"
	case 0x65735546:
		return "fuse"
	case 0x01021997:
		return "9p"
	case 0x786f4256:
		return "vboxsf"
	default:
		return fmt.Sprintf("unknown (%#x)", magic)
	}
}
