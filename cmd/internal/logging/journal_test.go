//go:build unix

package logging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// journald is a stand-in that listens where the real one would.
type journald struct {
	*net.UnixConn
	path string
}

func startJournald(t *testing.T, path string) journald {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return journald{conn, path}
}

// socketPath is short: a socket's path may have about a hundred characters.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "j")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "socket")
}

// entry reads one datagram: NAME=value lines in their order.
func (j journald) entry(t *testing.T) []string {
	t.Helper()
	buffer := make([]byte, 1<<20)
	if err := j.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := j.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := parseNative(buffer[:n])
	if err != nil {
		t.Fatalf("%v: %q", err, buffer[:n])
	}
	return fields
}

// parseNative follows systemd.io/JOURNAL_NATIVE_PROTOCOL: NAME=value, or NAME, the length in eight bytes, the value.
func parseNative(data []byte) ([]string, error) {
	var fields []string
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte("\n"))
		if !ok {
			return nil, errors.New("no newline at the end")
		}
		if bytes.ContainsRune(head, '=') {
			fields, data = append(fields, string(head)), rest
			continue
		}
		if len(rest) < 8 {
			return nil, fmt.Errorf("no length after %q", head)
		}
		length := binary.LittleEndian.Uint64(rest)
		if rest = rest[8:]; uint64(len(rest)) <= length || rest[length] != '\n' {
			return nil, fmt.Errorf("%q is not %d bytes long", head, length)
		}
		fields, data = append(fields, string(head)+"="+string(rest[:length])), rest[length+1:]
	}
	return fields, nil
}

// journalLogger returns a logger to the socket at path, and what it writes instead.
func journalLogger(path string, ids map[string]string, patience time.Duration) (*zap.Logger, *bytes.Buffer) {
	var plain bytes.Buffer
	core := newJournal(path, newJSON(zapcore.AddSync(&plain), zapcore.InfoLevel), ids, patience)
	return zap.New(core, zap.WithClock(noonClock{})), &plain
}

func TestJournalEntries(t *testing.T) {
	ids := map[string]string{"row held": "0123456789abcdef0123456789abcdef"}
	tests := map[string]struct {
		say  func(*zap.Logger)
		want []string
	}{
		"a message alone": {
			func(l *zap.Logger) { l.Info("started") },
			[]string{"MESSAGE=started", "PRIORITY=6", "SYSLOG_IDENTIFIER=finishwatch"},
		},
		"facts have fields of their own and stand in the message": {
			func(l *zap.Logger) {
				l.Error("batch refused", zap.String("unit", "R1/1/1"), zap.Int("http_status", 400), zap.String("mode", "append"))
			},
			[]string{
				"MESSAGE=batch refused  unit=R1/1/1 http_status=400 mode=append", "PRIORITY=3", "SYSLOG_IDENTIFIER=finishwatch",
				"UNIT=R1/1/1", "HTTP_STATUS=400", "MODE=append",
			},
		},
		"a message that the catalog explains has its ID": {
			func(l *zap.Logger) { l.Warn("row held", zap.String("file", "5k.csv"), zap.Int("line", 91)) },
			[]string{
				"MESSAGE=row held  file=5k.csv line=91", "PRIORITY=4", "SYSLOG_IDENTIFIER=finishwatch",
				"MESSAGE_ID=0123456789abcdef0123456789abcdef", "FILE=5k.csv", "LINE_NO=91",
			},
		},
		"every bib of a batch can be asked for": {
			func(l *zap.Logger) { l.Info("batch confirmed", zap.Strings("bibs", []string{"349", "007"})) },
			[]string{
				"MESSAGE=batch confirmed  bibs=349,007", "PRIORITY=6", "SYSLOG_IDENTIFIER=finishwatch",
				"BIB=349", "BIB=007",
			},
		},
		"what With says is there too": {
			func(l *zap.Logger) {
				l.With(zap.String("bib", "7")).Info("corrected", zap.Duration("took", time.Second))
			},
			[]string{
				"MESSAGE=corrected  bib=7 took=1s", "PRIORITY=6", "SYSLOG_IDENTIFIER=finishwatch", "BIB=7", "TOOK=1s",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			j := startJournald(t, socketPath(t))
			log, plain := journalLogger(j.path, ids, time.Second)
			test.say(log)
			if diff := cmp.Diff(test.want, j.entry(t)); diff != "" {
				t.Error(diff)
			}
			if plain.Len() > 0 {
				t.Errorf("also on standard error: %s", plain)
			}
		})
	}
}

