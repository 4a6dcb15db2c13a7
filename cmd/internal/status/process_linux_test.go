package status

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A program may be called as it likes, also with the brackets around its name in it.
func TestTheBirthOfAProgramWithAHostileName(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	if sleep, err = filepath.EvalSymlinks(sleep); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(sleep)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "sleep) (x")
	if err := os.WriteFile(path, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "60")
	cmd.Args[0] = "sleep" // some look at it for what they shall be
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	const hour = 3600 * 100
	if birth := birthOf(cmd.Process.Pid); birth < Birth() || birth > Birth()+hour {
		t.Errorf("born %d, we %d", birth, Birth())
	}
}
