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
	// read reads a file. It is nil where grow does.
	read func(*decoded, *Rules, Tail) (*Reading, error)
	// grow opens a text that is read line by line, and fills in what its head says into the reading; nil and no error
	// where nothing is in the file yet. Lines end in "\n", and a growing file without a last one that no newline ends.
	grow func(*decoded, *Rules, Tail, *Reading) (grower, *FileError)
}

// readAll reads a file from its beginning to its end.
func (f *format) readAll(d *decoded, rules *Rules, tail Tail) (*Reading, error) {
	if f.grow == nil {
		return f.read(d, rules, tail)
	}
	d.data = unixLines(d.data)
	if tail == TailGrowing {
		d.data = completeLines(d.data)
	}
	r := &Reading{Format: f.Name, Encoding: d.name}
	grower, refused := f.grow(d, rules, tail, r)
	if grower != nil {
		grower.more(d, 0)
		refused = grower.whole(r)
	}
	if refused != nil {
		return nil, refused
	}
	return r, nil
}

// formats is the table, the most particular format first: delimited text is what remains.
func formats() []format {
	return []format{
		{Format{"iof", "<BibNumber>349</BibNumber><Time>865</Time>", "IOF XML result lists, versions 3 and 2"}, recogniseIOF, readIOF, nil},
		{Format{"clax", `<R d="349" t="00h14'25" />`, "Wiclax events (.clax)"}, recogniseClax, readClax, nil},
		{Format{"raceresult-json", `["349","3","1.","Ash","14:25.1"]`, "answers of a RACE RESULT list, JSON or JSONP"}, recogniseRaceResult, readRaceResult, nil},
		{Format{"xlsx", "349 | Ash | 0.01001", "spreadsheets of Excel 2007 and later"}, recogniseXLSX, readXLSX, nil},
		{Format{"ipico", "aa00058000123b3200012603071348503277", "raw reads of an IPICO reader; need a chip map, and start or a gun time"}, isIPICO, nil, ipicoLog().grow},
		{Format{"ct", "CT01_33~1~finish~349~10:42:13.45~1~0F2C18~1", "ChronoTrack reads; need start"}, isChronoTrack, nil, ctLog().grow},
		{Format{"rr-passings", "7701;349;;10:42:13.476;0;53;116;;1;2", "passings of a RACE RESULT decoder or exporter; need start"}, isRaceResult, nil, rrLog().grow},
		{Format{"rfid", `2,200368,200368,"02-05-2025 18:21:43.725",1,2`, "raw reads of RFID Timing; need start and a chip map"}, isRFID, nil, rfidLog().grow},
		{Format{"tm", "1,349,10:42:13.45", "positions, bibs and times of day of a Time Machine connector; need start"}, isTimeMachine, nil, growTimeMachine},
		{Format{"lif", "1,349,4,Ash,Ada,Heath Harriers,14:25.10,,…", "FinishLynx result file (.lif): one heat"}, recogniseLIF, readLIF, nil},
		{Format{"oe", "349;7204;;Ash;Ada;…;0;10:00:00;;14:25;0;…", "SportSoftware OE results, in any language"}, recogniseOE, readOE, nil},
		{Format{"fixed", "  1   349  Ash, Ada      F   14:25.1", "fixed-width text: the columns stand under their headings"}, recogniseFixed, readFixed, nil},
		{Format{"csv", "349;Ash, Ada;F;14:25.1", "delimited text: comma, semicolon, TAB or pipe, with or without a header"}, func(*decoded) bool { return true }, nil, growCSV},
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
// of the whole, unless another row of its bib stands further down. In a raw log of a reader an earlier read of the same
// bib may be written later; then the finish becomes earlier, which is a correction. A log whose start is its gun is
// refused when another gun is written.
func Read(data []byte, rules Rules, tail Tail) (*Reading, error) {
	return read(data, &rules, tail, nil)
}

// read is Read; k, where it is not nil, keeps what accounts are derived from afterwards.
func read(data []byte, rules *Rules, tail Tail, k *kept) (*Reading, error) {
	f, d, err := recognised(data, rules)
	if err != nil {
		return nil, err
	}
	k.opened(&d)
	return f.readAll(&d, rules, tail)
}

// recognised finds out what kind of export it is, and decodes it.
func recognised(data []byte, rules *Rules) (format, decoded, error) {
	f, refused := formatFor(data, rules.Format)
	if refused != nil {
		return format{}, decoded{}, refused
	}
	if refused = noText(data, rules.Encoding); refused != nil {
		return format{}, decoded{}, refused
	}
	d, refused := contentOf(data, rules.Encoding)
	if refused != nil {
		return format{}, decoded{}, refused
	}
	if automatic(rules.Format) {
		if refused := foreign(d.data, rules); refused != nil {
			return format{}, decoded{}, refused
		}
		for _, f = range formats() {
			if f.recognise(&d) {
				break
			}
		}
		if f, refused = mapped(f, &d, rules); refused != nil {
			return format{}, decoded{}, refused
		}
	}
	if refused := anotherDocument(&d, f.Name); refused != nil {
		return format{}, decoded{}, refused
	}
	return f, d, nil
}

// contentOf decodes text. A spreadsheet is left as it is.
func contentOf(data []byte, encoding string) (decoded, *FileError) {
	if zipped(data) {
		return decoded{data: data}, nil
	}
	return decode(data, encoding)
}

// formatFor refuses a format that is not known, and files that no format can be.
func formatFor(data []byte, name string) (format, *FileError) {
	if err := binaryFile(data, name); err != nil {
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