func TestJournalCleansHostileText(t *testing.T) {
	j := startJournald(t, socketPath(t))
	log, _ := journalLogger(j.path, nil, time.Second)
	for kind, field := range hostileFields() {
		log.With(field).Info(hostileText, field)
		for _, f := range j.entry(t) {
			name, value, _ := strings.Cut(f, "=")
			if strings.ContainsFunc(value, hostile) || !regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`).MatchString(name) {
				t.Errorf("%s: %q", kind, f)
			}
		}
	}
}

func TestJournalEntryIsBounded(t *testing.T) {
	j := startJournald(t, socketPath(t))
	log, plain := journalLogger(j.path, nil, time.Second)
	many := make([]string, 400)
	for i := range many {
		many[i] = strings.Repeat("x", 2*maxText)
	}
	log.Info("said", zap.Strings("bibs", many))
	size := 0
	for _, field := range j.entry(t) {
		size += len(field) + 1
	}
	if size > maxDatagram || size < maxDatagram/2 || plain.Len() > 0 {
		t.Errorf("%d bytes to the journal, %q to standard error", size, plain)
	}
}

func TestFieldWithNewline(t *testing.T) {
	var b bytes.Buffer
	appendField(&b, "BIB", "7\nPRIORITY=0")
	appendField(&b, "FILE", "5k.csv")
	got, err := parseNative(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"BIB=7\nPRIORITY=0", "FILE=5k.csv"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestJournalName(t *testing.T) {
	for name, want := range map[string]string{
		"rows": "ROWS", "http_status": "HTTP_STATUS", "errorVerbose": "ERROR_VERBOSE", "a-b.c": "A_B_C",
		"_PID": "PID", "5k": "K", "ü": "FIELD", strings.Repeat("a", 99): strings.Repeat("A", 64),
	} {
		if got := journalName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Without a journal everything is on standard error, and the reason stands there once; when the journal comes back it
// is used again.
func TestJournalOutOfReach(t *testing.T) {
	path := socketPath(t)
	log, plain := journalLogger(path, nil, time.Second)
	log = log.With(zap.String("unit", "R1/1/1"))
	log.Info("one")
	log.Info("two")
	if n := strings.Count(plain.String(), `"unit":"R1/1/1"`); n != 2 {
		t.Errorf("%d lines of 2 know their unit:\n%s", n, plain)
	}
	checkMessages(t, plain, "journal out of reach, logging to standard error", "one", "two")

	j := startJournald(t, path)
	log.Info("three")
	if diff := cmp.Diff("MESSAGE=three  unit=R1/1/1", j.entry(t)[0]); diff != "" {
		t.Error(diff)
	}
	j.Close()
	os.Remove(path)
	log.Info("four")
	j = startJournald(t, path)
	log.Info("five")
	if diff := cmp.Diff("MESSAGE=five  unit=R1/1/1", j.entry(t)[0]); diff != "" {
		t.Error(diff)
	}
	checkMessages(t, plain, "journal out of reach, logging to standard error", "four")
}

// A restarted journald has a new socket under the old path.
func TestJournalRestarted(t *testing.T) {
	j := startJournald(t, socketPath(t))
	log, plain := journalLogger(j.path, nil, time.Second)
	log.Info("one")
	j.Close()
	os.Remove(j.path)
	j = startJournald(t, j.path)
	log.Info("two")
	if diff := cmp.Diff("MESSAGE=two", j.entry(t)[0]); diff != "" || plain.Len() > 0 {
		t.Error(diff, plain)
	}
}

// The kernel queues a bounded number of datagrams; then a journald that does not read would stop the race.
func TestJournalThatDoesNotRead(t *testing.T) {
	j := startJournald(t, socketPath(t))
	log, plain := journalLogger(j.path, nil, 20*time.Millisecond)
	for range 5000 {
		if log.Info("said"); plain.Len() > 0 {
			return
		}
	}
	t.Error("5000 entries went into a socket that nobody reads")
}

// checkMessages compares the messages of JSON lines, and empties the buffer.
func checkMessages(t *testing.T, plain *bytes.Buffer, want ...string) {
	t.Helper()
	var got []string
	for _, match := range regexp.MustCompile(`"msg":"([^"]*)"`).FindAllStringSubmatch(plain.String(), -1) {
		got = append(got, match[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	plain.Reset()
}

func TestJournalDiscovery(t *testing.T) {
	w, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	device, inode, _ := identity(w)
	tests := map[string]struct{ stream, want string }{
		"standard error is the journal":    {fmt.Sprintf("%d:%d", device, inode), "journal"},
		"the variable is not set":          {"", "json"},
		"inherited, but redirected":        {fmt.Sprintf("%d:%d", device, inode+1), "json"},
		"the same inode of another device": {fmt.Sprintf("%d:%d", device+1, inode), "json"},
		"not two numbers":                  {"yes", "json"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			getenv := func(name string) string { return map[string]string{"JOURNAL_STREAM": test.stream}[name] }
			if got := suitable(w, getenv); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestMessageIDs(t *testing.T) {
	seen := map[string]string{}
	for message, id := range messageIDs() {
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) || seen[id] != "" {
			t.Errorf("%q has the ID %q, which is malformed or that of %q", message, id, seen[id])
		}
		seen[id] = message
	}
}
