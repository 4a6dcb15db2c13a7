package setup

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"finishwatch/parse"
)

// number gives the races eventids, in the order of the files. The heats of one FinishLynx event have the same one, and each
// has a round and heat of its own: two heats in one place would be one mixed result.
func (f *Folder) number() {
	events := 0
	next := func() string { events++; return "R" + strconv.Itoa(events) }
	lynx := map[string]string{}
	taken := map[string]parse.Heat{}
	for _, r := range f.races {
		if r.lynx == nil {
			r.event = next()
			continue
		}
		if lynx[r.lynx.Event] == "" {
			lynx[r.lynx.Event] = next()
		}
		r.event, r.heat = lynx[r.lynx.Event], place(r.lynx.Heat)
		r.round = f.roundOf(r.lynx)
		if before, ok := taken[r.unit()]; ok && !sameHeat(before, *r.lynx) {
			r.event = next()
		}
		taken[r.unit()] = *r.lynx
		text := "its first line says event " + r.lynx.Event + ", round " + r.lynx.Round + ", heat " + r.lynx.Heat
		if r.lynx.Name != "" {
			text += ": " + r.lynx.Name
		}
		r.about = append(r.about, text, "each heat that is still to come needs a [[race]] of its own")
	}
}

func (r *race) unit() string {
	return r.event + "/" + strconv.Itoa(r.round) + "/" + strconv.Itoa(r.heat)
}

func sameHeat(a, b parse.Heat) bool {
	return a.Event == b.Event && a.Round == b.Round && a.Heat == b.Heat
}

// place is a number for round or heat, 1 where the text is none.
func place(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 999 {
		return 1
	}
	return n
}

// roundOf counts the rounds of an event. Their names are in the order in which they are run.
func (f *Folder) roundOf(h *parse.Heat) int {
	var names []string
	numbers := true
	for _, r := range f.races {
		if r.lynx != nil && r.lynx.Event == h.Event && !slices.Contains(names, r.lynx.Round) {
			names = append(names, r.lynx.Round)
			numbers = numbers && strconv.Itoa(place(r.lynx.Round)) == r.lynx.Round
		}
	}
	if numbers {
		return place(h.Round)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(roundRank(a), roundRank(b)), cmp.Compare(a, b)) })
	return slices.Index(names, h.Round) + 1
}

func roundRank(name string) int {
	name = strings.ToLower(name)
	switch {
	case strings.Contains(name, "semi"):
		return 3
	case strings.Contains(name, "quarter"):
		return 2
	case strings.Contains(name, "final"):
		return 4
	}
	return 1
}
