// Package bench measures the whole program against its budgets: it builds the real program, starts it as a process
// against the imitation of OpenTrack as another one, and prints a table. It has no code outside its tests. What one
// package costs by itself is measured beside it: go test -bench . ./parse ./state ./watcher ./uploader ./cmd/internal/daemon
package bench
