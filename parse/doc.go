// Package parse says what an export says: bytes in, finishes out.
//
// [Read] takes the bytes of one export and the [Rules] of one race and returns a [Reading]: every row of the file is
// a [Finish], or held with a reason, or ignored with a reason. Nothing is guessed. What is ambiguous is held; a file
// that as a whole cannot be trusted is refused with a [*FileError].
//
// The package is pure. It opens no file, keeps no state, writes no log and looks at no clock; the same bytes with the
// same rules give the same reading on every machine. It does not know where a finish goes, nor whether it is new:
// that is for package state to remember.
package parse
