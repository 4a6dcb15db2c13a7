package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxText bounds a configuration: one a hundred times larger than any real one is the wrong file.
const maxText = 1 << 20

// Load reads and checks a configuration file. What is wrong in it is a [*Mistakes] with every mistake; any other error
// means that the file could not be read.
func Load(path string) (*Config, error) {
	text, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read the configuration: %w; name the right file with --config, or write one with finishwatch init FOLDER or from config.example.toml", err)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("read the configuration: %w; run it as a user who may read the file, such as root, or name another one with --config", err)
	case err != nil:
		return nil, fmt.Errorf("read the configuration: %w; name the right file with --config", err)
	}
	return Parse(path, text)
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read: nothing can be lost
	text, err := io.ReadAll(io.LimitReader(f, maxText+1))
	if err == nil && len(text) > maxText {
		err = fmt.Errorf("%s is larger than a configuration can be", clean(path))
	}
	return text, err
}

// Parse checks the text of a configuration; path is where it came from, for messages and relative paths. What is wrong
// in it is a [*Mistakes].
func Parse(path string, text []byte) (*Config, error) {
	return parseWith(path, text, os.Getenv)
}

func parseWith(path string, text []byte, getenv func(string) string) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	// Notepad begins UTF-8 with a byte order mark. No offset must count it.
	plain := strings.TrimPrefix(string(text), "\ufeff")
	mistakes := &Mistakes{Path: path, source: newSource(plain)}
	content := decode(plain, mistakes)
	r := reader{
		doc:      &document{text: plain, places: findPlaces(content.text)},
		mistakes: mistakes,
		draft:    &draft{config: &Config{Path: absolute}},
		tables:   tables(),
		keys:     keys(systemStateFile(absolute, getenv)),
		gaps:     content.gaps,
	}
	if content.values != nil {
		r.document(content.values)
	}
	if len(mistakes.List) > 0 {
		return nil, mistakes.sorted()
	}
	r.draft.config.resolve()
	r.draft.config.mixed()
	r.draft.config.open(plain)
	return r.draft.config, nil
}
