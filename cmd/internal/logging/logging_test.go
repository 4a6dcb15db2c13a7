package logging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

var noon = time.Date(2026, 5, 3, 12, 0, 5, 250_000_000, time.UTC)

// noonClock makes log lines comparable.
type noonClock struct{ zapcore.Clock }

func (noonClock) Now() time.Time { return noon }

// written returns what a logger of the given level and format writes to a file.
func written(t *testing.T, level, format string, say func(*zap.Logger)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "stderr")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	log, err := New(w, level, format, nothing)
	if err != nil {
		t.Fatal(err)
	}
	say(log.WithOptions(zap.WithClock(noonClock{})))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func nothing(string) string { return "" }

func TestConsole(t *testing.T) {
	tests := map[string]struct {
		say  func(*zap.Logger)
		want string
	}{
		"information does not shout": {
			func(l *zap.Logger) { l.Info("batch confirmed", zap.String("unit", "R1/1/1"), zap.Int("rows", 3)) },
			"12:00:05 info  batch confirmed  unit=R1/1/1 rows=3\n",
		},
		"a warning does": {func(l *zap.Logger) { l.Warn("folder is gone") }, "12:00:05 WARN  folder is gone\n"},
		"values with blanks are quoted": {
			func(l *zap.Logger) { l.Error("file refused", zap.Error(errors.New(`no column "bib"; name it`))) },
			"12:00:05 ERROR file refused  error=\"no column 'bib'; name it\"\n",
		},
		"a value cannot forge another": {
			func(l *zap.Logger) { l.Info("row held", zap.String("bib", `7" unit="R2`), zap.String("mark", "a=b")) },
			"12:00:05 info  row held  bib=\"7' unit='R2\" mark=\"a=b\"\n",
		},
		"an empty value shows": {
			func(l *zap.Logger) { l.Info("row held", zap.String("bib", "")) },
			"12:00:05 info  row held  bib=\"\"\n",
		},
		"a Windows path keeps its backslashes": {
			func(l *zap.Logger) { l.Info("watching", zap.String("folder", `C:\My Timing`)) },
			"12:00:05 info  watching  folder=\"C:\\My Timing\"\n",
		},
		"lists and objects are short": {
			func(l *zap.Logger) {
				l.Info("batch", zap.Strings("bibs", []string{"349", "007"}), zap.Dict("x", zap.Int("b", 2), zap.String("a", "1")))
			},
			"12:00:05 info  batch  bibs=349,007 x={a:1,b:2}\n",
		},
		"what With says comes first": {
			func(l *zap.Logger) { l.With(zap.String("unit", "R1/1/1")).Info("resumed", zap.Bool("x", true)) },
			"12:00:05 info  resumed  unit=R1/1/1 x=true\n",
		},
		"times and durations are readable": {
			func(l *zap.Logger) {
				l.Info("done", zap.Time("x", noon), zap.Duration("took", 180_400*time.Microsecond))
			},
			"12:00:05 info  done  x=2026-05-03T12:00:05.250Z took=180ms\n",
		},
		"less than the level is not said": {func(l *zap.Logger) { l.Debug("listed") }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, written(t, "info", "console", test.say)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	tests := map[time.Duration]string{
		0:                                        "0s",
		1234 * time.Nanosecond:                   "1.234µs",
		180_400 * time.Microsecond:               "180ms",
		1432 * time.Millisecond:                  "1.4s",
		2*time.Minute + 5300*time.Millisecond:    "2m5s",
		10 * time.Minute:                         "10m",
		24 * time.Hour:                           "24h",
		time.Hour + 30*time.Minute + time.Second: "1h30m1s",
		-90 * time.Second:                        "-1m30s",
	}
	for d, want := range tests {
		if got := readable(d); got != want {
			t.Errorf("%v reads %s, want %s", d, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	got := written(t, "debug", "json", func(l *zap.Logger) {
		l.With(zap.String("unit", "R1/1/1")).Debug("batch confirmed", zap.Strings("bibs", []string{"349", "007"}),
			zap.Int("rows", 2), zap.Duration("took", 180_400*time.Microsecond), zap.Error(errors.New("late")),
			zap.Any("x", map[string]int{"a": 1}), zap.Dict("y", zap.Bool("z", true)))
	})
	want := `{"level":"debug","ts":"2026-05-03T12:00:05.250Z","msg":"batch confirmed","unit":"R1/1/1","bibs":["349","007"],` +
		`"rows":2,"took":"180ms","error":"late","x":"{\"a\":1}","y":{"z":true}}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const hostileText = "a\n<0>b\x1b[2J\u202ec\u2066d\u200e\u061ce\u009bf"

type hostileStringer struct{}

func (hostileStringer) String() string { return hostileText }

type hostileObject struct{}

func (hostileObject) MarshalLogObject(enc zapcore.ObjectEncoder) error {
	enc.AddByteString("bytes", []byte(hostileText))
	return errors.Join(
		enc.AddReflected("reflected", []string{hostileText}),
		enc.AddArray("inner", zapcore.ArrayMarshalerFunc(func(enc zapcore.ArrayEncoder) error {
			enc.AppendByteString([]byte(hostileText))
			return errors.Join(enc.AppendObject(zap.DictObject(zap.String("deep", hostileText))), enc.AppendReflected(hostileText))
		})),
		errors.New(hostileText),
	)
}

// hostileFields puts one hostile text wherever zap takes text.
func hostileFields() map[string]zap.Field {
	type verbose struct{ error }
	return map[string]zap.Field{
		"string":        zap.String("x", hostileText),
		"byte string":   zap.ByteString("x", []byte(hostileText)),
		"name":          zap.Int(hostileText, 1),
		"error":         zap.Error(errors.New(hostileText)),
		"joined error":  zap.Error(errors.Join(errors.New(hostileText), io.EOF)),
		"wrapped error": zap.Error(verbose{fmt.Errorf("read %s", hostileText)}),
		"errors":        zap.Errors("x", []error{errors.New(hostileText)}),
		"stringer":      zap.Stringer("x", hostileStringer{}),
		"stringers":     zap.Stringers("x", []hostileStringer{{}}),
		"strings":       zap.Strings("x", []string{"fine", hostileText}),
		"byte strings":  zap.ByteStrings("x", [][]byte{[]byte(hostileText)}),
		"object":        zap.Object("x", hostileObject{}),
		"inline object": zap.Inline(hostileObject{}),
		"objects":       zap.Objects("x", []hostileObject{{}}),
		"dict":          zap.Dict("x", zap.Dict("y", zap.String("z", hostileText))),
		"reflected":     zap.Any("x", map[string]any{hostileText: hostileText}),
		"struct":        zap.Any("x", struct{ S string }{hostileText}),
		"namespace":     zap.Namespace(hostileText),
	}
}

// Whatever a stranger writes into a cell stays on its line, has no colour and no direction; decoded JSON included.
func TestHostileTextIsCleanedEverywhere(t *testing.T) {
	for _, format := range []string{"console", "json"} {
		for kind, field := range hostileFields() {
			t.Run(format+"/"+kind, func(t *testing.T) {
				got := written(t, "info", format, func(l *zap.Logger) {
					l.Info("said", field)
					l.With(field).Info("said", zap.Int("rows", 1))
					l.Info(hostileText)
				})
				checkLines(t, format, got, 3)
			})
		}
	}
}

func checkLines(t *testing.T, format, got string, want int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
	if len(lines) != want {
		t.Errorf("%d lines, want %d:\n%s", len(lines), want, got)
	}
	for _, line := range lines {
		if strings.ContainsFunc(line, hostile) {
			t.Errorf("not clean: %q", line)
		}
		if format == "json" {
			var decoded any
			if err := json.Unmarshal([]byte(line), &decoded); err != nil {
				t.Errorf("%v: %s", err, line)
			}
			checkDecoded(t, decoded)
		}
	}
}

// checkDecoded looks behind JSON's own escapes, where a newline would be a newline again.
func checkDecoded(t *testing.T, value any) {
	t.Helper()
	switch v := value.(type) {
	case string:
		if strings.ContainsFunc(v, hostile) {
			t.Errorf("not clean: %q", v)
		}
	case []any:
		for _, element := range v {
			checkDecoded(t, element)
		}
	case map[string]any:
		for name, member := range v {
			checkDecoded(t, name)
			checkDecoded(t, member)
		}
	}
}

func TestLongTextIsBounded(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	many := make([]string, 10_000)
	for _, format := range []string{"console", "json"} {
		for name, field := range map[string]zap.Field{
			"string": zap.String("x", long), "error": zap.Error(errors.New(long)), "reflected": zap.Any("x", []any{long}),
			"array": zap.Strings("x", many), "binary": zap.Binary("x", []byte(long)), "ints": zap.Ints("x", make([]int, 10_000)),
		} {
			if got := written(t, "info", format, func(l *zap.Logger) { l.Info("said", field) }); len(got) > 4*maxText {
				t.Errorf("%s, %s: a line of %d bytes", format, name, len(got))
			}
		}
	}
}

func TestLevels(t *testing.T) {
	all := func(l *zap.Logger) { l.Debug("d"); l.Info("i"); l.Warn("w"); l.Error("e") }
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1} {
		for _, format := range []string{"console", "json"} {
			if got := strings.Count(written(t, level, format, all), "\n"); got != want {
				t.Errorf("%s, %s: %d lines, want %d", level, format, got, want)
			}
		}
	}
}

func TestNewRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, test := range [][2]string{{"loud", "auto"}, {"panic", "json"}, {"", "json"}, {"info", "xml"}, {"info", ""}} {
		if _, err := New(os.Stderr, test[0], test[1], nothing); err == nil {
			t.Errorf("level %q with format %q was taken", test[0], test[1])
		}
	}
}
