package state

import "slices"

// Await says that the caller has nothing to send, and offers under these terms as soon as there is something. Until that
// Offer, an observation writes down together what was seen and that it is about to be sent, so that a row that comes alone
// waits for the disk once and not twice. Nothing goes out by that: it is [Ledger.Offer] that says what may, and it asks
// everything anew. An intent that no PUT follows is the same as a crash between the two: from then on nothing is taken for
// granted that the PUT may have changed.
func (l *Ledger) Await(terms Terms) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaiting = &terms
}

// intend adds to what a file says that it is about to be sent, where somebody waits for that. It reports whether it did.
func (l *Ledger) intend(u *unitState, list []change) (intended bool) {
	t := l.awaiting
	if t == nil || l.paused || u.stopped || u.origin == OriginUnknown || len(list) > t.Max || !slices.Contains(t.Units, u.unit) {
		return false
	}
	for i, c := range list {
		if c.to.offerable() {
			list[i].note = modeNotes[c.to.mode(u.origin, t.NewFinishers)]
			list[i].to = c.to.offer(c.to.seen)
			intended = true
		}
	}
	return intended
}
