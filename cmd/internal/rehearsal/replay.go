package rehearsal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"finishwatch/cmd/internal/borrow"
	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
)

// found is an export of a person's own.
type found struct {
	name string // below the folder, with slashes
	data []byte
}

const (
	maxFiles = 300       // of a folder
	maxBytes = 256 << 20 // of all of them
)

// gather reads the file, or every file of the folder, that a person named.
func gather(from string) ([]found, error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	if !info.IsDir() {
		data, err := borrow.ReadFile(from)
		if err != nil {
			return nil, fmt.Errorf("rehearsal: %w", err)
		}
		return []found{{filepath.Base(from), data}}, nil
	}
	var list []found
	total := int64(0)
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		if len(list) == maxFiles || total > maxBytes {
			return fmt.Errorf("%s holds more than %d files or %d MB; copy the exports of one race day into a folder of their own",
				from, maxFiles, maxBytes>>20)
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := borrow.ReadFile(path)
		list = append(list, found{filepath.ToSlash(name), data})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	return list, nil
}

// ownRaces gives each export that can be read without being told anything a race of its own, R1, R2 and so on.
func ownRaces(list []found) (tables string, left []string, err error) {
	var refused error
	events := 0
	for _, f := range list {
		reading, err := parse.Read(f.data, parse.Rules{}, parse.TailStill)
		if err == nil && len(reading.Finishes)+len(reading.Held) == 0 {
			err = errors.New("no finishes; finishwatch explain shows why")
		}
		if err != nil {
			left = append(left, fmt.Sprintf("%s: %v", f.name, err))
			refused = fmt.Errorf("rehearsal: %s cannot be played: %w; or name its configuration with --config", f.name, err)
			continue
		}
		events++
		tables += raceTable(f.name, fmt.Sprintf("R%d", events), "Rehearsal")
	}
	if events > 0 {
		refused = nil
	} else if refused == nil {
		refused = errors.New("rehearsal: there is no file to play")
	}
	return tables, left, refused
}

// replayed returns exports of a person's own as they come about, for the races that read them.
func replayed(list []found, races []config.Race, o Options) (*course, error) {
	c := &course{}
	for _, f := range list {
		e, err := replay(f, races, o)
		_, refused := errors.AsType[*parse.FileError](err)
		switch {
		case refused && len(list) > 1: // one bad file stops only itself
			c.left = append(c.left, fmt.Sprintf("%s: %v", f.name, err))
		case refused:
			return nil, fmt.Errorf("rehearsal: %s cannot be played: %w", f.name, err)
		case err != nil:
			return nil, err
		case e == nil:
			c.left = append(c.left, f.name+": no [[race]] of the configuration reads it")
		default:
			c.exports = append(c.exports, e)
		}
	}
	if !o.paced() {
		c.begin()
	}
	return c.ordered(), nil
}

// replay is one of them; nil when no race reads it. A [*parse.FileError] says that every race that reads it refuses it.
func replay(f found, races []config.Race, o Options) (*export, error) {
	e := &export{name: f.name}
	read := false
	var refused error
	var finishes []parse.Finish
	for _, race := range races {
		if !feeds(race, f.name) {
			continue
		}
		rules, err := race.RulesWithChips()
		if err != nil {
			return nil, fmt.Errorf("rehearsal: %w", err)
		}
		reading, err := parse.Read(f.data, rules, parse.TailStill)
		if err != nil {
			refused = err
			continue
		}
		read = true
		finishes = append(finishes, reading.Finishes...)
		e.whole = slices.Contains([]string{"iof", "clax", "raceresult-json", "xlsx"}, reading.Format)
	}
	switch {
	case !read:
		return nil, refused
	case e.whole && !o.paced() && !o.fullSpeed():
		return nil, speedError(f.name, "is a document, which a program writes as a whole")
	case e.whole:
		e.events = []event{{at: lead, text: f.data}}
	case o.paced() || o.fullSpeed():
		e.events = evenly(linesOf(f.data), o)
	default:
		var err error
		e.events, err = byTime(f.name, linesOf(f.data), finishes, o)
		return e, err
	}
	return e, nil
}

// headLines go first and alone, as when a program opens its file before the race.
const headLines = 10

// evenly spreads lines.
func evenly(lines [][]byte, o Options) []event {
	var events []event
	step := time.Duration(0)
	if o.paced() {
		step = lengthFor(len(lines)) / time.Duration(max(1, len(lines)))
	}
	for i, line := range lines {
		e := event{line: i, text: line}
		if i >= headLines {
			e.at = 2*lead + time.Duration(i-headLines)*step
		}
		events = append(events, e)
	}
	return events
}

// byTime lets every line come when its finish time is reached; what stands above the first finish is there before.
func byTime(name string, lines [][]byte, finishes []parse.Finish, o Options) ([]event, error) {
	times := map[int]int64{}
	for _, f := range finishes {
		if f.Mark.Code() == parse.NoCode {
			times[f.Line] = f.Mark.Hundredths()
		}
	}
	if len(times) == 0 {
		return nil, speedError(name, "has none")
	}
	var events []event
	reached := int64(-1)
	for i, line := range lines {
		if t, ok := times[i+1]; ok {
			if t < reached && !o.Style.anew() {
				return nil, speedError(name, fmt.Sprintf("is not in their order (line %d), so that it cannot be appended to", i+1)+
					", or choose --style rewrite")
			}
			reached = t
		}
		e := event{line: i, text: line}
		if reached >= 0 {
			e.at = 1 + time.Duration(float64(reached)*float64(10*time.Millisecond)/o.Speed)
		}
		events = append(events, e)
	}
	return events, nil
}

// begin lets the play begin shortly before the first finish of all exports.
func (c *course) begin() {
	first := time.Duration(-1)
	for _, e := range c.exports {
		for _, v := range e.events {
			if v.at > 0 && (first < 0 || v.at < first) {
				first = v.at
			}
		}
	}
	for _, e := range c.exports {
		for i := range e.events {
			if e.events[i].at > 0 {
				e.events[i].at += lead - first
			}
		}
	}
}
