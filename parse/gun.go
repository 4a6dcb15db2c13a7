package parse

import "bytes"

// Some readers write into the log when the gun was fired. Where the race has a start, that start counts, and the gun is
// only said. Where it has none, the gun is the start, if the log has one; two guns are waves, or a trial before the race,
// and only a person knows which one counts.

const twoGuns = "this log has two guns"

// startByGun returns the rules with the gun as the start, where nothing else says it.
func (f *logFormat) startByGun(data []byte, rules *Rules) (*Rules, bool, *FileError) {
	if f.gun == nil || !rules.Start.IsZero() || rules.Passings.Chips == nil && !f.bibs {
		return rules, false, nil
	}
	var start Start
	for raw := range bytes.Lines(data) {
		at, ok := f.gun(trim(raw))
		switch {
		case !ok || raw[len(raw)-1] != '\n' || !start.IsZero() && start.stamp == at:
		case !start.IsZero():
			second := startFrom(at)
			return nil, false, &FileError{
				Reason: twoGuns + ", " + start.String() + " and " + second.String(),
				Fix:    `say which one is the start: start = "` + second.String() + `"`,
				Key:    "start", Values: []string{start.String(), second.String()},
			}
		default:
			start = startFrom(at)
		}
	}
	if start.IsZero() {
		return rules, false, nil
	}
	withGun := *rules
	withGun.Start = start
	return &withGun, true, nil
}

// startFrom is the start at what a reader wrote. An instant is in UTC.
func startFrom(at stamp) Start { return Start{stamp: at, given: true, zoned: at.instant} }

// fired notes a gun.
func (l *readerLog) fired(line int, at stamp) {
	if l.byGun {
		l.book.ignore(line, "gun time, the start")
		return
	}
	l.book.ignore(line, "gun time "+startFrom(at).String()+"; start = "+l.rules.Start.String()+" counts")
}
