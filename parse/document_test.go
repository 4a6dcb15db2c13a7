package parse

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// documentCases are the cases of the formats that are read whole or not at all.
func documentCases(t testing.TB, kinds ...string) []goldenCase {
	t.Helper()
	var out []goldenCase
	for _, c := range goldenCases(t) {
		for _, kind := range kinds {
			if filepath.Base(filepath.Dir(c.path)) == kind {
				out = append(out, c)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no cases", kinds)
	}
	return out
}

// As soon as a prefix of a document can be told for what it is, it is refused, and before that it publishes nothing.
func TestAPrefixOfADocumentIsRefused(t *testing.T) {
	for _, c := range documentCases(t, "iof", "clax", "raceresult-json", "xlsx") {
		data, rules := c.data(t), c.rules(t)
		if _, err := Read(data, rules, TailStill); err != nil {
			continue
		}
		whole := len(bytes.TrimRight(data, "\x00\r\n ;"))
		for cut := 0; cut < whole; cut += 1 + whole/400 {
			for _, tail := range []Tail{TailGrowing, TailQuiet, TailStill} {
				r, err := Read(data[:cut], rules, tail)
				switch {
				case err == nil && (len(r.Finishes) > 0 || len(r.Held) > 0):
					t.Fatalf("%s cut at %d of %d: %s", c.path, cut, whole, shown(r, err))
				case err == nil && cut > 64:
					t.Fatalf("%s cut at %d of %d is no error", c.path, cut, whole)
				}
			}
		}
	}
}

func TestTornDocumentsSayThatTheyAreNotComplete(t *testing.T) {
	for _, name := range []string{"iof/seconds", "clax/times", "raceresult-json/groups", "raceresult-json/jsonp", "xlsx/text-cells"} {
		for _, c := range documentCases(t, filepath.Dir(name)) {
			if !strings.HasSuffix(c.path, name+".txtar") {
				continue
			}
			data := c.data(t)
			for _, part := range []int{2, 3, 4} {
				_, err := Read(data[:len(data)*part/5], c.rules(t), TailStill)
				if err == nil || !strings.Contains(err.Error(), "not complete yet") {
					t.Errorf("%s, %d fifths: %v", name, part, err)
				}
			}
		}
	}
}

func TestHostileDocumentsAreRefused(t *testing.T) {
	deep := strings.Repeat("<a>", 100_000)
	for sentence, text := range map[string]string{
		"deep XML":                     `<ResultList iofVersion="3.0">` + deep,
		"deep XML that closes":         "<Epreuve>" + deep + strings.Repeat("</a>", 100_000) + "</Epreuve>",
		"NULs behind a document":       `<ResultList iofVersion="3.0"></ResultList>` + "\x00\x00\x00",
		"NULs in a document":           `<ResultList iofVersion="3.0">` + "\x00" + `</ResultList>`,
		"an unknown entity":            `<ResultList iofVersion="3.0">&b;</ResultList>`,
		"an unknown encoding":          `<?xml version="1.0" encoding="klingon"?><ResultList iofVersion="3.0"><a>` + "\xFF" + `</a></ResultList>`,
		"a second XML document":        `<ResultList iofVersion="3.0"></ResultList><ResultList iofVersion="3.0"></ResultList>`,
		"text in front":                `<?xml version="1.0"?>x<ResultList iofVersion="3.0"></ResultList>`,
		"deep JSON":                    `{"data":` + strings.Repeat(`{"a":`, 100_000),
		"deep JSON that is skipped":    `{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"DataFields":["BIB","TIME"],"data":[]}`,
		"deep JSON in a cell":          `{"DataFields":["BIB","TIME"],"data":[["1",` + strings.Repeat("[", 100_000),
		"a closing bracket too many":   `{"DataFields":["BIB","TIME"],"data":[]}}`,
		"a call that does not close":   `cb({"DataFields":["BIB","TIME"],"data":[]}`,
		"a second document behind":     `{"DataFields":["BIB","TIME"],"data":[]}{"DataFields":["BIB","TIME"],"data":[]}`,
		"another value than an object": `{"DataFields":["BIB","TIME"],"data":"none"}`,
	} {
		if r, err := Read([]byte(text), Rules{}, TailStill); err == nil {
			t.Errorf("%s: %s", sentence, shown(r, err))
		}
	}
}

func TestManyStagesAndColumnsCostNoMore(t *testing.T) {
	stages := "<Epreuve><Etapes>" + strings.Repeat("<Etape><Resultats><R d=\"1\" t=\"00h14'25\"/></Resultats></Etape>", 50_000) + "</Etapes></Epreuve>"
	if _, err := Read([]byte(stages), Rules{}, TailStill); err == nil || len(err.Error()) > 1000 {
		t.Error(err)
	}
	fields := `{"DataFields":["BIB","TIME"` + strings.Repeat(`,"TIME"`, 50_000) + `],"data":[]}`
	if _, err := Read([]byte(fields), Rules{}, TailStill); err == nil || len(err.Error()) > 1000 {
		t.Error(err)
	}
}

// fuzzDocument checks what holds of every document: nothing of a prefix is published but what the whole says.
func fuzzDocument(f *testing.F, format string) {
	for _, c := range documentCases(f, format) {
		data := c.data(f)
		f.Add(data, uint16(len(data)/2), byte(0))
		f.Add(data, uint16(len(data)-1), byte(strings.Count(c.ruleText, "where")))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint16, choice byte) {
		rules := fuzzRules(choice)
		rules.Format = format
		whole, err := Read(data, rules, TailStill)
		if err != nil || len(data) == 0 {
			return
		}
		checkReading(t, whole, rules)
		grown, err := Read(data, rules, TailGrowing)
		if shown(grown, err) != shown(whole, nil) {
			t.Errorf("growing: %s\nstill: %s", shown(grown, err), shown(whole, nil))
		}
		part, err := Read(data[:int(cut)%len(data)], rules, TailGrowing)
		if err == nil && shown(part, nil) != shown(whole, nil) {
			t.Errorf("cut at %d: %s\nwhole: %s", int(cut)%len(data), shown(part, nil), shown(whole, nil))
		}
	})
}

func FuzzReadIOF(f *testing.F)        { fuzzDocument(f, "iof") }
func FuzzReadClax(f *testing.F)       { fuzzDocument(f, "clax") }
func FuzzReadRaceResult(f *testing.F) { fuzzDocument(f, "raceresult-json") }
