package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"finishwatch/parse"
)

// record is the stored part of an entry. Two records are the same when == says so.
type record struct {
	seq       uint64     // order of first sight in the unit, from 1; 0 while no finish was seen
	seen      parse.Mark // what the files say now; zero until a finish was seen
	offered   parse.Mark // what a PUT last carried
	confirmed parse.Mark // what the server accepted last
	released  parse.Mark // what a person released; no guard holds it while the files say it
	held      string     // why the files or the guards keep it back; empty when they do not
	refusal   *refusal   // what the server would not take; nil when there is nothing
	verified  look       // what the server showed since the mark was confirmed
	resent    uint8      // how often the confirmed mark was sent again
	mixed     bool       // the offers so far did not all carry the same mark
	early     bool       // a file had it at its first settled read by this ledger
	personal  bool       // a person holds it
	chosen    bool       // the released mark was one of several, or of a row that is held: it settles that, too
	gone      bool       // a replace without this bib may have been sent: the server may not have it any more
	again     bool       // the confirmed mark has to be sent again
}

// refusal is a row that the server would not take. It is never changed, only replaced.
type refusal struct {
	mark  parse.Mark
	words string
}

// maxRefusal bounds the server's words in a record, in bytes.
const maxRefusal = 200

// look is what reading back showed of a confirmed mark.
type look uint8

const (
	notLookedAt look = iota
	shownSame
	shownMissing
	shownDifferent
)

// unknown reports whether no file has ever had this bib.
func (r record) unknown() bool {
	r.personal = false // a person may hold a bib that has yet to finish
	return r == record{}
}

// settled reports whether nothing is left to do for this bib.
func (r record) settled() bool {
	return r.seen.Same(r.offered) && r.offered.Same(r.confirmed) && !r.again
}

// pending reports whether the server has to be told something, held or not.
func (r record) pending() bool { return !r.seen.IsZero() && !r.settled() }

// why returns why the bib is not offered; empty when it may be.
func (r record) why() string {
	switch {
	case r.personal:
		return HeldByPerson
	case r.held != "":
		return r.held
	case r.refusal != nil:
		return refusedPrefix + r.refusal.words
	}
	return ""
}

func (r record) blocked() bool { return r.held != "" || r.personal || r.refusal != nil }

// offerable reports whether the next offer may carry this bib.
func (r record) offerable() bool { return r.pending() && !r.blocked() }

// corrects reports whether the mark that the files say would replace another one in public, and no person has released it.
func (r record) corrects() bool {
	return !r.confirmed.IsZero() && !r.seen.Same(r.confirmed) && !r.seen.Same(r.released)
}

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

// offer returns the record as it must be on disk before a mark is sent.
func (r record) offer(mark parse.Mark) record {
	if !r.offered.Same(mark) {
		// A correction and back: the other mark was offered since, so the server may show that one. Without again the
		// record would be settled before this mark is sent.
		r.again = r.again || r.confirmed.Same(mark)
		r.mixed = r.mixed || !r.offered.IsZero()
		r.offered = mark
	}
	return r
}

// confirm returns the record when the server has accepted a mark.
func (r record) confirm(mark parse.Mark) record {
	if !r.confirmed.Same(mark) {
		r.resent = 0
	}
	r.confirmed, r.verified, r.again, r.gone = mark, notLookedAt, false, false
	if r.refusal != nil && r.refusal.mark.Same(mark) {
		r.refusal = nil
	}
	if r.guarded() && !r.corrects() {
		r.held = "" // it was on its way when the guard stepped in
	}
	return r
}

// The bits of the flags, in the order of [record.flags].
const (
	flagMixed = 1 << iota
	flagEarly
	flagPersonal
	flagChosen
	flagGone
	flagAgain
)

// encode returns the stored form: seq, flags, seen, offered, confirmed, held; then what schema 2 added: verified, resent,
// released, the refused mark and the server's words, and the history with its length. Later versions may add fields
// behind these, never change them.
func (r record) encode(history []byte) []byte {
	b := binary.AppendUvarint(make([]byte, 0, 64+len(history)), r.seq)
	b = append(b, r.flags())
	from := len(b)
	b = appendMark(b, r.seen)
	seen := b[from:]
	for _, m := range [...]parse.Mark{r.offered, r.confirmed} {
		if m == r.seen {
			b = append(b, seen...) // as in most records
		} else {
			b = appendMark(b, m)
		}
	}
	b = appendText(b, r.held)
	b = append(b, byte(r.verified), r.resent)
	b = appendMark(b, r.released)
	refused := refusal{}
	if r.refusal != nil {
		refused = *r.refusal
	}
	b = appendMark(b, refused.mark)
	b = appendText(b, refused.words)
	b = binary.AppendUvarint(b, uint64(len(history)))
	return append(b, history...)
}

