package parse

// Bib is what is on the athlete's chest, spelled as in the file without the blanks around it: "007" is not "7".
type Bib string

// Finish is one athlete's outcome as a file states it now.
type Finish struct {
	Bib  Bib
	Mark Mark
	Line int // where the row begins, from 1; in documents without lines the number of the record
}

// Held is a row that was read and is deliberately not sent.
type Held struct {
	Line   int
	Bib    Bib // empty where the row has none
	Reason string
	Mark   Mark // what it would be if a person released it; zero where nobody can tell
}

// Ignored is a line that says nothing about a result, such as a title, a header, a blank line or an athlete who is
// still running.
type Ignored struct {
	Line   int
	Reason string
}

// Columns names the columns that were read as they are headed in the file, or by their number from 1 where there is
// no header. An empty name means that the file has no such column.
type Columns struct {
	Bib    string
	Time   string
	Status string
}

// Reading is all that one export says to one race. Every line of the file that begins a row is in exactly one of the
// three lists, except that a bib that stands twice with the same mark is one finish and one ignored line.
type Reading struct {
	Format    string // a name that [Formats] lists
	Encoding  string // such as "utf-8", "utf-16le", "windows-1252"
	Delimiter string // "," ";" "\t" "|", or empty where the format has none
	Columns   Columns
	Finishes  []Finish // in file order, each bib once
	Held      []Held   // in file order
	Ignored   []Ignored
}

// Tail says how far the last line of a file may be believed when no newline ends it.
//
// A prefix of a row is never a row: "349,14:2" is not 14:02, and "349,1:02" may be the beginning of "349,1:02:33".
type Tail int

const (
	// TailGrowing is a file that may still be written: a last line without a newline is left out entirely, and so
	// is a row whose quoted cell is still open at the end.
	TailGrowing Tail = iota
	// TailQuiet is a file that has been quiet for ten times the settle time: a last line without a newline counts
	// when it is complete by its schema (all columns, a full time) and its time is not shorter in form (fewer fields
	// or decimals) than those above it.
	TailQuiet
	// TailStill is a file that has been quiet for a hundred times the settle time, or that a person handed over as
	// complete: a last line without a newline counts when it is complete by its schema.
	TailStill
)

// FileError says that a whole file was refused, and why. Error ends in what to do.
type FileError struct {
	Reason string // what is wrong, such as "this export has Gun Time and Chip Time"
	Fix    string // what to do, such as `set clock = "gun" or clock = "chip"`

	Choices []Choice // the ways to read the file, where it was refused because there are several

	// Key is the key of a race in the configuration with which a person answers, such as "clock", "columns.bib" or
	// "where.Race"; empty where no key would help. Values are those that could be meant, as the file spells them: words of
	// the configuration, headings, numbers of columns, names of races; nil where the file does not say.
	Key    string
	Values []string
}

func (e *FileError) Error() string {
	if e.Fix == "" {
		return e.Reason
	}
	return e.Reason + "; " + e.Fix
}
