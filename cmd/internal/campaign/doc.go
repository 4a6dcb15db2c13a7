// Package campaign is the crash campaign: tests that run the real program as a child process, end it by kill -9 again and
// again, at random instants and at every point that package crash names, and judge what the public saw. It has no code
// outside its tests.
//
// A race has a timing program (the player) that writes exports in every style that timing programs have, correct rows
// and wrong ones; an imitation of OpenTrack behind bad weather (lost replies, resets, 5xx, 429, 4xx, ended tokens, slow and
// cut answers, pages in the place of answers); and one program, ledger and configuration, started anew after each kill.
// Now and then the ledger is lost. In the end the weather is calm, the files are at rest, and the judge looks:
//
//	nothing lost       the server shows exactly what the exports say; of a held or vanished bib nothing, or what a row once said
//	nothing wrong      no upload ever carried a mark that was not, before it, in a complete row of an export of that race
//	no endless sending in calm weather no row is sent twice, a re-export and a restart send nothing, and in trouble the
//	                   uploads keep their distance
//	no secret          neither the password nor a token is in the log, the output, the status file, the ledger
//	no false end       the program never ends by itself
//
// Run briefly by go test; at length, with the figures at the end:
//
//	go test ./cmd/internal/campaign -campaign.kills=2000 -timeout 0 -v
//
// -campaign.seed makes the player, the weather and the instants draw the same again; what the machine makes of them is
// another matter, so each race keeps a diary. With -artifacts it stays, beside the program's log.
package campaign
