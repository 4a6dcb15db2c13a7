package state

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Unit is one race in OpenTrack's event grid: event, round and heat.
type Unit struct {
	Event string // the grid's Num, as text: "R1", "003"
	Round int    // from 1
	Heat  int    // from 1
}

// String returns the unit as R1/1/1.
func (u Unit) String() string { return fmt.Sprintf("%s/%d/%d", u.Event, u.Round, u.Heat) }

// ParseUnit reads the text that [Unit.String] writes.
func ParseUnit(text string) (Unit, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return Unit{}, errNotAUnit
	}
	round, err1 := strconv.Atoi(parts[1])
	heat, err2 := strconv.Atoi(parts[2])
	if parts[0] == "" || err1 != nil || err2 != nil || round < 1 || heat < 1 {
		return Unit{}, errNotAUnit
	}
	return Unit{Event: parts[0], Round: round, Heat: heat}, nil
}

var errNotAUnit = errors.New("a race of OpenTrack is written event/round/heat, such as R1/1/1")

// Mode is what OpenTrack does with a batch (its documentation, roadxc_upload).
type Mode string

const (
	// Append adds new results and leaves existing ones unchanged.
	Append Mode = "append"
	// Update changes existing results and adds new ones.
	Update Mode = "update"
	// Replace deletes all results of the unit, then loads the batch. Only a person asks for it.
	Replace Mode = "replace"
)
