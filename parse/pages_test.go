package parse

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var pages = flag.Uint64("pages", 1500, "how many made pages TestMadePagesAreNeverMisread reads")

// field is a column of a made page: what stands in it, how wide it is and on which side its words stand.
type field struct {
	kind, heading string
	width         int
	right         bool // the words end at one place
	shift         int  // how far the heading stands from the side of the words
	blank         int  // of a hundred cells
}

func (f field) cell(text string, cut bool, width func(rune) int) string {
	letters, wide := []rune(text), 0
	for i, r := range letters {
		if wide+width(r) > f.width && cut {
			letters = letters[:i]
			break
		}
		wide += width(r)
	}
	blanks := strings.Repeat(" ", max(f.width-wide, 0))
	if f.right {
		return blanks + string(letters)
	}
	return string(letters) + blanks
}

func (f field) head() string {
	behind := max(f.width-len(f.heading)-f.shift, 0)
	before := max(f.width-len(f.heading)-behind, 0)
	if f.right {
		before, behind = behind, before
	}
	return strings.Repeat(" ", before) + f.heading + strings.Repeat(" ", behind)
}

// pageMaker makes fixed-width pages as timing programs print them, and knows what is in them.
type pageMaker struct {
	*rand.Rand
	fields []field
	gap    string
	cut    bool           // too long a name is cut, or pushes the rest of its row to the right
	width  func(rune) int // what is counted
	clock  string
	text   strings.Builder
	truth  map[pair]bool
	bib    int
}

func (p *pageMaker) of(words ...string) string { return words[p.IntN(len(words))] }

func (p *pageMaker) chance(percent int) bool { return p.IntN(100) < percent }

// makePages makes one file.
func makePages(seed uint64) (text string, rules Rules, truth map[pair]bool) {
	p := &pageMaker{Rand: rand.New(rand.NewPCG(seed, 7)), truth: map[pair]bool{}}
	p.bib = 10 + p.IntN(900)
	p.gap = p.of("", " ", " ", "  ")
	p.cut = p.chance(30)
	p.width = []func(rune) int{characters, characters, characters, byteWidth, screenWidth}[p.IntN(5)]
	p.choose()
	rules = Rules{Format: "fixed", Clock: p.clock}
	title, rows := p.chance(60), 4+p.IntN(20)
	for page := range 1 + p.IntN(3) {
		if title {
			fmt.Fprintf(&p.text, "%30s\n%35s\n\n", "Glen Road 15K", "November 10, 2013 - Glen")
		}
		if p.gap != "" || page == 0 || p.chance(90) {
			p.header()
		}
		for range rows {
			p.row(p.chance(4))
		}
		p.text.WriteString(p.of("", "\n", "\f", "Page 3 of 12\n", "Number of records: 17\n"))
	}
	return p.text.String(), rules, p.truth
}

// choose chooses the columns.
func (p *pageMaker) choose() {
	add := func(percent int, kind, heading string, least, spread, blank int, right bool) {
		if !p.chance(percent) {
			return
		}
		f := field{kind: kind, heading: heading, width: max(least+p.IntN(spread+1), len(heading)), right: right, blank: blank}
		if p.gap == "" {
			f.width = max(f.width, len(heading)+1)
		}
		if p.chance(30) {
			f.shift = p.IntN(f.width - len(heading) + 1)
		}
		p.fields = append(p.fields, f)
	}
	blank := p.of("3", "30")
	often := 3
	if blank == "30" {
		often = 30
	}
	coin := func() bool { return p.chance(60) }
	// Without a blank between the columns no program prints what would touch in every row, such as 12 and 349 as 12349.
	add(80, "place", p.of("PLACE", "Pl", "Place"), 7, 2, 1, coin() && p.gap != "")
	add(100, "bib", p.of("BIB", "Bib#", "No."), 6, 2, 4, coin() && p.gap != "")
	add(100, "name", "NAME", 12, 12, 0, false)
	add(60, "age", "AGE", 3, 1, often, coin())
	add(50, "sex", p.of("S", "SEX"), 1, 2, often, false)
	add(50, "city", "CITY", 8, 10, often, false)
	add(40, "state", "ST", 2, 3, often, false)
	splits := p.IntN(3)
	width := 8 + p.IntN(3)
	for i := range splits {
		add(100, "split", p.of("5K", "10K", "SPLIT", "HALF")+p.of("", fmt.Sprint(i+1)), width, 0, 15+often, true)
	}
	switch p.IntN(4) {
	case 0:
		add(100, "gun", p.of("GUN TIME", "GUNTIME", "Gun"), width, 0, 10, true)
		add(100, "chip", p.of("CHIPTIME", "Net Time"), width, 0, 10, true)
		p.clock = p.of("gun", "chip")
	case 1:
		add(100, "chip", p.of("CHIPTIME", "Net Time"), width, 0, 10, true)
		add(100, "gun", p.of("GUN TIME", "GUNTIME"), width, 0, 10, true)
		p.clock = p.of("gun", "chip")
	default:
		add(100, "time", p.of("TIME", "Time", "FINISH"), width, 0, 10, coin())
	}
	add(60, "pace", "PACE", 5, 3, often, coin())
}

