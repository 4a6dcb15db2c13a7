package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
)

// serviceConfig is the configuration of finishwatch.service.
const serviceConfig = "/etc/finishwatch/config.toml"

// defaultConfig is where the configuration lies when nobody says otherwise.
func defaultConfig() string { return config.DefaultFile(runtime.GOOS, os.Getenv) }

// run is the program without the process: it returns the exit code.
func run(args []string) int {
	root := newRoot()
	root.SetArgs(args)
	used, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	code := report(err)
	if _, ok := errors.AsType[*exit](err); !ok {
		fmt.Fprintln(os.Stderr)
		used.SetOut(os.Stderr)
		_ = used.Usage()
	}
	return code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "finishwatch",
		Short:         "Watch a folder of timing exports and stream new finishes to OpenTrack",
		Example:       "  finishwatch rehearse   # with nothing configured",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(
		newRun(), newCheck(), newExplain(), newStatus(), newRehearse(), newSandbox(), newInit(), newFormats(), newVersion(),
		newPause(), newResume(), newHold(), newRelease(), newHistory(), newVerify(), newSync(), newReload(), newLogin(), newMan(),
	)
	dressHelp(root)
	return root
}

// addConfig gives a command the --config flag.
func addConfig(cmd *cobra.Command, path *string, value string) {
	cmd.Flags().StringVar(path, "config", value, "the configuration `FILE`")
	_ = cmd.MarkFlagFilename("config", "toml")
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  finishwatch version",
		Args:    none,
		Run:     func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "finishwatch", version) },
	}
}
