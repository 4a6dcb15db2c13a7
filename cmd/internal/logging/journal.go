package logging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// maxDatagram bounds one entry, in bytes. The kernel takes about 200 KB; beyond that journald wants a file descriptor
// instead, which nothing we say is worth.
const maxDatagram = 64 << 10

// journal is a core that sends entries with native fields to journald (systemd.io/JOURNAL_NATIVE_PROTOCOL).
//
// go-systemd's journal package does the same, but keeps its socket in package state under a fixed path, where no test
// can listen, and cannot send a field twice.
type journal struct {
	*journalSender
	with     []fact
	fallback zapcore.Core // takes the same fields and levels
	names    map[string]string
	ids      map[string]string
}

// newJournal returns a core that sends to the socket at path, and writes to fallback what cannot be sent within
// patience. ids gives messages their MESSAGE_ID.
func newJournal(path string, fallback zapcore.Core, ids map[string]string, patience time.Duration) zapcore.Core {
	sender := &journalSender{path: path, patience: patience, plain: fallback}
	return &journal{journalSender: sender, fallback: fallback, names: journalNames(), ids: ids}
}

func (j *journal) Enabled(level zapcore.Level) bool { return j.fallback.Enabled(level) }

func (j *journal) With(fields []zapcore.Field) zapcore.Core {
	clone := *j
	clone.with = slices.Concat(j.with, facts(fields))
	clone.fallback = j.fallback.With(fields)
	return &clone
}

func (j *journal) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if j.Enabled(entry.Level) {
		return checked.AddCore(entry, j)
	}
	return checked
}

func (j *journal) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	if j.send(entry.Time, j.datagram(entry, fields)) {
		return nil
	}
	return j.fallback.Write(entry, fields)
}

func (j *journal) Sync() error { return nil }

// datagram is the entry in journald's native protocol. MESSAGE carries the facts as well, because journalctl shows
// nothing else unless it is asked.
func (j *journal) datagram(entry zapcore.Entry, fields []zapcore.Field) []byte {
	list := slices.Concat(j.with, facts(fields))
	var b bytes.Buffer
	appendField(&b, "MESSAGE", line(entry.Message, list))
	appendField(&b, "PRIORITY", strconv.Itoa(priority(entry.Level)))
	appendField(&b, "SYSLOG_IDENTIFIER", "finishwatch")
	if id := j.ids[entry.Message]; id != "" {
		appendField(&b, "MESSAGE_ID", id)
	}
	for _, f := range list {
		j.appendFact(&b, f)
	}
	return b.Bytes()
}

// appendFact writes an array as one field for each element, so that a query for any of them finds the entry.
func (j *journal) appendFact(b *bytes.Buffer, f fact) {
	name, known := j.names[f.name]
	if !known {
		name = journalName(f.name)
	}
	elements, isArray := f.value.([]any)
	if !isArray {
		elements = []any{f.value}
	}
	for _, element := range elements {
		appendField(b, name, bound(text(element), maxText))
	}
}

// appendField leaves a field out when the datagram would become too large.
func appendField(b *bytes.Buffer, name, value string) {
	if b.Len()+len(name)+len(value)+10 > maxDatagram {
		return
	}
	b.WriteString(name)
	if strings.Contains(value, "\n") {
		// Cleaned text holds no newline. Should one come here all the same, it must not begin a field of its own.
		b.WriteByte('\n')
		_ = binary.Write(b, binary.LittleEndian, uint64(len(value)))
	} else {
		b.WriteByte('=')
	}
	b.WriteString(value)
	b.WriteByte('\n')
}

// priority is the syslog priority of a level.
func priority(level zapcore.Level) int {
	switch {
	case level >= zapcore.DPanicLevel:
		return 2
	case level >= zapcore.ErrorLevel:
		return 3
	case level >= zapcore.WarnLevel:
		return 4
	case level >= zapcore.InfoLevel:
		return 6
	}
	return 7
}

// journalSender is the socket, shared by a core and its offspring.
type journalSender struct {
	path     string
	patience time.Duration // for one datagram; a hung journald must not hang the race
	plain    zapcore.Core  // where the journal's absence is said

	mu   sync.Mutex
	conn *net.UnixConn // nil when not connected
	down bool          // the last datagram was not taken, and that has been said
}

// send reports whether journald took the datagram. The first failure of a spell is said at time now.
func (s *journalSender) send(now time.Time, datagram []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.put(datagram)
	if err != nil && !s.down {
		s.say(now, err)
	}
	s.down = err != nil
	return err == nil
}

// put tries a socket that was connected earlier and, when that has gone bad, a new one. A journald that is there but
// does not read would let us wait twice.
func (s *journalSender) put(datagram []byte) error {
	if s.conn != nil {
		if err := s.write(datagram); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.path, Net: "unixgram"})
	if err != nil {
		return err
	}
	s.conn = conn
	return s.write(datagram)
}

// write gives the socket up on any error.
func (s *journalSender) write(datagram []byte) error {
	err := s.conn.SetWriteDeadline(time.Now().Add(s.patience))
	if err == nil {
		_, err = s.conn.Write(datagram)
	}
	if err != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
	return err
}

func (s *journalSender) say(now time.Time, err error) {
	entry := zapcore.Entry{Time: now, Level: zapcore.WarnLevel, Message: "journal out of reach, logging to standard error"}
	_ = s.plain.Write(entry, []zapcore.Field{zap.Error(err)})
}
