package alert

import (
	"fmt"
	"math"
	"strings"
	"time"

	"finishwatch/cmd/internal/status"
)

// Snapshot is the daemon at one moment.
type Snapshot struct {
	Now    time.Time
	Status status.Status
	Free   uint64 // bytes that may still be written where the ledger is; meaningless unless Known
	Known  bool
}

// kind is one thing that can be wrong.
type kind struct {
	id     string // in JSON and in the environment of the command; never renamed
	title  string // also the message in the log, so constant
	bad    bool   // results do not arrive: no heartbeat goes out
	begins time.Duration
	ends   time.Duration // at least
	safe   string
	now    string
	is     func(t *Tracker, s Snapshot, active bool) (detail string, so bool)
}

// The titles.
const (
	titleStalled    = "rows do not get to OpenTrack"
	titleLogin      = "OpenTrack refuses the login"
	titleFolder     = "watched folder is gone"
	titleDisk       = "disk is nearly full"
	titleRefusals   = "OpenTrack refuses more and more rows"
	titleMissing    = "rows are not on the page as OpenTrack accepted them"
	titleUnverified = "results cannot be read back"
	titleShrank     = "export shrank"
	titleQuiet      = "nothing new has been read for a while"
	titleClock      = "this laptop's clock is wrong"
)

// kinds lists all there are, the worst first.
func kinds() []kind {
	return []kind{
		{
			id: "stalled", title: titleStalled, bad: true, begins: time.Minute, ends: 30 * time.Second, is: stalled,
			safe: "all rows are kept on this laptop and go out by themselves",
			now:  "look at cable, WLAN or mobile network, then finishwatch check --online; for a refused race look at OpenTrack's event grid",
		},
		{
			id: "login", title: titleLogin, bad: true, begins: 5 * time.Second, ends: 30 * time.Second, is: loginRefused,
			safe: "all rows are kept on this laptop",
			now:  "correct username or rights, or store another password with finishwatch login; then systemctl restart finishwatch, or by hand finishwatch reload",
		},
		{
			id: "folder", title: titleFolder, bad: true, begins: 5 * time.Second, ends: 10 * time.Second, is: folderGone,
			safe: "what was read before goes on, and nothing public changes",
			now:  "look at the timing computer and the network between, mount the share, or make the folder; it goes on by itself",
		},
		{
			id: "disk", title: titleDisk, begins: 10 * time.Second, ends: 30 * time.Second, is: diskLow,
			safe: "what was written down stays; a full disk stops what is sent, and loses nothing that the exports have",
			now:  "make room on the disk of the ledger",
		},
		{
			id: "refusals", title: titleRefusals, ends: 30 * time.Second, is: refusalsClimb,
			safe: "the refused rows are held on this laptop, the others go on",
			now:  "finishwatch status shows OpenTrack's words; correct the rows, the start list or the event there",
		},
		{
			id: "missing", title: titleMissing, ends: 5 * time.Second, is: missing,
			safe: "what was accepted is in the ledger; nothing is overwritten that somebody entered there",
			now:  "finishwatch verify names the bibs; with a start list in OpenTrack set new_finishers = \"update\"",
		},
		{
			id: "unverified", title: titleUnverified, begins: 10 * time.Minute, ends: 5 * time.Second, is: unverified,
			safe: "results go out all the same; OpenTrack accepted them",
			now:  "open the race's page: the director may hide it, and then there is nothing to do",
		},
		{
			id: "shrank", title: titleShrank, begins: 10 * time.Second, ends: 10 * time.Second, is: shrank,
			safe: "what is public stays public; nothing is deleted by itself",
			now:  "export again if it was cut off; where the bibs shall go, finishwatch sync shows it and does it",
		},
		{
			id: "quiet", title: titleQuiet, is: quiet,
			safe: "what was read is kept and sent",
			now:  "see that the timing program still exports; if the race is over, all is well",
		},
		{
			id: "clock", title: titleClock, begins: 30 * time.Second, ends: 30 * time.Second, is: clockOff,
			safe: "marks come from the exports, not from this clock",
			now:  "timedatectl set-ntp true; Windows, macOS: set the time automatically",
		},
	}
}

// slack is how long rows may wait without an upload that is accepted before nothing moves. Status then has CATCHING UP.
const slack = 10 * time.Second

