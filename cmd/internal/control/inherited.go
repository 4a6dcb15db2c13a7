package control

import (
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/coreos/go-systemd/v22/activation"
)

// Inherited is the socket that systemd made and listens on, and hands over to the service: so that the service itself may
// be denied to listen anywhere. Nil where there is none. It goes on from one daemon of this process to the next; who
// connects in between waits.
type Inherited struct{ file *os.File }

// Inherit takes what systemd hands over, once in the life of a process.
func Inherit() *Inherited {
	for i, file := range activation.Files(true) {
		if i == 0 {
			return &Inherited{file}
		}
		_ = file.Close()
	}
	return nil
}

// Listen returns a listener on the socket. Closing it leaves the socket open for the next one.
func (i *Inherited) Listen() (net.Listener, error) {
	listener, err := net.FileListener(i.file)
	if err != nil {
		return nil, fmt.Errorf("control socket from systemd: %w", err)
	}
	return listener, nil
}

// InheritedFor is where systemd listens for a service whose status goes to statusFile: beside the service's runtime folder,
// which systemd deletes whenever the service stops. Empty where there is none, and while the service does not run: to connect
// then would start it, which nobody asked for.
func InheritedFor(statusFile string) string {
	dir := filepath.Dir(statusFile)
	if filepath.Base(statusFile) != "status.json" {
		return ""
	}
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir + ".sock"
}
