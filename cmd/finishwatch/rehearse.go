package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/rehearsal"
)

func newRehearse() *cobra.Command {
	options := rehearsal.Options{Version: version}
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Play a race into an imitation of OpenTrack and judge what arrives",
		Long: `Play a race into an imitation of OpenTrack on this laptop, with nothing configured, and judge what arrives. The exit code is 0 only
when every finish is there once with its exact mark.`,
		Example: "  finishwatch rehearse\n  finishwatch rehearse --from results.csv --keep",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if options.Athletes < 1 || options.Athletes > 99999 {
				return &exit{code: exitUsage, err: errors.New("--athletes is a number from 1 to 99999")}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			err := rehearsal.Run(ctx, cmd.OutOrStdout(), options)
			if errors.Is(err, rehearsal.ErrNotClean) {
				return &exit{code: 1}
			}
			return failed(err)
		},
	}
	cmd.Flags().StringVar(&options.From, "from", "", "play this export `FILE` instead of the synthetic race")
	cmd.Flags().BoolVar(&options.Keep, "keep", false, "leave the folder, the configuration, the log and the ledger for a look")
	cmd.Flags().IntVar(&options.Athletes, "athletes", 300, "athletes of the synthetic race")
	return cmd
}
