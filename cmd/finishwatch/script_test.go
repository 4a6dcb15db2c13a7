package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"finishwatch/state"
	"finishwatch/uploader/sandbox"
)

// The stories in testdata/script run the real program as processes of their own against the imitation of OpenTrack. A
// story never asserts that nothing happened: it makes something happen behind it, waits for that, and then looks at the
// imitation's journal, which forgets nothing.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"finishwatch": main})
}

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error { return newStory(env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":   cmdServer,
			"fault":    cmdFault,
			"page":     cmdPage,
			"journal":  cmdJournal,
			"append":   cmdAppend,
			"await":    cmdAwait,
			"race":     cmdRace,
			"option":   cmdOption,
			"seed":     cmdSeed,
			"signal":   cmdSignal,
			"mkfifo":   cmdMkfifo,
			"large":    cmdLarge,
			"examples": cmdExamples,
			"watched":  cmdWatched,
		},
	})
}

// story is what a script has besides its files: an imitation that can go down and come back.
type story struct {
	env     *testscript.Env
	sandbox *sandbox.Server
	address string
	http    *http.Server
}

type storyKey struct{}

// newStory gives the script an imitation that is up, and a configuration in $WORK/config.toml that points to it.
func newStory(env *testscript.Env) error {
	s := &story{env: env, sandbox: sandbox.New(sandbox.Options{})}
	env.Values[storyKey{}] = s
	env.Defer(s.down)
	if err := s.up("127.0.0.1:0"); err != nil {
		return err
	}
	env.Setenv("SERVER", "http://"+s.address)
	env.Setenv("FINISHWATCH_PASSWORD", "apitest")
	env.Setenv("STATE_DIRECTORY", "")
	env.Setenv("RUNTIME_DIRECTORY", "")
	if err := os.MkdirAll(filepath.Join(env.WorkDir, "timing"), 0o755); err != nil {
		return err
	}
	text := fmt.Sprintf(`[opentrack]
competition = "http://%s/x/2026/GBR/api-test/"
username = "api-test@mailinator.com"
min_interval = "0s"

[watch]
dir = "timing"
poll = "100ms"
settle = "30ms"

[state]
file = "finishwatch.db"

[log]
level = "debug"
format = "json"

[[race]]
files = ["*.csv"]
eventid = "R1"
`, s.address)
	return os.WriteFile(filepath.Join(env.WorkDir, "config.toml"), []byte(text), 0o644)
}

func (s *story) up(address string) error {
	var listener net.Listener
	for range 100 {
		var err error
		if listener, err = net.Listen("tcp", address); err == nil {
			break
		}
		if address == "127.0.0.1:0" {
			return err
		}
		time.Sleep(20 * time.Millisecond) // somebody else has the port for a moment
	}
	if listener == nil {
		return fmt.Errorf("cannot listen on %s again", address)
	}
	s.address = listener.Addr().String()
	server := &http.Server{Handler: s.sandbox}
	s.http = server
	go func() { _ = server.Serve(listener) }()
	return nil
}

func (s *story) down() {
	if s.http != nil {
		_ = s.http.Close()
		s.http = nil
	}
}

func storyOf(ts *testscript.TestScript) *story {
	return ts.Value(storyKey{}).(*story)
}

// within waits for something to come true, for half a minute at the most.
func within(ts *testscript.TestScript, what string, done func() (bool, string)) {
	deadline := time.Now().Add(30 * time.Second)
	for {
		ok, seen := done()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s has not come true; in the end:\n%s", what, seen)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// cmdServer takes the imitation off the network and brings it back: server down, server up.
func cmdServer(ts *testscript.TestScript, _ bool, args []string) {
	s := storyOf(ts)
	switch {
	case len(args) == 1 && args[0] == "down":
		s.down()
	case len(args) == 1 && args[0] == "up":
		ts.Check(s.up(s.address))
	default:
		ts.Fatalf("usage: server up|down")
	}
}

// cmdFault orders a fault for the next upload: fault KIND [on=put] [count=1] [status=503] [delay=2s] [body=text].
func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: fault KIND [name=value ...]")
	}
	order := sandbox.Order{Kind: sandbox.FaultKind(args[0])}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "on":
			order.On = value
		case "count":
			order.Count, _ = strconv.Atoi(value)
		case "status":
			order.Status, _ = strconv.Atoi(value)
		case "delay":
			order.Delay = value
		case "body":
			order.Body = value
		case "location":
			order.Location = value
		default:
			ts.Fatalf("fault has no %q", name)
		}
	}
	ts.Check(storyOf(ts).sandbox.Order(order))
}

