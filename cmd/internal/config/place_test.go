package config

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const everyForm = `# [not.a.table] = "x"
top = 1   # remark
"quoted key" = "a # no remark"
'literal' = 'C:\timing' # remark
a.b."c.d" = true
"" = "empty"
"t\u0061b" = 1.5e3
date = 1979-05-27 07:32:00
text = """
[[race]]
x = "1" \"""
""""
raw = '''
[[race]]
'''''
list = [ # remark ]
  "one", 'two',
  [1, [2, 3]], # [ , ]
  { x = 1, y.z = "}" },
]
inline = { a = 1, "b" = [ "c" ], d = { e = 2 } }
[watch]
  dir = "/srv"
	poll="1s"
[[race]]
files = ["a",
  "b"]
[race.columns]
bib = 3
[[race]]
eventid = "R2"
[race."where"]
"Ra ce" = "5K"
[[race.deep]]
x = 1
[[race.deep]]
x = 2
[ spaced . out ]
k = 1
[over.all]
[over]
y = 2
`

func TestEveryFormOfTOMLHasItsPlace(t *testing.T) {
	text := everyForm
	places := findPlaces(text)
	root := keyPath{}
	race := func(i int) keyPath { return root.key("race").item(i) }
	for _, c := range []struct {
		at          keyPath
		name, value string
	}{
		{root.key("top"), "top", "1"},
		{root.key("quoted key"), `"quoted key"`, `"a # no remark"`},
		{root.key("literal"), "'literal'", `'C:\timing'`},
		{root.key("a"), "a", "a"},
		{root.key("a").key("b").key("c.d"), `"c.d"`, "true"},
		{root.key(""), `""`, `"empty"`},
		{root.key("tab"), `"t\u0061b"`, "1.5e3"},
		{root.key("date"), "date", "1979-05-27 07:32:00"},
		{root.key("text"), "text", "\"\"\"\n[[race]]\nx = \"1\" \\\"\"\"\n\"\"\"\""},
		{root.key("raw"), "raw", "'''\n[[race]]\n'''''"},
		{root.key("list").item(1), "'two'", "'two'"},
		{root.key("list").item(2).item(1).item(0), "2", "2"},
		{root.key("list").item(3).key("y").key("z"), "z", `"}"`},
		{root.key("inline").key("b").item(0), `"c"`, `"c"`},
		{root.key("inline").key("d").key("e"), "e", "2"},
		{root.key("watch"), "[watch]", "[watch]"},
		{root.key("watch").key("poll"), "poll", `"1s"`},
		{race(0).key("files").item(1), `"b"`, `"b"`},
		{race(0).key("columns").key("bib"), "bib", "3"},
		{race(1).key("eventid"), "eventid", `"R2"`},
		{race(1).key("where").key("Ra ce"), `"Ra ce"`, `"5K"`},
		{race(1).key("deep").item(1).key("x"), "x", "2"},
		{root.key("spaced").key("out").key("k"), "k", "1"},
		{root.key("over"), "[over]", "[over]"},
	} {
		found, ok := places[c.at.String()]
		if !ok {
			t.Errorf("%s has no place", c.at)
			continue
		}
		if got := found.name.of(text); got != c.name {
			t.Errorf("%s: name %q, want %q", c.at, got, c.name)
		}
		if got := found.value.of(text); got != c.value {
			t.Errorf("%s: value %q, want %q", c.at, got, c.value)
		}
	}
}

func TestWhatHasNoPlaceFallsBackToItsTable(t *testing.T) {
	places := findPlaces(everyForm)
	at := places.find(keyPath{}.key("watch").key("settle").item(3))
	if got := at.name.of(everyForm); got != "[watch]" {
		t.Errorf("found %q", got)
	}
	if at := places.find(keyPath{}.key("state")); at != (place{}) {
		t.Errorf("found %v in place of the beginning", at)
	}
}

// FuzzPlaces compares the finder with the library: every key, table and item of any text that the library accepts has
// a place, and the place of a scalar holds that scalar.
func FuzzPlaces(f *testing.F) {
	for _, seed := range []string{
		everyForm, small, large, "", "a=1", "a=[]", "a={}", "[a]\n[[a.b]]\n[a.b.c]", "[a.b]\n[a]", "a.b=1\na.c=2",
		"a=[[],[{}],\"\"\"x\"\"\"\"]", "'a'.\"b\"=''", "[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]", "a=+inf #x\r\nb=nan", "a = [{b=1},{b=2,},]",
		"a={\nb=1\n}", "[a] # x\n b . c = 0x1_f", "a = \"\\\\\"\nb='\\'", "k = 07:32:00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimPrefix(text, "\ufeff")
		places := findPlaces(text) // must not panic, whatever the text
		for _, at := range places {
			for _, s := range []span{at.name, at.value} {
				if s.start < 0 || s.start > s.end || s.end > len(text) {
					t.Fatalf("span %v outside %d bytes", s, len(text))
				}
			}
		}
		if _, bad := notUTF8(text); bad {
			return
		}
		values, err := decodeTOML(text)
		if err != nil {
			return
		}
		checkPlaces(t, text, places, keyPath{}, values)
	})
}

func checkPlaces(t *testing.T, text string, places places, at keyPath, written any) {
	t.Helper()
	found, ok := places[at.String()]
	if len(at) > 0 && !ok {
		t.Fatalf("%s has no place", at)
	}
	switch written := written.(type) {
	case map[string]any:
		for name, v := range written {
			checkPlaces(t, text, places, at.key(name), v)
		}
	case []map[string]any:
		for i, v := range written {
			checkPlaces(t, text, places, at.item(i), v)
		}
	case []any:
		for i, v := range written {
			checkPlaces(t, text, places, at.item(i), v)
		}
	case string, int64, bool:
		var again struct{ V any }
		if _, err := toml.Decode("V = "+found.value.of(text), &again); err != nil || again.V != written {
			t.Fatalf("%s is %v, but its place holds %q", at, written, found.value.of(text))
		}
	}
}
