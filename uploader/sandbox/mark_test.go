package sandbox_test

import (
	"testing"

	"finishwatch/uploader/sandbox"
)

// The traps of OPENTRACK.md section 3, which were found by running OpenTrack's library.
func TestMarks(t *testing.T) {
	const refused = "refused"
	for name, test := range map[string]struct{ sent, shown, shownXC string }{
		"hundredths lose their zero":          {"14:25.10", "14:25.1", "14:25.1"},
		"whole seconds lose both":             {"14:33.00", "14:33", "14:33"},
		"hundredths stay":                     {"14:25.01", "14:25.01", "14:25.01"},
		"hours":                               {"1:02:33", "1:02:33", refused},
		"just past the hour":                  {"1:00:15", "1:00:15", refused},
		"minutes past the hour":               {"60:15", "60:15", "60:15"},
		"two digits for hours":                {"10:00:00", "10:00:00", refused},
		"one digit a field":                   {"1:2:3", "1:02:03", refused},
		"a zero hour goes":                    {"0:14:25", "14:25", "14:25"},
		"two zeros for the hour go":           {"00:14:25", "14:25", "14:25"},
		"65 seconds are taken as they are":    {"14:65", "14:65", "14:65"},
		"75 minutes are taken as they are":    {"1:75:10", "1:75:10", refused},
		"seconds become minutes":              {"59.5", "59:05", refused},
		"so they do behind a zero":            {"0:59.5", "59:05", refused},
		"more than two decimals do not carry": {"59:59.999", "59:60", "59:60"},
		"whole seconds alone stay seconds":    {"45", "45.00", refused},
		"many bare seconds":                   {"865.1", refused, refused},
		"three digits of minutes":             {"100:00", refused, refused},
		"four fields":                         {"1:2:3:4", refused, refused},
		"no digits behind the point":          {"14:25.", refused, refused},
		"a point for the colon":               {"14.25.10", refused, refused},
		"a comma":                             {"14:25,1", refused, refused},
		"a space":                             {" 14:25", refused, refused},
		"a sign":                              {"-14:25", refused, refused},
		"other digits":                        {"１４:25", refused, refused},
		"nothing":                             {"", refused, refused},
		"did not finish":                      {"DNF", "DNF", "DNF"},
		"did not start":                       {"DNS", "DNS", "DNS"},
		"disqualified":                        {"DQ", "DQ", "DQ"},
		"no time":                             {"NT", "NT", "NT"},
		"disqualified in three letters":       {"DSQ", refused, refused},
		"a code in small letters":             {"dnf", refused, refused},
		"another importer's code":             {"QRY", refused, refused},
	} {
		t.Run(name, func(t *testing.T) {
			s := sandbox.New(sandbox.Options{MinutesOnly: []string{"R2"}})
			for event, want := range map[string]string{"R1": test.shown, "R2": test.shownXC} {
				got, err := refused, s.Seed(event, 1, 1, [2]string{"1", test.sent})
				if err == nil {
					row := s.Rows(event, 1, 1)[0]
					got = row.Shown
					if row.Mark != test.sent {
						t.Errorf("%s keeps %q, sent %q", event, row.Mark, test.sent)
					}
				}
				if got != want {
					t.Errorf("%s: %q shows as %q (%v), want %q", event, test.sent, got, err, want)
				}
			}
		})
	}
}

func TestPlacesFollowWhatIsShown(t *testing.T) {
	s := sandbox.New(sandbox.Options{})
	s.Seed("R1", 1, 1, [2]string{"1", "59.5"}, [2]string{"2", "14:25"}, [2]string{"3", "1:00:00"})
	rows := s.Rows("R1", 1, 1)
	if rows[0].Bib != "2" || rows[1].Bib != "1" || rows[2].Bib != "3" {
		t.Errorf("order %+v: 59.5 has become 59 minutes", rows)
	}
}
