package state_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"finishwatch/parse"
	"finishwatch/state"
)

func TestSalvageFindsWhatPersonsHeld(t *testing.T) {
	path := newPath(t)
	l := open(t, path)
	must(t, l.BelongTo("here"))
	story := []string{"pause", "hold 7", "hold race"}
	for i := range 200 {
		story = append(story, fmt.Sprintf("a.csv grown %d=14:25", 100+i))
	}
	play(t, l, path, story)
	must(t, l.Close())
	want := state.Orders{Paused: true, Units: []state.Unit{raceUnit}, Bibs: map[state.Unit][]parse.Bib{raceUnit: {"7"}}}
	if diff := cmp.Diff(want, state.Salvage(path, "here")); diff != "" {
		t.Error(diff)
	}
	if got := state.Salvage(path, "elsewhere"); got.Paused || len(got.Units)+len(got.Bibs) > 0 {
		t.Errorf("another competition's: %+v", got)
	}
	fresh := open(t, newPath(t))
	must(t, fresh.Obey(want))
	if !fresh.Paused() || !fresh.UnitHeld(raceUnit) || len(fresh.Held(raceUnit)) != 1 {
		t.Error("not obeyed")
	}

	// Whatever page is damaged, and how: it ends, and finds nothing that nobody ordered.
	whole, err := os.ReadFile(path)
	must(t, err)
	found := 0
	for page := 0; page < len(whole); page += 4096 {
		for _, with := range []byte{0, 0xff, 0x01} {
			file := append([]byte{}, whole...)
			for i := page; i < min(page+4096, len(file)); i++ {
				file[i] = file[i]*with ^ with
			}
			must(t, os.WriteFile(path, file, 0o600))
			got := state.Salvage(path, "here")
			for _, bibs := range got.Bibs {
				if len(bibs) != 1 || bibs[0] != "7" {
					t.Errorf("page %d: %v", page/4096, bibs)
				}
				found++
			}
		}
	}
	if found == 0 {
		t.Error("never found")
	}
}
