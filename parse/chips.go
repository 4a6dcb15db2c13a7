package parse

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxChip is the longest chip in bytes: 96 bits in hexadecimal are 24, and some programs put words around them.
const maxChip = 64

// maxChipErrors is how many mistakes of a chip map are said at once.
const maxChipErrors = 20

// ReadChips reads a chip map: CSV with the header chip,bib, in any order, with comma, semicolon or TAB; further columns
// are not read. A chip is the same in capitals and small letters. A bib may have several chips, but a chip that has two
// bibs, or a row that lacks one of the two, is a mistake. The error joins the mistakes, each with its line.
func ReadChips(data []byte) (map[string]Bib, error) {
	d, refused := decode(data, "")
	if refused != nil {
		return nil, refused
	}
	d.data = unixLines(d.data)
	split, c := chipHeader(&d)
	if split == nil {
		return nil, errors.New(`line 1: a chip map begins with the header "chip,bib"`)
	}
	for split.next() && len(c.mistakes) < maxChipErrors {
		c.row(&split.rec)
	}
	if len(c.chips) == 0 && len(c.mistakes) == 0 {
		c.wrong(1, "there is no chip below the header")
	}
	return c.chips, errors.Join(c.mistakes...)
}

// chipMap is a chip map that is being read.
type chipMap struct {
	chipAt, bibAt int
	chips         map[string]Bib
	lines         map[string]int
	mistakes      []error
}

// chipHeader finds the delimiter under which the first row that is not blank names both columns.
func chipHeader(d *decoded) (*splitter, *chipMap) {
	for _, delim := range []byte(",;\t") {
		split := newSplitter(d.data, delim, false)
		for split.next() && blankRow(&split.rec) {
		}
		c := &chipMap{chipAt: -1, bibAt: -1, chips: map[string]Bib{}, lines: map[string]int{}}
		for i := range split.rec.cells {
			switch string(bytes.ToLower(split.rec.trimmed(i))) {
			case "chip":
				c.chipAt = i
			case "bib":
				c.bibAt = i
			}
		}
		if c.chipAt >= 0 && c.bibAt >= 0 {
			return split, c
		}
	}
	return nil, nil
}

func (c *chipMap) wrong(line int, text string) {
	c.mistakes = append(c.mistakes, fmt.Errorf("line %d: %s", line, text))
}

// row takes one row in. Of a row that is wrong only the chip and the bib are repeated: others may be names.
func (c *chipMap) row(rec *record) {
	if blankRow(rec) || commentRow(rec) {
		return
	}
	if rec.fault != sound || max(c.chipAt, c.bibAt) >= len(rec.cells) {
		c.wrong(rec.line, "this is no row of chip and bib")
		return
	}
	chip := string(chipKey(rec.trimmed(c.chipAt)))
	bib := string(rec.trimmed(c.bibAt))
	switch before, again := c.chips[chip]; {
	case chip == "" || len(chip) > maxChip || strings.ContainsFunc(chip, func(r rune) bool { return !showable(r) }):
		c.wrong(rec.line, "not a chip: "+quote(chip))
	case rewritten(chip):
		c.wrong(rec.line, "a spreadsheet has made the number "+quote(chip)+" of the chip; make its column text there")
	case bibProblem([]byte(bib)) != "":
		c.wrong(rec.line, "chip "+quote(chip)+" has "+bibProblem([]byte(bib)))
	case again && before != Bib(bib):
		c.wrong(rec.line, fmt.Sprintf("chip %s has bib %s and, in line %d, bib %s", quote(chip), bib, c.lines[chip], before))
	case !again:
		c.chips[chip], c.lines[chip] = Bib(bib), rec.line
	}
}

// chipKey is a chip as a chip map has it.
func chipKey(chip []byte) []byte {
	if slices.ContainsFunc(chip, func(c byte) bool { return c >= 'a' && c <= 'z' }) {
		return bytes.ToUpper(chip)
	}
	return chip
}

// rewritten reports what a spreadsheet makes of a chip such as 058000120e38: 5.8E+42.
func rewritten(chip string) bool {
	before, power, ok := strings.Cut(chip, "E+")
	figures := strings.Trim(before, "0123456789")
	return ok && digits([]byte(power)) && (figures == "." || figures == "," || figures == "" && before != "")
}

// nearChip reports a chip that the map has with another number of zeros in front. Spreadsheets take zeros away, and
// whether the two are one chip is for a person to say.
func nearChip(chips map[string]Bib, chip []byte) bool {
	const most = 24
	bare := bytes.TrimLeft(chipKey(chip), "0")
	if len(bare) == 0 || len(bare) >= most {
		return false
	}
	var padded [most]byte
	for i := range padded {
		padded[i] = '0'
	}
	copy(padded[most-len(bare):], bare)
	for i := range most - len(bare) + 1 {
		if _, ok := chips[string(padded[i:])]; ok {
			return true
		}
	}
	return false
}
