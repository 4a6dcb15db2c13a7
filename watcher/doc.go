// Package watcher says when a file is worth reading, and how far it can be trusted.
//
// Its one idea: the poll is the truth, the notification a hint. inotify says nothing about what another machine writes
// to a share, nothing about a mount over or under the folder, and its queue overflows. So [Watcher.Run] lists the
// folder at every poll; an event of the operating system only means "list now".
//
// It opens files read-only, closes them at once, follows no link out of the folder and never locks, renames or deletes
// anything. It does not know what is in a file: [Trust] is all it says about the bytes.
//
// One look goes through the files in this order: look.go opens the folder, walk.go lists it, read.go reads what may have
// changed and accepts only a stable read, file.go compares the bytes with those that were taken and decides. hints.go
// and watcher.go say when the next look is.
//
// Known limits. A file that is changed during each and every read is never taken; it would have to be written more often
// than every few milliseconds without a pause. A correction that changes neither size nor time, and that no event
// announces, is noticed after 2.5 s or else after a minute. An operating system call that hangs on a dead mount cannot be
// interrupted.
package watcher
