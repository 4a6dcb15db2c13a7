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
		Long: `Run an imitation of OpenTrack on this laptop until stopped; it forgets everything then. Its competition is 2026/GBR/api-test with the events R1 and R2, its
account the one that OpenTrack publishes for tests: api-test@mailinator.com, password apitest.`,
		Example: "  finishwatch sandbox --listen 127.0.0.1:8080",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if host, _, err := net.SplitHostPort(address); err != nil || !loopback(host) {
				return &exit{code: exitUsage, err: fmt.Errorf("--listen %s is not a loopback address; write 127.0.0.1:8080", address)}
			}
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return &exit{code: exitReach, err: fmt.Errorf("listen on %s: %w; choose another address with --listen", address, err)}
			}
			fmt.Fprintf(cmd.OutOrStdout(), sandboxRecipe, listener.Addr(), listener.Addr())
			return failed(sandbox.New(sandbox.Options{}).Serve(ctx, listener))
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "the loopback `ADDRESS` to serve on")
	return cmd
}

// sandboxRecipe begins with the address alone in its line, for programs that start a sandbox.
const sandboxRecipe = `http://%s/

Put this into [opentrack] of a configuration:
  competition = "http://%s/x/2026/GBR/api-test/"
  username = "api-test@mailinator.com"
and the password apitest into a file for password_file, or into FINISHWATCH_PASSWORD. Ctrl-C stops it.
`

// loopback reports whether a host can only be reached from this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
