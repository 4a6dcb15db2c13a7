package explanation

import (
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"finishwatch/parse"
)

// openTerminal opens a pseudo-terminal: what a program writes to tty comes out of the other end.
func openTerminal(t *testing.T) (other, tty *os.File) {
	t.Helper()
	other, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { _ = other.Close() })
	var number, unlocked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlocked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, other.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return other, tty
}

func TestStyleOfATerminal(t *testing.T) {
	env := func(name, value string) func(string) string {
		return func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		}
	}
	_, tty := openTerminal(t)
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for sentence, tt := range map[string]struct {
		w      io.Writer
		getenv func(string) string
		all    bool
		want   Style
	}{
		"a terminal":             {tty, env("", ""), false, Style{Colour: true, Fold: true}},
		"all lines":              {tty, env("", ""), true, Style{Colour: true}},
		"NO_COLOR":               {tty, env("NO_COLOR", "1"), false, Style{Fold: true}},
		"NO_COLOR that is empty": {tty, env("NO_COLOR", ""), false, Style{Colour: true, Fold: true}},
		"a dumb terminal":        {tty, env("TERM", "dumb"), false, Style{Fold: true}},
		"a file":                 {file, env("", ""), false, Style{}},
		"no file at all":         {&strings.Builder{}, env("", ""), false, Style{}},
	} {
		if got := StyleFor(tt.w, tt.getenv, tt.all); got != tt.want {
			t.Errorf("%s: %+v, want %+v", sentence, got, tt.want)
		}
	}
}

func TestOnATerminal(t *testing.T) {
	other, tty := openTerminal(t)
	text, rules := races()
	e := explained(text, rules, parse.Ask{})
	said := make(chan string)
	go func() {
		all, _ := io.ReadAll(other) // ends in an error when the last one closes the terminal
		said <- string(all)
	}()
	if err := e.Print(tty, StyleFor(tty, func(string) string { return "" }, false)); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	got := <-said
	for _, want := range []string{"\x1b[32mfinish   349      14:25\x1b[0m", "    15-18  \x1b[2mignored  not in this race … (4 rows)\x1b[0m"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}
