// Package watcher says when a file is worth reading, and how far it can be trusted.
//
// Its one idea: the poll is the truth, the notification a hint. inotify says nothing about what another machine writes
// to a share, nothing about a mount over or under the folder, and its queue overflows. So [Watcher.Run] lists the
// folder at every poll; an event of the operating system only means "list now".
//
// It opens files read-only, closes them at once, follows no link out of the folder and never locks, renames or deletes
// anything. It does not know what is in a file: [Trust] is all it says about the bytes.
package watcher
