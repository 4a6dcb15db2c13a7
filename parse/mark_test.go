package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkText(t *testing.T) {
	for sentence, tt := range map[string]struct {
		hundredths int64
		decimals   int
		rounding   Rounding
		inMinutes  bool
		want       string
	}{
		"hundredths are written as they are":              {86510, 2, RoundNone, false, "14:25.10"},
		"a tenth is one digit":                            {86510, 1, RoundNone, false, "14:25.1"},
		"digits that are not shown go up":                 {86511, 1, RoundNone, false, "14:25.2"},
		"whole seconds have no point":                     {375300, 0, RoundNone, false, "1:02:33"},
		"below a minute the nought stays":                 {5950, 1, RoundNone, false, "0:59.5"},
		"rounding up to a tenth":                          {86511, 2, RoundUpTenth, false, "14:25.2"},
		"rounding up to a second carries into the minute": {5941 + 80100, 2, RoundUpSecond, false, "14:21"},
		"rounding up to a second carries into the hour":   {359901, 2, RoundUpSecond, false, "1:00:00"},
		"rounding never adds digits":                      {86500, 0, RoundUpTenth, false, "14:25"},
		"a second that is exact stays":                    {86500, 2, RoundUpSecond, false, "14:25"},
		"minutes past the hour":                           {361500, 0, RoundNone, true, "60:15"},
		"minutes end at a hundred":                        {600000, 0, RoundNone, true, "1:40:00"},
		"a hundred minutes by rounding":                   {599999, 2, RoundUpSecond, true, "1:40:00"},
		"the longest time":                                {maxHundredths, 2, RoundNone, false, "99:59:59.99"},
		"the longest time cannot be rounded up":           {maxHundredths, 2, RoundUpSecond, false, "99:59:59.99"},
	} {
		m, err := TimeMark(tt.hundredths, tt.decimals)
		if err != nil {
			t.Errorf("%s: %v", sentence, err)
			continue
		}
		m = m.Rounded(tt.rounding)
		if tt.inMinutes {
			m = m.InMinutes()
		}
		if m.String() != tt.want {
			t.Errorf("%s: got %s, want %s", sentence, m, tt.want)
		}
	}
}

func TestMinutesThenRounding(t *testing.T) {
	m, _ := TimeMark(599999, 2)
	if got := m.InMinutes().Rounded(RoundUpSecond).String(); got != "1:40:00" {
		t.Errorf("99:59.99 in minutes, rounded up: %s; there is no mark of three digits", got)
	}
}

func TestTimeMarkOutside(t *testing.T) {
	for _, h := range []int64{-1, 0, maxHundredths + 1, 1 << 40} {
		if m, err := TimeMark(h, 2); err == nil {
			t.Errorf("TimeMark(%d) = %s, want an error", h, m)
		}
	}
	if m, err := TimeMark(maxHundredths, 0); err == nil {
		t.Errorf("99:59:59.99 without decimals = %s, want an error: it would be 100 hours", m)
	}
}

func TestParseMarkReadsWhatWeWrite(t *testing.T) {
	for _, text := range []string{"0:59.5", "14:25", "14:25.1", "14:25.10", "1:02:33", "10:00:00.05", "60:15", "99:59.99", "DNF", "DNS", "DQ"} {
		m, err := ParseMark(text)
		if err != nil || m.String() != text {
			t.Errorf("ParseMark(%q) = %q, %v", text, m, err)
		}
	}
}

func TestParseMarkRefuses(t *testing.T) {
	for _, text := range []string{
		"", "14", "14:2", "14:25.", "14:25.100", "14:60", "1:60:00", "1:2:33", "100:00", "0:00", "00:00:00.00", "-1:00", "+1:00",
		"1:02:33:44", "14:25,1", " 14:25", "dnf", "DSQ", "1:-2", "1:+2", "١:٠٢",
	} {
		if m, err := ParseMark(text); err == nil {
			t.Errorf("ParseMark(%q) = %s, want an error", text, m)
		}
	}
}

func TestFinishOrder(t *testing.T) {
	var got []string
	marks := []string{"14:25.1", "14:25.2", "1:02:33", "DNF", "DNS", "DQ"}
	for i := range marks {
		a, _ := ParseMark(marks[i])
		for j := range marks {
			b, _ := ParseMark(marks[j])
			if a.Before(b) != (i < j) {
				got = append(got, marks[i]+" before "+marks[j])
			}
		}
	}
	if diff := cmp.Diff([]string(nil), got); diff != "" {
		t.Error(diff)
	}
}

func FuzzMark(f *testing.F) {
	for _, text := range []string{"14:25.10", "1:02:33", "60:15", "DNF", "99:59:59.99", "0:00.01", "1:2:3", "99:59.99"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMark(text)
		if err != nil {
			return
		}
		for _, m := range []Mark{m, m.Rounded(RoundUpTenth), m.Rounded(RoundUpSecond), m.Rounded(RoundUpSecond).InMinutes()} {
			again, err := ParseMark(m.String())
			if err != nil || again != m {
				t.Errorf("%q is %q, which reads back as %q, %v", text, m, again, err)
			}
		}
		if up := m.Rounded(RoundUpSecond); up.Before(m) || up.Hundredths()-m.Hundredths() >= 100 {
			t.Errorf("%s rounded up is %s", m, up)
		}
	})
}
