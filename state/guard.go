package state

// CorrectionPolicy is what happens to a mark that differs from the one that the server accepted.
type CorrectionPolicy string

const (
	// UpdateCorrections sends corrections. The empty policy is this one.
	UpdateCorrections CorrectionPolicy = "update"
	// HoldCorrections holds each of them until a person releases it.
	HoldCorrections CorrectionPolicy = "hold"
)

// Guards are what a mark must pass before it may replace a published one. The zero value is right for most races.
type Guards struct {
	Corrections CorrectionPolicy

	// More than MassCount marks, and more than MassShare of the confirmed ones, that change at once are all held:
	// somebody exported the other clock. Zero is 20 and 0.25; a MassCount below zero turns this guard off.
	MassCount int
	MassShare float64
}

// Guard sets the guards of a unit; without it they are those of [Options].
func (l *Ledger) Guard(unit Unit, guards Guards) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unit(unit).guards = guards
}