func (p *pageMaker) header() {
	var heads, rule []string
	for _, f := range p.fields {
		heads, rule = append(heads, f.head()), append(rule, strings.Repeat("=", f.width))
	}
	p.text.WriteString(strings.TrimRight(strings.Join(heads, p.gap), " ") + "\n")
	switch {
	case p.gap != "" && p.chance(40):
		p.text.WriteString(strings.Join(rule, p.gap) + "\n")
	case p.chance(10):
		p.text.WriteString(strings.Repeat("=", 70) + "\n")
	}
}

func (p *pageMaker) name(most int) string {
	first := p.of("Ada", "Ben", "Cleo", "Dale", "Éloïse", "Franziska", "Jo", "Ann Marie", "Ольга", "太郎")
	last := p.of("Ash", "Birch", "Cedar", "Elm", "Hornbeam", "Ødegård", "von Eiche", "Fir-Juniper", "de la Palma", "Li")
	name := first + " " + last
	if p.chance(12) {
		name += " " + p.of("the Younger", "of Glen Hollow", "Jr", "Rowan-Sycamore", "zu und von Walde", "x")
	}
	if p.chance(8) {
		name += strings.Repeat("e", p.IntN(9))
	}
	if p.chance(75) {
		if letters := []rune(name); len(letters) > most {
			name = strings.TrimSpace(string(letters[:most]))
		}
	}
	return name
}

// row writes one row; out is one that did not finish.
func (p *pageMaker) row(out bool) {
	p.bib += 1 + p.IntN(9)
	bib, result, lastTime := fmt.Sprint(p.bib), "", 60000+p.IntN(100000)
	if p.chance(5) {
		bib = p.of("F", "W", "E-") + bib
	}
	var cells []string
	decimals := p.of("0", "1")
	for _, f := range p.fields {
		text := ""
		switch f.kind {
		case "place":
			text = p.of("1", "12", "341", "1/34", "23/118")
		case "bib":
			text = bib
		case "name":
			text = p.name(f.width)
		case "age":
			text = fmt.Sprint(8 + p.IntN(80))
		case "sex":
			text = p.of("M", "F")
		case "city":
			text = p.of("Glen", "Hollow", "Fort Elm", "Upper Heath Wood on Marsh", "Ash")
		case "state":
			text = p.of("NY", "WV", "MA")
		case "pace":
			text = fmt.Sprintf("%d:%02d", 4+p.IntN(8), p.IntN(60))
		default:
			lastTime += p.IntN(60000)
			m, _ := TimeMark(int64(lastTime), len(decimals)-1+int(decimals[0]-'0'))
			text = m.String()
		}
		timed := f.kind == "time" || f.kind == p.clock && p.clock != ""
		if p.chance(f.blank) || out && f.kind == "place" {
			text = ""
		}
		if timed && out {
			text = p.of("DNF", "DNF", "DQ", "DNS")
		}
		if timed {
			result = text
		}
		if f.kind == "bib" {
			bib = text
		}
		cells = append(cells, f.cell(text, p.cut, p.width))
	}
	p.text.WriteString(strings.TrimRight(strings.Join(cells, p.gap), " ") + "\n")
	if m, err := ParseMark(result); err == nil && bib != "" {
		p.truth[pair{Bib(bib), m}] = true
	}
}

// Whatever a page looks like and whatever is blank, too long or touching in it: no row is published that is not in it.
func TestMadePagesAreNeverMisread(t *testing.T) {
	published, rows, wrong, refused := 0, 0, 0, 0
	for seed := range *pages {
		text, rules, truth := makePages(seed)
		r, err := Read([]byte(text), rules, TailStill)
		rows += len(truth)
		if err != nil {
			refused++
			continue
		}
		for _, f := range r.Finishes {
			if !truth[pair{f.Bib, f.Mark}] {
				if wrong++; wrong < 5 {
					t.Errorf("seed %d: line %d publishes %s %s\n%s%s", seed, f.Line, f.Bib, f.Mark, text, shown(r, nil))
				}
			}
		}
		published += len(r.Finishes)
	}
	t.Logf("%d pages: %d wrong, %d of %d rows read, %d pages refused", *pages, wrong, published, rows, refused)
	if wrong > 0 || 5*published < 3*rows {
		t.Errorf("%d wrong, %d of %d rows read", wrong, published, rows)
	}
}
