package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/logging"
	"finishwatch/parse"
	"finishwatch/watcher"
)

func newExplain() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain FILE...",
		Short: "Show how an export is read: which column is what, and the verdict of every row",
		Long: `Show how an export is read: which column is what, and the verdict of every row. Nothing is sent or stored. With --config
it reads the file as the races of the configuration do; without, it recognises everything by itself. The file is taken
for complete.`,
		Example: "  finishwatch explain results.csv\n  finishwatch explain --config config.toml --json results.csv",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			var cfg *config.Config
			if path != "" {
				var err error
				if cfg, err = loadConfig(path); err != nil {
					return err
				}
			}
			write := printExplanation
			if asJSON {
				write = writeExplanation
			}
			return explain(cmd.OutOrStdout(), cfg, files, write)
		},
	}
	addConfig(cmd, &path, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object for each file and race that reads it, one a line")
	return cmd
}

// explanation is how one race reads one file.
type explanation struct {
	file    string
	race    string // the unit, empty without a configuration
	reading *parse.Reading
	err     error
}

// explain explains each file for each race that reads it. It fails when a file is refused by one of them.
func explain(w io.Writer, cfg *config.Config, files []string, write func(io.Writer, explanation) error) error {
	refused := false
	for _, file := range files {
		for _, e := range explainFile(cfg, file) {
			refused = refused || e.err != nil
			if err := write(w, e); err != nil {
				return failed(err)
			}
		}
	}
	if refused {
		return &exit{code: exitData}
	}
	return nil
}

func explainFile(cfg *config.Config, file string) []explanation {
	at := file
	if _, err := os.Lstat(file); err != nil && cfg != nil && !filepath.IsAbs(file) {
		at = filepath.Join(cfg.Watch.Dir, file) // as it is called in the log and in status
	}
	data, err := readExport(cfg, at)
	if cfg == nil {
		e := explanation{file: file, err: err}
		if err == nil {
			e.reading, e.err = parse.Read(data, parse.Rules{}, parse.TailStill)
		}
		return []explanation{e}
	}
	var list []explanation
	for _, race := range cfg.Races {
		if !reads(cfg, race, at) {
			continue
		}
		e := explanation{file: file, race: race.Unit.String(), err: err}
		rules, wrong := race.RulesWithChips()
		if e.err == nil {
			e.err = wrong
		}
		if e.err == nil {
			e.reading, e.err = parse.Read(data, rules, parse.TailStill)
		}
		list = append(list, e)
	}
	if list == nil {
		err := fmt.Errorf("no [[race]] of %s reads this file; files = %s", cfg.Path, strings.Join(patterns(cfg), ", "))
		list = []explanation{{file: file, err: err}}
	}
	return list
}

// patterns lists the globs of all races as they stand in the configuration.
func patterns(cfg *config.Config) []string {
	var list []string
	for _, race := range cfg.Races {
		list = append(list, fmt.Sprintf("%q", race.Files))
	}
	return list
}

// defaultMaxSize bounds what is read without a configuration, in bytes.
const defaultMaxSize = 64 << 20

