package logging

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"go.uber.org/zap/zapcore"
)

// maxElements bounds one array of a log line: the bibs of the largest batch (max_batch) still fit.
const maxElements = 500

// cleanFields adds fields to an encoder with every text in them cleaned, however deep.
type cleanFields []zapcore.Field

func (c cleanFields) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	for _, field := range c {
		field.Key = Clean(field.Key)
		field.AddTo(cleanObject{enc})
	}
	return nil
}

// cleanObject passes everything on to an encoder, texts cleaned. Errors, stringers and panics of either arrive as
// strings; values that only reflection knows become their JSON text, so that they are bounded too.
type cleanObject struct{ zapcore.ObjectEncoder }

func (c cleanObject) AddString(key, value string) {
	c.ObjectEncoder.AddString(Clean(key), Clean(value))
}

func (c cleanObject) AddByteString(key string, value []byte) { c.AddString(key, string(value)) }

func (c cleanObject) AddBinary(key string, value []byte) {
	c.AddString(key, base64.StdEncoding.EncodeToString(value))
}

func (c cleanObject) AddReflected(key string, value any) error {
	text, err := json.Marshal(value)
	if err == nil {
		c.AddString(key, string(text))
	}
	return err
}

func (c cleanObject) AddArray(key string, value zapcore.ArrayMarshaler) error {
	return c.ObjectEncoder.AddArray(Clean(key), cleanElements{value})
}

func (c cleanObject) AddObject(key string, value zapcore.ObjectMarshaler) error {
	return c.ObjectEncoder.AddObject(Clean(key), cleanMembers{value})
}

// cleanMembers is an object whose members are cleaned when they are asked for.
type cleanMembers struct{ of zapcore.ObjectMarshaler }

func (c cleanMembers) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	return c.of.MarshalLogObject(cleanObject{enc})
}

// cleanElements is an array whose elements are cleaned and bounded when they are asked for.
type cleanElements struct{ of zapcore.ArrayMarshaler }

func (c cleanElements) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	return c.of.MarshalLogArray(&cleanArray{ArrayEncoder: enc})
}

type cleanArray struct {
	zapcore.ArrayEncoder
	length int
}

// full counts one more element and reports whether it is one too many; the first of those becomes an ellipsis.
func (c *cleanArray) full() bool {
	c.length++
	if c.length == maxElements+1 {
		c.ArrayEncoder.AppendString("…")
	}
	return c.length > maxElements
}

func (c *cleanArray) AppendString(value string) {
	if !c.full() {
		c.ArrayEncoder.AppendString(Clean(value))
	}
}

func (c *cleanArray) AppendByteString(value []byte) { c.AppendString(string(value)) }

func (c *cleanArray) AppendReflected(value any) error {
	text, err := json.Marshal(value)
	if err == nil {
		c.AppendString(string(text))
	}
	return err
}

func (c *cleanArray) AppendArray(value zapcore.ArrayMarshaler) error {
	if c.full() {
		return nil
	}
	return c.ArrayEncoder.AppendArray(cleanElements{value})
}

func (c *cleanArray) AppendObject(value zapcore.ObjectMarshaler) error {
	if c.full() {
		return nil
	}
	return c.ArrayEncoder.AppendObject(cleanMembers{value})
}

func (c *cleanArray) AppendInt(value int) {
	if !c.full() {
		c.ArrayEncoder.AppendInt(value)
	}
}

func (c *cleanArray) AppendDuration(value time.Duration) {
	if !c.full() {
		c.ArrayEncoder.AppendDuration(value)
	}
}
