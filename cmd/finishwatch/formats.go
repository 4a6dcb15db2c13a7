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
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			for _, format := range parse.Formats() {
				fmt.Fprintf(cmd.OutOrStdout(), "%-16s %s\n%-16s %s\n", format.Name, format.Summary, "", format.Example)
			}
		},
	}
}
