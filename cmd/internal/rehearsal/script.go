package rehearsal

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"finishwatch/parse"
)

// script is an export and the way in which it is written.
type script struct {
	file  string // its name
	steps []step
	want  []parse.Finish // what a correct reader gets in the end
}

// step is one write of the timing program. Lines up to and including the named one are complete after it.
type step struct {
	pause   time.Duration // before the write
	rewrite bool          // the whole file anew; otherwise behind what is there
	data    []byte
	lines   int               // complete lines in the file after it
	again   map[string]string // bibs that this rewrite corrects, with the mark before
}

// pace is the time between two writes.
const pace = 40 * time.Millisecond

// synthetic returns a race of so many athletes: most finish, some do not, one is disqualified; two rows are written in
// two parts, and in the middle the whole file is exported anew with one time corrected. The same race every time.
func synthetic(athletes int) (script, error) {
	if athletes < 1 {
		return script{}, errors.New("rehearsal: a race needs an athlete; set --athletes to 1 or more")
	}
	random := rand.New(rand.NewPCG(2026, 5))
	s := script{file: "5k.csv"}
	var whole bytes.Buffer
	whole.WriteString("Place,Bib,Name,Time\n")
	s.write(bytes.Clone(whole.Bytes()), 1, 0)
	clock := int64(14*60*100 + 2510)
	for i := range athletes {
		bib := fmt.Sprint(101 + i)
		clock += random.Int64N(600)
		row := fmt.Sprintf("%d,%s,\"Athlete, Number %s\",%s\n", i+1, bib, bib, outcome(i, athletes, clock))
		whole.WriteString(row)
		if i == 0 {
			s.write(nil, 1, 10*pace) // the header stands there long before the first finisher
		}
		s.writeRow([]byte(row), i+2, i%50 == 49)
		if i == max(1, athletes/2) {
			s.correct(&whole, i+2)
		}
	}
	return s, s.expect(whole.Bytes())
}

// outcome is the cell in the time column.
func outcome(i, athletes int, hundredths int64) string {
	switch left := athletes - i; {
	case left == 1:
		return "DQ"
	case left <= 1+athletes/50:
		return "DNF"
	}
	mark, err := parse.TimeMark(hundredths, 2)
	if err != nil {
		return "DNF"
	}
	return mark.String()
}

// write appends data in one piece.
func (s *script) write(data []byte, lines int, pause time.Duration) {
	s.steps = append(s.steps, step{pause: pause, data: data, lines: lines})
}

// writeRow appends a row, in one write or cut in the middle of its time, as programs do that flush their buffers.
func (s *script) writeRow(row []byte, line int, torn bool) {
	if !torn {
		s.write(row, line, pace)
		return
	}
	cut := len(row) - 4
	s.write(row[:cut], line-1, pace)
	s.write(row[cut:], line, 5*pace)
}

// correct exports the whole file anew with another time for the second finisher.
func (s *script) correct(whole *bytes.Buffer, lines int) {
	rows := bytes.SplitAfter(whole.Bytes(), []byte("\n"))
	cells := bytes.Split(rows[2], []byte(","))
	before := strings.TrimSpace(string(cells[len(cells)-1]))
	cells[len(cells)-1] = []byte("14:49.99\n")
	rows[2] = bytes.Join(cells, []byte(","))
	corrected := bytes.Join(rows, nil)
	whole.Reset()
	whole.Write(corrected)
	s.steps = append(s.steps, step{pause: pace, rewrite: true, data: bytes.Clone(corrected), lines: lines, again: map[string]string{string(cells[1]): before}})
	// The program writes on when the export is done and not before.
	s.write(nil, lines, 10*pace)
}

// expect reads the finished export as a correct reader does.
func (s *script) expect(data []byte) error {
	reading, err := parse.Read(data, parse.Rules{}, parse.TailStill)
	if err != nil {
		return err
	}
	s.want = reading.Finishes
	return nil
}

// writes is in how many pieces a real export is played, at the most.
const writes = 300

// played returns a real export, appended line by line in pieces. The error is that of [parse.Read] when a reader
// without a configuration refuses the file.
func played(name string, data []byte) (script, error) {
	s := script{file: name}
	if err := s.expect(data); err != nil {
		return s, err
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	if last := len(lines) - 1; last > 0 && len(lines[last]) == 0 {
		lines = lines[:last]
	}
	size := max(1, len(lines)/writes)
	// The head goes first and alone, as when a program opens its file before the race.
	head := min(len(lines), 10)
	s.write(bytes.Join(lines[:head], nil), head, 0)
	for from := head; from < len(lines); from += size {
		to := min(from+size, len(lines))
		pause := pace
		if from == head {
			pause = 20 * pace
		}
		s.write(bytes.Join(lines[from:to], nil), to, pause)
	}
	return s, nil
}
