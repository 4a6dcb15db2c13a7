// Command probe takes the place of the program in the unit and tries what the service must not be able to do. It writes a
// line for each attempt to probe.txt in the service's state folder; see inside.sh, and the table in the README.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "nothing" {
		return // it was started as a copy of itself, and that was all
	}
	if len(os.Args) > 2 && os.Args[1] == "ask" {
		ask(os.Args[2])
	}
	state := os.Getenv("STATE_DIRECTORY")
	if state == "" {
		state = "."
	}
	var b strings.Builder
	try := func(what string, attempt func() error) {
		if err := attempt(); err != nil {
			fmt.Fprintf(&b, "%s: denied: %v\n", what, err)
			return
		}
		fmt.Fprintf(&b, "%s: done\n", what)
	}
	if socket := os.Getenv("OTHER_SOCKET"); socket != "" {
		finish(state, fmt.Sprintf("of another instance it may: %s\n", attack(socket, os.Getenv("OTHER_PID"))))
	}
	// What it must be able to do: were all denied, the rest would prove nothing.
	try("read the watched folder", func() error { _, err := os.ReadFile("/srv/share/timing/5k.csv"); return err })
	try("write its own state", func() error { return os.WriteFile(filepath.Join(state, "own"), nil, 0o600) })
	try("call out", func() error { return callOut("127.0.0.1:8080") })
	try("call out over IPv6", func() error { return callOut("[::1]:8081") })

	try("write the watched folder", func() error { return os.WriteFile("/srv/share/timing/forged.csv", nil, 0o600) })
	try("change an export", func() error { return os.Truncate("/srv/share/timing/5k.csv", 0) })
	try("read /etc/shadow", func() error { _, err := os.ReadFile("/etc/shadow"); return err })
	try("read the password file", func() error { _, err := os.ReadFile("/etc/finishwatch/opentrack.password"); return err })
	try("see home folders", func() error { _, err := os.ReadFile("/home/me/secret"); return err })
	try("run a shell", func() error { return exec.Command("/bin/sh", "-c", "true").Run() })
	try("run what it wrote", func() error { return runOwn(state) })
	try("run what it wrote to /tmp", func() error { return runOwn("/tmp") })
	try("run what it wrote to /var/tmp", func() error { return runOwn("/var/tmp") })
	try("run what it wrote to /dev/shm", func() error { return runOwn("/dev/shm") })
	try("run what it wrote to its runtime folder", func() error { return runOwn(os.Getenv("RUNTIME_DIRECTORY")) })
	for _, empty := range []string{"/home", "/root", "/run/user"} {
		try("run what it wrote to "+empty, func() error { return runOwn(empty) })
	}
	try("run what it has only in memory", runMemory)
	try("leave something in shared memory", func() error { return leave("/dev/shm") })
	try("leave something in /run/lock", func() error { return leave("/run/lock") })
	try("speak on the system's bus", func() error { return speak("/run/dbus/system_bus_socket") })
	try("change its settings", func() error { return os.WriteFile("/etc/finishwatch/config.toml", nil, 0o600) })
	try("change its program", func() error { return os.WriteFile("/usr/bin/finishwatch", nil, 0o755) })
	try("listen on a port", listen)
	try("listen on a UDP port", listenUDP)
	try("open a raw socket", func() error { return socket(syscall.AF_INET, syscall.SOCK_RAW) })
	try("open another kind of socket", func() error { return socket(syscall.AF_NETLINK, syscall.SOCK_RAW) })
	try("make memory that is written and run", writeAndRun)
	try("become root", func() error { return syscall.Setuid(0) })
	try("make a namespace", func() error { return syscall.Unshare(syscall.CLONE_NEWUTS) })
	try("see other processes", func() error { _, err := os.ReadFile("/proc/1/cmdline"); return err })
	if os.Getuid() == 0 {
		// The comparison without the unit; what would reach out of a container is left out.
		finish(state, b.String())
	}
	try("set the clock", func() error { return syscall.Settimeofday(&syscall.Timeval{Sec: 1}) })
	try("change the kernel's settings", func() error { return os.WriteFile("/proc/sys/kernel/hostname", []byte("x"), 0o644) })
	finish(state, b.String())
}

// ask asks for a pause as somebody would who may not: it prints what is answered.
func ask(path string) {
	c, err := net.Dial("unix", path)
	if err == nil {
		_, _ = c.Write([]byte(`{"do":"pause"}` + "\n"))
		_, err = io.Copy(os.Stdout, c)
	}
	fmt.Println(err)
	os.Exit(1)
}

func finish(state, text string) {
	if err := os.WriteFile(filepath.Join(state, "probe.txt"), []byte(text), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(78) // systemd does not start it again
}

func callOut(address string) error {
	c, err := net.Dial("tcp", address)
	if err == nil {
		_ = c.Close()
	}
	return err
}

func listen() error {
	l, err := net.Listen("tcp", "127.0.0.1:9999")
	if err == nil {
		_ = l.Close()
	}
	return err
}

func listenUDP() error {
	c, err := net.ListenPacket("udp", "127.0.0.1:9999")
	if err == nil {
		_ = c.Close()
	}
	return err
}

func socket(domain, kind int) error {
	fd, err := syscall.Socket(domain, kind, 0)
	if domain == syscall.AF_INET {
		fd, err = syscall.Socket(domain, kind, syscall.IPPROTO_ICMP)
	}
	if err == nil {
		_ = syscall.Close(fd)
	}
	return err
}

func writeAndRun() error {
	m, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_WRITE|syscall.PROT_EXEC, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err == nil {
		_ = syscall.Munmap(m)
	}
	return err
}

// runOwn copies the probe into the state folder and starts it there.
func runOwn(state string) error {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	copied := filepath.Join(state, "copied")
	if err := os.WriteFile(copied, self, 0o700); err != nil {
		return err
	}
	defer os.Remove(copied)
	return exec.Command(copied, "nothing").Run()
}

// runMemory starts the probe from a file that is in no folder.
func runMemory() error {
	fd, err := unix.MemfdCreate("probe", 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	if _, err := unix.Write(fd, self); err != nil {
		return err
	}
	return exec.Command(fmt.Sprintf("/proc/self/fd/%d", fd), "nothing").Run()
}

func leave(folder string) error {
	file := filepath.Join(folder, "finishwatch-probe")
	defer os.Remove(file)
	return os.WriteFile(file, nil, 0o600)
}

func speak(path string) error {
	c, err := net.Dial("unix", path)
	if err == nil {
		_ = c.Close()
	}
	return err
}

// attack is what one instance tries on another: to command it and to end it. It says what it may.
func attack(socket, pid string) string {
	may := ""
	if c, err := net.Dial("unix", socket); err == nil {
		_, _ = c.Write([]byte(`{"do":"pause"}` + "\n"))
		if said, _ := io.ReadAll(c); strings.Contains(string(said), "paused") {
			may += "command "
		}
	}
	if n, err := strconv.Atoi(pid); err == nil && syscall.Kill(n, 0) == nil {
		may += "end"
	}
	return may
}
