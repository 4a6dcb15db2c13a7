package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"finishwatch/uploader/sandbox"
)

// Fifty races in one configuration, all in one export, arrive on fifty pages; one upload carries many of them.
func TestFiftyRacesInOneConfiguration(t *testing.T) {
	f := newField(t)
	var races, export strings.Builder
	var events []string
	export.WriteString("Bib,Time,Event\n")
	for race := range 50 {
		event := fmt.Sprintf("E%02d", race)
		events = append(events, event)
		fmt.Fprintf(&races, "[[race]]\nfiles = [\"*.csv\"]\neventid = %q\n[race.where]\nEvent = %q\n", event, event)
		for row := range 10 {
			fmt.Fprintf(&export, "%d,1%d:%02d,%s\n", 100*race+row+1, row, race, event)
		}
	}
	f.restage(sandbox.Options{Events: events})
	f.write("all.csv", export.String())
	f.start("", races.String())
	for _, event := range events {
		f.await(event, func() bool { return len(f.page(event)) == 10 })
	}
	journal := f.server.Journal()
	most := 0
	for _, entry := range journal {
		most = max(most, len(entry.Batches))
	}
	if most < 10 || len(journal) > 60 {
		t.Errorf("%d uploads, at most %d races in one", len(journal), most)
	}
	if got := f.page("E07"); !slices.Contains(got, "701=10:07") {
		t.Error(got)
	}
}

// One export feeds two events as a whole: OpenTrack keeps in each the bibs of its start list.
func TestOneExportFeedsTwoEvents(t *testing.T) {
	f := newField(t)
	f.restage(sandbox.Options{StartList: map[string][]string{"R1": {"1", "2"}, "R2": {"3"}}})
	f.more = "ignore_unknowns = true\n"
	f.write("all.csv", "Bib,Time\n1,14:20\n2,14:30\n3,14:40\n")
	f.start("", oneRace+strings.ReplaceAll(oneRace, "R1", "R2"))
	f.awaitPage("R1", "1=14:20", "2=14:30")
	f.awaitPage("R2", "3=14:40")
}