// cmdPage waits until a unit's page is exactly this: page R1/1/1 349=14:25.10 690=DNF.
func cmdPage(ts *testscript.TestScript, _ bool, args []string) {
	unit, err := state.ParseUnit(args[0])
	ts.Check(err)
	want := strings.Join(args[1:], " ")
	within(ts, "page "+strings.Join(args, " "), func() (bool, string) {
		var rows []string
		for _, row := range storyOf(ts).sandbox.Rows(unit.Event, unit.Round, unit.Heat) {
			rows = append(rows, row.Bib+"="+row.Mark)
		}
		got := strings.Join(rows, " ")
		return got == want, got
	})
}

// cmdJournal compares all uploads that were ever carried out with a file, a batch a line: append R1/1/1 349=14:25.10.
func cmdJournal(ts *testscript.TestScript, _ bool, args []string) {
	var got strings.Builder
	for _, entry := range storyOf(ts).sandbox.Journal() {
		for _, b := range entry.Batches {
			fmt.Fprintf(&got, "%s %s", b.Mode, b.Unit)
			for _, row := range b.Rows {
				fmt.Fprintf(&got, " %s=%s", row[0], row[1])
			}
			got.WriteString("\n")
		}
	}
	if want := ts.ReadFile(args[0]); want != got.String() {
		ts.Fatalf("the journal is\n%s\nand should be\n%s", got.String(), want)
	}
}

// cmdAppend writes text behind a file: append FILE TEXT, with \n, \t and \x00 as in Go.
func cmdAppend(ts *testscript.TestScript, _ bool, args []string) {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	ts.Check(err)
	_, err = f.WriteString(text)
	ts.Check(errors.Join(err, f.Close()))
}

// cmdAwait waits until a file matches a regular expression: await FILE REGEXP. Log files of background processes are
// made with the script's --log-to.
func cmdAwait(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile(args[1])
	path := ts.MkAbs(args[0])
	within(ts, strings.Join(args, " matches "), func() (bool, string) {
		text, _ := os.ReadFile(path)
		return pattern.Match(text), string(text)
	})
}

// cmdRace changes the story's configuration: race NAME VALUE puts the line in the place of the key's.
func cmdRace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile("config.toml")
	line := regexp.MustCompile(`(?m)^` + args[0] + ` = .*$`)
	changed := args[0] + " = " + args[1]
	if line.MatchString(text) {
		text = line.ReplaceAllLiteralString(text, changed)
	} else {
		text += changed + "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs("config.toml"), []byte(text), 0o644))
}

// cmdOption puts a line at the beginning of [opentrack], or of another table: option NAME VALUE [TABLE].
func cmdOption(ts *testscript.TestScript, _ bool, args []string) {
	table := "[opentrack]\n"
	if len(args) > 2 {
		table = "[" + args[2] + "]\n"
	}
	text := strings.Replace(ts.ReadFile("config.toml"), table, table+args[0]+" = "+args[1]+"\n", 1)
	ts.Check(os.WriteFile(ts.MkAbs("config.toml"), []byte(text), 0o644))
}

// cmdSeed puts rows on a page as somebody else would: seed R1 3=15:00.
func cmdSeed(ts *testscript.TestScript, _ bool, args []string) {
	var rows [][2]string
	for _, arg := range args[1:] {
		bib, mark, _ := strings.Cut(arg, "=")
		rows = append(rows, [2]string{bib, mark})
	}
	ts.Check(storyOf(ts).sandbox.Seed(args[0], 1, 1, rows...))
}

// cmdSignal sends SIGTERM or SIGHUP to the process whose status is in a file: signal TERM status.json.
func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	pid := regexp.MustCompile(`"pid":(\d+)`).FindStringSubmatch(ts.ReadFile(args[1]))
	if pid == nil {
		ts.Fatalf("no process in %s", args[1])
	}
	ts.Check(ts.Exec("kill", "-"+args[0], pid[1]))
}

// cmdMkfifo makes a named pipe that nobody writes to.
func cmdMkfifo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("mkfifo", ts.MkAbs(args[0])))
}

// cmdLarge makes a file of so many bytes without using the room.
func cmdLarge(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(errors.Join(f.Truncate(size), f.Close()))
}
