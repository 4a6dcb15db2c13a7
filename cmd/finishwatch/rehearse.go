package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/rehearsal"
)

func newRehearse() *cobra.Command {
	options := rehearsal.Options{}
	var style, speed string
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Play a race into an imitation of OpenTrack and judge what arrives",
		Long: `Nothing has to be configured, and nothing is public: the imitation is on this laptop. The real daemon runs on it, and the results are on a web page whose address is printed. The exit code is 0 only when every finish is there once
with its exact mark.

Faults, for --faults "outage 30s at 1m; kill at 20s". LENGTH and TIME (since the start) may be left out; the race is made long enough:
` + faultHelp() + `
Styles, for --style:
` + styleHelp(),
		Example: "  finishwatch rehearse --open\n  finishwatch rehearse --from exports/ --config config.toml --faults \"outage 30s at 20s; kill\"\n" +
			"  finishwatch rehearse --athletes 5000 --waves 4 --style mixed",
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if options.Faults == "list" {
				fmt.Fprint(cmd.OutOrStdout(), faultHelp())
				return nil
			}
			options.Style = rehearsal.Style(style)
			if err := readSpeed(&options, speed); err != nil {
				return &exit{code: exitUsage, err: err}
			}
			return rehearse(cmd, options)
		},
	}
	f := cmd.Flags()
	f.StringVar(&options.From, "from", "", "play this export, or all of a folder (`FILE|DIR`), instead of the synthetic race")
	addConfig(cmd, &options.Config, "")
	f.Lookup("config").Usage = "read them as the races of this configuration `FILE` do"
	f.StringVar(&style, "style", string(rehearsal.StyleAppend), "`STYLE` in which the exports are written")
	f.StringVar(&speed, "speed", "", "play by the finish times, so many times as fast (`FACTOR`); or max: no pause at all")
	f.IntVar(&options.Athletes, "athletes", 300, "`NUMBER` of athletes of the synthetic race")
	f.IntVar(&options.Waves, "waves", 1, "`NUMBER` of waves in which they start, each of them a heat")
	f.Uint64Var(&options.Seed, "seed", 2026, "another `NUMBER` is another synthetic race")
	f.StringVar(&options.Faults, "faults", "", "what goes wrong (`SCRIPT`); list shows what can")
	f.BoolVar(&options.Open, "open", false, "open the page in the browser")
	f.BoolVar(&options.JSON, "json", false, "print the verdict as JSON; the progress goes to standard error")
	f.BoolVar(&options.Keep, "keep", false, "leave the folder, the configuration, the log and the ledger for a look")
	_ = cmd.MarkFlagFilename("from")
	return cmd
}

// rehearse plays until the end or Ctrl-C.
func rehearse(cmd *cobra.Command, options rehearsal.Options) error {
	if err := options.Check(); err != nil {
		return &exit{code: exitUsage, err: err}
	}
	if options.Config != "" {
		if _, err := loadConfig(options.Config); err != nil {
			return err
		}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	out, progress := cmd.OutOrStdout(), cmd.OutOrStdout()
	if options.JSON {
		progress = io.Writer(os.Stderr)
	}
	err := rehearsal.Run(ctx, out, progress, options)
	if errors.Is(err, rehearsal.ErrNotClean) {
		return &exit{code: 1}
	}
	return failed(err)
}

func readSpeed(options *rehearsal.Options, text string) error {
	switch text {
	case "":
		return nil
	case "max":
		options.Speed = rehearsal.FullSpeed()
		return nil
	}
	speed, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || speed <= 0 || speed > 1e6 {
		return fmt.Errorf(`--speed %s is not a number such as 10, or "max"`, text)
	}
	options.Speed = speed
	return nil
}

func faultHelp() string {
	var b strings.Builder
	for _, f := range rehearsal.Faults() {
		fmt.Fprintf(&b, "  %-32s %s\n", f.Usage, f.Summary)
	}
	return b.String()
}

func styleHelp() string {
	var b strings.Builder
	for _, s := range rehearsal.Styles() {
		fmt.Fprintf(&b, "  %-8s %s\n", s.Style, s.Summary)
	}
	return b.String()
}
