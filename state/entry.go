package state

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"time"

	"finishwatch/parse"
)

// entry is what the ledger remembers of one bib in one unit. Only the ledger's methods change it, under its lock, and
// the fields of [record] only after they are on disk.
type entry struct {
	bib parse.Bib
	record

	said    []said    // what each file says now; not stored, the files say it again after a start
	heard   bool      // some file has said something since the start
	touched bool      // is in its unit's list of those to look at again
	queued  bool      // is in its unit's queue
	kept    bool      // the hold is from before the start; one file alone cannot lift it (see Conclude)
	since   time.Time // when it became pending; zero when it is not
}

// record is the stored part of an entry.
type record struct {
	seq       uint64     // order of first sight in the unit, from 1; 0 while no finish was seen
	seen      parse.Mark // what the files say now; zero until a finish was seen
	offered   parse.Mark // what a PUT last carried
	confirmed parse.Mark // what the server accepted last
	mixed     bool       // the offers so far did not all carry the same mark
	early     bool       // a file had it at its first settled read by this ledger
	held      string     // why it is not offered; empty when it may be
}

// unknown reports whether no file has ever had this bib.
func (r record) unknown() bool { return r == record{} }

// settled reports whether nothing is left to do for this bib.
func (r record) settled() bool {
	return r.seen.Same(r.offered) && r.offered.Same(r.confirmed)
}

// pending reports whether the server has to be told something, held or not.
func (r record) pending() bool { return !r.seen.IsZero() && !r.settled() }

// offerable reports whether the next offer may carry this bib.
func (r record) offerable() bool { return r.pending() && r.held == "" }

// mode says how the mark that the files say now has to be sent. Append leaves existing results unchanged, so it is
// right only while the server cannot have any other mark for this bib: every offer so far carried this same mark, and
// none is confirmed. From then on a correction sent by append would be lost whenever the reply to an earlier offer was.
func (r record) mode(origin Origin, newFinishers Mode) Mode {
	switch {
	case !r.confirmed.IsZero(), r.mixed:
		return Update
	case !r.offered.IsZero() && !r.offered.Same(r.seen):
		return Update
	case origin == OriginMarks, origin == OriginUnread && r.early:
		return Update
	}
	return newFinishers
}

// offer returns the record as it must be on disk before the mark that the files say now is sent.
func (r record) offer() record {
	r.mixed = r.mixed || !r.offered.IsZero() && !r.offered.Same(r.seen)
	r.offered = r.seen
	return r
}

// before reports the order of sending: finishers before DNF, DNS and DQ, then first sight.
func (e *entry) before(o *entry) int {
	if a, b := e.seen.Code() != parse.NoCode, o.seen.Code() != parse.NoCode; a != b {
		if b {
			return -1
		}
		return 1
	}
	if e.seq < o.seq {
		return -1
	}
	return 1
}

const (
	flagMixed = 1 << iota
	flagEarly
)

// encode returns the stored form: seq, flags, seen, offered, confirmed, held. Later versions may add fields behind
// these, never change them.
func (r record) encode() []byte {
	b := binary.AppendUvarint(make([]byte, 0, 48), r.seq)
	flags := byte(0)
	if r.mixed {
		flags |= flagMixed
	}
	if r.early {
		flags |= flagEarly
	}
	b = append(b, flags)
	for _, text := range []string{r.seen.String(), r.offered.String(), r.confirmed.String(), r.held} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return b
}

// seal puts a checksum in front of a record, of its place and all that follows: a disk that changes a digit of a time
// would otherwise change it in public.
func (s sealer) seal(bib, body []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(body)), s.sum(bib, body)), body...)
}

// unseal returns what seal was given.
func (s sealer) unseal(bib, b []byte) ([]byte, error) {
	if len(b) < 4 || binary.LittleEndian.Uint32(b) != s.sum(bib, b[4:]) {
		return nil, errRecord
	}
	return b[4:], nil
}

func (s sealer) sum(bib, body []byte) uint32 {
	sum := crc32.Update(uint32(s), crc32.IEEETable, bib)
	return crc32.Update(crc32.Update(sum, crc32.IEEETable, []byte{0}), crc32.IEEETable, body)
}

// sealer seals the records of one unit: the checksum of its name, where all its records' begin.
type sealer uint32

func newSealer(unit Unit) sealer { return sealer(crc32.ChecksumIEEE([]byte(unit.String() + "/"))) }

var errRecord = errors.New("a damaged record")

func decodeRecord(b []byte) (record, error) {
	seq, n := binary.Uvarint(b)
	if n <= 0 || len(b) == n {
		return record{}, errRecord
	}
	r := record{seq: seq, mixed: b[n]&flagMixed != 0, early: b[n]&flagEarly != 0}
	b = b[n+1:]
	for _, to := range []*parse.Mark{&r.seen, &r.offered, &r.confirmed} {
		text, rest, err := decodeText(b)
		if err != nil {
			return record{}, err
		}
		if b = rest; text == "" {
			continue
		}
		if *to, err = parse.ParseMark(text); err != nil {
			return record{}, errRecord
		}
	}
	var err error
	r.held, _, err = decodeText(b)
	return r, err
}

func decodeText(b []byte) (text string, rest []byte, err error) {
	length, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < length {
		return "", nil, errRecord
	}
	end := n + int(length)
	return string(b[n:end]), b[end:], nil
}
