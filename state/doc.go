// Package state remembers what was said, offered and confirmed: the ledger, kept in bbolt.
//
// Its one idea: a ledger, not a queue. For every Unit and Bib it keeps three marks, and what is pending is computed
// from them, never queued. So a whole-file re-export costs nothing, corrections replace each other while the network
// is down, and memory is bounded by the size of the field.
//
// A finish takes three steps, each one short transaction, none open while a file or the network is in use:
//
//	step          called when               writes        a crash right after it means
//	Observe       a file says so            seen          it is offered at the next start
//	Offer         just before the PUT       offered       the PUT may or may not have happened: it is offered again,
//	                                                      by append only if every offer so far carried the same mark
//	Confirm       after a 2xx               confirmed     nothing is left to do
//
// Where the uploader waits for something to send (Await), Observe writes seen and offered together: a row that comes alone
// waits for the disk once. A crash after it is a crash after Offer.
//
// Others may come between or after them, each one transaction as well:
//
//	Refuse        after a 4xx for one row   refusal       the row waits for another mark, or a person
//	HoldBib …     a person says so          the hold      it is held until a person ends that
//	Release       a person says so          released      no guard holds this mark while the files say it
//	Verified      after reading back        verified      it is read back again; what a late request changed is pending
//	OfferRemoval  just before a replace     gone          the server may have these bibs or not: one that comes back
//	                                                      goes by update, one that does not is removed again
//	Confirm       after its 2xx             no mark       the removed bibs are forgotten
//
// A bib is settled when all three marks agree, else pending. A bib can be held: remembered, counted, but not offered.
// The files hold it (two marks, a doubtful row, vanished), the guards (a correction, a mass change), the server (it
// refused the row) or a person. Behind each record stands what happened to its bib, on the disk only: see Event.
//
// The package does not know files, folders, servers or the configuration; it does not decide when to send.
package state
