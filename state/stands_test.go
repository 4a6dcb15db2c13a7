package state_test

import (
	"testing"

	"finishwatch/state"
)

// What was offered stands until something happens to it.
func TestWhatWasOfferedStands(t *testing.T) {
	sent := []string{"5k.csv grown 1=14:00 2=14:01", "send", "5k.csv settled 1=14:10 2=14:11"}
	for name, test := range map[string]struct {
		story, then []string
		want        bool
	}{
		"nothing has happened":         {story: sent, want: true},
		"another bib was read":         {story: sent, then: []string{"5k.csv settled 1=14:10 2=14:11 3=14:12"}, want: true},
		"a finish was corrected":       {story: []string{"5k.csv grown 1=14:00"}, then: []string{"5k.csv settled 1=14:05"}},
		"a correction was corrected":   {story: sent, then: []string{"5k.csv settled 1=14:10 2=14:20"}},
		"a correction was taken back":  {story: sent, then: []string{"5k.csv settled 1=14:00 2=14:11"}},
		"a row is held now":            {story: sent, then: []string{"5k.csv settled 1=14:10 2!why"}},
		"a person holds a bib":         {story: sent, then: []string{"hold 2"}},
		"a person holds the race":      {story: sent, then: []string{"hold race"}},
		"everything is paused":         {story: sent, then: []string{"pause"}},
		"the server refused one of it": {story: sent, then: []string{"refuse 2 14:11"}},
		"it was confirmed":             {story: sent, then: []string{"send"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			l := play(t, open(t, path), path, test.story)
			setOrigin(t, l, state.OriginEmpty, raceUnit)
			batches := offer(t, l, 100, raceUnit)
			l = play(t, l, path, test.then)
			defer l.Close()
			if got := l.Stands(batches, state.Append); len(batches) == 0 || got != test.want {
				t.Errorf("%v stands: %v", words(batches), got)
			}
		})
	}
}
