package watcher

import "time"

const (
	// recheckSoon is longer than the coarsest grain of modification times (2 s on FAT and some shares): a correction
	// of equal length within the grain changes neither size nor time, and only its bytes show it.
	recheckSoon = 2500 * time.Millisecond
	// recheckLater is for times that lie for good: a copy that keeps them, a share that caches them.
	recheckLater = time.Minute
	// retryUnstable is the pause before a file that moved while it was read is read again.
	retryUnstable = 20 * time.Millisecond
	// minPatience is the least time that a file may go on changing before it is taken all the same.
	minPatience = 3 * time.Second
	// untaken is the trust of a file of which the sink has nothing.
	untaken Trust = -1
)

// pace turns the settle time into all the waits that follow from it.
type pace struct{ settle time.Duration }

// patience is how long a file may go on changing before it is taken as [Grown]: waiting longer would keep results back.
func (p pace) patience() time.Duration { return max(10*p.settle, minPatience) }

// quiet is how long a file must have been quiet for a trust.
func (p pace) quiet(t Trust) time.Duration {
	switch t {
	case Settled:
		return p.settle
	case Quiet:
		return 10 * p.settle
	case Still:
		return 100 * p.settle
	}
	return 0
}

// reached is the trust that a file has earned by being quiet. One that ends in a newline has no last line to wait for.
func (p pace) reached(quiet time.Duration, ragged bool) Trust {
	trust := Grown
	for trust < final(ragged) && quiet >= p.quiet(trust+1) {
		trust++
	}
	return trust
}

// final is the highest trust that a file can earn.
func final(ragged bool) Trust {
	if ragged {
		return Still
	}
	return Settled
}

// content identifies bytes without keeping them.
type content struct {
	size int64
	hash uint64
}

// sight is what one stable read saw.
type sight struct {
	stat   stat
	whole  content
	front  content // of as many bytes as were taken last time; zero when there are fewer
	ragged bool    // the last line has no newline
}

// file is what is remembered of one file between looks. Its methods decide and do nothing else: they read no clock and
// no disk.
type file struct {
	stat     stat      // at the last read; zero when that read failed or was unstable: then any look reads again
	last     content   // what the last stable read found
	ragged   bool      // as was last read
	taken    content   // what the sink has; meaningless while trust is untaken
	trust    Trust     // that the sink was told for taken
	changed  time.Time // when a change was last noticed, by our clock; the beginning of quiet
	restless time.Time // when last first differed from taken; zero while they agree
	checked  time.Time // when it was last read
	due      time.Time // when it is to be read even though nothing seems to have changed
	replaced int       // reads in a row, not counting stable ones, that found another file at the path than was open
}

func newFile() *file { return &file{trust: untaken} }

// wants reports whether the file must be read now.
func (f *file) wants(now time.Time, st stat, hinted bool) bool {
	return hinted || !st.same(f.stat) || !now.Before(f.due)
}

// see takes in a stable read that ended now, and says whether the sink gets it and with what trust.
func (f *file) see(now time.Time, s sight, p pace) (Trust, bool) {
	if s.stat.moved(f.stat) || s.whole != f.last {
		f.changed = now
	}
	f.stat, f.last, f.ragged, f.checked = s.stat, s.whole, s.ragged, now
	switch {
	case f.current():
		f.restless = time.Time{}
	case f.restless.IsZero():
		f.restless = now
	}
	f.due = f.next(p)
	return f.decide(now, s, p)
}

// current reports whether the sink has what was last read.
func (f *file) current() bool { return f.trust != untaken && f.last == f.taken }

// decide is the rule of DESIGN section 5, "Two ways to trust a file".
func (f *file) decide(now time.Time, s sight, p pace) (Trust, bool) {
	reached := p.reached(now.Sub(f.changed), s.ragged)
	switch {
	case f.current():
		return reached, reached > f.trust
	case reached >= Settled:
		return reached, true
	case f.grown(s):
		return Grown, true
	default:
		return Grown, now.Sub(f.restless) >= p.patience()
	}
}

// grown reports whether everything that the sink has is still there, unchanged, and more behind it.
func (f *file) grown(s sight) bool {
	return f.trust != untaken && s.whole.size > f.taken.size && s.front == f.taken
}

// took records that the sink has what was last read.
func (f *file) took(t Trust, p pace) {
	f.taken, f.trust, f.restless = f.last, t, time.Time{}
	f.due = f.next(p)
}

// next is when the file must be read although nothing seems to have changed: to be trusted further, to be taken after
// all, or because sizes and times lie.
func (f *file) next(p pace) time.Time {
	due := f.changed.Add(recheckSoon)
	if !f.checked.Before(due) {
		due = f.checked.Add(recheckLater)
	}
	switch {
	case !f.current():
		due = earlier(due, f.changed.Add(p.settle))
		due = earlier(due, f.restless.Add(p.patience()))
	case f.trust < final(f.ragged):
		due = earlier(due, f.changed.Add(p.quiet(f.trust+1)))
	}
	return due
}

// doubt makes the next look read the file and begin its quiet anew: nobody knows what happened to it meanwhile.
func (f *file) doubt(due time.Time) {
	f.stat, f.due = stat{}, due
}

// done reports whether the sink will hear no more of the file unless it changes.
func (f *file) done() bool {
	return f.current() && f.stat != stat{} && f.trust >= final(f.ragged)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