func (r record) flags() (flags byte) {
	for i, on := range [...]bool{r.mixed, r.early, r.personal, r.chosen, r.gone, r.again} {
		if on {
			flags |= 1 << i
		}
	}
	return flags
}

func appendMark(b []byte, m parse.Mark) []byte { return appendText(b, m.String()) }

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

var errRecord = errors.New("a damaged record")

// decodeRecord reads what encode wrote; the history is part of b.
func decodeRecord(b []byte) (r record, history []byte, err error) {
	r, b, err = decodeFirst(b)
	if err != nil || len(b) < 2 {
		return record{}, nil, errRecord
	}
	r.verified, r.resent = look(b[0]), b[1]
	refused := refusal{}
	if r.released, b, err = decodeMark(b[2:]); err != nil {
		return record{}, nil, err
	}
	if refused.mark, b, err = decodeMark(b); err != nil {
		return record{}, nil, err
	}
	if refused.words, b, err = decodeText(b); err != nil {
		return record{}, nil, err
	}
	if refused != (refusal{}) {
		r.refusal = &refused
	}
	history, _, err = cut(b)
	return r, history, err
}

// historyOf returns the history in what encode wrote, and reads past the rest: a checksum has shown that it is sound.
func historyOf(b []byte) (history []byte, err error) {
	_, n := binary.Uvarint(b)
	if n <= 0 || len(b) == n {
		return nil, errRecord
	}
	if b, err = skip(b[n+1:], 4); err != nil || len(b) < 2 { // seen, offered, confirmed, held
		return nil, errRecord
	}
	if b, err = skip(b[2:], 3); err != nil { // released, the refused mark, the server's words
		return nil, err
	}
	history, _, err = cut(b)
	return history, err
}

// skip reads past texts.
func skip(b []byte, texts int) (rest []byte, err error) {
	for range texts {
		if _, b, err = cut(b); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// decodeFirst reads the fields of schema 1 and returns what is behind them.
func decodeFirst(b []byte) (r record, rest []byte, err error) {
	seq, n := binary.Uvarint(b)
	if n <= 0 || len(b) == n {
		return record{}, nil, errRecord
	}
	on := func(flag byte) bool { return b[n]&flag != 0 }
	r = record{
		seq: seq, mixed: on(flagMixed), early: on(flagEarly), personal: on(flagPersonal),
		chosen: on(flagChosen), gone: on(flagGone), again: on(flagAgain),
	}
	rest = b[n+1:]
	first := rest
	if r.seen, rest, err = decodeMark(rest); err != nil {
		return record{}, nil, err
	}
	first = first[:len(first)-len(rest)]
	for _, to := range []*parse.Mark{&r.offered, &r.confirmed} {
		if after, same := bytes.CutPrefix(rest, first); same {
			*to, rest = r.seen, after // as in most records, and a start has many to read
		} else if *to, rest, err = decodeMark(rest); err != nil {
			return record{}, nil, err
		}
	}
	r.held, rest, err = decodeText(rest)
	return r, rest, err
}

func decodeMark(b []byte) (parse.Mark, []byte, error) {
	text, rest, err := cut(b)
	if err != nil || len(text) == 0 {
		return parse.Mark{}, rest, err
	}
	m, err := parse.ParseMark(string(text))
	if err != nil {
		return parse.Mark{}, nil, errRecord
	}
	return m, rest, nil
}

func decodeText(b []byte) (string, []byte, error) {
	text, rest, err := cut(b)
	return string(text), rest, err
}

// cut takes the bytes whose length stands in front of them.
func cut(b []byte) (part, rest []byte, err error) {
	length, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < length {
		return nil, nil, errRecord
	}
	end := n + int(length)
	return b[n:end], b[end:], nil
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
	sum := ^crc32.Update(uint32(s), crc32.IEEETable, bib)
	sum = ^(crc32.IEEETable[byte(sum)] ^ sum>>8) // a nought between the two, without a slice for it
	return crc32.Update(sum, crc32.IEEETable, body)
}

// sealer seals the records of one unit: the checksum of its name, where all its records' begin.
type sealer uint32

func newSealer(unit Unit) sealer { return sealer(crc32.ChecksumIEEE([]byte(unit.String() + "/"))) }
