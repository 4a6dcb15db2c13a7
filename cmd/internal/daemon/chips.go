package daemon

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/parse"
)

// chipFile is the chip map of one or more races, and how far it can be trusted. It is looked at with every look into the
// folder, wherever it lies, so that a chip that is put on another chest changes the results without a new read.
//
// A chip map that is being written, or that has a mistake, must not change results: a new one counts when two readings
// that are settle apart found the same and it parses without a mistake. Until then the one before counts. It takes ten
// settle times where the last line has no newline, because the bib in it may be torn, and where chips are gone.
type chipFile struct {
	path   string
	settle time.Duration

	stat    fs.FileInfo // at the last reading; nil where there is none
	content content     // of the last reading
	since   time.Time   // when that was first found
	checked time.Time   // when it was last found
	decided bool        // it is in use, or fault says why it is not

	chips map[string]parse.Bib // in use; nil while there was no good one
	used  content              // what they were read from
	fault error                // why the content is not used; for people
}

// content identifies what a reading found: the bytes, or the error.
type content struct {
	sum    [sha256.Size]byte
	ragged bool   // the last line has no newline
	err    string // why it cannot be read; empty when it can
}

// errChipsUndecided says that a chip map may still be in the middle of being written.
var errChipsUndecided = errors.New("the chip map has not been quiet yet")

// newChipFiles has a first look at the chip maps of all races.
func newChipFiles(cfg *config.Config, now time.Time) map[string]*chipFile {
	files := map[string]*chipFile{}
	for _, race := range cfg.Races {
		if race.ChipFile != "" && files[race.ChipFile] == nil {
			c := &chipFile{path: race.ChipFile, settle: cfg.Watch.Settle}
			c.look(now)
			files[race.ChipFile] = c
		}
	}
	return files
}

const (
	// recheckChips is how long a chip map whose size and time stay the same is believed to be the same: the grain of
	// some file systems is two seconds.
	recheckChips = 2500 * time.Millisecond
	// longRecheckChips is for times that lie for good.
	longRecheckChips = time.Minute
)

// look takes in what the file is now, and reports whether another map is in use from now on.
func (c *chipFile) look(now time.Time) (changed bool) {
	stat, _ := os.Stat(c.path)
	if c.decided && sameStat(stat, c.stat) && now.Before(c.due()) {
		return false
	}
	data, found := c.read()
	c.stat = stat
	if found != c.content || c.checked.IsZero() {
		c.content, c.since, c.decided = found, now, false
	}
	c.checked = now
	if c.decided || now.Sub(c.since) < c.settle {
		return false
	}
	return c.decide(data, now)
}

func sameStat(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// due is when the file is read although it seems to be the same.
func (c *chipFile) due() time.Time {
	if due := c.since.Add(recheckChips); c.checked.Before(due) {
		return due
	}
	return c.checked.Add(longRecheckChips)
}

func (c *chipFile) read() ([]byte, content) {
	data, err := config.ReadChipFile(c.path)
	if err != nil {
		return nil, content{err: err.Error()}
	}
	ragged := len(data) > 0 && !bytes.ContainsAny(data[max(0, len(data)-2):], "\r\n")
	return data, content{sum: sha256.Sum256(data), ragged: ragged}
}

// decide judges a content that has been the same for the settle time.
func (c *chipFile) decide(data []byte, now time.Time) (changed bool) {
	if c.content == c.used && c.chips != nil {
		c.decided, c.fault = true, nil
		return false
	}
	var chips map[string]parse.Bib
	err := error(nil)
	if c.content.err != "" {
		err = errors.New(c.content.err)
	} else {
		chips, err = config.ParseChips(c.path, data)
	}
	if (c.content.ragged || err == nil && c.lacks(chips)) && now.Sub(c.since) < 10*c.settle {
		return false
	}
	c.decided, c.fault = true, err
	if err == nil {
		c.chips, c.used = chips, c.content
	}
	return err == nil
}

// lacks reports whether a chip that is in use is gone: perhaps not all has been written.
func (c *chipFile) lacks(chips map[string]parse.Bib) bool {
	for chip := range c.chips {
		if _, ok := chips[chip]; !ok {
			return true
		}
	}
	return false
}

// rulesOf returns the rules of a race with the chip map in use. The error is errChipsUndecided, or for people.
func (f *feed) rulesOf(race config.Race) (parse.Rules, error) {
	c := f.chips[race.ChipFile]
	switch {
	case c == nil:
		return race.RulesWith(nil), nil
	case c.chips != nil:
		return race.RulesWith(c.chips), nil
	case c.fault != nil:
		return race.Rules, c.fault
	}
	return race.Rules, errChipsUndecided
}

// chipsDecided reports whether it is known for every race that reads the file whether it has a chip map. While it is
// not, the file is not taken: its reads would be of nobody.
func (f *feed) chipsDecided(path string) bool {
	for _, race := range f.races {
		if c := f.chips[race.ChipFile]; c != nil && feeds(race, path) {
			f.lookAtChips(c)
			if c.chips == nil && c.fault == nil {
				return false
			}
		}
	}
	return true
}

// lookAtAllChips looks at every chip map, and has the files of a race whose map has changed read again.
func (f *feed) lookAtAllChips() {
	for _, c := range f.chips {
		f.lookAtChips(c)
	}
}

func (f *feed) lookAtChips(c *chipFile) {
	before := c.fault
	changed := c.look(time.Now())
	f.sayChips(c, before, changed)
	if !changed && (c.chips != nil || sameFault(before, c.fault)) {
		return
	}
	for i, race := range f.races {
		if f.chips[race.ChipFile] != c {
			continue
		}
		for path, source := range f.sources {
			if feeds(race, path) && source.taken {
				f.takeAgain(source, i)
			}
		}
	}
}

func sameFault(a, b error) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Error() == b.Error()
}

// takeAgain has a file read again for a race. Nothing of its unit is offered meanwhile.
func (f *feed) takeAgain(source *source, i int) {
	delete(source.growths, i)
	source.taken, source.found, source.settled[i] = false, time.Now(), false
	f.hear(f.races[i].Unit)
	f.again(source.path)
}

// sayChips says once what has become of a chip map.
func (f *feed) sayChips(c *chipFile, before error, changed bool) {
	switch {
	case changed:
		f.log.Info("chip map read", zap.String("file", c.path), zap.Int("rows", len(c.chips)))
	case c.fault != nil && c.chips != nil && !sameFault(before, c.fault):
		f.log.Warn("chip map refused, the one before counts", zap.String("file", c.path), zap.Error(c.fault))
	case c.fault == nil && before != nil:
		f.log.Info("chip map is as before again", zap.String("file", c.path))
	}
	trouble := ""
	if c.fault != nil && c.chips != nil {
		trouble = c.fault.Error() + "; the chip map of before counts until then"
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chipTrouble[c.path] = trouble
}
