package uploader

import "time"

// Clock is how far our clock is ahead of the server's, as far as its answers tell: somewhere from Least to Most, both
// negative where ours is behind. A Date has whole seconds (RFC 9110, 5.6.7), so one answer tells it to a second and its
// own time, and every further one narrows it down.
type Clock struct {
	Known       bool
	Least, Most time.Duration
}

// Ahead returns the middle of what is possible.
func (c Clock) Ahead() time.Duration { return c.Least + (c.Most-c.Least)/2 }

// with takes in the Date of an answer to a question that was asked and answered at these times of ours. Where it
// contradicts what was known, one of the clocks was set, and only the new answer counts.
func (c Clock) with(asked, answered, date time.Time) Clock {
	now := Clock{Known: true, Least: asked.Sub(date.Add(time.Second)), Most: answered.Sub(date)}
	narrow := Clock{Known: true, Least: max(c.Least, now.Least), Most: min(c.Most, now.Most)}
	if !c.Known || narrow.Least > narrow.Most {
		return now
	}
	return narrow
}
