package alert

import "os/exec"

// inGroup leaves it at the program itself, which is killed when its time is up; what it has started stays.
func inGroup(*exec.Cmd) {}
