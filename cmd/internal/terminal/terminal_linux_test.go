package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"finishwatch/cmd/internal/screen"
)

// looks compares the screen with testdata/screens.txtar, moment by moment.
type looks struct {
	t      *testing.T
	screen *screen.Screen
	golden map[string]string
}

func open(t *testing.T, columns int) *screen.Screen {
	t.Helper()
	s, err := screen.Open(columns)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newLooks(t *testing.T, columns int) *looks {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/screens.txtar")
	if err != nil {
		t.Fatal(err)
	}
	l := &looks{t: t, screen: open(t, columns), golden: map[string]string{}}
	for _, f := range archive.Files {
		l.golden[f.Name] = string(f.Data)
	}
	return l
}

// like waits until the screen is as it is in the golden file under this sentence.
func (l *looks) like(sentence string) {
	l.t.Helper()
	want, known := l.golden[sentence]
	if text, ok := l.screen.Await(func(text string) bool { return text == want }); !ok || !known {
		l.t.Errorf("%s (-want +got):\n%s", sentence, cmp.Diff(want, text))
	}
}

func TestTheLineIsRedrawnInPlace(t *testing.T) {
	l := newLooks(t, 40)
	line := On(l.screen.Terminal)
	out := line.Above(l.screen.Terminal)
	fmt.Fprintln(out, "what was there before")
	line.Show("reads 3 of 12 files")
	l.like("a line at the bottom")
	line.Show("reads 4")
	l.like("a shorter text leaves nothing of the longer one")
	fmt.Fprint(out, "R1/1/1  read")
	line.Show("reads 4")
	fmt.Fprintln(out, " 412")
	l.like("what is printed meanwhile stands above it")
	line.Show("waits until 5k-results-of-the-whole-day-and-night.xlsx has been quiet")
	l.like("a text that is wider than the terminal stays one line")
	line.Show("waits for 結果.xlsx 結果.xlsx 結果.xlsx 結果.xlsx")
	l.like("wide letters are counted as they are shown")
	line.Show("5k\x1b[31m\n.csv")
	l.like("a name of a file cannot move the cursor")
	line.Clear()
	fmt.Fprintln(out, "the end")
	l.like("at the end nothing of it is left")
}

func TestWhileSomethingIsDone(t *testing.T) {
	l := newLooks(t, 60)
	line := On(l.screen.Terminal)
	ticks, began := make(chan time.Time), time.Now()
	rows := 0
	broken := errors.New("broken")
	err := line.while(ticks, began, func() string { rows++; return fmt.Sprintf("sends: %d of 3 confirmed", rows) }, func() error {
		l.like("before the first tick there is nothing")
		ticks <- began.Add(glance)
		l.like("the first tick")
		ticks <- began.Add(2 * time.Second)
		ticks <- began.Add(65*time.Second + 300*time.Millisecond)
		l.like("how long it takes")
		return broken
	})
	fmt.Fprintln(l.screen.Terminal, "the end")
	l.like("when it is done the line is gone")
	if !errors.Is(err, broken) {
		t.Errorf("%v is lost", err)
	}
}

// Where nobody watches, nothing but the plain lines arrives.
func TestOnAPipeNothingIsShown(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	line := On(w)
	err = line.While(func() string { return "never" }, func() error {
		line.Show("never")
		fmt.Fprintln(line.Above(w), "a plain line")
		line.Clear()
		return nil
	})
	w.Close()
	if got, _ := io.ReadAll(r); err != nil || string(got) != "a plain line\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// The report of a command goes into a file while a person watches the line: nothing of the line gets into the file.
func TestAFileStaysPlainBesideALine(t *testing.T) {
	s := open(t, 40)
	file, err := os.Create(filepath.Join(t.TempDir(), "report.csv"))
	if err != nil {
		t.Fatal(err)
	}
	line := On(s.Terminal)
	line.Show("reads back")
	fmt.Fprint(line.Above(file), "race,bib") // a file need not end its lines
	line.Clear()
	data, err := os.ReadFile(file.Name())
	if err != nil || string(data) != "race,bib" {
		t.Errorf("%q, %v", data, err)
	}
	if text, ok := s.Await(func(text string) bool { return strings.TrimSpace(text) == "" && len(s.Shown()) > 0 }); !ok {
		t.Errorf("the screen shows %q after %q", text, s.Shown())
	}
}
