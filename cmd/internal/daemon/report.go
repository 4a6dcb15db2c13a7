package daemon

import (
	"errors"
	"fmt"
	"os"
	"time"

	"finishwatch/cmd/internal/status"
	"finishwatch/state"
	"finishwatch/uploader"
)

// Status is the daemon at this moment.
func (d *Daemon) Status() status.Status {
	s := status.Status{
		Updated: time.Now(), Started: d.started, PID: os.Getpid(), Birth: d.birth, Process: status.Running,
		Server: d.address(), Folder: d.cfg.Watch.Dir, Trouble: d.feed.trouble(), Poll: d.cfg.Watch.Poll.Seconds(),
	}
	s.Share, s.ChangedFile, s.Changed = d.feed.lastChange()
	report, seen := d.uploader.Report(), d.verifier.Report()
	for _, unit := range d.units {
		s.Units = append(s.Units, d.statusOf(unit, report, seen))
	}
	for _, u := range s.Units {
		if !u.OnHold { // nobody is sending those
			s.OldestPending = max(s.OldestPending, u.OldestPending)
		}
	}
	s.Unwritten = d.feed.ledgerBroken()
	if d.options.Refused != nil {
		s.Refused = d.options.Refused.Error()
	}
	if !report.Outage.IsZero() {
		s.Outage = time.Since(report.Outage).Seconds()
		s.LastError = report.Trouble.Error()
	}
	for _, unit := range d.units {
		if err := report.RefusedUnit[unit]; err != nil && s.LastError == "" {
			s.LastError = fmt.Sprintf("%s: %v", unit, err)
		}
	}
	if silent := d.feed.silent(); silent > d.deaf() {
		s.Trouble = fmt.Sprintf("%s has not answered for %s; check the network and the machine that shares the folder",
			d.cfg.Watch.Dir, silent.Round(time.Second))
	}
	d.connection(&s, report)
	s.Paused = d.ledger.Paused()
	s.State = d.word(s, report)
	d.alarms.show(&s)
	return s
}

// deaf is how long a look into the folder may take before the folder counts as gone: a dead network mount keeps whoever
// asks it waiting, and neither an error nor a file comes of it.
func (d *Daemon) deaf() time.Duration { return 3*d.cfg.Watch.Poll + 15*time.Second }

// lag is how long a row may wait before the state is CATCHING UP.
const lag = 10.0

func (d *Daemon) word(s status.Status, report uploader.Report) string {
	switch {
	case d.feed.folderGone(), d.feed.silent() > d.deaf():
		return status.NoFolder
	case s.Connection.Login == status.LoginNo:
		return status.LoginRefused
	case s.Unwritten: // also in a pause, in which everything shall be read
		return status.Stalled
	case s.Paused:
		return status.Paused
	case s.Outage > 0, len(report.RefusedUnit) > 0:
		return status.Stalled
	case s.OldestPending > lag:
		return status.CatchingUp
	}
	return status.Live
}

// contact is what the last answer to any of the connections told.
func (d *Daemon) contact() uploader.Contact {
	var all []uploader.Contact
	for _, client := range d.clients {
		all = append(all, client.Contact())
	}
	return newestOf(all)
}

// newestOf is the newest contact, with the newest login of all.
func newestOf(all []uploader.Contact) (newest uploader.Contact) {
	for _, c := range all {
		if c.At.Before(newest.At) {
			c, newest = newest, c
		}
		if newest.LoggedIn.After(c.LoggedIn) {
			c.LoggedIn = newest.LoggedIn
		}
		newest = c
	}
	return newest
}

// connection takes down whether the server answers, takes the login and agrees about the time. What the uploader meets
// counts; the probe only knows of the time between two uploads.
func (d *Daemon) connection(s *status.Status, report uploader.Report) {
	c := d.contact()
	now := status.Connection{Answered: c.At, Took: milliseconds(c.Took), Login: status.LoginNotTried}
	if c.Clock.Known {
		now.Clock = &status.Clock{Ahead: c.Clock.Ahead().Seconds(), Within: (c.Clock.Most - c.Clock.Ahead()).Seconds()}
	}
	if !c.LoggedIn.IsZero() {
		now.Login = status.LoginOK
	}
	_, answered := errors.AsType[*uploader.Error](report.Trouble)
	switch {
	case answered && report.Class == uploader.LoginRefused:
		now.Login = status.LoginNo
	case answered && report.Class == uploader.Unreachable:
		now.Down = report.Outage
	case d.probe != nil:
		down, refused, err := d.probe.state()
		now.Down = down
		switch {
		case refused:
			now.Login, s.LastError = status.LoginNo, err.Error()
		case !down.IsZero():
			now.DownWhy = err.Error()
		case err != nil && s.LastError == "":
			s.LastError = err.Error()
		}
	}
	s.Connection = now
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (d *Daemon) statusOf(unit state.Unit, report uploader.Report, seen map[state.Unit]uploader.Verified) status.Unit {
	c := d.ledger.Counts(unit)
	u := status.Unit{
		Unit: unit.String(), Name: d.nameOf(unit), Read: c.Read, Confirmed: c.Confirmed, Pending: c.Pending, Held: c.Held,
		Verified: c.Verified, OnHold: d.ledger.UnitHeld(unit), Public: c.Public, RefusedRows: c.Refused,
		Vanished: len(d.ledger.Vanished(unit)),
	}
	if oldest := d.ledger.OldestPending([]state.Unit{unit}); !oldest.IsZero() {
		u.OldestPending = time.Since(oldest).Seconds()
	}
	if sent, ok := report.Sent[unit]; ok {
		u.LastConfirmed, u.HTTPStatus, u.HTTPTook = sent.At, sent.Status, milliseconds(sent.Took)
	}
	if err := report.RefusedUnit[unit]; err != nil {
		u.Refused = err.Error()
	}
	if found, looked := seen[unit]; looked {
		u.VerifiedAt, u.Unverified, u.Unreadable = found.Read, unverified(found), found.Err != nil
		u.Missing, u.Different = len(found.Was.Missing)+len(found.Was.Stripped), len(found.Was.Different)
	}
	last := d.feed.lastRead(unit)
	u.LastBib, u.LastMark = string(last.finish.Bib), last.finish.Mark.String()
	u.LastRead, u.LastFile, u.LastLine = last.at, last.file, last.finish.Line
	count, example := d.feed.nameless(unit)
	u.Held += count
	u.HeldWhy = reasons(d.ledger.Held(unit), example)
	return u
}

func (d *Daemon) nameOf(unit state.Unit) string {
	for _, race := range d.cfg.Races {
		if race.Unit == unit && race.Name != "" {
			return race.Name
		}
	}
	return ""
}
