// Package rehearsal plays a race before the race: it starts the imitation of OpenTrack on loopback, writes exports into a
// temporary folder as timing programs do, lets the real daemon work on them, and compares what is on the imitation with
// what was written. [Run] does all of it.
//
// Its one idea is that nobody judges himself. The daemon is a process of its own, started as a person would start it, so
// that it can be killed at any moment. A witness reads the exports only between two writes, and so knows what they said
// and since when. The verdict compares the imitation's own record with that, never with our ledger: a daemon that only
// believes that it sent something does not pass.
//
// From the bottom up: a course (course.go; field.go, replay.go) is lines and when they come about; writing.go writes them
// in a style; trouble.go plays the faults that faults.go reads; player.go does all of that at its time; verdict.go judges;
// stage.go puts up what they need.
//
// It does not know whether the rules of a race are right: what is wanted is what our own parser makes of the exports.
package rehearsal
