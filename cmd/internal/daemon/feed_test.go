package daemon

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"finishwatch/cmd/internal/status"
	"finishwatch/state"
)

func TestAnOldExportIsHeldUntilItIsWrittenAgain(t *testing.T) {
	f := newField(t)
	f.write("5k.csv", "Bib,Time\n7,14:20\n")
	week := time.Now().Add(-7 * 24 * time.Hour)
	f.must(os.Chtimes(f.path("5k.csv"), week, week))
	f.start(`max_age = "24h"`, oneRace)
	f.awaitStatus("the old export is said", func(s status.Status) bool {
		return strings.Contains(s.Trouble, `5k.csv: too old`) && strings.Contains(s.Trouble, `max_age = "0s"`) && s.ExitCode() == 1
	})
	f.write("other.csv", "Bib,Time\n1,14:30\n")
	f.awaitPage("R1", "1=14:30")
	f.write("5k.csv", "Bib,Time\n7,14:21\n")
	f.awaitPage("R1", "1=14:30", "7=14:21")
	if n := f.said("export is too old, held until it is written again"); n != 1 {
		t.Errorf("the log has it %d times", n)
	}
	f.awaitStatus("all is well", func(s status.Status) bool { return s.Trouble == "" })
}

func TestAnyAgeIsTakenWhereMaxAgeIsZero(t *testing.T) {
	f := newField(t)
	f.write("5k.csv", "Bib,Time\n7,14:20\n")
	week := time.Now().Add(-7 * 24 * time.Hour)
	f.must(os.Chtimes(f.path("5k.csv"), week, week))
	f.start(`max_age = "0s"`, oneRace)
	f.awaitPage("R1", "7=14:20")
}

func TestOneFileFeedsSeveralRaces(t *testing.T) {
	f := newField(t)
	f.write("all.csv", "Bib,Time,Race\n1,14:20,5K\n2,31:00,10K\n3,15:00,Walk\n4,16:00,Walk\n")
	f.start("", `
[[race]]
files = ["all.csv"]
eventid = "R1"
[race.where]
Race = "5K"
[[race]]
files = ["all.csv"]
eventid = "R2"
[race.where]
Race = "10K"
[[race]]
files = ["all.csv"]
eventid = "R1"
[race.where]
Race = "Walk"
`)
	f.awaitPage("R1", "1=14:20", "3=15:00", "4=16:00")
	f.awaitPage("R2", "2=31:00")
	// Two tables read this file into one unit: what one of them does not have is not absent.
	f.write("all.csv", "Bib,Time,Race\n1,14:20,5K\n2,31:00,10K\n3,15:01,Walk\n4,16:00,Walk\n")
	f.awaitPage("R1", "1=14:20", "3=15:01", "4=16:00")
	f.awaitStatus("nothing is held", func(s status.Status) bool { return s.Totals().Held == 0 && s.Totals().Confirmed == 4 })
	// A bib in both of them, with two times.
	f.write("all.csv", "Bib,Time,Race\n1,14:20,5K\n2,31:00,10K\n3,15:01,Walk\n4,16:00,Walk\n3,15:02,5K\n")
	f.awaitStatus("the bib is held", func(s status.Status) bool {
		return s.Totals().Held == 1 && strings.Contains(s.Units[0].HeldWhy, "[[race]] in line")
	})
	// And in neither.
	f.write("all.csv", "Bib,Time,Race\n1,14:20,5K\n2,31:00,10K\n4,16:00,Walk\n")
	f.awaitStatus("the bib has vanished", func(s status.Status) bool { return strings.Contains(s.Units[0].HeldWhy, state.Vanished) })
	f.awaitPage("R1", "1=14:20", "3=15:01", "4=16:00")
}

// One race cannot read the file; the other one, which can, is whole: its absent bibs are concluded.
func TestARefusedRaceDoesNotStopTheOtherOnTheSameFile(t *testing.T) {
	f := newField(t)
	f.write("all.csv", "Bib,Time\n1,14:20\n2,14:30\n")
	f.start("", `
[[race]]
files = ["all.csv"]
eventid = "R1"
[[race]]
files = ["all.csv"]
eventid = "R2"
[race.columns]
time = "Zeit"
`)
	f.awaitPage("R1", "1=14:20", "2=14:30")
	f.write("all.csv", "Bib,Time\n1,14:20\n")
	f.awaitStatus("bib 2 has vanished", func(s status.Status) bool { return strings.Contains(s.Units[0].HeldWhy, state.Vanished) })
	if n := f.said("export refused"); n != 1 {
		t.Errorf("the refusal is said %d times", n)
	}
}

