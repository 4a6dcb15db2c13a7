package rehearsal

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"finishwatch/parse"
)

// Every style leaves the bytes of the export, and between two writes rows only come.
func TestStyles(t *testing.T) {
	for _, help := range Styles() {
		t.Run(string(help.Style), func(t *testing.T) {
			t.Parallel()
			o := ofField(60, 1)
			o.Style, o.Speed = help.Style, FullSpeed()
			e := synthetic(o).exports[0]
			w, err := newWriting(t.TempDir(), e)
			if err != nil {
				t.Fatal(err)
			}
			h := &hand{style: help.Style, settle: time.Millisecond, interval: time.Millisecond, random: func(n int) int { return n / 2 }, start: time.Now()}
			before := 0
			for i := 0; i < len(e.events); i += 7 {
				changed, behind := w.paper.take(e.events[i:min(i+7, len(e.events))])
				if err := h.write(t.Context(), w, changed, behind); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(w.path)
				if err != nil || !bytes.Equal(data, w.paper.text) {
					t.Fatalf("after %d events the file is not the export: %v", i, err)
				}
				reading, err := parse.Read(data, parse.Rules{}, parse.TailGrowing)
				if err != nil || len(reading.Finishes) < before {
					t.Fatal(err)
				}
				before = len(reading.Finishes)
			}
			if data, _ := os.ReadFile(w.path); !bytes.Equal(data, e.final()) || before != 60 {
				t.Errorf("%d finishes in the end", before)
			}
			if entries, _ := os.ReadDir(filepath.Dir(w.path)); len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	if Style("backwards").check() == nil {
		t.Error("a style that there is not")
	}
}

func TestACopyOverALongerFileLeavesNothingOfIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	for _, text := range []string{"1,14:20.00\n2,14:30.00\n", "1,DQ\n"} {
		if err := copyOver(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != text {
			t.Errorf("%q %v", data, err)
		}
	}
}

func TestADocumentIsHalfWrittenForAWhile(t *testing.T) {
	w, err := newWriting(t.TempDir(), &export{name: "deep/down/x.xml", whole: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // after the first piece
	h := &hand{style: StyleAppend}
	if err := h.write(ctx, w, false, [][]byte{[]byte("<a><b></b></a>")}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(w.path); err != nil || string(data) != "<a>" {
		t.Errorf("%q %v", data, err)
	}
}
