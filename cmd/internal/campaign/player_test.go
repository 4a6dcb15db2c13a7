package campaign

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"finishwatch/parse"
	"finishwatch/uploader/sandbox"
)

// player is the timing program: it writes exports, correct ones and wrong ones, in every style. It never looks at what
// finishwatch does.
type player struct {
	dir     string // the watched folder
	random  *rand.Rand
	judge   *judge
	exports []*export
	diary   func(string, ...any)
	done    map[string]int // how often it wrote in what way
	changes map[string]int // and changed what
}

func newPlayer(dir string, random *rand.Rand, j *judge, diary func(string, ...any)) *player {
	return &player{dir: dir, random: random, judge: j, diary: diary, done: map[string]int{}, changes: map[string]int{}, exports: []*export{
		{name: "a1.csv", layout: quoted(), last: 100},
		{name: "a2.csv", layout: quoted(), last: 500},
		{name: "shared.csv", layout: shared(), last: 1000},
		{name: "coded.csv", layout: coded(), last: 2000},
	}}
}

// play writes until quit is closed.
func (p *player) play(quit <-chan struct{}) error {
	for {
		select {
		case <-quit:
			return nil
		case <-time.After(time.Duration(5+p.random.IntN(60)) * time.Millisecond):
		}
		if err := p.step(); err != nil {
			return err
		}
	}
}

// step does one thing that a timing program, or a person at it, does.
func (p *player) step() error {
	e := p.exports[p.random.IntN(len(p.exports))]
	switch n := p.random.IntN(100); {
	case n < 45:
		return p.grow(e)
	case n < 95:
		var changes strings.Builder
		for range 1 + p.random.IntN(2) {
			what := e.change(p.random)
			p.changes[what]++
			changes.WriteString(what + " ")
		}
		return p.rewrite(e, changes.String())
	default:
		return p.away()
	}
}

// grow writes new finishers behind the others: in one piece or two, one row or several.
func (p *player) grow(e *export) error {
	for range 1 + p.random.IntN(4)*p.random.IntN(2) {
		r := e.newRow(p.random)
		if other := p.exports[0]; e == p.exports[1] && p.random.IntN(8) == 0 && len(other.rows) > 0 {
			r = other.rows[p.random.IntN(len(other.rows))] // it was read at two finish lines
			if r.second || has(e, r.bib) {
				continue
			}
			if p.random.IntN(3) == 0 {
				r.time = e.newTime(p.random) // and not at the same time
			}
		}
		e.rows = append(e.rows, r)
	}
	p.judge.learn(e.facts())
	text := e.render()
	if !bytes.HasPrefix(text, e.disk) {
		return p.rewrite(e, "")
	}
	p.say(e, "append", "")
	more := text[len(e.disk):]
	pieces := [][]byte{more}
	if len(more) > 1 && p.random.IntN(2) == 0 {
		cut := 1 + p.random.IntN(len(more)-1)
		pieces = [][]byte{more[:cut], more[cut:]}
		p.done["torn append"]++
	}
	return p.open(e, os.O_APPEND|os.O_CREATE|os.O_WRONLY, func(f *os.File) error {
		return p.write(e, f, pieces, []time.Duration{20 * time.Millisecond, 250 * time.Millisecond}[p.random.IntN(2)], 10*settle)
	})
}

func has(e *export, bib string) bool {
	for _, r := range e.rows {
		if r.bib == bib {
			return true
		}
	}
	return false
}

// rewrite exports the whole file anew.
func (p *player) rewrite(e *export, why string) error {
	p.judge.learn(e.facts())
	styles := []struct {
		name string
		do   func(*export) error
	}{
		{"in chunks", p.inChunks},
		{"rename over", p.renameOver},
		{"copy over in place", p.copyOver},
		{"truncate, then rows", p.truncateFirst},
		{"shrink, then grow", p.shrink},
		{"delete, then create", p.deleteFirst},
	}
	style := styles[p.random.IntN(len(styles))]
	p.say(e, style.name, why)
	return style.do(e)
}

func (p *player) say(e *export, style, why string) {
	p.done[style]++
	p.diary("player: %s %s, %d rows %s", e.name, style, len(e.rows), why)
}

