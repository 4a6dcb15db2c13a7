package daemon

import (
	"fmt"
	"os"
	"time"

	"finishwatch/cmd/internal/status"
	"finishwatch/state"
	"finishwatch/uploader"
)

// Status is the daemon at this moment.
func (d *Daemon) Status() status.Status {
	s := status.Status{Updated: time.Now(), Started: d.started, PID: os.Getpid(), Server: d.address(), Folder: d.cfg.Watch.Dir, Trouble: d.feed.trouble()}
	for _, unit := range d.units {
		s.Units = append(s.Units, d.statusOf(unit))
	}
	if d.options.Refused != nil {
		s.Refused = d.options.Refused.Error()
	}
	if oldest := d.ledger.OldestPending(d.units); !oldest.IsZero() {
		s.OldestPending = time.Since(oldest).Seconds()
	}
	report := d.uploader.Report()
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
	s.Paused = d.ledger.Paused()
	s.State = d.word(s, report)
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
	case s.Outage > 0 && report.Class == uploader.LoginRefused:
		return status.LoginRefused
	case s.Paused:
		return status.Paused
	case s.Outage > 0, d.feed.ledgerBroken(), len(report.RefusedUnit) > 0:
		return status.Stalled
	case s.OldestPending > lag:
		return status.CatchingUp
	}
	return status.Live
}

func (d *Daemon) statusOf(unit state.Unit) status.Unit {
	c := d.ledger.Counts(unit)
	u := status.Unit{
		Unit: unit.String(), Name: d.nameOf(unit), Read: c.Read, Confirmed: c.Confirmed, Pending: c.Pending, Held: c.Held,
		Verified: c.Verified, OnHold: d.ledger.UnitHeld(unit),
	}
	if found, looked := d.verifier.Report()[unit]; looked {
		u.VerifiedAt, u.Unverified = found.At, unverified(found)
	}
	last := d.feed.lastRead(unit)
	u.LastBib, u.LastMark = string(last.Bib), last.Mark.String()
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
