package watcher

import (
	"os"
	"testing"
)

func TestShare(t *testing.T) {
	for magic, want := range map[uint32]string{
		0xef53: "", 0x4d44: "", 0xfe534d42: "smb", 0x6969: "nfs", 0x65735546: "fuse", 0x1234: "unknown (0x1234)",
	} {
		if got := shareName(magic); got != want {
			t.Errorf("shareName(%#x) = %q, want %q", magic, got, want)
		}
	}
	f, err := os.Open("/proc")
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	if got := share(f); got != "unknown (0x9fa0)" {
		t.Errorf("/proc is on %q", got)
	}
}
