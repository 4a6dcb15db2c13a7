package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"finishwatch/cmd/internal/borrow"
	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/control"
	"finishwatch/cmd/internal/explanation"
	"finishwatch/parse"
	"finishwatch/watcher"
)

func newExplain() *cobra.Command {
	var path string
	var asJSON, all bool
	var lines []int
	var bibs []string
	cmd := &cobra.Command{
		Use:   "explain FILE...",
		Short: "Show how an export is read: which column is what, and the verdict of every row",
		Long: `Nothing is sent or stored. With --config it reads the file as the races of the configuration do, and FILE may be its name in the watched folder; without, it
recognises everything by itself. The file is taken for complete. A mark that a person chose with finishwatch release is not
looked at: its rows stay HELD here; finishwatch history knows it.

With --line or --bib it shows those rows alone: each as it stands in the file, its cells and what they were taken as,
and the rules that decided, in their order. In documents (XML, JSON) a line is a record, in a spreadsheet a row.`,
		Example: `  finishwatch explain results.csv
  finishwatch explain --config config.toml --bib 77 results.csv
  finishwatch explain --line 12,203 results.csv
  finishwatch explain --config config.toml --json results.csv`,
		Args: wants(1, -1, "FILE"),
		RunE: func(cmd *cobra.Command, files []string) error {
			ask, err := askFor(lines, bibs)
			if err != nil {
				return err
			}
			var cfg *config.Config
			if path != "" {
				if cfg, err = loadConfig(path); err != nil {
					return err
				}
			}
			out := cmd.OutOrStdout()
			style := explanation.StyleFor(out, os.Getenv, all)
			return explain(cfg, files, ask, func(e *explanation.Explanation) error {
				if asJSON {
					return e.JSON(out)
				}
				return e.Print(out, style)
			})
		},
	}
	addConfig(cmd, &path, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object for each file and race that reads it, one a line")
	cmd.Flags().BoolVar(&all, "all", false, "on a terminal, show every ignored line; runs of them are folded otherwise")
	cmd.Flags().IntSliceVar(&lines, "line", nil, "only the rows in these lines, and why: `N` or N,M")
	cmd.Flags().StringSliceVar(&bibs, "bib", nil, "only the rows of these bibs, and why: `B` or B,C")
	return cmd
}

// askFor makes a question of the flags.
func askFor(lines []int, bibs []string) (ask parse.Ask, err error) {
	for _, n := range lines {
		if n < 1 {
			return ask, fmt.Errorf("--line %d: lines count from 1", n)
		}
		ask.Lines = append(ask.Lines, n)
	}
	for _, bib := range bibs {
		if bib = strings.TrimSpace(bib); bib == "" {
			return ask, errors.New("--bib is empty; write the bib as it stands in the file")
		}
		ask.Bibs = append(ask.Bibs, parse.Bib(bib))
	}
	return ask, nil
}

// explanations are how each race reads a file.
type explanations = []*explanation.Explanation

// explain explains each file for each race that reads it. It fails when a file is refused by one of them.
func explain(cfg *config.Config, files []string, ask parse.Ask, write func(*explanation.Explanation) error) error {
	refused := false
	for _, file := range files {
		for _, e := range explainFile(cfg, file, ask) {
			refused = refused || e.Err != nil
			if err := write(e); err != nil {
				return failed(err)
			}
		}
	}
	if refused {
		return &exit{code: exitData}
	}
	return nil
}

// defaultSettle is [watch] settle where there is no configuration.
const defaultSettle = 300 * time.Millisecond

func explainFile(cfg *config.Config, file string, ask parse.Ask) explanations {
	at := file
	if _, err := os.Lstat(file); err != nil && cfg != nil && !filepath.IsAbs(file) {
		at = filepath.Join(cfg.Watch.Dir, file) // as it is called in the log and in status
	}
	data, err := readExport(cfg, at)
	if cfg == nil {
		e := &explanation.Explanation{File: file, Err: err}
		if err == nil {
			e.Read(data, parse.Rules{}, ask, defaultSettle)
		}
		return explanations{e}
	}
	var list explanations
	for _, race := range cfg.Races {
		if !reads(cfg, race, at) {
			continue
		}
		e := &explanation.Explanation{File: file, Race: race.Unit.String(), Err: err}
		rules, wrong := race.RulesWithChips()
		if e.Err == nil {
			e.Err = wrong
		}
		if e.Err == nil {
			e.Read(data, rules, ask, cfg.Watch.Settle)
		}
		e.Besides(guardsOf(cfg, race, at))
		list = append(list, e)
	}
	if list == nil {
		if err == nil {
			err = fmt.Errorf("no [[race]] of %s reads this file; correct files, which are %s", cfg.Path, strings.Join(patterns(cfg), ", "))
		}
		list = explanations{{File: file, Err: err}}
	}
	return list
}

// guardsOf asks the daemon, or the ledger where none runs, what keeps rows of a race back, and looks at the age of the file.
// Where nobody can tell there is nothing to say.
func guardsOf(cfg *config.Config, race config.Race, file string) (guards []explanation.Guard) {
	if info, err := os.Stat(file); err == nil && cfg.Watch.MaxAge > 0 && time.Since(info.ModTime()) > cfg.Watch.MaxAge {
		guards = append(guards, explanation.Guard{Reason: fmt.Sprintf("this export is older than [watch] max_age: a daemon that finds it so "+
			"at its start reads it when it is written again, or after finishwatch release %s", race.Unit)})
	}
	a := &asked{path: cfg.Path, request: control.Request{Do: control.Guards, Race: race.Unit.String()}}
	doer, done, err := a.doer()
	if err != nil {
		return guards
	}
	defer done()
	doer.Do(context.Background(), a.request, func(line string) {
		var g [2]string
		if json.Unmarshal([]byte(line), &g) == nil {
			guards = append(guards, explanation.Guard{Bib: g[0], Reason: g[1]})
		}
	})
	return guards
}

// patterns lists the globs of all races as they stand in the configuration.
func patterns(cfg *config.Config) []string {
	var list []string
	for _, race := range cfg.Races {
		if files := fmt.Sprintf("%q", race.Files); !slices.Contains(list, files) {
			list = append(list, files)
		}
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
		return nil, errors.New("there is no such file; look at the spelling")
	case err != nil:
		return nil, unreadable(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file; give the path of an export")
	case info.Size() > limit:
		return nil, fmt.Errorf("it has %d bytes, more than the %d of [watch] max_size; raise max_size if it is an export", info.Size(), limit)
	}
	f, err := borrow.Open(file)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return nil, unreadable(err)
	}
	return data, nil
}

// unreadable is a file that the operating system does not give away. Its path is said beside it.
func unreadable(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("it cannot be read: %w; let this user, and that of finishwatch, read it", err)
	}
	return fmt.Errorf("it cannot be read: %w; look at the disk or the share", err)
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
