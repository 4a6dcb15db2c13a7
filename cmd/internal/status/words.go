package status

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Why is the reason of the word, in a sentence; empty where all is well.
func (s Status) Why(now time.Time) string {
	switch s.State {
	case NotRunning:
		return s.gone(now)
	case Paused:
		return "everything is read, nothing is sent; finishwatch resume goes on"
	case NoFolder:
		return "no export can be read; what was read before goes on"
	case LoginRefused:
		return "OpenTrack does not take this username and password, or the user's rights"
	case CatchingUp:
		return fmt.Sprintf("%s on the way, the oldest for %s; it is sending", rows(s.onTheWay(), "is", "are"), seconds(s.OldestPending))
	case Stalled:
		return s.stalled()
	}
	return s.attention()
}

// Duration writes a duration as a person says it.
func Duration(d time.Duration) string { return seconds(d.Seconds()) }

// gone says how a daemon ended of which nothing is to be seen.
func (s Status) gone(now time.Time) string {
	age := since(now, s.Updated)
	switch s.Process {
	case NeverStarted:
		return "it was never started with this configuration"
	case NotConfigured:
		return "there is no configuration"
	case Hung:
		return fmt.Sprintf("it hangs; its process %d is there and has not moved for %s", s.PID, age)
	case Ended:
		return fmt.Sprintf("it ended %s ago without a word: killed, crashed, or the laptop was switched off", age)
	}
	return fmt.Sprintf("it was stopped %s ago", age)
}

// stalled says whether nothing is sent or only some races are refused.
func (s Status) stalled() string {
	refused := s.refusedUnits()
	text := some(refused) + " is refused by the server"
	if len(refused) > 1 {
		text = some(refused) + " are refused by the server"
	}
	switch others := len(s.Units) - len(refused); {
	case s.Unwritten:
		return "the ledger cannot be written"
	case s.Outage > 0:
		return "nothing can be sent for " + seconds(s.Outage) + "; it tries again by itself"
	case len(refused) == 0:
		return "the ledger cannot be written"
	case others == 0:
		return text
	case others == 1:
		return text + "; the other race goes on"
	default:
		return fmt.Sprintf("%s; the other %d races go on", text, others)
	}
}

// onTheWay is how many rows wait that nobody holds.
func (s Status) onTheWay() int {
	n := 0
	for _, u := range s.Units {
		if !u.OnHold {
			n += u.Pending
		}
	}
	return n
}

// some names a few of many races.
func some(units []string) string {
	const few = 3
	if more := len(units) - few; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(units[:few], ", "), more)
	}
	return strings.Join(units, ", ")
}

// refusedUnits are the races that the server does not take.
func (s Status) refusedUnits() []string {
	var refused []string
	for _, u := range s.Units {
		if u.Refused != "" {
			refused = append(refused, u.Unit)
		}
	}
	return refused
}

// refusedOnly reports whether the last error is that of a refused race, which says it itself.
func (s Status) refusedOnly() bool {
	return slices.ContainsFunc(s.Units, func(u Unit) bool { return u.Refused != "" && s.LastError == u.Unit+": "+u.Refused })
}

// attention lists what a person should look at while results go on.
func (s Status) attention() string {
	var list []string
	if held := s.Totals().Held; held > 0 {
		list = append(list, rows(held, "is", "are")+" held")
	}
	for _, u := range s.Units {
		if u.OnHold {
			list = append(list, u.Unit+" is ON HOLD")
		}
		switch {
		case u.Unverified == "":
		case u.Unreadable:
			list = append(list, u.Unit+" is not verified")
		default:
			list = append(list, u.Unit+" is not on the page as it was sent")
		}
	}
	if s.Trouble != "" || s.LastError != "" && !s.refusedOnly() {
		list = append(list, "see trouble")
	}
	if !s.Connection.Down.IsZero() {
		list = append(list, "the server does not answer")
	}
	if s.Refused != "" {
		list = append(list, "the new settings are not in force")
	}
	for _, alert := range s.Alerts {
		if alert.Over.IsZero() {
			list = append(list, alert.Title)
		} else {
			list = append(list, "an alert is nearly over")
		}
	}
	if len(s.AlertTrouble) > 0 {
		list = append(list, "[alert] does not work as it says")
	}
	return strings.Join(list, " · ")
}

// lastRead says what was read last, when and where.
func (u Unit) lastRead(now time.Time) []string {
	if u.LastBib == "" {
		return nil
	}
	var facts []string
	if !u.LastRead.IsZero() {
		facts = append(facts, fmt.Sprintf("last %5s ago", since(now, u.LastRead)))
	}
	facts = append(facts, strings.TrimSpace("bib "+u.LastBib+"  "+u.LastMark))
	switch {
	case u.LastFile != "" && u.LastLine > 0:
		facts = append(facts, fmt.Sprintf("%s line %d", u.LastFile, u.LastLine))
	case u.LastFile != "":
		facts = append(facts, u.LastFile)
	}
	return facts
}

