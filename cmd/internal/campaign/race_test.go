package campaign

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finishwatch/uploader/sandbox"
)

// race is one race of the campaign: a timing program, a server behind bad weather, and the real program, started anew
// after each kill on the same ledger.
type race struct {
	t       *testing.T
	binary  string
	dir     string
	random  *rand.Rand
	server  *sandbox.Server
	weather *weather
	player  *player
	judge   *judge
	count   *figures
	life    int
	loses   bool // its ledger again and again
	lost    int  // so many

	mu    sync.Mutex
	diary *os.File
}

func newRace(t *testing.T, binary string, seed, number uint64, count *figures) *race {
	draw := func(what uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, number<<8|what)) }
	r := &race{t: t, binary: binary, dir: t.ArtifactDir(), random: draw(1), judge: newJudge(), count: count, loses: number%3 == 0}
	r.server = sandbox.New(sandbox.Options{Username: username, Password: password})
	for _, dir := range []string{"timing", "state", "log"} {
		r.must(os.Mkdir(filepath.Join(r.dir, dir), 0o755))
	}
	var err error
	r.diary, err = os.Create(filepath.Join(r.dir, "diary"))
	r.must(err)
	t.Cleanup(func() { _ = r.diary.Close() })
	r.weather = newWeather(r.server, r.judge, draw(2), r.say)
	r.weather.late = *late
	r.player = newPlayer(filepath.Join(r.dir, "timing"), draw(3), r.judge, r.say)
	r.serve()
	return r
}

func (r *race) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// say writes the diary.
func (r *race) say(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.diary, "%s %s\n", time.Now().Format(clock), fmt.Sprintf(format, args...))
}

func (r *race) serve() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	r.must(configure(r.dir, listener.Addr().String()))
	server := &http.Server{Handler: r.weather, ConnState: r.weather.connected, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	r.t.Cleanup(func() { _ = server.Close() })
}

// run kills the program as often as it is told, then judges.
func (r *race) run(kills int) {
	quit, played := make(chan struct{}), make(chan error, 1)
	go func() { played <- r.player.play(quit) }()
	halt := sync.OnceFunc(func() { close(quit); r.must(<-played) })
	defer halt()
	for killed := 0; killed < kills && r.unharmed(); {
		if r.live() {
			killed++
		}
		r.judge.read(r.server.Journal())
		if r.loses && r.random.IntN(8) == 0 {
			r.loseLedger()
		}
	}
	halt()
	if r.unharmed() {
		r.end()
	}
	r.judge.sentence()
	r.report()
}

// unharmed reports whether it makes sense to go on.
func (r *race) unharmed() bool {
	r.judge.mu.Lock()
	defer r.judge.mu.Unlock()
	return len(r.judge.violations) == 0
}

// live lets the program live once and reports whether it was killed.
func (r *race) live() bool {
	kind, crash, life := "random instant", "", r.lifetime()
	switch n := r.random.IntN(100); {
	case n < 50:
		names := points()
		kind = names[r.random.IntN(len(names))]
		crash, life = fmt.Sprintf("%s:%d", kind, 1+r.random.IntN(4)), 2*time.Second
	case n < 53:
		kind = "stopped"
	}
	p := r.start(crash)
	select {
	case <-p.done:
	case <-time.After(life):
		if kind == "stopped" {
			r.stop(p)
			r.finishLife(p, kind)
			return false
		}
		if crash != "" {
			kind = "random instant"
		}
		p.kill()
	}
	if !p.byKill() {
		r.judge.violate("false end: the program ended by itself in life %d: %v\n%s", r.life, p.err, r.tail())
	}
	r.finishLife(p, kind)
	return true
}

// stop stops the program as a service manager does, once it has begun.
func (r *race) stop(p *program) {
	r.await("the program to start", patience, func() (bool, string) {
		tail := r.tail()
		return strings.Contains(tail, `"msg":"started"`) || len(tail) > 2000, tail
	})
	if err := p.stop(); err != nil {
		r.judge.violate("false end: stopped in life %d, it ended with %v\n%s", r.life, err, r.tail())
	}
}

// lifetime is until a random instant: often in the middle of the start, mostly in the middle of the work.
func (r *race) lifetime() time.Duration {
	most := []int{60, 300, 900, 2500}[r.random.IntN(4)]
	return time.Duration(r.random.IntN(most)) * time.Millisecond
}

func (r *race) logPath() string { return filepath.Join(r.dir, "log", fmt.Sprintf("%04d.json", r.life)) }

func (r *race) start(crash string) *program {
	r.life++
	r.weather.set(func(w *weather) { w.life, w.trouble = r.life, time.Time{} })
	r.say("program: life %d %s", r.life, crash)
	p, err := start(r.binary, r.dir, r.logPath(), crash)
	r.must(err)
	r.t.Cleanup(p.kill)
	return p
}

// finishLife looks for secrets, and waits until the server has dealt with what the program sent before it died.
func (r *race) finishLife(p *program, kind string) {
	r.say("program: life %d ended: %s", r.life, kind)
	if kind == "stopped" {
		r.count.add("", kind, 1)
	} else {
		r.count.add("kills", kind, 1)
	}
	r.secrets()
	if !*late {
		r.awaitServer()
	}
}

// awaitServer waits until the server has carried out, or not, whatever dead programs sent.
func (r *race) awaitServer() {
	r.await("the server to be done with life "+fmt.Sprint(r.life), patience, func() (bool, string) { return r.weather.idle(), "" })
}

func (r *race) secrets() {
	secrets := []string{password}
	r.weather.set(func(w *weather) { secrets = slices.AppendSeq(secrets, maps.Keys(w.tokens)) })
	for _, dir := range []string{"log", "state"} { // the output goes to the log, and the status file lies beside the ledger
		found, err := leaks(filepath.Join(r.dir, dir), secrets)
		r.must(err)
		for _, path := range found {
			r.judge.violate("secret: in %s after life %d", path, r.life)
		}
	}
	r.must(os.Rename(r.logPath(), r.logPath()+".seen")) // it is not looked at again
}

// loseLedger takes the ledger away, as when the laptop is exchanged. What an earlier ledger sent can be known only from the
// pages then, so these are readable from now on (DESIGN section 5: where they are not, a correction may be lost).
func (r *race) loseLedger() {
	r.say("program: the ledger is lost")
	r.lost++
	r.weather.set(func(w *weather) { w.honest = true })
	r.must(os.RemoveAll(filepath.Join(r.dir, "state")))
	r.must(os.Mkdir(filepath.Join(r.dir, "state"), 0o755))
	<-time.After(time.Duration(r.random.IntN(600)) * time.Millisecond) // meanwhile the exports go on
}

// await waits for something to come true; when it does not, that is a violation.
func (r *race) await(what string, within time.Duration, done func() (bool, string)) bool {
	deadline := time.Now().Add(within)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, seen := done()
		if ok {
			return true
		}
		if time.Now().After(deadline) {
			r.judge.violate("waited %s in vain for %s\n%s", within, what, seen)
			return false
		}
		<-tick.C
	}
}
