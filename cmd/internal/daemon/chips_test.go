package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"finishwatch/cmd/internal/config"
	"finishwatch/cmd/internal/status"
	"finishwatch/state"
)

const chipRace = `
[[race]]
files = ["log.csv"]
eventid = "R1"
start = "2026-05-02T10:00:00"
[race.passings]
chips = "chips.csv"
min = "5m"
`

// reads is a log of these chips, a minute apart from 10:14:00 on.
func reads(chips ...string) string {
	var b strings.Builder
	for i, chip := range chips {
		fmt.Fprintf(&b, "1,%s,%s,\"02-05-2026 10:%02d:00.000\",1,1\n", chip, chip, 14+i)
	}
	return b.String()
}

// mapChips writes the chip map anew, at once.
func (f *field) mapChips(text string) {
	f.t.Helper()
	temporary := filepath.Join(f.dir, "chips.new")
	f.must(os.WriteFile(temporary, []byte(text), 0o644))
	f.must(os.Rename(temporary, filepath.Join(f.dir, "chips.csv")))
}

// A chip was on another chest than the map said. Nobody passes any more, and the log stays as it is.
func TestACorrectedChipMapCorrectsTheResults(t *testing.T) {
	f := newField(t)
	f.mapChips("chip,bib\n100,7\n200,9\n")
	f.write("log.csv", reads("100", "200", "300"))
	f.start("", chipRace)
	f.awaitPage("R1", "7=14:00.00", "9=15:00.00")
	f.mapChips("chip,bib\n100,8\n200,9\n")
	f.awaitPage("R1", "7=14:00.00", "8=14:00.00", "9=15:00.00")
	f.awaitStatus("bib 7 has vanished", func(s status.Status) bool { return s.Units[0].HeldWhy == "bib 7: "+state.Vanished })
	f.mapChips("chip,bib\n100,8\n200,9\n300,10\n")
	f.awaitPage("R1", "10=16:00.00", "7=14:00.00", "8=14:00.00", "9=15:00.00")
	f.append("log.csv", reads("100", "100", "100", "400"))
	f.mapChips("chip,bib\n100,8\n200,9\n300,10\n400,11\n")
	f.awaitPage("R1", "10=16:00.00", "11=17:00.00", "7=14:00.00", "8=14:00.00", "9=15:00.00")
}

func TestAChipMapWithAMistakeChangesNothing(t *testing.T) {
	for sentence, broken := range map[string]string{
		"a chip with two bibs":  "chip,bib\n100,8\n100,9\n",
		"a row without its bib": "chip,bib\n100,8\n200",
		"nothing in it":         "",
		"no header":             "100,8\n",
	} {
		t.Run(sentence, func(t *testing.T) {
			f := newField(t)
			f.mapChips("chip,bib\n100,7\n200,9\n")
			f.write("log.csv", reads("100"))
			f.start("", chipRace)
			f.awaitPage("R1", "7=14:00.00")
			f.mapChips(broken)
			f.awaitStatus("it is said", func(s status.Status) bool {
				return strings.Contains(s.Trouble, "chips.csv") && strings.Contains(s.Trouble, "the chip map of before counts") && s.ExitCode() == 1
			})
			f.append("log.csv", reads("100", "200"))
			f.awaitPage("R1", "7=14:00.00", "9=15:00.00")
			f.mapChips("chip,bib\n100,7\n200,9\n")
			f.awaitStatus("all is well", func(s status.Status) bool { return s.Trouble == "" && s.Units[0].Held == 0 })
			if said, back := f.said("chip map refused, the one before counts"), f.said("chip map is as before again"); said != 1 || back != 1 {
				t.Errorf("refused is said %d times, as before %d times:\n%s", said, back, f.log())
			}
			if f.sent("8") {
				t.Error("bib 8 was sent")
			}
		})
	}
}

func TestAChipMapThatIsMissingAtTheStart(t *testing.T) {
	f := newField(t)
	f.write("log.csv", reads("100"))
	f.start("", chipRace)
	f.awaitStatus("it is said", func(s status.Status) bool { return strings.Contains(s.Trouble, "write the chip map there") })
	f.mapChips("100,7\n")
	f.awaitStatus("another mistake is said", func(s status.Status) bool { return strings.Contains(s.Trouble, `the header "chip,bib"`) })
	f.mapChips("chip,bib\n100,7\n")
	f.awaitPage("R1", "7=14:00.00")
	f.awaitStatus("all is well", func(s status.Status) bool { return s.Trouble == "" })
}

// Two races read one log. What is corrected in the map of one of them does not touch the other.
func TestEachRaceHasItsOwnChipMap(t *testing.T) {
	f := newField(t)
	f.mapChips("chip,bib\n100,7\n")
	f.must(os.WriteFile(filepath.Join(f.dir, "other.csv"), []byte("chip,bib\n200,7\n"), 0o644))
	f.write("log.csv", reads("100", "200"))
	f.start("", chipRace+strings.NewReplacer("R1", "R2", "chips.csv", "other.csv").Replace(chipRace))
	f.awaitPage("R1", "7=14:00.00")
	f.awaitPage("R2", "7=15:00.00")
	f.mapChips("chip,bib\n100,8\n")
	f.awaitPage("R1", "7=14:00.00", "8=14:00.00")
	f.awaitPage("R2", "7=15:00.00")
}

