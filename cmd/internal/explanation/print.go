package explanation

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"finishwatch/cmd/internal/logging"
	"finishwatch/cmd/internal/terminal"
	"finishwatch/parse"
)

// Print writes for a person. Whatever comes from the file is cleaned.
func (e *Explanation) Print(w io.Writer, s Style) error {
	p := &printer{style: s}
	p.line("%s", e.title())
	if e.Err != nil {
		p.refused(e)
	} else {
		p.reading(e)
	}
	p.guards(e.Guards)
	_, err := io.WriteString(w, p.text.String())
	return err
}

// maxGuards bounds how many bibs are named that are kept back for another reason than what stands in the file.
const maxGuards = 20

func (p *printer) guards(guards []Guard) {
	for _, g := range guards[:min(len(guards), maxGuards)] {
		text := g.Reason
		if g.Bib != "" {
			text = "bib " + g.Bib + ": " + text
		}
		p.line("%s  %s", p.style.paint(held, "KEPT BACK"), logging.Clean(text))
	}
	if more := len(guards) - maxGuards; more > 0 {
		p.line("%s  and %d more", p.style.paint(held, "KEPT BACK"), more)
	}
}

func (e *Explanation) title() string {
	title := logging.Clean(e.File)
	if e.Race != "" {
		title += " → " + e.Race
	}
	return title
}

type printer struct {
	style Style
	text  strings.Builder
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteByte('\n')
}

// refused says why the file is refused, and what a person has to choose between.
func (p *printer) refused(e *Explanation) {
	p.line("  %s  %s", p.style.paint(refused, refused), logging.Clean(e.Err.Error()))
	choices := e.choices()
	key, column := 0, 0
	for _, c := range choices {
		key, column = max(key, terminal.Columns(c.Key)), max(column, terminal.Columns(c.Column))
	}
	for _, c := range choices {
		example := "with " + logging.Clean(c.Example)
		if c.Example == "" {
			example = "blank so far"
		}
		p.line("           %s  takes %s  %s", pad(logging.Clean(c.Key), key), pad(logging.Clean(c.Column), column), example)
	}
}

// reading writes the columns, and every row or those that are asked for.
func (p *printer) reading(e *Explanation) {
	r := e.Reading
	head := r.Format + ", " + r.Encoding
	if r.Delimiter != "" {
		head += ", delimiter " + delimiterName(r.Delimiter)
	}
	p.line("  format     %s", head)
	p.line("  bib        %s\n  time       %s\n  status     %s", columnName(r.Columns.Bib), columnName(r.Columns.Time), columnName(r.Columns.Status))
	if e.Late != "" {
		p.line("  later      %s", e.Late)
	}
	list := rows(r)
	if e.Asked {
		for _, a := range e.Accounts {
			p.account(a, unitOf(r.Format))
		}
	} else {
		p.listing(list)
	}
	finishes := "finishes"
	if len(r.Finishes) == 1 {
		finishes = "finish"
	}
	p.line("%d %s, %d held, %d ignored", len(r.Finishes), finishes, len(r.Held), len(r.Ignored))
	if !e.Asked {
		p.summary(list, unitOf(r.Format))
	}
}

// listing writes one line for each row, and one for a run that is folded.
func (p *printer) listing(list []row) {
	all := runs(list, p.style.Fold)
	number, bib := 7, 8
	for _, r := range all {
		number, bib = max(number, len(r.number())), max(bib, terminal.Columns(logging.Clean(r.bib)))
	}
	for _, r := range all {
		text := logging.Clean(r.text)
		if r.word != ignored {
			text = pad(logging.Clean(r.bib), bib) + " " + text
		}
		if r.rows > 1 {
			text += fmt.Sprintf(" (%d rows)", r.rows)
		}
		p.line("  %*s  %s", number, r.number(), p.style.paint(r.word, pad(r.word, 8)+" "+text))
	}
}

func (r run) number() string {
	if r.rows == 1 {
		return strconv.Itoa(r.line)
	}
	return strconv.Itoa(r.line) + "-" + strconv.Itoa(r.last)
}

// summary repeats what is held, by its rule, with what to do and where.
func (p *printer) summary(list []row, unit string) {
	for _, g := range groups(list) {
		text := g.rule
		if g.found != "" {
			text += ": " + g.found
		}
		if g.fix != "" {
			text += "; " + g.fix
		}
		count := fmt.Sprintf("%s %d", held, len(g.rows))
		p.line("%s  %s", p.style.paint(held, count), logging.Clean(text))
		p.line("%*s  %s", len(count), "", places(g.rows, unit))
	}
}

// places names the rows of a group, at most ten of them.
func places(list []row, unit string) string {
	const most = 10
	var at []string
	for _, r := range list[:min(len(list), most)] {
		place := strconv.Itoa(r.line)
		if r.bib != "" {
			place += " (" + logging.Clean(r.bib) + ")"
		}
		at = append(at, place)
	}
	text := unit
	if len(list) > 1 {
		text += "s"
	}
	text += " " + strings.Join(at, ", ")
	if more := len(list) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// account writes one row: as it stands in the file, its cells, and the rules that decided.
func (p *printer) account(a parse.Account, unit string) {
	if a.Verdict == parse.NoRow {
		p.line("\n%s", logging.Clean(a.Reason))
		return
	}
	p.line("\n%s %d", unit, a.Line)
	for _, text := range []string{a.Above, a.Text} {
		if text != "" {
			p.line("  %s", logging.Clean(text))
		}
	}
	p.cells(a.Cells)
	rule := 9
	for _, s := range a.Steps {
		rule = max(rule, terminal.Columns(s.Rule))
	}
	for _, s := range a.Steps {
		p.line("  %s", p.style.paint(s.Rule, pad(logging.Clean(s.Rule), rule)+" "+logging.Clean(s.Text)))
	}
}

// cells writes the cells of a row under their headings, which stand beside them: a line is wider than a screen.
func (p *printer) cells(cells []parse.Cell) {
	heading, text := 0, 0
	for _, c := range cells {
		heading, text = max(heading, terminal.Columns(c.Heading)), max(text, terminal.Columns(c.Text))
	}
	for _, c := range cells {
		taken := c.Taken
		if taken != "" {
			taken = "← " + taken
		}
		if c.Written != "" {
			taken += " (" + c.Written + " in the file)"
		}
		line := fmt.Sprintf("  %4d  %s  %s  %s", c.Column, pad(c.Heading, heading), pad(c.Text, text), taken)
		p.line("%s", logging.Clean(strings.TrimRight(line, " ")))
	}
}

func columnName(name string) string {
	if name == "" {
		return "-"
	}
	return "column " + logging.Clean(name)
}

func delimiterName(delimiter string) string {
	switch delimiter {
	case ",":
		return "comma"
	case ";":
		return "semicolon"
	case "\t":
		return "TAB"
	case "|":
		return "pipe"
	}
	return logging.Clean(delimiter)
}
