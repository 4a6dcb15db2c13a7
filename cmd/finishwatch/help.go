package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"finishwatch/cmd/internal/config"
)

// helpTemplate is what --help prints: what the command does in a sentence, an example that works, the flags, and then what
// else there is to know.
const helpTemplate = `{{sentence .}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}
Usage:
  {{if .Runnable}}{{.UseLine}}{{else}}{{.CommandPath}} COMMAND{{end}}
{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{with details .}}
{{.}}
{{end}}`

// dressHelp gives all commands their help, the words by which people look for them, and mistakes that say what was meant.
func dressHelp(root *cobra.Command) {
	cobra.AddTemplateFunc("sentence", sentence)
	cobra.AddTemplateFunc("details", details)
	root.SetHelpTemplate(helpTemplate)
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
