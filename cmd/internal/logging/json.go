package logging

import (
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const rfc3339Milli = "2006-01-02T15:04:05.000Z07:00"

// newJSON returns a core that writes one object a line: ts, level, msg, then the fields.
func newJSON(out zapcore.WriteSyncer, enabled zapcore.LevelEnabler) zapcore.Core {
	encoder := zapcore.NewJSONEncoder(zapcore.EncoderConfig{
		TimeKey:        "ts",
		LevelKey:       "level",
		MessageKey:     "msg",
		EncodeTime:     zapcore.TimeEncoderOfLayout(rfc3339Milli),
		EncodeLevel:    zapcore.LowercaseLevelEncoder,
		EncodeDuration: func(d time.Duration, enc zapcore.PrimitiveArrayEncoder) { enc.AppendString(readable(d)) },
	})
	return cleanCore{zapcore.NewCore(encoder, out, enabled)}
}

// cleanCore cleans what it hands to a core that would not.
type cleanCore struct{ zapcore.Core }

func (c cleanCore) With(fields []zapcore.Field) zapcore.Core {
	return cleanCore{c.Core.With([]zapcore.Field{zap.Inline(cleanFields(fields))})}
}

// Check is written out because the embedded one would register the core without its cleaning.
func (c cleanCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

func (c cleanCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	entry.Message = Clean(entry.Message)
	return c.Core.Write(entry, []zapcore.Field{zap.Inline(cleanFields(fields))})
}