func stalled(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	if s.Status.State == status.Stalled {
		return s.Status.Why(s.Now) + because(s.Status.LastError), true
	}
	if s.Status.Paused || s.Status.Connection.Login == status.LoginNo {
		return "", false
	}
	var waits []string
	for _, u := range s.Status.Units {
		if !u.OnHold && u.OldestPending > slack.Seconds() && s.Now.Sub(u.LastConfirmed) > slack {
			waits = append(waits, fmt.Sprintf("%d of %s", u.Pending, u.Unit))
		}
	}
	return strings.Join(waits, ", ") + " wait, and no upload was accepted", len(waits) > 0
}

func because(text string) string {
	if text == "" {
		return ""
	}
	return ": " + text
}

func loginRefused(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	return s.Status.LastError, s.Status.Connection.Login == status.LoginNo
}

func folderGone(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	return s.Status.Trouble, s.Status.State == status.NoFolder
}

// The least free space is that of `finishwatch check --online`; there has to be more before it counts as mended.
const (
	leastFree  = 500 << 20
	enoughFree = 600 << 20
)

func diskLow(_ *Tracker, s Snapshot, active bool) (string, bool) {
	least := uint64(leastFree)
	if active {
		least = enoughFree
	}
	return fmt.Sprintf("%d MB are left", s.Free>>20), s.Known && s.Free < least
}

// A few refusals are mended one by one; this many more within the window are something else.
const (
	climb  = 3
	window = 10 * time.Minute
)

// refusalsClimb compares with the least that there were within the window. It is over when there were no more than that
// for as long.
func refusalsClimb(t *Tracker, s Snapshot, active bool) (string, bool) {
	count := 0
	for _, u := range s.Status.Units {
		count += u.RefusedRows
	}
	before := t.leastRefused(s.Now, count)
	limit := climb
	if active {
		limit = 1
	}
	return fmt.Sprintf("%d rows are refused, %d more than before", count, count-before), count-before >= limit
}

func missing(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	return perUnit(s, func(u status.Unit) string {
		if u.Missing+u.Different == 0 {
			return ""
		}
		return u.Unverified
	})
}

func unverified(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	return perUnit(s, func(u status.Unit) string {
		if !u.Unreadable || u.Verified >= u.Confirmed {
			return ""
		}
		return u.Unverified
	})
}

func shrank(_ *Tracker, s Snapshot, _ bool) (string, bool) {
	return perUnit(s, func(u status.Unit) string {
		switch u.Vanished {
		case 0:
			return ""
		case 1:
			return "1 public bib is in no export any more"
		}
		return fmt.Sprintf("%d public bibs are in no export any more", u.Vanished)
	})
}

// perUnit joins what is wrong with each race.
func perUnit(s Snapshot, wrong func(status.Unit) string) (string, bool) {
	var list []string
	for _, u := range s.Status.Units {
		if text := wrong(u); text != "" {
			list = append(list, u.Unit+" "+text)
		}
	}
	return strings.Join(list, " · "), len(list) > 0
}

// over is how long after the last finisher a race counts as over, and nobody needs to be told any more.
const over = time.Hour

// quiet is so from the time after the last finisher that [alert] quiet_alert says. A race is on when a finisher was read
// since the start of the daemon. What a folder that is gone keeps back has an alert of its own.
func quiet(t *Tracker, s Snapshot, _ bool) (string, bool) {
	var last time.Time
	for _, u := range s.Status.Units {
		if u.LastRead.After(last) {
			last = u.LastRead
		}
	}
	silence := s.Now.Sub(last)
	so := t.quiet > 0 && !last.IsZero() && s.Status.State != status.NoFolder && silence >= t.quiet && silence < max(over, 4*t.quiet)
	return "the last finisher or correction was read " + status.Duration(silence) + " ago", so
}

// A clock that is off by seconds is set by hand, and exports may be stamped with it.
const (
	maxSkew  = 5.0 // seconds, besides what is not known
	goodSkew = 3.0
)

func clockOff(_ *Tracker, s Snapshot, active bool) (string, bool) {
	clock := s.Status.Connection.Clock
	if clock == nil {
		return "", false
	}
	limit := maxSkew
	if active {
		limit = goodSkew
	}
	word := "ahead of"
	if clock.Ahead < 0 {
		word = "behind"
	}
	text := fmt.Sprintf("it is %s %s OpenTrack's", status.Duration(time.Duration(math.Abs(clock.Ahead)*float64(time.Second))), word)
	return text, math.Abs(clock.Ahead)-clock.Within > limit
}
