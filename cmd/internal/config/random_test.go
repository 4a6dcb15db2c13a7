package config

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// fragments are pieces of TOML; strung together at random, about a quarter is accepted by the library, and
// the rest is what people type.
func fragments() []string {
	return []string{
		"\n", "\n", "\r\n", " ", "\t", "=", " = ", ".", ",", ", ", "[", "]", "[[", "]]", "{", "}", "#", "# x = [\n",
		"a", "b", "c1", `"q k"`, "'l k'", `"\u0041"`, `""`, `"\"]"`, `'\'`, `"#"`, `"""x"""`, `"""` + "\n" + `\"""""`, "'''\n''''", "'''[[a]]'''",
		"1", "-1.5", "true", "inf", "1979-05-27", "07:32:00", "a = 1\n", "b = [1, 2]\n", "c = { a = 1 }\n", "[a]\n", "[[a]]\n", "[a.b]\n", "[[a.b]]\n",
		"d = [\n1, # x\n]\n", "e.f = 2\n", "ü", "\"", "'", "\\", "password = ", "poll = 5\n", "[watch]\n", "[[race]]\n", `dir = "C:\timing"` + "\n", "files = ",
	}
}

func TestRandomDocuments(t *testing.T) {
	pieces := rapid.SliceOfN(rapid.SampledFrom(fragments()), 0, 14)
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(pieces.Draw(r, "pieces"), "")
		places := findPlaces(text)
		if values, err := decodeTOML(text); err == nil {
			checkPlaces(t, text, places, keyPath{}, values)
		}
		_, err := parseWith("config.toml", []byte(text), noEnvironment)
		mistakes, ok := errors.AsType[*Mistakes](err)
		if !ok {
			r.Fatalf("%v for a text that cannot be good", err)
		}
		checkMistakes(t, text, mistakes)
	})
}

// checkMistakes is what must be true of every list of mistakes.
func checkMistakes(t *testing.T, text string, mistakes *Mistakes) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for i, m := range mistakes.List {
		if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > len([]rune(lines[m.Line-1]))+1 {
			t.Fatalf("%d:%d is outside the file:\n%s", m.Line, m.Column, text)
		}
		if m.Text == "" || m.Fix == "" {
			t.Fatalf("a mistake without words: %+v\n%s", m, text)
		}
		if i > 0 && m.Line < mistakes.List[i-1].Line {
			t.Fatalf("line %d comes after line %d:\n%s", m.Line, mistakes.List[i-1].Line, text)
		}
	}
	var out bytes.Buffer
	mistakes.Print(&out)
	for _, r := range out.String() + mistakes.Error() {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("%q is printed:\n%s", r, out.String())
		}
	}
	if strings.ContainsRune(mistakes.Error(), '\n') {
		t.Fatal("the short form has several lines")
	}
}
