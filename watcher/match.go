package watcher

import (
	"errors"
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Match reports whether a path of a [Snapshot] or a [Listing] matches a pattern of [Config]. Both have slashes on every
// system; upper and lower case are one on Windows only. A pattern that [ValidPattern] refuses matches nothing.
func Match(pattern, path string) bool {
	return match(pattern, path, runtime.GOOS == "windows")
}

func match(pattern, path string, fold bool) bool {
	if fold {
		pattern, path = strings.ToLower(pattern), strings.ToLower(path)
	}
	ok, err := doublestar.Match(pattern, path)
	return ok && err == nil
}

// ValidPattern says what is wrong with a pattern, ending in what to write instead.
func ValidPattern(pattern string) error {
	switch {
	case pattern == "":
		return errors.New(`empty pattern: write a file name such as "5k*.csv"`)
	case strings.Contains(pattern, `\`):
		return fmt.Errorf(`pattern %q contains a backslash: write "/" between folders`, pattern)
	case strings.HasPrefix(pattern, "/") || hasDrive(pattern):
		return fmt.Errorf("pattern %q is absolute: write it relative to [watch] dir", pattern)
	case strings.HasSuffix(pattern, "/"):
		return fmt.Errorf(`pattern %q names a folder: add the files, such as "*.csv"`, pattern)
	case !doublestar.ValidatePattern(pattern):
		return fmt.Errorf("pattern %q is malformed: close every [ and {", pattern)
	}
	return validSegments(pattern)
}

func hasDrive(pattern string) bool {
	return len(pattern) > 1 && pattern[1] == ':'
}

// validSegments refuses what could never match a listed path: such a pattern is a mistake that would stay silent.
func validSegments(pattern string) error {
	for part := range strings.FieldsFuncSeq(pattern, func(r rune) bool { return strings.ContainsRune("/{},", r) }) {
		if part == ".." {
			return fmt.Errorf(`pattern %q leads out of the folder with "..": set [watch] dir to a folder that holds all files`, pattern)
		}
	}
	for part := range strings.SplitSeq(pattern, "/") {
		if part == "" || part == "." {
			return fmt.Errorf(`pattern %q has an empty or "." folder: write %q`, pattern, path.Clean(pattern))
		}
	}
	if ignored(path.Base(pattern)) {
		return fmt.Errorf("pattern %q names hidden or temporary files, which are never read: rename the export", pattern)
	}
	return nil
}

// ignored reports whether a file name is hidden or belongs to a file that some program has not finished: half a
// download, the lock of an office program, an editor's copy.
func ignored(name string) bool {
	if hidden(name) || strings.HasPrefix(name, "~$") || strings.HasSuffix(name, "~") {
		return true
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".swx":
		return true
	}
	return false
}

// hidden is asked of folders too.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".")
}

// globs are the patterns of one watcher.
type globs []string

// match reports whether a file at a path is to be watched, by its name alone.
func (g globs) match(file string) bool {
	if ignored(path.Base(file)) {
		return false
	}
	for _, pattern := range g {
		if Match(pattern, file) {
			return true
		}
	}
	return false
}

// reach reports whether any pattern can match something below a folder, so that the walk leaves alone what no pattern
// asks for: an archive of ten years beside the export costs nothing.
func (g globs) reach(folder string) bool {
	for _, pattern := range g {
		if reach(pattern, folder) {
			return true
		}
	}
	return false
}

// Reach reports whether a pattern can match a file somewhere below a folder, as when a [Trouble] names a folder.
func Reach(pattern, folder string) bool { return folder == "." || reach(pattern, folder) }

func reach(pattern, folder string) bool {
	if slashInBraces(pattern) {
		return true // which segment is which depends on the alternative; looking too far only costs time
	}
	segments := strings.Split(pattern, "/")
	for i, name := range strings.Split(folder, "/") {
		switch {
		case i >= len(segments)-1: // the last segment is for files
			return segments[len(segments)-1] == "**"
		case segments[i] == "**":
			return true
		case !Match(segments[i], name):
			return false
		}
	}
	return true
}

func slashInBraces(pattern string) bool {
	depth := 0
	for _, r := range pattern {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case r == '/' && depth > 0:
			return true
		}
	}
	return false
}
