// Package state remembers what was said, offered and confirmed: the ledger, kept in bbolt.
//
// Its one idea: a ledger, not a queue. For every Unit and Bib it keeps three marks, and what is pending is computed
// from them, never queued. So a whole-file re-export costs nothing, corrections replace each other while the network
// is down, and memory is bounded by the size of the field.
//
// A finish takes three steps, each one short transaction, none open while a file or the network is in use:
//
//	step       called when                 writes        a crash right after it means
//	Observe    a file says so              seen          it is offered at the next start
//	Offer      just before the PUT         offered       the PUT may or may not have happened: it is offered again,
//	                                                     by append only if every offer so far carried the same mark
//	Confirm    after a 2xx                 confirmed     nothing is left to do
//
// A bib is settled when all three agree, else pending. A bib can be held: remembered, counted, but not offered.
//
// The package does not know files, folders, servers or the configuration; it does not decide when to send.
package state
