package logging

import "strings"

// Field describes one name under which a fact may be logged.
type Field struct {
	Name    string // as in zap.String(Name, …), in the console and in JSON
	Journal string // the journal's field; empty for the name in capitals
	Holds   string // what the fact is
}

// Fields lists every name that the program logs. A name means the same everywhere, so that one query finds all of a
// story: journalctl -u finishwatch BIB=349. The packages watcher, state and uploader do not import this one; they
// write the names out, and a test of this package compares them with this list.
func Fields() []Field {
	return []Field{
		{Name: "address", Holds: "host and port that something listens on"},
		{Name: "advice", Holds: "what a person can do about it, where the error does not say"},
		{Name: "age", Holds: "time since a file was written"},
		{Name: "attempt", Holds: "which try, from 1"},
		{Name: "batch", Holds: "number of a batch, for finding its lines"},
		{Name: "batches", Holds: "number of batches"},
		{Name: "bib", Holds: "one athlete's bib, as spelled in the file"},
		// Singular in the journal, where a field may stand many times: BIB=349 finds the batch that carried 349.
		{Name: "bibs", Journal: "BIB", Holds: "bibs of a batch, bounded"},
		{Name: "bytes", Holds: "size of a file"},
		{Name: "config", Holds: "the configuration file"},
		{Name: "encoding", Holds: "a file's character encoding"},
		{Name: "error", Holds: "what went wrong, ending in what to do"},
		{Name: "file", Holds: "an export, relative to the watched folder"},
		{Name: "first", Holds: "whether a file is read for the first time since the start"},
		{Name: "folder", Holds: "the watched folder"},
		{Name: "format", Holds: "name of an export's format"},
		{Name: "held", Holds: "number of rows that are read but not sent"},
		{Name: "http_status", Holds: "status code of an answer"},
		{Name: "lasted", Holds: "how long a trouble other than an outage went on"},
		{Name: "line", Journal: "LINE_NO", Holds: "line of the file, from 1"},
		{Name: "mark", Holds: "a result in OpenTrack's text"},
		{Name: "mode", Holds: "append, update or replace"},
		{Name: "old", Holds: "the result before a correction"},
		{Name: "origin", Holds: "what the server had before the first upload of a unit"},
		{Name: "outage", Holds: "how long the server has been out of reach"},
		{Name: "pending", Holds: "number of finishes not confirmed yet"},
		{Name: "reason", Holds: "why something is held, refused or ignored"},
		{Name: "rows", Holds: "number of rows in a file or batch"},
		{Name: "server", Holds: "OpenTrack's host"},
		{Name: "signal", Holds: "what told the process to stop"},
		{Name: "took", Holds: "how long something took"},
		{Name: "total", Holds: "number of finishes confirmed so far"},
		{Name: "trust", Holds: "how far a read of a file may be believed"},
		{Name: "unit", Holds: "the race in OpenTrack's grid, R1/1/1"},
		{Name: "units", Holds: "number of units"},
		{Name: "version", Holds: "the program's version"},
		{Name: "wait", Holds: "how long until the next try"},
	}
}

// journalNames maps the names whose journal field is not the name in capitals.
func journalNames() map[string]string {
	names := map[string]string{}
	for _, field := range Fields() {
		if field.Journal != "" {
			names[field.Name] = field.Journal
		}
	}
	return names
}

// journalName spells a name as journald wants it: capitals, digits and underscores, a letter in front, at most 64
// (systemd.journal-fields(7)). journald drops a field with any other name without a word.
func journalName(name string) string {
	spelled := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, snake(name))
	if spelled = strings.TrimLeft(spelled, "_0123456789"); spelled == "" {
		return "FIELD"
	}
	return spelled[:min(len(spelled), 64)]
}

// snake puts an underscore where camelCase, as in zap's own errorVerbose, begins a word.
func snake(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && lower {
			b.WriteByte('_')
		}
		b.WriteRune(r)
		lower = r >= 'a' && r <= 'z'
	}
	return b.String()
}
