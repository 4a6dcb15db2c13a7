// Package crash lets the crash campaign end the process at a named point, as a power cut would: [Point] kills it at once,
// and nothing that was deferred runs. It does so only in a program built with -tags crashpoints, and there only when
// $FINISHWATCH_CRASH names a point and the how-manieth passage: "after-put:3". In every other build Point is empty.
//
// The points, in the order of a finish's way:
//
//	in-observe      what a file says is about to be written down
//	before-intent   what is to be sent is about to be written down
//	after-intent    it is on disk; the PUT has not begun
//	after-put       the PUT has its answer, whatever that is
//	before-confirm  the server has accepted; that is about to be written down
//	in-commit       the records of any of these are in a transaction that is not on disk
//	after-confirm   that the server accepted is on disk
package crash
