package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mark is one result: as it was sent, as OpenTrack shows it, and as a time. The zero value is no result.
type mark struct {
	sent, shown string
	seconds     float64 // 0 for a code
	code        bool
}

// rank orders the page: times, codes, no result.
func (m mark) rank() int {
	switch {
	case m.sent == "":
		return 2
	case m.code:
		return 1
	}
	return 0
}

// readMark reads a mark as OpenTrack's library athlib 0.9.8 reads the result of a race of 800 m or more, mistakes
// included; minutesOnly is the bare event code XC.
func readMark(sent string, minutesOnly bool) (mark, error) {
	if slices.Contains([]string{"DNF", "DNS", "DQ", "NT"}, sent) {
		return mark{sent: sent, shown: sent, code: true}, nil
	}
	if !hasTimeShape(sent) {
		return mark{}, errors.New("illegal numeric pattern: use [hh:][mm:]ss[.ff], or DNF, DNS, DQ, NT")
	}
	fields := strings.Split(misread(sent, minutesOnly), ":")
	seconds, err := strconv.ParseFloat(fields[len(fields)-1], 64)
	if err != nil {
		return mark{}, err
	}
	var hours, minutes int
	if n := len(fields); n > 1 {
		minutes, _ = strconv.Atoi(fields[n-2]) // the shape has two digits at most
	}
	if len(fields) == 3 {
		hours, _ = strconv.Atoi(fields[0])
	}
	switch {
	case minutesOnly && hours > 0:
		return mark{}, errors.New("this event takes minutes and seconds: 60:15, not 1:00:15")
	case minutesOnly && minutes == 0:
		return mark{}, errors.New("please use mm:ss for minutes and seconds")
	case minutes == 0 && seconds >= 100:
		return mark{}, errors.New("please use mm:ss or h:mm:ss for times above 99 seconds")
	}
	shown := show(hours, minutes, seconds)
	return mark{sent: sent, shown: shown, seconds: float64(hours*3600+minutes*60) + seconds}, nil
}

// hasTimeShape tells whether text is [hh:][mm:]ss[.ff] with one or two digits a field; decimals may be more.
func hasTimeShape(text string) bool {
	whole, decimals, point := strings.Cut(text, ".")
	if point && !isDigits(decimals, 9) {
		return false
	}
	fields := strings.Split(whole, ":")
	if len(fields) > 3 {
		return false
	}
	for _, field := range fields {
		if !isDigits(field, 2) {
			return false
		}
	}
	return true
}

// isDigits tells whether text is one to most digits.
func isDigits(text string, most int) bool {
	return text != "" && len(text) <= most && strings.Trim(text, "0123456789") == ""
}

// misread does what athlib does before it takes the fields apart: a leading zero field goes, and a time without a
// colon is taken for minutes and seconds ("fixing stop to colon"). So 59.5 and 0:59.5 become 59:5.
func misread(text string, minutesOnly bool) string {
	text = strings.TrimPrefix(text, "0:")
	text = strings.TrimPrefix(text, "00:")
	if !minutesOnly && !strings.Contains(text, ":") {
		return strings.Replace(text, ".", ":", 1)
	}
	return text
}

// show writes a time as athlib does: two decimals, rounded without a carry (59:59.999 shows as 59:60), and trailing
// zeros dropped from all but the short ones.
func show(hours, minutes int, seconds float64) string {
	text := fmt.Sprintf("%.2f", seconds)
	switch {
	case hours > 0:
		text = fmt.Sprintf("%d:%02d:%05.2f", hours, minutes, seconds)
	case minutes > 0:
		text = fmt.Sprintf("%d:%05.2f", minutes, seconds)
	}
	if len(text) > 5 {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	return text
}
