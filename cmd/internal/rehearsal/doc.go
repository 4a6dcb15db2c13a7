// Package rehearsal plays a race before the race: it starts the imitation of OpenTrack on loopback, writes an export into
// a temporary folder as a timing program would, lets the real daemon work on it, and compares what is on the imitation
// with what was written.
//
// The verdict comes from the imitation's own record, never from our ledger: a daemon that only believes it sent
// something does not pass.
package rehearsal
