package status

import "time"

// Process is whether there is a daemon behind a status, and how it ended where there is none.
type Process string

// What [Read] finds of a daemon.
const (
	Running       Process = "running"
	Stopped       Process = "stopped"        // it ended as it was told to; Updated says when
	Hung          Process = "hung"           // its process is there, and has written nothing for longer than [Fresh]
	Ended         Process = "ended"          // its process is gone, and it did not say so: killed, crashed, no power
	NeverStarted  Process = "never started"  // there is no status
	NotConfigured Process = "not configured" // there is no configuration
)

const (
	// Fresh is how old a status may be before the daemon counts as hung.
	Fresh = 15 * time.Second
	// left is how old the status may be of a daemon whose process is not to be seen. One in a container of its own is
	// never to be seen, and writes every [Beat].
	left = 2*Beat + time.Second
)

// seen is the status as it looks at this moment: a daemon that has died left it as it was, and its alerts are over.
func (s Status) seen(now time.Time, alive func(pid int, birth uint64) bool) Status {
	if s.State == NotRunning {
		s.Process, s.Alerts, s.AlertTrouble = Stopped, []Alert{}, []string{}
		return s
	}
	there, age := alive(s.PID, s.Birth), now.Sub(s.Updated)
	switch {
	// A time that is still to come is from before the clock was set back.
	case age <= left && age >= -left, there && age <= Fresh && age >= -Fresh:
		s.Process = Running
		return s
	case there:
		s.Process = Hung
	default:
		s.Process = Ended
	}
	s.State, s.Alerts, s.AlertTrouble = NotRunning, []Alert{}, []string{}
	return s
}
