package parse

import (
	"slices"
	"strings"
)

// Format is a kind of export that can be read.
type Format struct {
	Name    string // for `format = …`
	Example string // one row
	Summary string // what it is, in a line
}

// format is an entry of the table: what people see, and what reads it. Adding a format is adding a file and a line
// in [formats].
type format struct {
	Format
	// recognise reports whether a file is surely of this format. It may look at the first bytes only, so that a
	// growing file does not change its format.
	recognise func(*decoded) bool
	read      func(*decoded, *Rules, Tail) (*Reading, error)
}

// formats is the table, the most particular format first: delimited text is what remains.
func formats() []format {
	return []format{
		{
			Format{"csv", "349;Ash, Ada;F;14:25.1", "delimited text: comma, semicolon, TAB or pipe, with or without a header"},
			func(*decoded) bool { return true },
			readCSV,
		},
	}
}

// Formats lists the kinds of export that can be read.
func Formats() []Format {
	var out []Format
	for _, f := range formats() {
		out = append(out, f.Format)
	}
	return out
}

// KnownFormat reports whether name can stand in a race's format: "", "auto" or a name that [Formats] lists.
func KnownFormat(name string) bool {
	return automatic(name) || slices.ContainsFunc(formats(), func(f format) bool { return f.Name == name })
}

// Read returns what an export says to a race. An error is a [*FileError]: the file as a whole cannot be trusted and
// nothing of it is returned. An export that is empty, or that has a header and no rows yet, is no error.
//
// The same bytes with the same rules give the same reading. For [TailGrowing], every finish of a prefix is a finish
// of the whole, unless another row of its bib stands further down.
func Read(data []byte, rules Rules, tail Tail) (*Reading, error) {
	f, err := formatFor(data, rules.Format)
	if err != nil {
		return nil, err
	}
	d, err := decode(data, rules.Encoding)
	if err != nil {
		return nil, err
	}
	if automatic(rules.Format) {
		if err := foreign(d.data, &rules); err != nil {
			return nil, err
		}
		for _, f = range formats() {
			if f.recognise(&d) {
				break
			}
		}
	}
	reading, readErr := f.read(&d, &rules, tail)
	if readErr != nil {
		return nil, readErr
	}
	return reading, nil
}

// formatFor refuses a format that is not known, and files that no format can be.
func formatFor(data []byte, name string) (format, *FileError) {
	if err := binary(data); err != nil {
		return format{}, err
	}
	if automatic(name) {
		return format{}, nil
	}
	var names []string
	for _, f := range formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return format{}, &FileError{
		Reason: "the format " + quote(name) + " is not known",
		Fix:    `set format = "auto" or one of: ` + strings.Join(names, ", "),
	}
}
