package rehearsal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/logging"
	"finishwatch/uploader/sandbox"
)

// stage is everything that a rehearsal needs: the imitation, the folder, the daemon, and what is played.
type stage struct {
	options  Options
	cfg      *config.Config
	course   *course
	faults   []fault
	witness  *witness
	outcomes outcomes
	server   *sandbox.Server
	listener net.Listener
	daemon   *process
}

func newStage(dir string, o Options) (*stage, error) {
	st := &stage{options: o}
	var err error
	if st.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	if err := st.prepare(dir); err != nil {
		_ = st.listener.Close()
		return nil, err
	}
	return st, nil
}

// prepare writes the configuration and works out what is played and what a correct reader makes of it.
func (st *stage) prepare(dir string) error {
	err := st.chooseCourse(dir)
	if err != nil {
		return err
	}
	if st.witness, err = newWitness(st.cfg.Races); err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	st.outcomes = st.witness.expected(st.course.exports)
	if len(st.outcomes.want) == 0 {
		return st.nothingToPlay()
	}
	if err := st.placeFaults(); err != nil {
		return err
	}
	st.server = sandbox.New(sandbox.Options{Competition: st.cfg.OpenTrack.Competition, Events: eventsOf(st.cfg.Races)})
	log, err := os.Create(filepath.Join(dir, "finishwatch.log"))
	if err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	none := func(string) string { return "" }
	st.daemon = &process{program: st.options.program, config: st.cfg.Path, statusFile: st.cfg.StatusFile(none), log: log}
	return nil
}

// chooseCourse writes the configuration and finds what is played.
func (st *stage) chooseCourse(dir string) (err error) {
	o, address := st.options, st.listener.Addr().String()
	if o.From == "" {
		st.course = synthetic(o)
		st.cfg, err = settings(dir, plainSettings(address, o.interval(), fieldRaces(o.Waves)))
		return err
	}
	list, err := gather(o.From)
	if err != nil {
		return err
	}
	var text []byte
	var left []string
	if o.Config != "" {
		text, err = ownSettings(o.Config, address)
	} else {
		var races string
		races, left, err = ownRaces(list)
		text = plainSettings(address, o.interval(), races)
	}
	if err != nil {
		return err
	}
	if st.cfg, err = settings(dir, text); err != nil {
		return err
	}
	st.course, err = replayed(list, st.cfg.Races, o)
	if err != nil {
		return err
	}
	if o.Config == "" {
		st.course.left = left // said better there
	}
	return nil
}

func (st *stage) nothingToPlay() error {
	if len(st.course.left) > 0 {
		return fmt.Errorf("rehearsal: there is nothing to play: %s", logging.Clean(st.course.left[0]))
	}
	return errors.New("rehearsal: there is nothing to play: no finish is in the exports; finishwatch explain shows why")
}

// placeFaults gives every fault its time, and makes the race long enough for it.
func (st *stage) placeFaults() error {
	faults, err := readFaults(st.options.Faults)
	if err != nil {
		return err
	}
	var needed time.Duration
	st.faults, needed = place(faults, st.course.length)
	if needed > st.course.length && !st.options.paced() {
		return fmt.Errorf("rehearsal: at this --speed the race is over after %s, too soon for the faults, which need %s; leave --speed out or lower it",
			st.course.length.Round(time.Second/10), needed.Round(time.Second/10))
	}
	st.course.stretch(needed)
	return nil
}

func eventsOf(races []config.Race) []string {
	var events []string
	known := map[string]bool{}
	for _, race := range races {
		if !known[race.Unit.Event] {
			known[race.Unit.Event] = true
			events = append(events, race.Unit.Event)
		}
	}
	return events
}

func (st *stage) address() string { return "http://" + st.listener.Addr().String() + "/" }

// introduce says what is going to be played.
func (st *stage) introduce(w io.Writer) {
	fmt.Fprintf(w, "rehearsal: %s from %s (--style %s), about %s; results on %s\n", counted(len(st.outcomes.want), "finish", "finishes"),
		counted(len(st.course.exports), "export", "exports"), st.options.Style, st.course.length.Round(time.Second), st.address())
	for _, text := range st.course.left {
		fmt.Fprintf(w, "  not played: %s\n", logging.Clean(text))
	}
	if n := len(st.outcomes.disputed); n > 0 {
		fmt.Fprintf(w, "  held: %s; finishwatch explain says why\n", counted(n, "bib", "bibs"))
	}
	for _, f := range st.faults {
		fmt.Fprintf(w, "  fault: %s: %s\n", f, f.summary)
	}
	if st.options.Open {
		if err := openPage(st.address()); err != nil {
			fmt.Fprintf(w, "  %v\n", err)
		}
	}
}

func (st *stage) close() {
	st.daemon.kill()
	_ = st.daemon.log.Close()
	_ = st.listener.Close()
}

// farewell is how long the page stays after the verdict, so that those who look at it get it.
const farewell = 400 * time.Millisecond

// play runs the imitation and the daemon while the exports are written, and judges.
func (st *stage) play(ctx context.Context, w io.Writer) (verdict, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return st.server.Serve(ctx, st.listener) })
	var v verdict
	judged := false
	group.Go(func() (err error) {
		defer stop()
		v, err = st.act(ctx, w)
		if err != nil || ctx.Err() != nil {
			return err
		}
		judged = true
		st.server.Conclude(v.clean(), v.lines()...)
		wait(ctx, farewell)
		if st.options.onEnd != nil {
			st.options.onEnd()
		}
		return nil
	})
	err := group.Wait()
	if err == nil && !judged {
		err = errors.New("rehearsal: interrupted")
	}
	return v, err
}

// act starts the daemon, plays the exports and the faults, and stops the daemon again.
func (st *stage) act(ctx context.Context, w io.Writer) (verdict, error) {
	if err := st.daemon.start(); err != nil {
		return verdict{}, err
	}
	if err := st.daemon.ready(ctx); err != nil {
		return verdict{}, err
	}
	if st.options.onPage != nil {
		st.options.onPage(st.address())
	}
	p, err := st.newPlayer(w)
	if err != nil {
		return verdict{}, err
	}
	group, playing := errgroup.WithContext(ctx)
	group.Go(func() error { return p.troubles.play(playing, p.start) })
	group.Go(func() error { return p.perform(playing) })
	if err := group.Wait(); err != nil {
		return verdict{}, err
	}
	stopped := st.daemon.stop()
	v := p.judge()
	if stopped != nil && st.daemon.failure() == nil {
		v.wrong = slices.Insert(v.wrong, 0, stopped.Error())
	}
	return v, nil
}

func (st *stage) newPlayer(w io.Writer) (*player, error) {
	start := time.Now()
	random := rand.New(rand.NewPCG(st.options.Seed, 7))
	p := &player{
		witness: st.witness, outcomes: st.outcomes, server: st.server, daemon: st.daemon, w: w, start: start,
		patience: cmp.Or(st.options.patience, quiet+100*st.cfg.Watch.Settle),
		hand: &hand{
			style: st.options.Style, settle: st.cfg.Watch.Settle, start: start, random: random.IntN,
			interval: max(500*time.Millisecond, 3*st.cfg.Watch.Settle),
		},
	}
	p.troubles = &troubles{faults: st.faults, server: st.server, daemon: st.daemon, say: p.say, on: len(st.faults)}
	for _, e := range st.course.exports {
		writing, err := newWriting(st.cfg.Watch.Dir, e)
		if err != nil {
			return nil, fmt.Errorf("rehearsal: %w", err)
		}
		p.writings = append(p.writings, writing)
	}
	return p, nil
}
