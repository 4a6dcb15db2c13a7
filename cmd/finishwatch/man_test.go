package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// The manual page is made from the commands, so that it cannot lag behind.
func TestTheManualHasEveryCommand(t *testing.T) {
	var b strings.Builder
	root := newRoot()
	printMan(&b, root)
	for _, command := range root.Commands() {
		if command.Name() == "help" {
			continue // the page itself is it
		}
		if has := strings.Contains(b.String(), "\n.SS "+roff(command.Name())); has == command.Hidden {
			t.Errorf("%s: in the manual %v, hidden %v", command.Name(), has, command.Hidden)
		}
	}
	if !strings.Contains(b.String(), `.B \-\-dry\-run`) {
		t.Error("the flags are not in it")
	}
}

func TestRoff(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"a backslash":         {`C:\timing`, `C:\etiming`},
		"a hyphen":            {"--once", `\-\-once`},
		"a dot in front":      {".evt\n.sch", "\\&.evt\n\\&.sch"},
		"an apostrophe there": {"'x'", `\&'x'`},
		"plain text":          {"Watch the folder", "Watch the folder"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := roff(test.text); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestTheManualHasEveryExitCode(t *testing.T) {
	var b strings.Builder
	printMan(&b, newRoot())
	_, text, _ := strings.Cut(b.String(), ".SH EXIT STATUS\n")
	for _, code := range []int{exitOK, exitRed, exitUsage, exitData, exitReach, exitSoftware, exitState, exitLogin, exitConfig} {
		if !regexp.MustCompile(fmt.Sprintf(`(^|, )%d `, code)).MatchString(text) {
			t.Errorf("%d is not in it:\n%s", code, text)
		}
	}
}