// lastConfirmed says how the last upload went, what was seen on the page, and what is public that the files say no more.
func (u Unit) lastConfirmed(now time.Time) []string {
	var facts []string
	if !u.LastConfirmed.IsZero() {
		how := fmt.Sprintf("in %.0f ms", u.HTTPTook)
		if u.HTTPStatus > 0 {
			how = fmt.Sprintf("HTTP %d %s", u.HTTPStatus, how)
		}
		facts = append(facts, fmt.Sprintf("last %5s ago", since(now, u.LastConfirmed)), how)
	}
	if !u.VerifiedAt.IsZero() {
		facts = append(facts, fmt.Sprintf("verified %d, %s ago", u.Verified, since(now, u.VerifiedAt)))
	}
	if other := u.Public - u.Confirmed; other > 0 {
		facts = append(facts, fmt.Sprintf("%d more public as sent before", other))
	}
	return facts
}

// waiting says since when, and what keeps them.
func (u Unit) waiting() []string {
	var facts []string
	if u.OldestPending > 0 {
		facts = append(facts, "oldest "+seconds(u.OldestPending))
	}
	if u.OnHold {
		facts = append(facts, "ON HOLD: nothing of it is sent; finishwatch release "+u.Unit)
	}
	if u.Refused != "" {
		facts = append(facts, "REFUSED by the server: "+u.Refused)
	}
	return facts
}

// held says why, and what to do about bibs that only a person can take off.
func (u Unit) held() []string {
	if u.Vanished == 0 {
		return []string{u.HeldWhy}
	}
	return []string{u.HeldWhy, "vanished ones: export them again, or finishwatch sync " + u.Unit}
}

// folder says where the exports are, how changes are found and what the last one was.
func (s Status) folder(now time.Time) string {
	kind := "this laptop's disk, changes are noticed at once"
	if s.Share != "" {
		kind = fmt.Sprintf("network share %s, polling every %s", s.Share, seconds(s.Poll))
	}
	if s.State == NoFolder {
		kind = "NOT THERE"
	}
	text := fmt.Sprintf("%s (%s)", s.Folder, kind)
	switch {
	case s.ChangedFile != "":
		text += fmt.Sprintf(", %s changed %s ago", s.ChangedFile, since(now, s.Changed))
	case !s.Started.IsZero() && s.State != NoFolder:
		text += fmt.Sprintf(", nothing has changed since it started %s ago", since(now, s.Started))
	}
	return text
}

// connection says whether the server answers, takes the login and agrees about the time.
func (s Status) connection(now time.Time) string {
	c := s.Connection
	return strings.Join([]string{c.reach(now), "login " + c.login(), c.clock()}, " · ")
}

func (c Connection) reach(now time.Time) string {
	switch {
	case !c.Down.IsZero() && c.DownWhy != "":
		return fmt.Sprintf("NOT REACHABLE for %s (%s)", since(now, c.Down), c.DownWhy)
	case !c.Down.IsZero():
		return "NOT REACHABLE for " + since(now, c.Down)
	case c.Answered.IsZero():
		return "not asked yet"
	}
	text := fmt.Sprintf("reachable %.0f ms", c.Took)
	if age := now.Sub(c.Answered); age > recent {
		text += " (" + since(now, c.Answered) + " ago)"
	}
	return text
}

// recent is how old an answer may be that speaks for this moment.
const recent = 10 * time.Second

func (c Connection) login() string {
	switch c.Login {
	case LoginNo:
		return "REFUSED"
	case "":
		return LoginNotTried
	}
	return c.Login
}

// clock rounds to what is known: to tenths where many answers have told it so well, else to seconds.
func (c Connection) clock() string {
	switch {
	case c.Clock == nil:
		return "clock not known"
	case c.Clock.Within > 0.3:
		return fmt.Sprintf("clock %+.0f s", math.Round(c.Clock.Ahead)+0)
	}
	return fmt.Sprintf("clock %+.1f s", math.Round(10*c.Clock.Ahead)/10+0) // + 0 makes a zero of a negative one
}

// rows counts rows with the verb that fits.
func rows(n int, one, many string) string {
	if n == 1 {
		return "1 row " + one
	}
	return fmt.Sprintf("%d rows %s", n, many)
}

// since writes how long ago something was. What is still to come is from before the clock was set back.
func since(now, then time.Time) string { return seconds(max(0, now.Sub(then).Seconds())) }

// seconds writes a duration as a person says it: 4 s, 12m34s, 5m, 2h10m, 3 days.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.0f days", d.Hours()/24)
	case d >= time.Hour:
		d = d.Round(time.Minute)
	default:
		d = d.Round(time.Second)
	}
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
