package status

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"finishwatch/cmd/internal/logging"
)

// Commands are what a person types to mend something. They depend on how the daemon is run.
type Commands struct {
	Start   string // such as "systemctl start finishwatch"
	Restart string
	Log     string // shows the last words
}

// Line is the status in one line, as `systemctl status` shows it, which shows nothing else.
func (s Status) Line() string {
	line := s.change()
	if s.Outage > 0 {
		line += ", nothing sent for " + seconds(s.Outage)
	}
	return line
}

// headline is the line without what changes by itself.
func (s Status) headline() string {
	t := s.Totals()
	line := fmt.Sprintf("%s  read %d, confirmed %d, waiting %d", s.State, t.Read, t.Confirmed, t.Pending)
	if t.Held > 0 {
		line += fmt.Sprintf(", HELD %d", t.Held)
	}
	var titles []string
	for _, alert := range s.Alerts {
		if alert.Over.IsZero() {
			titles = append(titles, alert.Title)
		}
	}
	if len(titles) > 0 {
		line += ", ALERT: " + strings.Join(titles, "; ")
	}
	return logging.Clean(line)
}

// Print writes the status for a person: the word and why, what is safe when it is bad, and of each race the three numbers
// that must agree. Bibs, names of files and what a server said come from outside, and are cleaned.
func (s Status) Print(w io.Writer, now time.Time, commands Commands) {
	p := &printer{w: w, now: now}
	p.head(s)
	p.safe(s)
	p.mend(s, commands)
	for _, alert := range s.Alerts {
		p.alert(alert, s)
	}
	for _, trouble := range s.AlertTrouble {
		p.fact("alerts", trouble)
	}
	p.fact("trouble", s.Trouble)
	if !s.refusedOnly() {
		p.fact("trouble", s.LastError)
	}
	for _, u := range s.Units {
		p.race(u, s)
	}
	if s.Folder != "" && s.State != NotRunning {
		p.fact("folder", s.folder(now))
		p.fact("server", s.connection(now))
	}
	if s.Refused != "" {
		p.fact("settings", "the last change of the configuration is not in force: "+s.Refused)
	}
}

// printer writes the lines of a status.
type printer struct {
	w   io.Writer
	now time.Time
}

// fact writes a line with a label, if there is something to say.
func (p *printer) fact(label, text string) {
	if text != "" {
		fmt.Fprintf(p.w, "  %-9s  %s\n", label, logging.Clean(text))
	}
}

// alert writes what is wrong, what is safe and what to do. What the trouble says as well is not said twice.
func (p *printer) alert(a Alert, s Status) {
	if !a.Over.IsZero() {
		p.fact("ALERT", fmt.Sprintf("%s: not any more, for %s; over if it stays so", a.Title, since(p.now, a.Over)))
		return
	}
	text := fmt.Sprintf("%s, for %s", a.Title, since(p.now, a.Since))
	if a.Detail != "" && a.Detail != s.Trouble && a.Detail != s.LastError {
		text += ": " + a.Detail
	}
	p.fact("ALERT", text)
	p.fact("", "safe: "+a.Safe)
	p.fact("", "now: "+a.Now)
}

// head writes the word, why, and where the results go. Where there is one race it needs no line of its own.
func (p *printer) head(s Status) {
	word, why := s.State, s.Why(p.now)
	if s.State == Live && why != "" {
		word += ", attention"
	}
	fmt.Fprint(p.w, logging.Clean(word))
	if why != "" {
		fmt.Fprintf(p.w, ": %s\n", logging.Clean(why))
	}
	where := ""
	if len(s.Units) == 1 {
		where = s.Units[0].title()
	}
	if s.Server != "" {
		where = strings.TrimSpace(where + " → " + s.Server)
	}
	if where != "" {
		fmt.Fprintf(p.w, "  %s", logging.Clean(where))
	}
	if where != "" || why == "" {
		fmt.Fprintln(p.w)
	}
}

// title is the race as people call it.
func (u Unit) title() string { return strings.TrimSpace(u.Name + "  " + u.Unit) }

// safe says what is safe when something is bad.
func (p *printer) safe(s Status) {
	if s.ExitCode() < ExitBad || s.Updated.IsZero() {
		return
	}
	switch waiting := s.Totals().Pending; {
	case waiting > 0:
		fmt.Fprintf(p.w, "  nothing is lost; %s kept on this laptop%s\n", rows(waiting, "is", "are"), s.later())
	case s.Unwritten:
	default:
		fmt.Fprintln(p.w, "  nothing is lost; no row is waiting")
	}
	if s.Unwritten {
		fmt.Fprintln(p.w, "  what cannot be written down is still in the exports, and is read again")
	}
}

// later is when rows go out that are kept where nothing runs. What a person keeps back does not go out by a start.
func (s Status) later() string {
	switch {
	case s.State != NotRunning:
		return ""
	case s.Paused:
		return "; sending is paused, finishwatch resume goes on"
	case slices.ContainsFunc(s.Units, func(u Unit) bool { return u.OnHold }):
		return "; races are ON HOLD, finishwatch release sends them"
	}
	return ", and sent when it runs again"
}

// mend says what to do where no daemon runs.
func (p *printer) mend(s Status, c Commands) {
	switch s.Process {
	case Hung:
		p.fact("now", c.Restart+"; it loses nothing")
	case Ended:
		p.fact("now", c.Start+"; its last words: "+c.Log)
	case Stopped, NeverStarted:
		p.fact("now", "to start it: "+c.Start)
	case NotConfigured, Running:
	}
	if s.State == NotRunning && len(s.Units) > 0 {
		p.fact("below", "as it was at "+s.Updated.Local().Format(time.DateTime))
	}
}

// race writes the numbers of one race, below its name where there are several.
func (p *printer) race(u Unit, s Status) {
	margin := "  "
	if len(s.Units) > 1 {
		fmt.Fprintf(p.w, "  %s\n", logging.Clean(u.title()))
		margin = "    "
	}
	for _, row := range []struct {
		label string
		count int
		facts []string
	}{
		{"read", u.Read, u.lastRead(p.now)},
		{"confirmed", u.Confirmed, u.lastConfirmed(p.now)},
		{"waiting", u.Pending, u.waiting()},
		{"HELD", u.Held, u.held()},
	} {
		if row.label == "HELD" && u.Held == 0 {
			continue
		}
		line := fmt.Sprintf("%s%-9s %6d   %s", margin, row.label, row.count, strings.Join(row.facts, "   "))
		fmt.Fprintln(p.w, strings.TrimRight(logging.Clean(line), " "))
	}
	if u.Unverified != "" {
		fmt.Fprintf(p.w, "%son the page        %s\n", margin, logging.Clean(u.Unverified))
	}
}
