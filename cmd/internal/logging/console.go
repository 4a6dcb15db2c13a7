package logging

import (
	"fmt"
	"slices"

	"go.uber.org/zap/zapcore"
)

// console writes short lines for a person. zap's own console encoder does not escape messages and puts the fields in
// JSON, so it is not used.
type console struct {
	zapcore.LevelEnabler
	out  zapcore.WriteSyncer
	with []fact
}

func newConsole(out zapcore.WriteSyncer, enabled zapcore.LevelEnabler) zapcore.Core {
	return &console{LevelEnabler: enabled, out: out}
}

func (c *console) With(fields []zapcore.Field) zapcore.Core {
	return &console{c.LevelEnabler, c.out, slices.Concat(c.with, facts(fields))}
}

func (c *console) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

func (c *console) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	said := line(entry.Message, slices.Concat(c.with, facts(fields)))
	_, err := fmt.Fprintf(c.out, "%s %-5s %s\n", entry.Time.Format("15:04:05"), levelWord(entry.Level), said)
	return err
}

func (c *console) Sync() error { return nil }

// levelWord is in capitals only where somebody should look up.
func levelWord(level zapcore.Level) string {
	if level >= zapcore.WarnLevel {
		return level.CapitalString()
	}
	return level.String()
}
