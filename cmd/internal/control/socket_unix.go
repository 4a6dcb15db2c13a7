//go:build unix

package control

import (
	"net"
	"os"
	"path/filepath"
)

// listenPrivately makes the socket under a name in a folder of its own and moves it into place with its rights set, so
// that there is no moment in which everybody may connect.
func listenPrivately(path string) (net.Listener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".control-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	temporary := filepath.Join(dir, "s")
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: temporary, Net: "unix"})
	if err != nil {
		return nil, err
	}
	listener.SetUnlinkOnClose(false)
	if err := os.Chmod(temporary, 0o600); err != nil {
		_ = listener.Close()
		return nil, err
	}
	if err := os.Rename(temporary, path); err != nil {
		_ = listener.Close()
		return nil, err
	}
	return unlinking{listener, path}, nil
}

// unlinking takes the socket away when it is closed.
type unlinking struct {
	net.Listener
	path string
}

// Close implements [net.Listener].
func (u unlinking) Close() error {
	_ = os.Remove(u.path)
	return u.Listener.Close()
}
