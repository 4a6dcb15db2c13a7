// Package screen is a pseudo-terminal for tests, and what a person would see on it. Nothing of the program uses it.
package screen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/text/width"
)

// Screen is a terminal of a certain size. What it shows is taken in by a goroutine until it is closed. It knows what the program uses: letters, carriage return, new line.
type Screen struct {
	Terminal *os.File // what the program gets for its standard streams

	mu    sync.Mutex
	rows  [][]rune
	at    int      // the column of the cursor, in the last row
	wide  int      // columns
	shown []string // every row as it was when the cursor left it
	bell  chan struct{}

	master *os.File
	ended  chan struct{}
}

// Open opens a terminal with so many columns. The error is that of a machine that has none.
func Open(columns int) (*Screen, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, err
	}
	var number, locked int32
	size := [4]uint16{24, uint16(columns)} // rows and columns: struct winsize
	for request, argument := range map[uintptr]unsafe.Pointer{
		syscall.TIOCGPTN: unsafe.Pointer(&number), syscall.TIOCSPTLCK: unsafe.Pointer(&locked), syscall.TIOCSWINSZ: unsafe.Pointer(&size),
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(argument)); errno != 0 {
			return nil, errors.Join(errno, master.Close())
		}
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, errors.Join(err, master.Close())
	}
	s := &Screen{Terminal: terminal, master: master, rows: [][]rune{nil}, wide: columns, bell: make(chan struct{}, 1), ended: make(chan struct{})}
	go s.watch()
	return s, nil
}

// Close ends the terminal. Programs that still have it open must have ended before.
func (s *Screen) Close() error {
	err := s.Terminal.Close()
	<-s.ended // nobody has the other end any more: the read fails
	return errors.Join(err, s.master.Close())
}

// watch takes what is written until nobody has the terminal open any more.
func (s *Screen) watch() {
	defer close(s.ended)
	buffer := make([]byte, 4096)
	var rest []byte
	for {
		n, err := s.master.Read(buffer)
		rest = s.take(append(rest, buffer[:n]...))
		if err != nil {
			return
		}
	}
}

// take shows what is written and returns the beginning of a letter whose rest is still to come.
func (s *Screen) take(data []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(data) > 0 {
		letters := bytes.Runes(data)
		if letters[0] == '�' && len(data) < 4 {
			break
		}
		s.put(letters[0])
		data = data[len(string(letters[0])):]
	}
	select {
	case s.bell <- struct{}{}:
	default:
	}
	return bytes.Clone(data)
}

func (s *Screen) put(r rune) {
	last := len(s.rows) - 1
	switch {
	case r == '\r' || r == '\n':
		if text := read(s.rows[last]); text != "" {
			s.shown = append(s.shown, text)
		}
		if r == '\n' {
			s.rows = append(s.rows, nil)
		}
		s.at = 0
		return
	case s.at == s.wide: // the terminal goes on in the next row
		s.rows, s.at = append(s.rows, nil), 0
		last++
	}
	s.cell(last, r)
	if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
		s.cell(last, covered)
	}
}

// covered is the second half of a wide letter.
const covered = '\x00'

func (s *Screen) cell(row int, r rune) {
	for len(s.rows[row]) <= s.at {
		s.rows[row] = append(s.rows[row], ' ')
	}
	s.rows[row][s.at] = r
	s.at++
}

// read is what stands in a row.
func read(row []rune) string {
	return strings.TrimRight(strings.ReplaceAll(string(row), string(covered), ""), " ")
}

// Text is what a person sees now.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, row := range s.rows {
		lines = append(lines, read(row))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

// Shown are all rows that were ever shown, as they were when they were complete.
func (s *Screen) Shown() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.shown...)
}

// Await waits until the screen is as wanted, and returns what it shows in the end.
func (s *Screen) Await(wanted func(text string) bool) (text string, ok bool) {
	for deadline := time.After(10 * time.Second); ; {
		if text = s.Text(); wanted(text) {
			return text, true
		}
		select {
		case <-s.bell:
		case <-deadline:
			return text, false
		}
	}
}
