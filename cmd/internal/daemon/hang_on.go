//go:build hang

package daemon

import (
	"context"
	"os"

	"finishwatch/cmd/internal/config"
	"finishwatch/state"
	"finishwatch/uploader"
)

// A build with the tag hang stops for ever where a file beside the ledger tells it to: .hang-upload in the next upload,
// .hang-read in the next look into the folder. The file is deleted first, so that it happens once.

func hanging(server uploader.Server, cfg *config.Config) uploader.Server {
	return hangs{server, cfg.State.File + ".hang-upload"}
}

type hangs struct {
	uploader.Server
	file string
}

func (h hangs) Put(ctx context.Context, batches []state.Batch) error {
	hang(h.file)
	return h.Server.Put(ctx, batches)
}

func hangingWork(cfg *config.Config) func() {
	return func() { hang(cfg.State.File + ".hang-read") }
}

func hang(file string) {
	if os.Remove(file) == nil {
		select {}
	}
}
