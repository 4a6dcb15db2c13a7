package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newMan prints the manual page, made from the commands: the package is built with it. Nobody needs it otherwise.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man",
		Short:  "Print the manual page",
		Args:   cobra.NoArgs,
		Hidden: true,
		Run:    func(cmd *cobra.Command, _ []string) { printMan(cmd.OutOrStdout(), cmd.Root()) },
	}
}

// printMan writes the manual page in roff (man(7)): each command with its flags.
func printMan(w io.Writer, root *cobra.Command) {
	fmt.Fprintf(w, ".TH FINISHWATCH 1 \"\" \"finishwatch %s\" \"User Commands\"\n", roff(version))
	fmt.Fprintf(w, ".SH NAME\nfinishwatch \\- %s\n", roff(strings.ToLower(root.Short[:1])+root.Short[1:]))
	fmt.Fprint(w, ".SH SYNOPSIS\n.B finishwatch\n.I command\n.RI [ flags ]\n")
	fmt.Fprintf(w, ".SH DESCRIPTION\n%s\n.SH COMMANDS\n", paragraphs(sentence(root)))
	for _, command := range root.Commands() {
		if command.IsAvailableCommand() {
			manCommand(w, command)
		}
	}
	fmt.Fprint(w, manEnd)
}

// manEnd is what no command says.
const manEnd = `.SH FILES
.TP
.I /etc/finishwatch/config.toml
the settings of finishwatch.service
.TP
.I /etc/finishwatch/\fINAME\fP.toml
those of finishwatch@NAME.service, for several competitions at once
.TP
.I /etc/finishwatch/opentrack.password
the password, for root alone; see \fBfinishwatch login\fP
.TP
.I /var/lib/finishwatch
what has been read, sent and confirmed
.TP
.I /usr/share/finishwatch/drop-ins
settings of the service for special cases, with a comment on when to use each
.SH EXIT STATUS
0 ok, 1 check \-\-online found something red, 64 usage, 65 data, 69 server out of reach, 70 a mistake of finishwatch itself, 73 ledger in use, damaged or not writable, 77 login refused, 78 configuration. finishwatch status ends with 0 fine, 1 attention, 2 bad, 3 not running.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
`

func manCommand(w io.Writer, command *cobra.Command) {
	fmt.Fprintf(w, ".SS %s\n", roff(strings.TrimPrefix(command.UseLine(), command.Root().Name()+" ")))
	fmt.Fprintln(w, paragraphs(sentence(command)))
	if more := details(command); more != "" {
		fmt.Fprintf(w, ".PP\n%s\n", paragraphs(more))
	}
	command.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden || flag.Name == "help" {
			return
		}
		name, usage := pflag.UnquoteUsage(flag)
		fmt.Fprintf(w, ".TP\n.B \\-\\-%s", roff(flag.Name))
		if name != "" {
			fmt.Fprintf(w, " \\fI%s\\fP", roff(name))
		}
		fmt.Fprintf(w, "\n%s\n", roff(usage))
	})
	if command.Example != "" {
		fmt.Fprintf(w, ".PP\nExamples:\n.PP\n.nf\n%s\n.fi\n", roff(command.Example))
	}
	for _, below := range command.Commands() {
		if below.IsAvailableCommand() {
			fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff(command.Name()+" "+below.Name()), roff(below.Short))
		}
	}
}

// paragraphs is text with its paragraphs apart. Lines that are indented or look like a table stay as they are.
func paragraphs(text string) string {
	var b strings.Builder
	asIs := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		table := strings.HasPrefix(line, " ")
		switch {
		case table && !asIs:
			b.WriteString(".PP\n.nf\n")
		case !table && asIs:
			b.WriteString(".fi\n")
		}
		asIs = table
		if line == "" {
			b.WriteString(".PP\n")
			continue
		}
		b.WriteString(roff(line) + "\n")
	}
	if asIs {
		b.WriteString(".fi\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// roff escapes what means something to roff: backslashes, hyphens that shall be copied, and a dot or an apostrophe in front.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "→", `\(->`, "…", "...").Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
