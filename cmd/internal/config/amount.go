package config

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// duration is a length of time with its unit, such as "300ms" or "1m30s".
type duration struct{ least, most time.Duration }

func (d duration) read(v value) (time.Duration, []fault) {
	if number, ok := bareNumber(v.any); ok {
		// A bare 5 would be five nanoseconds to Go.
		unit, others := "s", `"ms", "m", "h"`
		if length, ok := parseDuration(number + "s"); ok && length > d.most { // 300 is no settle in seconds
			unit, others = "ms", `"s", "m", "h"`
		}
		return 0, v.wrong(v.write(strconv.Quote(number+unit))+`, or `+others+` behind the number`, "%s needs a unit, in quotes", v.name)
	}
	s, faults := readText(v, d.example(v))
	if faults != nil {
		return 0, faults
	}
	length, ok := parseDuration(s)
	switch {
	case !ok:
		return 0, d.notADuration(v, s)
	case length < d.least:
		return 0, v.wrong(v.write(strconv.Quote(spell(d.least))), "%s must be at least %s", v.name, spell(d.least))
	case length > d.most:
		return 0, v.wrong(v.write(strconv.Quote(spell(d.most))), "%s must be at most %s", v.name, spell(d.most))
	}
	return length, nil
}

// parseDuration reads Go's notation, but wants a unit even for 0.
func parseDuration(s string) (time.Duration, bool) {
	length, err := time.ParseDuration(s)
	return length, err == nil && strings.ContainsAny(s, "hmsuµn")
}

// example is the default of the key, or a length that is allowed.
func (d duration) example(v value) string {
	return v.example(spell(min(max(5*time.Second, d.least), d.most)))
}

func (d duration) notADuration(v value, s string) []fault {
	fix := v.write(strconv.Quote(d.example(v)))
	if meant, ok := meantDuration(s); ok {
		fix = v.write(strconv.Quote(meant))
	}
	if _, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
		return v.wrong(fix, "%s needs a unit behind the number", v.name)
	}
	return v.wrong(fix, "%s is not a length of time for %s", short(s), v.name)
}

// meantDuration reads how people write durations: "5 s", "5 sec", "10 minutes", "1,5s", "1d", "5".
func meantDuration(s string) (string, bool) {
	parts := regexp.MustCompile(`^\s*(\d{1,9}(?:[.,]\d{1,3})?)\s*([A-Za-zµ]*)\.?\s*$`).FindStringSubmatch(s)
	if parts == nil {
		return "", false
	}
	number := strings.Replace(parts[1], ",", ".", 1)
	switch unit := strings.ToLower(parts[2]); unit {
	case "", "s", "sec", "secs", "second", "seconds", "sek", "sekunden":
		return number + "s", true
	case "ms", "msec", "millis", "milliseconds":
		return number + "ms", true
	case "m", "min", "mins", "minute", "minutes", "minuten":
		return number + "m", true
	case "h", "hr", "hrs", "hour", "hours", "std", "stunden":
		return number + "h", true
	case "d", "day", "days", "tag", "tage":
		return hours(number, 24)
	case "w", "week", "weeks", "woche", "wochen":
		return hours(number, 7*24)
	}
	return "", false
}

// hours are so many days or weeks, which Go's notation does not know.
func hours(number string, each float64) (string, bool) {
	n, err := strconv.ParseFloat(number, 64)
	return strconv.FormatFloat(n*each, 'f', -1, 64) + "h", err == nil
}

// spell writes a duration as people do: 1h, not 1h0m0s.
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// bareNumber spells a number that should have had a unit.
func bareNumber(written any) (string, bool) {
	switch n := written.(type) {
	case int64:
		return strconv.FormatInt(n, 10), true
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return "", false
}

// size is a number of bytes with its unit. 1 KB is 1024 bytes, as file managers on Windows count.
type size struct{ least, most int64 }

func (z size) read(v value) (int64, []fault) {
	if number, ok := bareNumber(v.any); ok {
		return 0, v.wrong(v.write(strconv.Quote(number+"MB"))+`, or "B", "KB", "GB" behind the number`, "%s needs a unit, in quotes", v.name)
	}
	s, faults := readText(v, "64MB")
	if faults != nil {
		return 0, faults
	}
	n, canonical, ok := parseSize(s)
	switch {
	case !ok:
		return 0, v.wrong(v.write(`"64MB"`)+", a whole number with B, KB, MB or GB", "%s is not a size for %s", short(s), v.name)
	case s != canonical:
		return 0, v.wrong(v.write(strconv.Quote(canonical)), "%s is written without blanks and with capitals", v.name)
	case n < z.least:
		return 0, v.wrong(v.write(strconv.Quote(spellSize(z.least))), "%s must be at least %s", v.name, spellSize(z.least))
	case n > z.most:
		return 0, v.wrong(v.write(strconv.Quote(spellSize(z.most))), "%s must be at most %s", v.name, spellSize(z.most))
	}
	return n, nil
}

// parseSize reads a size generously and returns how it should have been written.
func parseSize(s string) (n int64, canonical string, ok bool) {
	parts := regexp.MustCompile(`(?i)^\s*(\d{1,12})\s*([KMG]?)i?B?\s*$`).FindStringSubmatch(s)
	if parts == nil || strings.TrimSpace(s) == parts[1] {
		return 0, "", false
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	unit := strings.ToUpper(parts[2])
	// Twelve digits of gigabytes are more than 63 bits hold.
	if shift := 10 * (strings.Index("KMG", unit) + 1); unit != "" {
		n = min(n, math.MaxInt64>>shift) << shift
	}
	return n, parts[1] + unit + "B", err == nil
}

func spellSize(n int64) string {
	for _, unit := range []string{"B", "KB", "MB"} {
		if n%1024 != 0 || n == 0 {
			return strconv.FormatInt(n, 10) + unit
		}
		n /= 1024
	}
	return strconv.FormatInt(n, 10) + "GB"
}
