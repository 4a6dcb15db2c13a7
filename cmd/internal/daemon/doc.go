// Package daemon joins the parts: the watcher's files go through parse into the ledger, and the uploader makes the
// server equal to the ledger.
//
// [Daemon.Run] starts every loop there is and waits for all of them; nothing else in the program starts one. The
// package knows the configuration, writes the status file and speaks to the service manager; it decides nothing about
// results.
package daemon
