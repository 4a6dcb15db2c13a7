package parse

// Growth reads one export for one race again and again while it grows, each time from where it was read to. It does
// what [Read] does, and is there for speed alone: what a file has said before costs nothing. The zero Growth is not
// ready; use [NewGrowth]. It keeps no part of the data between two calls and is not safe for concurrent use.
//
// Delimited text and logs of reads grow, as long as they are read as [TailGrowing]; everything else is read whole each
// time. One use of it ends when the rules change: then make a new one.
type Growth struct {
	rules   Rules
	grower  grower  // nil while the next reading has to be whole
	head    Reading // what does not change: format, encoding, columns
	base    int     // bytes of the data in front of the text: a byte order mark
	reached int     // up to where the data has been read; the beginning of a line
}

// grower reads a text that grows.
type grower interface {
	// more reads complete lines from a place on where one begins, and returns where the next one will begin.
	more(d *decoded, from int) (reached int)
	// whole fills in all that the lines say, and tells whether the file has to be refused.
	whole(r *Reading) *FileError
	// news fills in what the lines since the last call of whole or news changed.
	news(r *Reading)
	// sure reports whether lines that are still to come cannot change how the file is read.
	sure() bool
}

// NewGrowth returns a Growth that has read nothing.
func NewGrowth(rules Rules) *Growth { return &Growth{rules: rules} }

// Read returns what an export says, as [Read] does. unchanged is how many bytes at the front of data are the same as in
// the call before; 0 where that is not known. When more is set, the reading holds only what the new lines changed: the
// finishes that are new or now have another mark, and the rows that are held now; Ignored is not filled in. What it does
// not name is as it was.
func (g *Growth) Read(data []byte, unchanged int, tail Tail) (r *Reading, more bool, err error) {
	if tail == TailGrowing && g.grower != nil && g.reached <= unchanged && unchanged <= len(data) {
		return g.more(data), true, nil
	}
	r, err = g.whole(data, tail)
	return r, false, err
}

// more reads on.
func (g *Growth) more(data []byte) *Reading {
	d := decoded{data: completeLines(data[g.base:]), name: g.head.Encoding, fallback: g.rules.Encoding == "" || automatic(g.rules.Encoding)}
	r := g.head
	g.reached = g.base + g.grower.more(&d, g.reached-g.base)
	g.grower.news(&r)
	return &r
}

// whole reads everything, and remembers where it stopped if it can go on from there.
func (g *Growth) whole(data []byte, tail Tail) (*Reading, error) {
	g.grower = nil
	f, d, err := recognised(data, &g.rules)
	if err != nil {
		return nil, err
	}
	base := len(data) - len(d.data)
	if tail != TailGrowing || f.grow == nil || !d.verbatim || loneReturns(d.data) {
		return f.readAll(&d, &g.rules, tail)
	}
	d.data = completeLines(d.data)
	r := &Reading{Format: f.Name, Encoding: d.name}
	grower, refused := f.grow(&d, &g.rules, tail, r)
	if refused != nil {
		return nil, refused
	}
	if grower == nil {
		return r, nil
	}
	reached := grower.more(&d, 0)
	if refused := grower.whole(r); refused != nil {
		return nil, refused
	}
	if grower.sure() {
		g.grower, g.base, g.reached = grower, base, base+reached
		g.head = Reading{Format: r.Format, Encoding: r.Encoding, Delimiter: r.Delimiter, Columns: r.Columns}
	}
	return r, nil
}
