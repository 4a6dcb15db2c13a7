package main

import (
	"errors"
	"testing"

	"finishwatch/cmd/internal/control"
	"finishwatch/state"
)

// A daemon that has just been started has its ledger before it listens: who gives an order then is not sent away.
func TestACommandWaitsForADaemonThatStarts(t *testing.T) {
	locked := error(&state.LockedError{Path: "finishwatch.db", PID: 7})
	other := errors.New("the disk is full")
	tests := map[string]struct {
		listens int     // from which look on the daemon listens; 0 for never
		opens   []error // what each try of the ledger ends with
		daemon  bool
		want    error
	}{
		"nobody has the ledger":          {opens: []error{nil}},
		"the daemon listens soon":        {listens: 2, opens: []error{locked, locked}, daemon: true},
		"the daemon has just stopped":    {opens: []error{locked, locked, nil}},
		"it neither listens nor ends":    {opens: []error{locked, locked, locked, locked, locked}, want: locked},
		"something else is wrong":        {opens: []error{other}, want: other},
		"wrong once it is not locked":    {opens: []error{locked, other}, want: other},
		"it listens after the first try": {listens: 1, opens: []error{locked}, daemon: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			looks, tries := 0, 0
			doer, _, err := firstThatIsThere(
				func() (control.Doer, bool) {
					looks++
					return control.Client{Path: "daemon"}, test.listens > 0 && looks >= test.listens
				},
				func() (control.Doer, func(), error) {
					tries++
					return nil, nil, test.opens[tries-1]
				})
			if !errors.Is(err, test.want) || (doer != nil) != test.daemon || tries != len(test.opens) {
				t.Errorf("%v %v after %d tries", doer, err, tries)
			}
		})
	}
}
