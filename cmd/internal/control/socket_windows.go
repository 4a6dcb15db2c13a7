package control

import "net"

// listenPrivately makes the socket. On Windows the folder's rights are the socket's.
func listenPrivately(path string) (net.Listener, error) { return net.Listen("unix", path) }