// readExport reads a file as the daemon would: regular files only, up to the configured size.
func readExport(cfg *config.Config, file string) ([]byte, error) {
	limit := int64(defaultMaxSize)
	if cfg != nil {
		limit = cfg.Watch.MaxSize
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no such file; look at the spelling")
	case err != nil:
		return nil, fmt.Errorf("cannot be read: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("not a regular file; give the path of an export")
	case info.Size() > limit:
		return nil, fmt.Errorf("%d bytes are more than [watch] max_size allows (%d)", info.Size(), limit)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}

// reads reports whether the race reads the file: by its path below the watched folder, or by its name alone when it
// lies elsewhere.
func reads(cfg *config.Config, race config.Race, file string) bool {
	path := filepath.Base(file)
	if absolute, err := filepath.Abs(file); err == nil {
		if below, err := filepath.Rel(cfg.Watch.Dir, absolute); err == nil && filepath.IsLocal(below) {
			path = filepath.ToSlash(below)
		}
	}
	for _, pattern := range race.Files {
		if watcher.Match(pattern, path) {
			return true
		}
	}
	return false
}

// printExplanation writes for a person.
func printExplanation(w io.Writer, e explanation) error {
	title := logging.Clean(e.file)
	if e.race != "" {
		title += " → " + e.race
	}
	if e.err != nil {
		_, err := fmt.Fprintf(w, "%s\n  REFUSED  %s\n", title, logging.Clean(e.err.Error()))
		return err
	}
	r := e.reading
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  format     %s, %s", title, r.Format, r.Encoding)
	if r.Delimiter != "" {
		fmt.Fprintf(&b, ", delimiter %s", delimiterName(r.Delimiter))
	}
	fmt.Fprintf(&b, "\n  bib        %s\n  time       %s\n  status     %s\n", column(r.Columns.Bib), column(r.Columns.Time), column(r.Columns.Status))
	for _, v := range verdicts(r) {
		fmt.Fprintf(&b, "  %7d  %-8s %s\n", v.line, v.word, logging.Clean(v.text))
	}
	fmt.Fprintf(&b, "%d finishes, %d held, %d ignored\n", len(r.Finishes), len(r.Held), len(r.Ignored))
	_, err := io.WriteString(w, b.String())
	return err
}

func column(name string) string {
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

// verdict is what became of one line.
type verdict struct {
	line int
	word string
	text string
}

// verdicts merges the three lists of a reading in the order of the lines.
func verdicts(r *parse.Reading) []verdict {
	list := make([]verdict, 0, len(r.Finishes)+len(r.Held)+len(r.Ignored))
	f, h, i := r.Finishes, r.Held, r.Ignored
	for len(f)+len(h)+len(i) > 0 {
		switch {
		case len(f) > 0 && (len(h) == 0 || f[0].Line <= h[0].Line) && (len(i) == 0 || f[0].Line <= i[0].Line):
			list = append(list, verdict{f[0].Line, "finish", fmt.Sprintf("%-8s %s", f[0].Bib, f[0].Mark)})
			f = f[1:]
		case len(h) > 0 && (len(i) == 0 || h[0].Line <= i[0].Line):
			list = append(list, verdict{h[0].Line, "HELD", fmt.Sprintf("%-8s %s", h[0].Bib, h[0].Reason)})
			h = h[1:]
		default:
			list = append(list, verdict{i[0].Line, "ignored", i[0].Reason})
			i = i[1:]
		}
	}
	return list
}

// writeExplanation writes the JSON of DESIGN section 7.
func writeExplanation(w io.Writer, e explanation) error {
	type finish struct {
		Line int    `json:"line"`
		Bib  string `json:"bib"`
		Mark string `json:"mark"`
	}
	type held struct {
		Line   int    `json:"line"`
		Bib    string `json:"bib"`
		Reason string `json:"reason"`
	}
	type ignored struct {
		Line   int    `json:"line"`
		Reason string `json:"reason"`
	}
	type columns struct {
		Bib    string `json:"bib"`
		Time   string `json:"time"`
		Status string `json:"status"`
	}
	out := struct {
		File      string    `json:"file"`
		Race      string    `json:"race"`
		Format    string    `json:"format"`
		Encoding  string    `json:"encoding"`
		Delimiter string    `json:"delimiter"`
		Columns   columns   `json:"columns"`
		Finishes  []finish  `json:"finishes"`
		Held      []held    `json:"held"`
		Ignored   []ignored `json:"ignored"`
		Error     string    `json:"error"`
	}{File: e.file, Race: e.race, Finishes: []finish{}, Held: []held{}, Ignored: []ignored{}}
	if e.err != nil {
		out.Error = e.err.Error()
	} else {
		r := e.reading
		out.Format, out.Encoding, out.Delimiter = r.Format, r.Encoding, r.Delimiter
		out.Columns = columns(r.Columns)
		for _, f := range r.Finishes {
			out.Finishes = append(out.Finishes, finish{f.Line, string(f.Bib), f.Mark.String()})
		}
		for _, h := range r.Held {
			out.Held = append(out.Held, held{h.Line, string(h.Bib), h.Reason})
		}
		for _, i := range r.Ignored {
			out.Ignored = append(out.Ignored, ignored{i.Line, i.Reason})
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}