// A run that ends when all is done waits for the chip map, and not for ever.
func TestOnceWaitsForTheChipMap(t *testing.T) {
	for sentence, tt := range map[string]struct {
		chips, want string
	}{
		"a map":                       {"chip,bib\n100,7\n", "confirmed 1"},
		"no newline at the end of it": {"chip,bib\n100,7", "confirmed 1"},
		"a mistake":                   {"chip,bib\n100,\n", "has no bib"},
	} {
		t.Run(sentence, func(t *testing.T) {
			f := newField(t)
			f.mapChips(tt.chips)
			f.write("log.csv", reads("100"))
			f.open("", chipRace)
			defer func() { f.must(f.daemon.Close()) }()
			var out strings.Builder
			err := f.daemon.Once(t.Context(), &out)
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("%v\n%s", err, out.String())
			}
		})
	}
}

// TestWhenAChipMapCounts plays looks at a file: at so many milliseconds it has this content, and then the chip 100 has
// that bib.
func TestWhenAChipMapCounts(t *testing.T) {
	type look struct {
		at            int
		content, want string // want: the bib, and behind a blank what the fault says
	}
	const good = "chip,bib\n100,7\n200,9\n"
	for sentence, looks := range map[string][]look{
		"a good one after the settle time": {{0, good, ""}, {299, good, ""}, {300, good, "7"}},
		"one that is still being written": {
			{0, "chip,bib\n", ""}, {200, "chip,bib\n100,7\n", ""}, {400, good, ""}, {700, good, "7"},
		},
		"the last bib may be torn": {
			{0, "chip,bib\n100,7", ""}, {300, "chip,bib\n100,7", ""}, {2000, "chip,bib\n100,77\n", ""}, {2300, "chip,bib\n100,77\n", "77"},
		},
		"no newline for a long time": {{0, "chip,bib\n100,7", ""}, {2999, "chip,bib\n100,7", ""}, {3000, "chip,bib\n100,7", "7"}},
		"another one": {
			{0, good, ""}, {300, good, "7"}, {9000, "chip,bib\n100,8\n200,9\n", "7"}, {9300, "chip,bib\n100,8\n200,9\n", "8"},
		},
		"one in which a chip is missing takes longer": {
			{0, good, ""}, {300, good, "7"}, {9000, "chip,bib\n100,8\n", "7"}, {9300, "chip,bib\n100,8\n", "7"}, {12000, "chip,bib\n100,8\n", "8"},
		},
		"a mistake, and the old one again": {
			{0, good, ""}, {300, good, "7"}, {9000, "100,8\n", "7"}, {9300, "100,8\n", "7 the header"}, {9400, good, "7 the header"}, {9700, good, "7"},
		},
		"it goes away": {
			{0, good, ""}, {300, good, "7"}, {9000, "-", "7"}, {9300, "-", "7 no such file"}, {9400, good, "7 no such file"}, {9700, good, "7"},
		},
		"it was never there": {{0, "-", ""}, {300, "-", " no such file"}, {400, good, " no such file"}, {700, good, "7"}},
		"the same size and time": {
			{0, good, ""},
			{300, good, "7"},
			{400, strings.Replace(good, "7", "8", 1), "7"},
			{2600, strings.Replace(good, "7", "8", 1), "7"},
			{2900, strings.Replace(good, "7", "8", 1), "8"},
		},
	} {
		t.Run(sentence, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "chips.csv")
			c := &chipFile{path: path, settle: 300 * time.Millisecond}
			epoch, last := time.Now(), ""
			for _, l := range looks {
				switch {
				case l.content == "-":
					_ = os.Remove(path)
				case l.content != last:
					if err := os.WriteFile(path, []byte(l.content), 0o644); err != nil {
						t.Fatal(err)
					}
					if sentence != "the same size and time" || last == "" {
						break
					}
					if err := os.Chtimes(path, epoch, c.stat.ModTime()); err != nil {
						t.Fatal(err)
					}
				}
				last = l.content
				c.look(epoch.Add(time.Duration(l.at) * time.Millisecond))
				bib, fault, _ := strings.Cut(l.want, " ")
				if string(c.chips["100"]) != bib || (c.fault != nil) != (fault != "") || c.fault != nil && !strings.Contains(c.fault.Error(), fault) {
					t.Errorf("at %d: bib %q, fault %v; want %q", l.at, c.chips["100"], c.fault, l.want)
				}
			}
		})
	}
}

func TestRacesShareAChipMap(t *testing.T) {
	races := []config.Race{{ChipFile: "a.csv"}, {}, {ChipFile: "a.csv"}, {ChipFile: "b.csv"}}
	f := newFeed(&config.Config{Races: races}, nil, zap.NewNop())
	if len(f.chips) != 2 {
		t.Errorf("%d chip maps", len(f.chips))
	}
}
