package daemon

import (
	"testing"

	"finishwatch/watcher"
)

func TestWhatARunWaitsForIsNamed(t *testing.T) {
	listing := watcher.Listing{Files: []string{"a.csv", "b.csv", "c.csv"}, Troubles: []watcher.Trouble{{Path: "c.csv"}}}
	for sentence, test := range map[string]struct {
		listing watcher.Listing
		done    map[string]bool
		want    string
	}{
		"nothing has been looked at":            {watcher.Listing{}, nil, ""},
		"two files, and one that is in trouble": {listing, nil, "waits until a.csv and 1 more have been quiet for long enough"},
		"one file":                              {listing, map[string]bool{"a.csv": true, "b.csv": false}, "waits until b.csv has been quiet for long enough"},
		"none":                                  {listing, map[string]bool{"a.csv": true, "b.csv": true}, ""},
	} {
		if got := (&feed{listing: test.listing, done: test.done}).waitsFor(); got != test.want {
			t.Errorf("%s: %q, want %q", sentence, got, test.want)
		}
	}
}
