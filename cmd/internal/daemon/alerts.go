package daemon

import (
	"context"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"finishwatch/cmd/internal/alert"
	"finishwatch/cmd/internal/disk"
	"finishwatch/cmd/internal/status"
)

// alarms are the alerts and those who tell people of them, as far as [alert] asks for that.
type alarms struct {
	alerts    *alert.Alerts
	command   *alert.Command
	heartbeat *alert.Heartbeat
}

// newAlarms makes them, and starts nothing.
func (d *Daemon) newAlarms() alarms {
	cfg := d.cfg.Alert
	var a alarms
	memory := d.options.Alerts
	if memory == nil {
		memory = alert.NewMemory()
	}
	tell := func([]alert.Event) {}
	if len(cfg.Command) > 0 {
		a.command = alert.NewCommand(cfg.Command, memory, d.log)
		tell = a.command.Tell
	} else {
		memory.Forget()
	}
	a.alerts = alert.New(cfg.Quiet, memory, d.snapshot, tell, d.log)
	if cfg.HeartbeatURL != nil {
		a.heartbeat = alert.NewHeartbeat(cfg.HeartbeatURL, "finishwatch/"+d.options.Version, a.alerts.Healthy, d.log)
	}
	return a
}

// run starts their loops in the group.
func (a alarms) run(ctx context.Context, group *errgroup.Group) {
	group.Go(func() error { return a.alerts.Run(ctx) })
	if a.command != nil {
		group.Go(func() error { return a.command.Run(ctx) })
	}
	if a.heartbeat != nil {
		group.Go(func() error { return a.heartbeat.Run(ctx) })
	}
}

// show puts what there is into the status.
func (a alarms) show(s *status.Status) {
	s.Alerts, s.AlertTrouble = a.alerts.Active(), []string{}
	if a.command != nil && a.command.Trouble() != "" {
		s.AlertTrouble = append(s.AlertTrouble, a.command.Trouble())
	}
	if a.heartbeat != nil && a.heartbeat.Trouble() != "" {
		s.AlertTrouble = append(s.AlertTrouble, a.heartbeat.Trouble())
	}
}

// snapshot is what the alerts are made of.
func (d *Daemon) snapshot() alert.Snapshot {
	free, err := disk.Free(filepath.Dir(d.cfg.State.File))
	return alert.Snapshot{Now: time.Now(), Status: d.Status(), Free: free, Known: err == nil}
}
