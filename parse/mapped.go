package parse

import "slices"

// Where a race has a chip map, its files are logs of readers, and what stands in them are chips until something says
// otherwise. A log is looked for harder then, and a table in which nothing names the bibs is not guessed at: the column
// that looks like bibs would be the chips.

// mapped returns what reads a file of a race that has a chip map, when f is what recognised it.
func mapped(f format, d *decoded, rules *Rules) (format, *FileError) {
	if rules.Passings.Chips == nil || rules.Columns != (Columns{}) || !slices.Contains([]string{"csv", "fixed", "tm"}, f.Name) {
		return f, nil
	}
	for _, b := range firstTexts(d.data, 5) {
		if _, ok := rfidRead(rfidFields(b)); ok {
			return formatFor(nil, "rfid")
		}
		if _, _, ok := rrRead(fieldsOf(b, ";"), rrShort); ok {
			return formatFor(nil, "rr-passings")
		}
		if namesColumns(b) {
			break
		}
	}
	if f.Name == "tm" {
		return f, &FileError{
			Reason: "these look like positions, bibs and times of day, and the race has a chip map",
			Fix:    `if the second column is the bibs, set format = "tm"; if it is the chips, write them with another reader format`,
		}
	}
	return f, nil
}

// namesColumns reports a heading of a bib and a time: what stands below is a table.
func namesColumns(b []byte) bool {
	for _, sign := range delimiters {
		bib, time := false, false
		for _, f := range fieldsOf(b, string(sign)) {
			r := headerRole(string(f))
			bib, time = bib || r.isBib(), time || r.isTime()
		}
		if bib && time {
			return true
		}
	}
	return false
}

// unnamedChips refuses a table whose columns were guessed, for a race that has a chip map.
func unnamedChips(s *schema, rules *Rules) *FileError {
	if rules.Passings.Chips == nil || !automatic(rules.Format) || rules.Columns != (Columns{}) || s.line > 0 {
		return nil
	}
	return &FileError{
		Reason: "this is no log of a reader that is known, and column " + quote(s.columns.Bib) + " may be chips",
		Fix:    `if it is the bibs, set format = "csv"; if not, let the reader write a format that "finishwatch formats" lists`,
	}
}
