package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"finishwatch/uploader/sandbox"
)

func newSandbox() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run an imitation of OpenTrack on this laptop",
		Long: `Run an imitation of OpenTrack on this laptop until stopped. Its competition is 2026/GBR/api-test with the events R1 and R2, its
account the one that OpenTrack publishes for tests: api-test@mailinator.com, password apitest.`,
		Example: "  finishwatch sandbox --listen 127.0.0.1:8080",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return &exit{code: exitReach, err: fmt.Errorf("listen on %s: %w; choose another address with --listen", address, err)}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "http://%s/\n", listener.Addr())
			return failed(sandbox.New(sandbox.Options{}).Serve(ctx, listener))
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "the loopback `ADDRESS` to serve on")
	return cmd
}
