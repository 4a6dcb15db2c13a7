package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"finishwatch/cmd/internal/config"
)

// printHelp is what --help prints: what the command does in a sentence, an example that works, the flags, and then what else
// there is to know.
func printHelp(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	fmt.Fprintln(&b, sentence(cmd))
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", cmd.Example)
	}
	usage := cmd.CommandPath() + " COMMAND"
	if cmd.Runnable() && !cmd.HasAvailableSubCommands() {
		usage = cmd.UseLine()
	}
	fmt.Fprintf(&b, "\nUsage:\n  %s\n", usage)
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(&b, "\nCommands:\n")
		for _, below := range cmd.Commands() {
			if below.IsAvailableCommand() || below.Name() == "help" {
				fmt.Fprintf(&b, "  %-*s  %s\n", cmd.NamePadding(), below.Name(), below.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		fmt.Fprintf(&b, "\nFlags:\n%s", cmd.LocalFlags().FlagUsages())
	}
	if more := details(cmd); more != "" {
		fmt.Fprintf(&b, "\n%s\n", folded(more))
	}
	fmt.Fprint(cmd.OutOrStdout(), b.String())
}

// width is that of a terminal as it opens.
const width = 80

// folded is a text whose paragraphs fit a terminal. Lines that are indented are a table and stay as they are.
func folded(text string) string {
	var out []string
	line := ""
	end := func() {
		if line != "" {
			out = append(out, line)
		}
		line = ""
	}
	for row := range strings.SplitSeq(text, "\n") {
		if row == "" || strings.HasPrefix(row, " ") {
			end()
			out = append(out, row)
			continue
		}
		for word := range strings.FieldsSeq(row) {
			if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
				end()
			}
			line = strings.TrimLeft(line+" "+word, " ")
		}
	}
	end()
	return strings.Join(out, "\n")
}

// dressHelp gives all commands their help, the words by which people look for them, and mistakes that say what was meant.
func dressHelp(root *cobra.Command) {
	root.SetHelpFunc(printHelp)
	root.SetFlagErrorFunc(flagMistake)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for path, example := range map[string]string{
		"help":                  "finishwatch help explain",
		"completion":            "finishwatch completion bash --help",
		"completion bash":       "finishwatch completion bash > finishwatch.bash",
		"completion zsh":        "finishwatch completion zsh > _finishwatch",
		"completion fish":       "finishwatch completion fish > finishwatch.fish",
		"completion powershell": "finishwatch completion powershell > finishwatch.ps1",
	} {
		if cmd, _, err := root.Find(strings.Fields(path)); err == nil && cmd != root {
			cmd.Example = "  " + example
			if path == "completion" {
				cmd.Long = "Each of them says how its script is used."
			}
		}
	}
	for _, cmd := range root.Commands() {
		cmd.SuggestFor = append(cmd.SuggestFor, otherWords()[cmd.Name()]...)
	}
}

// otherWords are those by which people may look for a command.
func otherWords() map[string][]string {
	return map[string][]string{
		"run":        {"start", "watch", "daemon", "serve", "upload", "send"},
		"check":      {"validate", "test", "lint", "verify-config"},
		"explain":    {"parse", "show", "read", "why"},
		"status":     {"state", "info", "show"},
		"history":    {"log", "logs", "bib"},
		"verify":     {"compare", "report", "readback"},
		"sync":       {"replace", "delete", "remove", "push"},
		"hold":       {"stop", "block", "keep"},
		"release":    {"unhold", "continue", "free"},
		"pause":      {"stop", "halt"},
		"resume":     {"continue", "unpause"},
		"rehearse":   {"demo", "simulate", "practise", "practice", "try"},
		"sandbox":    {"server", "mock", "imitation"},
		"init":       {"setup", "configure", "config", "new", "create"},
		"login":      {"password", "auth", "logon"},
		"reload":     {"restart", "refresh"},
		"formats":    {"types", "kinds"},
		"version":    {"ver"},
		"completion": {"complete"},
	}
}

// sentence is what a command does.
func sentence(cmd *cobra.Command) string { return cmd.Short + "." }

// details is what its long text says besides.
func details(cmd *cobra.Command) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(cmd.Long), sentence(cmd)))
}

// flagMistake says which flag was meant.
func flagMistake(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := config.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return fmt.Errorf("%w; did you mean --%s?", err, near)
	}
	return err
}

// none refuses whatever stands behind a command that takes nothing.
func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes nothing behind it but flags: %q; leave it out", cmd.CommandPath(), args[0])
	}
	return nil
}

// wants says what must stand behind a command, and how it looks.
func wants(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		example := strings.TrimSpace(strings.Split(cmd.Example, "\n")[0])
		switch {
		case len(args) < least:
			return fmt.Errorf("say which %s, as in: %s", what, example)
		case most >= 0 && len(args) > most:
			return fmt.Errorf("%q is one word too many; put quotes around what belongs together, as in: %s", args[most], example)
		}
		return nil
	}
}
