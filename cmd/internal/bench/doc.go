// Package bench measures the whole program against its budgets: it builds the real program, starts it as a process
// against the imitation of OpenTrack as another one, and prints a table. It has no code outside its tests. A tiny run
// belongs to every go test, so that it cannot rot; at full size it takes ten minutes:
//
//	go test ./cmd/internal/bench -run Budget -v -timeout 0 -args -budget
//	go test ./cmd/internal/bench -run Budget/latency -v -timeout 0 -args -budget    (one part; also burst, crowd, idle, many)
//	go test -run NONE -bench . ./state ./watcher ./cmd/internal/daemon ./parse      (what one package costs by itself)
//	go test ./cmd/internal/daemon -run OverADay -v -args -day                       (the ledger over a day of re-exports)
//
// Nothing is judged by the clock. What takes time is measured beside the same work done bare, in the same run: a row's way in
// turn with one that is only noticed, synced and sent; a burst and then the same uploads alone. What works is measured in
// processor time. On a machine with other work a ratio and a median mean something, a 99th percentile does not.
//
// # What it costs, and how that grows
//
// From measurements on two cores at 2.6 GHz, and what is read in the code. Let n be the finishers of all races, f the files
// in reach of the patterns, r the races.
//
//	a row at the end of an export    1.2 ms of processor with all that follows; one wait for the disk before it goes out and
//	                                 one after; not with n
//	the export around it             2.4 ms for 100,000 rows above it, which are read and compared by hash
//	an export written anew           0.5 ms for each 1,000 rows that are there; what is stored and sent grows with what changed
//	one that has not changed         a stat for each poll; a reading 2.5 s after it changed, and one each minute
//	a poll                           4 to 10 µs for each file: 10 files are nothing, 1,000 for 50 races 0.8 % of a core in all
//	the status, four times a second  10 µs for each race, whatever the number of files
//	a burst                          10 µs of processor for each finisher, beside the PUTs
//	memory                           19 MB for the program, 14 of them its own text, which the system can drop; 0.2 KB for each
//	                                 finisher, and 0.1 to 0.5 MB for each of the last 32 files that were written
//	a start                          0.8 ms for each 1,000 finishers
//	the ledger's file                0.3 to 0.6 KB for each finisher; a history ends at 32 events, so that a day of 43,200
//	                                 re-exports with a correction in each made it 1.4 times as large
//
// Races share nothing but the process: r of them with n/r finishers cost what one with n does. How often an export is
// written costs what writing it anew costs, once for each time that it was quiet for settle.
//
// # Where one laptop ends
//
// Not at the finishers: by min_interval = "2s" and max_batch = 500, which are there for OpenTrack's sake, 250 rows a second
// go out, and without that interval a burst of 50,000 went to the imitation on the same machine in 0.6 s. It ends at exports that are written anew
// faster than they are read: the rows that are read, times how often, beyond a million a second take a core. That is an export
// of 100,000 rows ten times a second, or of max_size (64 MB, a million rows) every second. Memory ends at the unit's
// MemoryMax of 512 MB, beyond a million finishers. Before all of these a folder may have more than 20,000 files and folders in
// reach: the rest is not looked at, and said so.
//
// Beyond that, or for several meetings at once, start an instance of the template unit for each competition,
// finishwatch@NAME.service: its own configuration, ledger, folder and login; on one laptop or on several. They need nothing of
// one another, because what they share is OpenTrack. The limit is one ledger for each competition: two laptops that send the
// same race send its rows twice, and agree.
package bench
