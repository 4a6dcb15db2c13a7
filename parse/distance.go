package parse

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// distance is how long a race is, in metres; 0 where a text does not say.
type distance int64

const (
	mile         = 1609.344
	marathon     = 42195
	halfMarathon = 21098
)

// same reports whether two distances are one race. Programs round: a half marathon is 21 km, 21.1 km or 13.1 miles.
func (d distance) same(o distance) bool {
	const percent = 2
	return 100*max(d-o, o-d) <= percent*max(d, o)
}

// maxDistance is the length in bytes of a cell beyond which it does not name a race.
const maxDistance = 80

// distanceOf reads the distance that the name of a race says: "5K", "10 km Men", "Half Marathon", "10,000 m", "21.1". Where
// it says two different ones it says none. With bare set, other usual distances count without a unit too.
func distanceOf(text string, bare bool) distance {
	if len(text) > maxDistance || text == "" {
		return 0
	}
	text = strings.ToLower(strings.TrimSpace(strings.NewReplacer("½", "1/2 ", "\u00a0", " ", "1⁄2", "1/2 ").Replace(text)))
	if d, ok := bareDistance(text, bare); ok {
		return d
	}
	if d := measuredDistance(text, bare); d != 0 {
		return max(d, 0)
	}
	return worded(text)
}

// measuredDistance reads numbers with units in a text of small letters; -1 where it says two different distances. With
// miles set, 10M is ten miles.
func measuredDistance(text string, miles bool) (found distance) {
	for i := 0; i < len(text); {
		d, next := measured(text, i, miles)
		switch {
		case d > 0 && found > 0 && !d.same(found):
			return -1
		case d > 0:
			found = d
		}
		i = next
	}
	return found
}

// mayBeDistance is a quick look at a line: a distance has a figure, or one of the words that are none the less.
func mayBeDistance(b []byte) bool {
	if len(b) > maxDistance {
		return false
	}
	for i, c := range b {
		if figure(c) || c >= 0x80 {
			return true
		}
		if i+4 <= len(b) && slices.ContainsFunc(wordBeginnings[:], func(w string) bool { return bytes.EqualFold(b[i:i+4], []byte(w)) }) {
			return true
		}
	}
	return false
}

// wordBeginnings are what every name of a marathon or its half has in it that stands alone in a line.
var wordBeginnings = [...]string{"mara", "half", "semi", "full"}

// bareDistance reads a number without a unit: kilometres, miles where they are a marathon's, metres from 400 on.
func bareDistance(text string, usual bool) (distance, bool) {
	switch text = strings.Replace(text, ",", ".", 1); text {
	case "42.2", "42.195", "26.2":
		return marathon, true
	case "21.1", "21.0975", "21.097", "21.098", "13.1":
		return halfMarathon, true
	}
	n, err := strconv.ParseFloat(text, 64)
	if !usual || err != nil || n <= 0 || n > 100_000 || strings.ContainsAny(text, "exn") {
		return 0, false
	}
	half := n*2 == float64(int64(n*2))
	switch {
	case n >= 400 && half:
		return distance(n), true
	case half || n == 16.1 || n == 3.1 || n == 6.2:
		return distance(n * 1000), true
	}
	return 0, false // measured, not named: what somebody ran in 24 hours
}

// measured reads a number and its unit at a place of the text, and returns where to go on.
func measured(text string, at int, miles bool) (d distance, next int) {
	if !figure(text[at]) || at > 0 && (text[at-1] >= 'a' && text[at-1] <= 'z' || text[at-1] == '.' || text[at-1] == ',') {
		return 0, at + 1
	}
	end := at
	inside := func(i int) bool {
		return figure(text[i]) || i+1 < len(text) && figure(text[i+1]) && strings.IndexByte(".,'", text[i]) >= 0
	}
	for end < len(text) && inside(end) {
		end++
	}
	number, rest := text[at:end], strings.TrimLeft(text[end:], " -")
	word := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) }); i >= 0 {
		word = rest[:i]
	}
	metres := unit(word)
	if metres == 1 && strings.IndexAny(number, ",.'") == len(number)-4 { // thousands
		number = strings.NewReplacer(",", "", ".", "", "'", "").Replace(number)
	}
	n, err := strconv.ParseFloat(strings.Replace(number, ",", ".", 1), 64)
	switch {
	case err != nil || metres == 0:
		return 0, end
	case word == "m" && n <= 15 && text[end] == 'm' && miles:
		metres = mile
	case word == "m" && n < 100: // an age group, or so many men
		return 0, end
	}
	return distance(n*metres + 0.5), end
}

func figure(c byte) bool { return c >= '0' && c <= '9' }

// unit is a unit of length in metres, 0 where it is none.
func unit(word string) float64 {
	switch word {
	case "k", "km", "kms", "kilometer", "kilometers", "kilometre", "kilometres", "kilometern", "kilometri", "kilometros",
		"quilometros", "kilometriä", "kilometrit", "kilometru", "kilometrai", "км", "χλμ", "公里", "キロ", "킬로":
		return 1000
	case "mi", "mile", "miles", "miler", "meile", "meilen", "milla", "millas", "miglia", "milhas", "mijl", "миль":
		return mile
	case "m", "meter", "meters", "metre", "metres", "metri", "metros", "metrů", "metrów":
		return 1
	}
	return 0
}

// worded reads the names of the marathon and its half.
func worded(text string) distance {
	words := headerTokens(text)
	joined := strings.Join(words, "")
	has := func(list ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	inside := func(list ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(joined, w) })
	}
	full := false
	for _, m := range []string{"marathon", "maraton", "marato", "марафон", "μαραθωνιος", "馬拉松", "马拉松"} {
		full = full || inside(m)
		for _, half := range halfWords {
			if inside(half + m) {
				return halfMarathon
			}
		}
	}
	half := has("half", "semi", "demi", "halb", "hm") || full && strings.Contains(text, "1/2")
	switch {
	case inside("ultra", "relay", "quarter", "viertel", "mini", "kids", "kinder"), full && !half && strings.Contains(text, "/"):
		return 0
	case half && !has("full", "fm"):
		return halfMarathon
	case !half && (full || has("full", "fm")):
		return marathon
	}
	return 0
}

// halfWords stand in front of the word for a marathon.
var halfWords = [...]string{
	"half", "halb", "halv", "halve", "semi", "demi", "mezza", "media", "meia", "mitja", "puoli", "pool", "pol", "pul", "fel",
	"pus", "полу", "пів", "напів", "ημι", "半程", "半",
}
