package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"finishwatch/uploader/sandbox"
)

func newSandbox() *cobra.Command {
	var address, startList string
	var switches []string
	options := sandbox.Options{}
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Run an imitation of OpenTrack on this laptop",
		Long: `It runs until it is stopped, and forgets everything then. Its competition is 2026/GBR/api-test, its
account the one that OpenTrack publishes for tests: api-test@mailinator.com, password apitest. It has the events R1 and R2; name the
events of your configuration with --events. All of them are road races, where a time under a minute becomes minutes: 0:10.52 is shown
as 10:52, as OpenTrack does it.

What nobody knows about OpenTrack can be switched:
` + switchHelp(),
		Example: "  finishwatch sandbox --listen 127.0.0.1:8080 --events R1,R2,R3\n  finishwatch sandbox --startlist bibs.csv --switch seeded-append --switch success-status=204",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := prepare(&options, switches, startList); err != nil {
				return err
			}
			return serveSandbox(cmd, options, address)
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "the loopback `ADDRESS` to serve on")
	cmd.Flags().StringVar(&options.Competition, "competition", "2026/GBR/api-test", "its `YEAR/COUNTRY/SLUG`")
	cmd.Flags().StringSliceVar(&options.Events, "events", []string{"R1", "R2"}, "the `NUMS` of the event grid, with commas between them")
	cmd.Flags().StringVar(&startList, "startlist", "", "a `FILE` with the bibs that are entered: a bib a line, for all events, or event,bib")
	cmd.Flags().StringArrayVar(&switches, "switch", nil, "a `SWITCH` of the list above; may be repeated")
	_ = cmd.MarkFlagFilename("startlist")
	return cmd
}

// prepare fills in what the switches and the start list say.
func prepare(options *sandbox.Options, switches []string, startList string) error {
	for _, text := range switches {
		if err := options.Switch(text); err != nil {
			return &exit{code: exitUsage, err: err}
		}
	}
	if startList == "" {
		return nil
	}
	f, err := os.Open(startList)
	if err != nil {
		return failed(fmt.Errorf("start list: %w; give a file with a bib a line, or event,bib", err))
	}
	defer f.Close()
	const most = 16 << 20
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return failed(fmt.Errorf("start list: %w; give a file with a bib a line, or event,bib", err))
	}
	if options.StartList, err = sandbox.ReadStartList(bytes.NewReader(data), options.Events); err != nil {
		return failed(fmt.Errorf("start list %s: %w; give a file with a bib a line, or event,bib", startList, err))
	}
	return nil
}

func serveSandbox(cmd *cobra.Command, options sandbox.Options, address string) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if host, _, err := net.SplitHostPort(address); err != nil || !loopback(host) {
		return &exit{code: exitUsage, err: fmt.Errorf("--listen %s is not a loopback address; write 127.0.0.1:8080", address)}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return &exit{code: exitReach, err: fmt.Errorf("listen on %s: %w; choose another address with --listen", address, err)}
	}
	fmt.Fprintf(cmd.OutOrStdout(), sandboxRecipe, listener.Addr(), listener.Addr(), strings.Trim(options.Competition, "/"))
	return failed(sandbox.New(options).Serve(ctx, listener))
}

// switchHelp lists the switches.
func switchHelp() string {
	var b strings.Builder
	for _, s := range sandbox.Switches() {
		fmt.Fprintf(&b, "  %-22s %s\n", s.Usage, s.Summary)
	}
	return b.String()
}

// sandboxRecipe begins with the address alone in its line, for programs that start a sandbox.
const sandboxRecipe = `http://%s/

Put this into [opentrack] of a configuration:
  competition = "http://%s/x/%s/"
  username = "api-test@mailinator.com"
and the password apitest into a file for password_file, or into FINISHWATCH_PASSWORD. Ctrl-C stops it.
`

// loopback reports whether a host can only be reached from this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
