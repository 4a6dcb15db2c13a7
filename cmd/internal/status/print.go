package status

import (
	"fmt"
	"io"
	"strings"
	"time"

	"finishwatch/cmd/internal/logging"
)

// Line is the status in one line, as `systemctl status` shows it.
func (s Status) Line() string {
	t := s.Totals()
	line := fmt.Sprintf("%s  read %d, confirmed %d, waiting %d", s.State, t.Read, t.Confirmed, t.Pending)
	if t.Held > 0 {
		line += fmt.Sprintf(", HELD %d", t.Held)
	}
	if s.Outage > 0 {
		line += ", nothing sent for " + seconds(s.Outage)
	}
	return line
}

// Print writes the status for a person: the three numbers that must agree, and what is safe when it is bad. Bibs, names
// of files and what a server said come from outside, and are cleaned.
func (s Status) Print(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "%s", s.State)
	switch {
	case s.State == Live && s.ExitCode() != 0:
		fmt.Fprint(w, ", attention")
	case s.State == Paused:
		fmt.Fprint(w, ": everything is read, nothing is sent; finishwatch resume goes on")
	}
	if s.Server != "" {
		fmt.Fprintf(w, "  → %s", logging.Clean(s.Server))
	}
	fmt.Fprintln(w)
	for _, u := range s.Units {
		u.print(w, now)
	}
	if s.OldestPending > 0 {
		fmt.Fprintf(w, "  oldest waiting  %s\n", seconds(s.OldestPending))
	}
	if s.Folder != "" {
		fmt.Fprintf(w, "  folder     %s\n", logging.Clean(s.Folder))
	}
	for _, trouble := range []string{s.Trouble, s.LastError} {
		if trouble != "" {
			fmt.Fprintf(w, "  trouble    %s\n", logging.Clean(trouble))
		}
	}
	s.printSafe(w)
	if s.Updated.IsZero() {
		fmt.Fprintln(w, "  no status has been written yet: start the daemon with finishwatch run")
	} else if s.State == NotRunning {
		fmt.Fprintf(w, "  these numbers are %s old\n", seconds(now.Sub(s.Updated).Seconds()))
	}
}

func (u Unit) print(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "  %s", logging.Clean(strings.TrimSpace(u.Unit+"  "+u.Name)))
	if u.OnHold {
		fmt.Fprintf(w, "   ON HOLD: nothing of it is sent; finishwatch release %s", logging.Clean(u.Unit))
	}
	fmt.Fprintln(w)
	fmt.Fprintf(w, "    read       %6d", u.Read)
	if u.LastBib != "" {
		fmt.Fprintf(w, "   last bib %s  %s", logging.Clean(u.LastBib), u.LastMark)
	}
	fmt.Fprintf(w, "\n    confirmed  %6d", u.Confirmed)
	if !u.VerifiedAt.IsZero() {
		fmt.Fprintf(w, "   verified %d, %s ago", u.Verified, seconds(now.Sub(u.VerifiedAt).Seconds()))
	}
	fmt.Fprintf(w, "\n    waiting    %6d\n", u.Pending)
	if u.Unverified != "" {
		fmt.Fprintf(w, "    on the page        %s\n", logging.Clean(u.Unverified))
	}
	if u.Held > 0 {
		fmt.Fprintf(w, "    HELD       %6d   %s\n", u.Held, logging.Clean(u.HeldWhy))
	}
}

// printSafe says what is safe when something is bad.
func (s Status) printSafe(w io.Writer) {
	if s.ExitCode() < 2 {
		return
	}
	if waiting := s.Totals().Pending; waiting == 1 {
		fmt.Fprintln(w, "  nothing is lost; 1 row is kept on this laptop")
	} else if waiting > 1 {
		fmt.Fprintf(w, "  nothing is lost; %d rows are kept on this laptop\n", waiting)
	} else if !s.Updated.IsZero() {
		fmt.Fprintln(w, "  nothing is lost; no row is waiting")
	}
}

// seconds writes a duration as a person says it.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}