func (p *player) path(e *export) string { return filepath.Join(p.dir, e.name) }

// open opens a file as a timing program does, lets it be written, and closes it.
func (p *player) open(e *export, flags int, write func(*os.File) error) error {
	if flags&os.O_TRUNC != 0 {
		e.disk = nil
	}
	f, err := os.OpenFile(p.path(e), flags, 0o644)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		return err
	}
	return f.Close()
}

// write writes pieces behind the file with pauses up to gap; least is how long the file may stay as it is in between.
func (p *player) write(e *export, f *os.File, pieces [][]byte, gap, least time.Duration) error {
	began := time.Now()
	for i, piece := range pieces {
		if i > 0 {
			p.pause(gap)
		}
		before, start := e.disk, time.Now()
		if _, err := f.Write(piece); err != nil {
			return err
		}
		e.disk = append(bytes.Clone(before), piece...)
		if i > 0 {
			p.excuse(e, before, began, least)
		}
		began = start
	}
	return nil
}

func (p *player) pause(most time.Duration) {
	<-time.After(time.Duration(p.random.Int64N(int64(most))))
}

// excuse is told what stood in a file since began, until now. When that was nearly as long as the program has to wait before
// it believes it, because this machine was busy, the program may have believed it.
func (p *player) excuse(e *export, text []byte, began time.Time, least time.Duration) {
	if time.Since(began) < least*6/10 {
		return
	}
	p.done["EXCUSED"]++
	p.diary("player: %s was half-written for %s", e.name, time.Since(began))
	p.judge.excuse(believable(text))
}

// believable are all marks that somebody who believes every line would read, in each race.
func believable(text []byte) []fact {
	var facts []fact
	reading, err := parse.Read(text, parse.Rules{}, parse.TailStill)
	if err != nil {
		return nil
	}
	for _, finish := range reading.Finishes {
		for _, u := range units() {
			facts = append(facts, fact{u, string(finish.Bib), plain(finish.Mark.String())})
		}
	}
	return facts
}

// away takes the folder away for a while, as a share that is lost, and sometimes leaves an empty one in its place, as a
// mount point does.
func (p *player) away() error {
	empty := p.random.IntN(2) == 0
	p.done["folder moved away"]++
	p.diary("player: folder moved away, an empty one in its place: %v", empty)
	if err := os.Rename(p.dir, p.dir+".away"); err != nil {
		return err
	}
	if empty {
		if err := os.Mkdir(p.dir, 0o755); err != nil {
			return err
		}
	}
	<-time.After(time.Duration(p.random.IntN(250)) * time.Millisecond)
	if empty {
		if err := os.Remove(p.dir); err != nil {
			return err
		}
	}
	return os.Rename(p.dir+".away", p.dir)
}

// finish leaves every export with a finish in it and at rest, some without a newline at their end.
func (p *player) finish() error {
	for _, e := range p.exports {
		e.rows = append(e.rows, e.newRow(p.random))
		e.ragged = p.random.IntN(3) == 0
		if err := p.rewrite(e, "the last"); err != nil {
			return err
		}
	}
	return nil
}

// again exports a file as it is, once more.
func (p *player) again(e *export) error {
	p.say(e, "the same once more", "")
	return p.renameOver(e)
}

// sentinel appends one more finisher and says which.
func (p *player) sentinel(e *export) (fact, error) {
	r := e.newRow(p.random)
	e.rows = append(e.rows, r)
	if ragged := e.ragged; ragged {
		e.ragged = false
	}
	p.judge.learn(e.facts())
	text := e.render()
	if !bytes.HasPrefix(text, e.disk) {
		return fact{}, fmt.Errorf("%s: not an append", e.name)
	}
	p.say(e, "append", "the sentinel")
	return e.fact(r), p.open(e, os.O_APPEND|os.O_WRONLY, func(f *os.File) error {
		return p.write(e, f, [][]byte{text[len(e.disk):]}, time.Millisecond, time.Hour)
	})
}

// want is what the pages must show.
func (p *player) want() map[sandbox.Unit]map[string]string { return expected(p.exports) }
