package parse

import (
	"strings"
	"testing"
)

func FuzzOE(f *testing.F) { fuzzFormat(f, "oe") }

const oeGerman = "Stnr;Chip;Datenbank Id;Nachname;Vorname;Jg;G;Block;AK;Start;Ziel;Zeit;Wertung;Club-Nr.;Abk;Ort;Nat;Katnr;Kurz;Lang;Num1;Num2;Num3;Text1;Text2;Text3"

// oeRow is a row of that table.
func oeRow(stno, nc, start, finish, time, class string) string {
	return strings.Join([]string{stno, "7204", "", "Ash", "Ada", "80", "F", "", nc, start, finish, time, class, "5", "", "Glen", "", "1", "W21", "W21", "", "", "", "", "", ""}, ";") + "\n"
}

func TestTablesThatAreNoSportSoftwareExport(t *testing.T) {
	for sentence, header := range map[string]string{
		"few columns":             "Stno;Surname;Start;Finish;Time;Classifier",
		"many columns":            strings.Repeat("Bib;", 60),
		"one numbered triple":     strings.Repeat("a;", 20) + "Num1;Num2;Num3;Text1;Text3;Text2",
		"splits that are counted": "Bib;Time" + strings.Repeat(";a", 20) + ";Split1;Split2;Split3;Split4;Split5;Split6",
	} {
		if recogniseOE(&decoded{data: []byte(header + "\n")}) {
			t.Errorf("%s: %s", sentence, header)
		}
	}
	if !recogniseOE(&decoded{data: []byte(oeGerman + "\r\n")}) {
		t.Error("the table itself is not known")
	}
}

// No cell of a row can be lost or added in front of the classifier without the row being held: the number of cells
// says nothing, and the neighbours are times and digits as well.
func TestCellsOutOfPlaceInSportSoftwareExport(t *testing.T) {
	row := oeRow("101", "0", "10:00:00", "10:12:14", "12:14", "4")
	cells := strings.Split(strings.TrimSuffix(row, "\n"), ";")
	for i := range 12 {
		without := strings.Join(append(append([]string{}, cells[:i]...), cells[i+1:]...), ";") + "\n"
		with := strings.Join(append(append(append([]string{}, cells[:i]...), "x"), cells[i:]...), ";") + "\n"
		for _, bad := range []string{without, with} {
			r, err := Read([]byte(oeGerman+"\n"+oeRow("100", "0", "", "", "12:10", "0")+bad), Rules{}, TailStill)
			if err != nil || len(r.Finishes) != 1 {
				t.Errorf("cell %d: %s", i, shown(r, err))
			}
		}
	}
}

func TestLastLineOfSportSoftwareExport(t *testing.T) {
	row := strings.TrimSuffix(oeRow("101", "0", "10:00:00", "10:12:14", "12:14", "0"), "\n")
	for cut := range len(row) {
		for _, tail := range []Tail{TailGrowing, TailQuiet, TailStill} {
			want := 1
			if tail != TailGrowing && strings.Count(row[:cut], ";") == strings.Count(row, ";") {
				want = 2
			}
			r, err := Read([]byte(oeGerman+"\n"+oeRow("100", "0", "", "", "12:10", "0")+row[:cut]), Rules{}, tail)
			if err != nil || len(r.Finishes) != want {
				t.Errorf("%q, tail %d: %s", row[:cut], tail, shown(r, err))
			}
		}
	}
}
