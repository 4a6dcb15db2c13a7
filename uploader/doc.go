// Package uploader makes the server equal to the ledger: a client of OpenTrack and the loop that uses it.
//
// Its one idea: the loop holds nothing that a crash could lose. Every round asks the ledger what is pending, writes the
// intent (Offer), sends one PUT with no transaction open, and writes the outcome (Confirm). A lost reply, a kill or a
// power cut between any two of these is only a round that has to be made again; recovery is the ordinary path.
//
// [Client] speaks the documented interface and sorts every answer into a [Class]; [Uploader] decides what a class means
// for the next round. The package does not read files and does not decide what a finish is.
package uploader
