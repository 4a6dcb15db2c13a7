package parse

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// cellsUntil appends the cells between two places of one line. Where a quoted cell is still open at the end it
// returns where its content begins, else -1. It looks for delimiters and quotes in eight bytes at once, because all the
// bytes of a file pass here.
func (s *splitter) cellsUntil(at, end int) (open int) {
	delims, from, bare := uint64(s.delim)*everyByte, at, -1
	for at < end {
		word := s.word(at)
		found := equalBytes(word, delims) | equalBytes(word, '"'*everyByte)
		for at += 8; found != 0; found &= found - 1 {
			sign := at - 8 + bits.TrailingZeros64(found)/8
			if sign >= end {
				break
			}
			if s.data[sign] == s.delim {
				s.add(from, sign, false)
				from = sign + 1
				continue
			}
			if bare == from {
				continue // another quote of a cell that none opens
			}
			open, next := s.quotedCell(from, sign, end)
			if open >= 0 || next > end {
				return open
			}
			if next > 0 {
				from, at = next, next
				break
			}
			bare = from
		}
	}
	s.add(from, end, false)
	return -1
}

// quotedCell appends the cell that a quote opens, and returns where the next one begins; past end where there is none.
// Where the cell is still open at the end it returns where its content begins, else -1. A quote that opens nothing is a
// character like any other, and next is 0: blanks may stand in front of one that does, because people write a blank
// behind a comma; in a cell such as "Joe" Smith the number of cells tells whether that was right.
func (s *splitter) quotedCell(from, quote, end int) (open, next int) {
	for from < quote && s.data[from] == ' ' {
		from++
	}
	if from == quote {
		before := s.rec.irregular
		closing, escaped := s.closingInLine(quote+1, end)
		if closing >= 0 {
			s.add(quote+1, closing, escaped)
			return -1, s.skipClosed(closing+1, end)
		}
		if s.rec.irregular == before {
			return quote + 1, 0
		}
	}
	s.rec.bare = true
	return -1, 0
}

// closingInLine returns the place of the quote that closes a cell, one that a delimiter or the line end follows, and
// whether there are others before it: doubled, escaped by a backslash, or left alone by a program that does not escape.
func (s *splitter) closingInLine(at, end int) (closing int, others bool) {
	start := at
	for at < end {
		i := bytes.IndexByte(s.data[at:end], '"')
		if i < 0 {
			break
		}
		at += i
		switch {
		case at > start && s.data[at-1] == '\\':
			s.rec.irregular = true
		case at+1 < end && s.data[at+1] == '"':
			at++
		case s.endsCell(at+1, end):
			return at, others
		default:
			s.rec.irregular = true
		}
		others = true
		at++
	}
	return -1, others
}

// endsCell reports whether nothing but blanks stands between a quote and the next delimiter or line end.
func (s *splitter) endsCell(at, end int) bool {
	for at < end && (s.data[at] == ' ' || s.data[at] == '\r') && s.data[at] != s.delim {
		at++
	}
	return at == end || s.data[at] == s.delim
}

// skipClosed goes from behind a closing quote to the cell behind the next delimiter; past end where there is none.
func (s *splitter) skipClosed(at, end int) int {
	for at < end && s.data[at] != s.delim {
		at++
	}
	return at + 1
}

// add appends the cell that stands between two places.
func (s *splitter) add(from, to int, escaped bool) {
	s.rec.cells = append(s.rec.cells, cell{from, to, escaped})
}

// word returns the eight bytes from a place on; behind the end of the data they are NUL.
func (s *splitter) word(at int) uint64 {
	if at+8 <= len(s.data) {
		return binary.LittleEndian.Uint64(s.data[at:])
	}
	var last [8]byte
	copy(last[:], s.data[at:])
	return binary.LittleEndian.Uint64(last[:])
}

// everyByte times a byte is a word of that byte.
const everyByte = 0x0101010101010101

// equalBytes returns the highest bit of every byte that is the same in both words.
func equalBytes(a, b uint64) uint64 {
	const low = 0x7f * everyByte
	differ := a ^ b
	return ^((differ&low + low) | differ | low)
}
