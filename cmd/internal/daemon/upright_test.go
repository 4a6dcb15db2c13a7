package daemon

import (
	"errors"
	"testing"

	"finishwatch/parse"
)

// A reader that falls would fall again after each start, and no other file would be read any more.
func TestAFileThatTheReaderFallsOverIsRefused(t *testing.T) {
	err := upright(func() error {
		var rows []parse.Finish
		_ = rows[len(rows)+6]
		return nil
	})
	const want = "finishwatch falls over something in it (runtime error: index out of range [6] with length 0)"
	if refused, ok := errors.AsType[*parse.FileError](err); !ok || refused.Reason != want || refused.Fix == "" {
		t.Errorf("%v, want the refusal %q", err, want)
	}
	if err := upright(func() error { return nil }); err != nil {
		t.Errorf("a file that is read: %v", err)
	}
}
