package main

import (
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"finishwatch/cmd/internal/screen"
)

// cmdWatched runs the program on a terminal: watched run --once. What a person sees at the end is in the file screen, every
// row that was ever shown in the file shown.
func cmdWatched(ts *testscript.TestScript, neg bool, args []string) {
	s, err := screen.Open(100)
	ts.Check(err)
	defer s.Close()
	program := exec.Command("finishwatch", args...)
	program.Dir, program.Env = ts.MkAbs("."), envOf(ts)
	program.Stdout, program.Stderr = s.Terminal, s.Terminal
	if err := program.Run(); (err != nil) != neg {
		ts.Fatalf("%v\n%s", err, s.Text())
	}
	// The terminal hands over what it has been given in the order in which it was.
	_, _ = s.Terminal.WriteString("\n$ \n")
	text, ok := s.Await(func(text string) bool { return strings.HasSuffix(text, "\n$\n") })
	if !ok {
		ts.Fatalf("the screen never came to its end:\n%s", text)
	}
	text, _ = strings.CutSuffix(text, "\n$\n")
	ts.Logf("[screen]\n%s[shown]\n%s", text, strings.Join(s.Shown(), "\n"))
	ts.Check(os.WriteFile(ts.MkAbs("screen"), []byte(text), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("shown"), []byte(strings.Join(s.Shown(), "\n")+"\n"), 0o644))
}

// envOf is the environment of the story.
func envOf(ts *testscript.TestScript) (list []string) {
	for _, name := range []string{"FINISHWATCH_PASSWORD", "STATE_DIRECTORY", "RUNTIME_DIRECTORY", "PATH", "HOME", "TMPDIR", "WORK"} {
		list = append(list, name+"="+ts.Getenv(name))
	}
	return list
}
