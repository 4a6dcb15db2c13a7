package alert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// execute runs a program to its end, or to that of ctx; then it is killed with everything that it has started. What it
// writes is nobody's.
func execute(ctx context.Context, argv, environment []string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(without(os.Environ()), environment...)
	cmd.WaitDelay = time.Second
	inGroup(cmd)
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s: not ready after %s, and killed", argv[0], maxRun)
	}
	return err
}

// without leaves out of an environment what is not the program's business: our password, and what systemd told us.
func without(environment []string) []string {
	var rest []string
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case strings.HasPrefix(name, "FINISHWATCH_"), strings.HasPrefix(name, "WATCHDOG_"), strings.HasPrefix(name, "LISTEN_"):
		case name == "NOTIFY_SOCKET", name == "CREDENTIALS_DIRECTORY", name == "JOURNAL_STREAM":
		default:
			rest = append(rest, entry)
		}
	}
	return rest
}
