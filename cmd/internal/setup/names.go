package setup

import (
	"path"
	"regexp"
	"strings"

	"finishwatch/watcher"
)

// exact is a pattern that matches one path. Signs that mean something in a pattern stand in brackets; for characters that
// cannot stand in the configuration at all, any character may.
func exact(file string) string {
	var b strings.Builder
	for i, r := range file {
		switch {
		case strings.ContainsRune("*?[{", r):
			b.WriteString("[" + string(r) + "]")
		case r == '\\', r == '}', invisible(r), r == ':' && i == 1:
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// A counter is a number with a nought in front, such as 001; a stamp is a date, perhaps with a time. Anything shorter may be
// a distance, a heat or the number of a race, and is part of the name.
var (
	stampRuns = regexp.MustCompile(`(19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d([-_.T ]?[0-2]\d[-_.h]?[0-5]\d([-_.m]?[0-5]\d)?)?`)
	countRuns = regexp.MustCompile(`0\d{2,}`)
	heatWords = regexp.MustCompile(`(?i)(heat|race|event|round|wave|lap|split|stage|start|run|lauf|rennen|serie|course|manche|bib)s?[-_. ]*$`)
	letter    = regexp.MustCompile(`\pL`)
)

// series is a pattern for this export and the next ones that are written beside it under a number or a date. It is not ok
// where the name does not show that.
func series(file string) (pattern string, ok bool) {
	dir, base := path.Split(file)
	stem := strings.TrimSuffix(base, path.Ext(base))
	for _, runs := range []*regexp.Regexp{stampRuns, countRuns} {
		found := runs.FindAllStringIndex(stem, -1)
		if len(found) == 0 {
			continue
		}
		at := found[len(found)-1]
		before, after := stem[:at[0]], stem[at[1]:]
		if !letter.MatchString(before) || wordBeside(before, after) || heatWords.MatchString(before) {
			return "", false
		}
		pattern = exact(dir+before) + "[0-9]*" + exact(after) + exact(path.Ext(base))
		return pattern, matches(pattern, file)
	}
	return "", false
}

// wordBeside reports whether a letter or a figure stands right beside a number, so that it is a part of something longer.
func wordBeside(before, after string) bool {
	ends, begins := regexp.MustCompile(`[\pL\pN]$`), regexp.MustCompile(`^[\pL\pN]`)
	return ends.MatchString(before) || begins.MatchString(after)
}

// matches reports whether a pattern can stand in the configuration and finds the file.
func matches(pattern, file string) bool {
	return writable(pattern) && watcher.ValidPattern(pattern) == nil && watcher.Match(pattern, file)
}