// Two files differ about a bib from the first moment on. Neither mark is ever sent, however the reads fall.
func TestWhatTwoFilesDisputeGoesOutFromNeither(t *testing.T) {
	for round := range 8 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			f := newField(t)
			var rows strings.Builder
			for i := range 200 * (round % 4) {
				fmt.Fprintf(&rows, "%d,%d:%02d\n", 1000+i, 20+i/60, i%60)
			}
			f.write("a.csv", "Bib,Time\n7,14:25.10\n"+rows.String())
			f.write("z.csv", "Bib,Time\n7,14:26\n8,14:30\n"+rows.String())
			f.start("", oneRace)
			f.await("bib 8 is sent", func() bool { return f.sent("8") })
			f.append("z.csv", "9,14:40\n")
			f.await("bib 9 is sent", func() bool { return f.sent("9") })
			if f.sent("7") {
				t.Errorf("bib 7 was sent:\n%s", f.log())
			}
			f.write("a.csv", "Bib,Time\n7,14:26.0\n"+rows.String())
			f.await("the dispute is over and bib 7 is sent", func() bool { return f.sent("7") })
		})
	}
}

// A file that nobody can read does not keep the race waiting for ever, and neither does one that is refused.
func TestABadFileDoesNotStopTheRace(t *testing.T) {
	f := newField(t)
	f.write("start.csv", "Bib,Gun Time,Chip Time\n1,14:20,14:10\n")
	f.must(os.Symlink("/nowhere", f.path("link.csv")))
	f.write("5k.csv", "Bib,Time\n7,14:20\n")
	f.start("", oneRace)
	f.awaitPage("R1", "7=14:20")
}

func TestARefusedExportIsSaidOnceAndReadAgain(t *testing.T) {
	f := newField(t)
	f.write("5k.csv", "Bib,Gun Time,Chip Time\n1,14:20,14:10\n")
	f.start("", oneRace)
	f.awaitStatus("it is refused", func(s status.Status) bool {
		return strings.Contains(s.Trouble, "Gun Time") && strings.Contains(s.Trouble, "clock") && s.State == status.Live && s.ExitCode() == 1
	})
	f.write("5k.csv", "Bib,Gun Time,Chip Time\n1,14:20,14:10\n2,14:30,14:20\n")
	f.await("it is read again", func() bool { return f.said("file read") >= 2 })
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.awaitPage("R1", "1=14:20")
	if refused, again := f.said("export refused"), f.said("export can be read now"); refused != 1 || again != 1 {
		t.Errorf("refused is said %d times, readable again %d times", refused, again)
	}
}

func TestRowsWithoutABibAreSaidOnceEach(t *testing.T) {
	f := newField(t)
	f.start("", oneRace)
	f.append("5k.csv", "Bib,Time\n1,14:20\n?,14:25\n")
	f.awaitPage("R1", "1=14:20")
	f.append("5k.csv", "2,14:30\n?,14:40\n")
	f.awaitPage("R1", "1=14:20", "2=14:30")
	f.append("5k.csv", "3,14:50\n")
	f.awaitPage("R1", "1=14:20", "2=14:30", "3=14:50")
	f.awaitStatus("both are counted", func(s status.Status) bool {
		return s.Units[0].Held == 2 && strings.HasPrefix(s.Units[0].HeldWhy, "5k.csv line ") && s.ExitCode() == 1
	})
	if n := f.said("row held"); n != 2 {
		t.Errorf("the log has them %d times:\n%s", n, f.log())
	}
	f.must(os.Remove(f.path("5k.csv")))
	f.awaitStatus("they went with their file", func(s status.Status) bool { return s.Units[0].Held == 0 && s.Units[0].Confirmed == 3 })
}

// A program that sorts the newest on top and ends without a newline: its last row takes a while to be believed, and has
// not vanished meanwhile.
func TestALastRowWithoutANewlineHasNotVanished(t *testing.T) {
	f := newField(t)
	f.start("", oneRace)
	f.write("5k.csv", "Bib,Time\n2,14:30\n1,14:20")
	f.awaitPage("R1", "1=14:20", "2=14:30")
	f.write("5k.csv", "Bib,Time\n3,14:40\n2,14:30\n1,14:20")
	f.awaitPage("R1", "1=14:20", "2=14:30", "3=14:40")
	f.write("5k.csv", "Bib,Time\n3,14:40\n2,14:30\n1,14:21")
	f.awaitPage("R1", "1=14:21", "2=14:30", "3=14:40")
	if n := f.said("row held"); n != 0 {
		t.Errorf("a row was held %d times:\n%s", n, f.log())
	}
	f.write("5k.csv", "Bib,Time\n3,14:40\n1,14:21")
	f.awaitStatus("bib 2 has vanished", func(s status.Status) bool { return s.Units[0].HeldWhy == "bib 2: "+state.Vanished })
}

func TestALedgerThatCannotBeWrittenIsSaidAndNothingIsLost(t *testing.T) {
	f := newField(t)
	f.open("", oneRace)
	f.must(f.daemon.ledger.Close())
	f.run()
	f.write("5k.csv", "Bib,Time\n1,14:20\n")
	f.awaitStatus("it is said", func(s status.Status) bool {
		return s.State == status.Stalled && strings.Contains(s.Trouble, "write ledger") && s.ExitCode() == 2
	})
	f.await("it is tried again", func() bool { return f.said("file read") >= 3 })
	if n := f.said("ledger cannot be written; the files are read again until it can"); n != 1 {
		t.Errorf("the log has it %d times", n)
	}
}
