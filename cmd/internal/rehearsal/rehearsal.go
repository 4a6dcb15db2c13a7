package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"time"
)

// Options say what is played and how.
type Options struct {
	From     string  // an export, or a folder of them, to play; empty for the synthetic race
	Config   string  // a configuration whose races read them; empty to read them without being told anything
	Style    Style   // in which way the exports are written
	Speed    float64 // of the finish times; 0 for a pace of its own, [FullSpeed] for no pause at all
	Athletes int     // of the synthetic race
	Waves    int     // in which they start
	Seed     uint64  // which synthetic race
	Faults   string  // as [Faults] lists them: "outage 30s at 1m; kill at 20s"
	JSON     bool    // print the verdict as JSON to the output, and the progress elsewhere
	Open     bool    // open the page in a browser
	Keep     bool    // leave the folder, the configuration, the log and the ledger

	patience time.Duration        // how long nothing may happen before the end; 0 for [quiet]
	program  []string             // the daemon's, for tests; the own one otherwise
	onPage   func(address string) // for tests: the page is there, and nothing has been written yet
	onEnd    func()               // for tests: the verdict is on the page, which is still there
}

// FullSpeed is the speed that writes everything as fast as it can be written.
func FullSpeed() float64 { return math.Inf(1) }

func (o Options) paced() bool     { return o.Speed == 0 }
func (o Options) fullSpeed() bool { return math.IsInf(o.Speed, 1) }

// interval is the least time between two uploads where no configuration says.
func (o Options) interval() string {
	if o.fullSpeed() {
		return "0s"
	}
	return "250ms"
}

// MaxAthletes bounds the synthetic race.
const MaxAthletes = 100_000

// Check returns what is wrong with the options, in words for people.
func (o Options) Check() error {
	if _, err := readFaults(o.Faults); err != nil {
		return err
	}
	switch {
	case o.Athletes < 1 || o.Athletes > MaxAthletes:
		return fmt.Errorf("--athletes is a number from 1 to %d", MaxAthletes)
	case o.Waves < 1 || o.Waves > 50:
		return errors.New("--waves is a number from 1 to 50")
	case math.IsNaN(o.Speed) || o.Speed < 0:
		return errors.New(`--speed is a number such as 10, or "max"`)
	case o.Config != "" && o.From == "":
		return errors.New("--config goes with --from: it says how exports of your own are read")
	}
	return o.Style.check()
}

// ErrNotClean says that the verdict was not clean. It has been printed.
var ErrNotClean = errors.New("the rehearsal did not end clean")

// Run plays a race. What happens is printed to progress as it happens, and the verdict to out. It returns [ErrNotClean]
// when a finish is missing, wrong or there twice.
func Run(ctx context.Context, out, progress io.Writer, options Options) error {
	if err := options.Check(); err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	dir, err := os.MkdirTemp("", "finishwatch-rehearsal-*")
	if err != nil {
		return fmt.Errorf("rehearsal: %w", err)
	}
	if !options.Keep {
		defer os.RemoveAll(dir)
	}
	stage, err := newStage(dir, options)
	if err != nil {
		return err
	}
	defer stage.close()
	stage.introduce(progress)
	v, err := stage.play(ctx, progress)
	if err != nil {
		return err
	}
	if options.JSON {
		err = v.printJSON(out)
	}
	if err != nil {
		return fmt.Errorf("rehearsal: print the verdict: %w", err)
	}
	if !options.JSON {
		v.print(out)
	}
	if options.Keep {
		fmt.Fprintf(progress, "kept: %s\n", dir)
	}
	if !v.clean() {
		return ErrNotClean
	}
	return nil
}
