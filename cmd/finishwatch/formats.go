package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"finishwatch/parse"
)

func newFormats() *cobra.Command {
	return &cobra.Command{
		Use:   "formats",
		Short: "List the formats of exports that can be read",
		Long: `Below each stands a row of it. Which one an export is, finishwatch finds out by itself; format in [[race]] of the configuration names
it where the guess is wrong.`,
		Example: "  finishwatch formats",
		Args:    none,
		Run: func(cmd *cobra.Command, _ []string) {
			for _, format := range parse.Formats() {
				fmt.Fprintf(cmd.OutOrStdout(), "%-16s %s\n%-16s %s\n", format.Name, format.Summary, "", format.Example)
			}
		},
	}
}
