package setup

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A terminal echoes what is typed, but for the password; and it echoes again when somebody stops the command there.

func ioctl(t *testing.T, f *os.File, request uintptr, argument unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(argument)); errno != 0 {
		t.Fatal(errno)
	}
}

// openTerminal makes a pseudo-terminal: what is written to the keyboard is typed, what is read from it was shown.
func openTerminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	var number, locked int32
	ioctl(t, keyboard, syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(t, keyboard, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	must(t, err)
	t.Cleanup(func() { screen.Close() })
	return keyboard, screen
}

// awaitEcho waits until the terminal echoes or does not.
func awaitEcho(t *testing.T, screen *os.File, on bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		var state syscall.Termios
		ioctl(t, screen, syscall.TCGETS, unsafe.Pointer(&state))
		if state.Lflag&syscall.ECHO != 0 == on {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the terminal never came to echo: %t", on)
		}
	}
}

func TestAPasswordIsNotShown(t *testing.T) {
	keyboard, screen := openTerminal(t)
	prompts, out := io.Pipe()
	terminal, ok := NewTerminal(screen, out)
	if !ok {
		t.Fatal("a terminal is none")
	}
	done := make(chan Answers, 1)
	go func() {
		answers, err := Ask(t.Context(), terminal, Destination{}, "/x/opentrack.password")
		if err != nil {
			t.Error(err)
		}
		out.Close()
		done <- answers
	}()
	var said strings.Builder
	asked := bufio.NewReader(io.TeeReader(prompts, &said))
	until := func(text string) {
		for !strings.Contains(said.String(), text) {
			if _, err := asked.ReadByte(); err != nil {
				t.Fatalf("%q was never asked: %v", text, err)
			}
		}
	}
	until("Address (")
	fmt.Fprintln(keyboard, "https://data.opentrack.run/x/2026/GBR/my-race/")
	until("Login")
	fmt.Fprintln(keyboard, "me@example.org")
	until("Password (")
	awaitEcho(t, screen, false)
	fmt.Fprintln(keyboard, "hunter2")
	io.Copy(io.Discard, asked) // to the end of the questions
	if got := <-done; got.Password != "hunter2" || got.Username != "me@example.org" {
		t.Errorf("%+v", got)
	}
	awaitEcho(t, screen, true)
	fmt.Fprintln(keyboard, "the end")
	shown := bufio.NewReader(keyboard)
	var all strings.Builder
	for !strings.Contains(all.String(), "the end") {
		b, err := shown.ReadByte()
		must(t, err)
		all.WriteByte(b)
	}
	if text := all.String() + said.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, "me@example.org") {
		t.Errorf("the terminal showed %q", text)
	}
}

func TestATerminalThatWasStoppedAtThePasswordEchoesAgain(t *testing.T) {
	_, screen := openTerminal(t)
	ctx, stop := context.WithCancel(t.Context())
	terminal, _ := NewTerminal(screen, io.Discard)
	done := make(chan error, 1)
	go func() {
		_, err := terminal.Secret(ctx, "Password: ")
		done <- err
	}()
	awaitEcho(t, screen, false)
	stop()
	if err := <-done; err == nil {
		t.Error("no error")
	}
	awaitEcho(t, screen, true)
}
