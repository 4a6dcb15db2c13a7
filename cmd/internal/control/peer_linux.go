package control

import (
	"net"

	"golang.org/x/sys/unix"
)

// peer returns the user at the other end, as this process sees users; -1 is nobody that the system names.
func peer(c net.Conn) (uid int, known bool) {
	socket, ok := c.(*net.UnixConn)
	if !ok {
		return 0, false
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return -1, true
	}
	var who *unix.Ucred
	if raw.Control(func(fd uintptr) { who, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }) != nil || err != nil {
		return -1, true
	}
	return int(who.Uid), true
}
