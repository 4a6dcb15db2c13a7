package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestAStopDoesNotWaitForAFolderThatIsDead(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	dead := make(chan struct{})
	defer close(dead)
	if err := inTime(ctx, time.Millisecond, func(context.Context) error { <-dead; return nil }); err != nil {
		t.Error(err)
	}
	broken := errors.New("the ledger is gone")
	if err := inTime(t.Context(), time.Hour, func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
	if err := inTime(ctx, time.Hour, func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("within the grace: %v, want %v", err, broken)
	}
}
